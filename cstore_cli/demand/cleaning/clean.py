"""Transactions as they were written to a history: what is odd is told and treated."""

import datetime as dt
from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from cstore_cli.demand.cleaning.codes import of_areas, renamed
from cstore_cli.demand.cleaning.examples import few
from cstore_cli.demand.cleaning.gaps import Bools, filled_gaps
from cstore_cli.demand.cleaning.odd_figures import sparse_areas, without_huge
from cstore_cli.demand.cleaning.over_time import over_time, unknown_ahead
from cstore_cli.demand.cleaning.periods import (
    period_of,
    stale,
    without_days_not_over,
    without_far_dates,
)
from cstore_cli.demand.cleaning.put_aside import rows_put_aside
from cstore_cli.demand.history import Anomaly, History
from cstore_cli.errors import InputError
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.tables.demand_inputs import DemandInputs

_HORIZON = {1: 28, 7: 8}
"""By days of a period: periods to forecast where the settings do not say."""


def history_of(
    inputs: DemandInputs, settings: AnalyzeDemandSettings, day: dt.date
) -> History:
    """
    Orders of every area in every period that was over before ``day``.

    The periods to forecast follow the newest with orders.

    Raises
    ------
    InputError
        When there are no such orders, when dates do not fit the period, or when a
        column known ahead lacks figures that a forecast needs.
    """
    asked = settings.transactions
    told = [*rows_put_aside(inputs), *_texts(inputs)]
    rows = without_far_dates(inputs.transactions, told)
    days = period_of(rows, settings, day)
    rows = without_days_not_over(rows, day, days, told)
    rows = renamed(rows, asked.renamed, told)
    areas = tuple(inputs.areas["area_id"])
    rows, now = of_areas(rows, areas, days, told)
    known = rows.filter(pl.col("orders").is_not_null())["date"]
    first, newest = known.min(), known.max()
    if not isinstance(first, dt.date) or not isinstance(newest, dt.date):
        raise InputError(
            f"Nothing to forecast from: no row of transactions has orders of an area "
            f"in areas, of a time that was over before {day}.\n"
            + "\n".join(f"{odd.what}: {odd.count:,}, {odd.where}" for odd in told)
        )
    num_past = (newest - first).days // days + 1
    horizon = settings.horizon or _HORIZON[days]
    dates = [first + dt.timedelta(days=days * k) for k in range(num_past + horizon)]
    shown = [date.isoformat() for date in dates]
    cells = _placed(rows, areas, first, days)
    past, full = (len(areas), num_past), (len(areas), len(dates))
    told.extend(_empty(cells, num_past))
    has_row = ~np.isnan(over_time(cells, "line", past))
    has_row |= _put_aside(inputs, {**asked.renamed, **now}, areas, first, days, past)
    orders = without_huge(over_time(cells, "orders", past), areas, shown, told)
    orders = filled_gaps(
        orders,
        has_row,
        areas,
        shown[:num_past],
        "day" if days == 1 else "week",
        zero=asked.no_row_means == "zero",
        told=told,
    )
    told.extend(sparse_areas(orders, areas))
    told.extend(stale(newest, day, days))
    ahead = {name: over_time(cells, name, full) for name in asked.known_ahead}
    served: Bools = np.isfinite(orders).sum(axis=1) > 0
    told.extend(unknown_ahead(ahead, served, shown[num_past:]))
    named = (*asked.known_ahead, *asked.lagged)
    return History(
        area_ids=areas,
        dates=tuple(dates),
        orders=orders,
        ahead=ahead,
        lagged={name: over_time(cells, name, past) for name in asked.lagged},
        coded=frozenset(name for name in named if rows[name].dtype == pl.String),
        period_days=days,
        anomalies=tuple(told),
    )


def _texts(inputs: DemandInputs) -> Iterator[Anomaly]:
    """Yield the columns of areas that are not used."""
    if inputs.texts:
        what = "columns of areas with a text of their own for nearly each area"
        yield Anomaly(what, len(inputs.texts), few(inputs.texts), "not used")


def _placed(
    rows: pl.DataFrame, areas: tuple[str, ...], first: dt.date, days: int
) -> pl.DataFrame:
    """Rows with the place of their ``area`` and ``period`` in the grid."""
    places = pl.DataFrame({"area_id": areas}).with_row_index("area")
    since = (pl.col("date") - first).dt.total_days()
    return rows.join(places, on="area_id", maintain_order="left").with_columns(
        (since // days).alias("period")
    )


def _empty(cells: pl.DataFrame, num_past: int) -> Iterator[Anomaly]:
    """Yield the rows of the past whose orders nobody wrote down."""
    past = pl.col("period").is_between(0, num_past - 1)
    empty = cells.filter(past & pl.col("orders").is_null())
    if len(empty):
        where = few(
            [f"{day} {area}" for day, area in empty.select("date", "area_id").rows()]
        )
        what = "rows of the past with orders left empty"
        yield Anomaly(what, len(empty), where, "taken as unknown")


def _put_aside(
    inputs: DemandInputs,
    now: Mapping[str, str],
    areas: tuple[str, ...],
    first: dt.date,
    days: int,
    shape: tuple[int, int],
) -> Bools:
    """Whether an area and period has a row that reading put aside."""
    if not {"date", "area_id"} <= set(inputs.rejected.columns):
        return np.zeros(shape, dtype=bool)
    rows = inputs.rejected.select(
        pl.col("date").str.strip_chars().str.to_date("%Y-%m-%d", strict=False),
        pl.col("area_id").replace(dict(now)),
        pl.lit(1.0).alias("row"),
    ).drop_nulls()
    return ~np.isnan(over_time(_placed(rows, areas, first, days), "row", shape))
