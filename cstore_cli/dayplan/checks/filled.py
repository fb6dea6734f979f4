"""Cells that must not be empty are not."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault
from cstore_cli.tables.plan import CONTRACTS


def cells_are_filled(day: PlanDay) -> Iterator[Fault]:
    """In every table of the plan, by its contract."""
    for name, contract in CONTRACTS.items():
        frame: pl.DataFrame = getattr(day.plan, name)
        for column, about in contract.columns().items():
            if not about.nullable and frame[column].null_count():
                yield from faulty(
                    f"{name}.csv",
                    frame.filter(pl.col(column).is_null()),
                    column,
                    "is empty or not of its kind",
                    "fill it in",
                )
