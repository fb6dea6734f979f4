"""Every order and collection stands in the plan exactly once, and nothing else does."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_KEY = ["order_id", "delivery"]


def everything_asked_is_answered(day: PlanDay) -> Iterator[Fault]:
    """Each order and collection has a row."""
    missing = day.goods.join(day.parcels, on=_KEY, how="anti").with_columns(
        pl.lit(None).alias(LINE),
        pl.when("delivery")
        .then(pl.lit("the orders table"))
        .otherwise(pl.lit("the collections table"))
        .alias("table"),
    )
    yield from faulty(
        "parcels.csv",
        missing,
        "order_id",
        "{order_id} is in {table} but has no row with task {asked_task}",
        "put the row back",
    )


def nothing_else_is_planned(day: PlanDay) -> Iterator[Fault]:
    """Each row is of an order or a collection."""
    strange = day.parcels.filter(~pl.col("known"))
    yield from faulty(
        "parcels.csv",
        strange.filter("delivery"),
        "order_id",
        "{order_id} is not in the orders table nor carried in",
        "was the plan made with --carry?",
    )
    yield from faulty(
        "parcels.csv",
        strange.filter(~pl.col("delivery")),
        "order_id",
        "{order_id}, to {task}, is not in the collections table",
        "take the row out",
    )


def nothing_is_answered_twice(day: PlanDay) -> Iterator[Fault]:
    """Each order and collection has one row."""
    counted = day.parcels.with_columns(pl.len().over(_KEY).alias("times"))
    yield from faulty(
        "parcels.csv",
        counted.filter(~pl.struct(_KEY).is_first_distinct()),
        "order_id",
        "{order_id} has {times} rows with task {task}",
        "keep one",
    )


def tasks_are_as_asked(day: PlanDay) -> Iterator[Fault]:
    """A collection is a return or a hand-in, as the collections table says."""
    yield from faulty(
        "parcels.csv",
        day.parcels.filter("known", pl.col("task") != pl.col("asked_task")),
        "task",
        "{order_id} has task {task}, but {asked_task} is asked for",
    )
