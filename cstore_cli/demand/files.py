"""The files of an analysis by name: forecast, segments, drivers, backtest, hours."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from cstore_cli.demand.analysis import Analysis
from cstore_cli.tables.carried_columns import with_own
from cstore_cli.tables.write import csv_bytes, json_bytes

_DIGITS = 3
FILES = (
    "forecast.csv",
    "segments.csv",
    "drivers.csv",
    "backtest.csv",
    "pickup_hours.csv",
    "opening_gain.csv",
    "rejected_transactions.csv",
    "rejected_pickups.csv",
    "summary.json",
)
"""All there may be; those that a run does not make are not left over from another."""


def demand_files(analysis: Analysis) -> dict[str, bytes]:
    """Return name: bytes of each table."""
    segments = analysis.segments.table.join(
        analysis.segments.described.select("segment", "description"),
        on="segment",
        how="left",
        maintain_order="left",
    )
    if analysis.potential is not None:
        counts = analysis.potential.areas.select("area_id", "potential_customers")
        segments = segments.join(
            counts, on="area_id", how="left", maintain_order="left"
        )
    tables = {
        "forecast.csv": analysis.forecast.table,
        "segments.csv": with_own(
            segments, analysis.inputs.areas_raw, "area_id", "area"
        ),
        "drivers.csv": analysis.drivers,
        "backtest.csv": analysis.forecast.backtest.table,
    }
    if analysis.pickup_hours is not None:
        tables["pickup_hours.csv"] = analysis.pickup_hours.hours
        tables["opening_gain.csv"] = analysis.pickup_hours.gain
    rejected = {
        "rejected_transactions.csv": analysis.inputs.rejected,
        "rejected_pickups.csv": analysis.inputs.rejected_pickups,
    }
    tables |= {name: rows for name, rows in rejected.items() if not rows.is_empty()}
    return {name: csv_bytes(_rounded(table)) for name, table in tables.items()}


def told_of(summary: Mapping[str, Any]) -> dict[str, bytes]:
    """Return summary.json, which is written last."""
    return {"summary.json": json_bytes(summary)}


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with figures to the thousandth: further digits are noise."""
    return frame.with_columns(pl.col(pl.Float64).round(_DIGITS))
