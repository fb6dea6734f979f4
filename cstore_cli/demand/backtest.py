"""How past forecasts came out, each made with what was known before it alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cstore_cli.demand.choice import step_group
from cstore_cli.demand.evidence import Evidence, evidence_of, joined
from cstore_cli.demand.grid import Grid
from cstore_cli.demand.history import Floats
from cstore_cli.demand.intervals import volume
from cstore_cli.demand.method import method_from
from cstore_cli.demand.outlook import CROSS_SECTION, SEASONAL_NAIVE, Outlook
from cstore_cli.demand.results import (
    AREAS,
    CHOSEN,
    PER_PERSON,
    TOTAL,
    UNSERVED,
    Backtest,
)
from cstore_cli.demand.scores import scores
from cstore_cli.demand.total import past_totals, total_quantiles

VOLUMES = ("low", "middle", "high")
_SCHEMA = {
    "level": pl.String,
    "part": pl.String,
    "model": pl.String,
    "periods": pl.Int64,
    "wape_pct": pl.Float64,
    "to_seasonal_naive_pct": pl.Float64,
    "mape_pct": pl.Float64,
    "bias_pct": pl.Float64,
    "pinball": pl.Float64,
    "coverage_80_pct": pl.Float64,
}

Row = dict[str, str | float]


@dataclass(frozen=True, eq=False)
class Scored:
    """
    Rows whose orders are known by now, and what was expected of them before.

    ``mean`` (m,), ``quantiles`` and ``unserved`` (3, m): of an area with history, and
    as if it had none. ``total_quantiles`` (3, m): those of the total of its step.
    """

    rows: Evidence
    mean: Floats
    quantiles: Floats
    unserved: Floats
    totals: Floats


def backtest_of(grid: Grid, outlooks: Sequence[Outlook]) -> Backtest:
    """
    Score the later half of the outlooks.

    Who is taken and how intervals are corrected is told for each from the orders known
    before its origin.
    """
    history = grid.history
    dates = [history.dates[outlook.origin] for outlook in outlooks]
    all_rows = evidence_of(grid, outlooks, history.num_past)
    parts: list[Scored] = []
    dates_scored = []
    for k in range(len(outlooks) // 2, len(outlooks)):
        before = evidence_of(grid, outlooks[:k], outlooks[k].origin)
        rows = all_rows.where(all_rows.outlook == k)
        if len(before.orders) and len(rows.orders):
            parts.append(_expected(before, rows, history.horizon, history.period_days))
            dates_scored.append(dates[k])
    table = list(_table(grid, _joined(parts))) if parts else []
    return Backtest(
        pl.DataFrame(table, schema=_SCHEMA, orient="row"),
        tuple(dates),
        tuple(dates_scored),
    )


def _expected(
    before: Evidence, rows: Evidence, horizon: int, period_days: int
) -> Scored:
    method = method_from(before, horizon, period_days)
    expected = method.expected(rows)
    past_mean, _ = method.means(before)
    past = past_totals(before, past_mean)
    now = past_totals(rows, expected.mean)
    sums = np.stack([past_totals(rows, q).mean for q in expected.quantiles])
    totals = total_quantiles(past, now.mean, sums, now.special)
    return Scored(
        rows=rows,
        mean=expected.mean,
        quantiles=expected.quantiles,
        unserved=method.unserved_quantiles(rows),
        totals=totals,
    )


def _joined(parts: Sequence[Scored]) -> Scored:
    return Scored(
        rows=joined([part.rows for part in parts]),
        mean=np.concatenate([part.mean for part in parts]),
        quantiles=np.concatenate([part.quantiles for part in parts], axis=1),
        unserved=np.concatenate([part.unserved for part in parts], axis=1),
        totals=np.concatenate([part.totals for part in parts], axis=1),
    )


def _table(grid: Grid, scored: Scored) -> Iterator[Row]:
    rows = scored.rows
    served = ~np.isnan(rows.level)
    for name, part in _parts(grid, scored, scored.mean, served):
        keep = part & served
        means = {CHOSEN: scored.mean, **rows.means}
        yield from _scores(AREAS, name, rows.orders, means, scored.quantiles, keep)
    like = rows.means[CROSS_SECTION]
    told = ~np.isnan(like)
    for name, part in _parts(grid, scored, like, told):
        means = {CHOSEN: like, PER_PERSON: rows.per_person}
        keep = part & told
        yield from _scores(UNSERVED, name, rows.orders, means, scored.unserved, keep)
    # Of areas that a candidate tells nothing of, what was chosen is in its total.
    totals = {
        name: past_totals(rows, np.where(np.isnan(mean), scored.mean, mean))
        for name, mean in {CHOSEN: scored.mean, **rows.means}.items()
        if not np.isnan(mean).all()
    }
    yield from _scores(
        TOTAL,
        "all",
        totals[CHOSEN].orders,
        {name: total.mean for name, total in totals.items()},
        scored.totals,
        np.ones(len(totals[CHOSEN].orders), dtype=bool),
    )


def _parts(
    grid: Grid, scored: Scored, mean: Floats, told: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield all rows, then those of each group of steps and third of volume."""
    yield "all", np.ones(len(mean), dtype=bool)
    history = grid.history
    group = step_group(scored.rows.step, history.horizon, history.period_days)
    for number in np.unique(group):
        yield _group_name(history.period_days, scored, group, number), group == number
    cuts = np.quantile(mean[told], [1 / 3, 2 / 3]) if told.any() else np.zeros(2)
    for number, name in enumerate(VOLUMES):
        yield f"volume {name}", volume(mean, cuts) == number


def _group_name(
    period_days: int, scored: Scored, group: np.ndarray, number: int
) -> str:
    steps = scored.rows.step[group == number]
    unit = "day" if period_days == 1 else "week"
    first, last = steps.min(), steps.max()
    return f"{unit} {first}" if first == last else f"{unit}s {first}-{last}"


def _scores(
    level: str,
    part: str,
    orders: Floats,
    means: Mapping[str, Floats],
    quantiles: Floats,
    keep: np.ndarray,
) -> Iterator[Row]:
    """Yield a row per model, on the rows that all of them tell."""
    told = {
        name: mean for name, mean in means.items() if not np.isnan(mean[keep]).all()
    }
    for mean in told.values():
        keep = keep & ~np.isnan(mean)
    if not keep.any():
        return
    found = {
        name: scores(
            orders[keep], mean[keep], quantiles[:, keep] if name == CHOSEN else None
        )
        for name, mean in told.items()
    }
    naive = found.get(SEASONAL_NAIVE, {}).get("wape_pct")
    for name, figures in found.items():
        row: Row = {"level": level, "part": part, "model": name, **figures}
        if naive:
            beyond = 100 * (figures["wape_pct"] / naive - 1)
            row["to_seasonal_naive_pct"] = beyond
        yield row
