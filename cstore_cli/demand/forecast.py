"""Orders per area and period to come: means, quantiles, and how past ones came out."""

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import polars as pl

from cstore_cli.demand.area_features import AreaFeatures
from cstore_cli.demand.backtest import backtest_of
from cstore_cli.demand.calendar import calendar_of
from cstore_cli.demand.evidence import asked_of, evidence_of
from cstore_cli.demand.grid import Grid, Ints, grid_of
from cstore_cli.demand.history import Floats, History
from cstore_cli.demand.method import Method, method_from
from cstore_cli.demand.origins import origins_of
from cstore_cli.demand.outlook import CANDIDATES, Outlook, outlooks_at
from cstore_cli.demand.results import Backtest
from cstore_cli.demand.total import past_totals, total_quantiles
from cstore_cli.demand.width import level_width
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings

TOTAL = "*"
_DIGITS = 3
_SEASON = {1: 7, 7: 52}
"""By days of a period: periods until demand repeats itself."""


@dataclass(frozen=True, eq=False)
class DemandForecast:
    """
    What is to come, how it was told, and how past forecasts came out.

    ``table``: area_id, date, mean, p10, p50, p90, model, history_days, period_days; the
    totals last.
    ``backtest`` says how past forecasts came out, ``method`` how these were made;
    ``level_periods`` of which levels are means. ``mean`` (n, horizon) as in the table.
    ``now`` is the outlook they are made from, ``last`` the newest of the past, None
    where there was none.
    """

    table: pl.DataFrame
    backtest: Backtest
    method: Method
    grid: Grid
    level_periods: int
    mean: Floats
    now: Outlook
    last: Outlook | None


def forecast_demand(
    history: History,
    features: AreaFeatures,
    settings: AnalyzeDemandSettings,
    seed: int,
    executor: Executor,
) -> DemandForecast:
    """
    Forecast every area, those without history by what they are like.

    The executor takes the forecasts of the past and the one to come side by side.

    Raises
    ------
    InputError
        When the country of ``holidays`` is not known.
    """
    grid = _grid(history, features, settings)
    origins = origins_of(
        history.num_past, history.horizon, grid.season, settings.backtest.origins
    )
    width = level_width(grid, origins[0] if origins else history.num_past)
    *outlooks, now = outlooks_at(
        grid, width, (*origins, history.num_past), seed, executor
    )
    backtest = backtest_of(grid, outlooks)
    evidence = evidence_of(grid, outlooks, history.num_past)
    method = method_from(evidence, history.horizon, history.period_days)
    asked = asked_of(now)
    expected = method.expected(asked)
    shape = now.per_person.shape
    mean = expected.mean.reshape(shape).round(_DIGITS)
    quantiles = expected.quantiles.reshape(3, *shape).round(_DIGITS)
    past, _ = method.means(evidence)
    totals = quantiles[:, 0]
    if len(mean) > 1:
        totals = total_quantiles(
            past_totals(evidence, past),
            mean.sum(axis=0),
            quantiles.sum(axis=1),
            now.special,
        )
    return DemandForecast(
        table=_table(history, mean, quantiles, expected.model.reshape(shape), totals),
        backtest=backtest,
        method=method,
        grid=grid,
        level_periods=width,
        mean=mean,
        now=now,
        last=outlooks[-1] if outlooks else None,
    )


def _grid(
    history: History, features: AreaFeatures, settings: AnalyzeDemandSettings
) -> Grid:
    calendar = calendar_of(
        history.dates, history.period_days, settings.holidays, settings.special_days
    )
    season = settings.season or _SEASON[history.period_days]
    return grid_of(history, features, calendar, season)


def _table(
    history: History, mean: Floats, quantiles: Floats, model: Ints, totals: Floats
) -> pl.DataFrame:
    num_areas, horizon = mean.shape
    dates = list(history.dates[history.num_past :])
    known = (~np.isnan(history.orders)).sum(axis=1)
    rows = pl.DataFrame(
        {
            "area_id": np.repeat(np.array(history.area_ids, dtype=object), horizon),
            "date": dates * num_areas,
            "mean": mean.ravel(),
            "p10": quantiles[0].ravel(),
            "p50": quantiles[1].ravel(),
            "p90": quantiles[2].ravel(),
            "model": np.array(CANDIDATES, dtype=object)[model.ravel()],
            "history_days": np.repeat(known * history.period_days, horizon),
        },
        schema_overrides={"area_id": pl.String, "model": pl.String},
    )
    total = pl.DataFrame(
        {
            "area_id": TOTAL,
            "date": dates,
            "mean": mean.sum(axis=0).round(_DIGITS),
            "p10": totals[0].round(_DIGITS),
            "p50": totals[1].round(_DIGITS),
            "p90": totals[2].round(_DIGITS),
            "model": "sum",
            "history_days": history.num_past * history.period_days,
        },
    )
    return pl.concat([rows, total], how="vertical_relaxed").with_columns(
        period_days=pl.lit(history.period_days)
    )
