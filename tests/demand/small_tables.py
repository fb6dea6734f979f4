"""Small tables of areas and transactions, as if they had been read."""

import datetime as dt

import polars as pl

from cstore_cli.demand.cleaning.clean import history_of
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.tables.demand_inputs import DemandInputs

DAY = dt.date(2026, 11, 23)
FIRST = dt.date(2026, 10, 1)
"""With it, 53 days were over before DAY."""
FULL = 53
EMPTY = float("nan")
"""Orders left empty in a row that is there."""


def after(days, first=FIRST):
    return first + dt.timedelta(days=days)


def line(area, values, first=FIRST, step=1, **columns):
    """Rows of an area, one per value that is not None, and its further columns."""
    return [
        {
            "date": after(k * step, first),
            "area_id": area,
            "orders": None if value is EMPTY else float(value),
            **{name: cells[k] for name, cells in columns.items()},
        }
        for k, value in enumerate(values)
        if value is not None
    ]


def tables(rows, areas="AB", rejected=(), **more):
    """Inputs of these rows; ``rejected`` are (date, area_id, reason)."""
    schema = {"date": pl.Date, "area_id": pl.String, "orders": pl.Float64}
    frame = pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)
    aside = [
        {"line": 9000 + k, "reason": why, "date": str(date), "area_id": area}
        for k, (date, area, why) in enumerate(rejected)
    ]
    return DemandInputs(
        areas=pl.DataFrame({"line": range(2, 2 + len(areas)), "area_id": list(areas)}),
        numeric=(),
        categories=(),
        transactions=frame.with_row_index("line", 2),
        rejected=pl.DataFrame(aside, schema_overrides={"line": pl.Int64})
        if aside
        else pl.DataFrame(schema={"line": pl.Int64, "reason": pl.String}),
        num_read=len(frame) + len(aside),
        areas_raw=pl.DataFrame({"area_id": list(areas)}),
        **more,
    )


def settings(horizon=7, **transactions):
    return AnalyzeDemandSettings(
        network=NetworkSettings(time_zone="Asia/Taipei", currency="TWD"),
        horizon=horizon,
        transactions=transactions,
    )


def history(rows, areas="AB", *, day=DAY, rejected=(), horizon=7, **transactions):
    """The history of these rows."""
    inputs = tables(rows, areas, rejected)
    return history_of(inputs, settings(horizon, **transactions), day)


def told(result):
    """What is odd: how often."""
    return {odd.what: odd.count for odd in result.anomalies}


def about(result, what):
    """The anomaly of this name."""
    [odd] = [odd for odd in result.anomalies if odd.what == what]
    return odd
