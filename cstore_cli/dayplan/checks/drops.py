"""The figures of each stop are the sums of its parcels."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import STOP, PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault

ROUNDING = 0.006
"""Figures are written to two decimals."""


def parcels_are_at_stops_of_their_kind(day: PlanDay) -> Iterator[Fault]:
    """Deliveries at `deliver` rows, collections at `collect` rows."""
    named = day.carried.filter(pl.all_horizontal(pl.col(c).is_not_null() for c in STOP))
    yield from faulty(
        "parcels.csv",
        named.filter(pl.col("stop_kind").is_null()),
        "stop_sequence",
        "{order_id} is on {route_id}, trip {trip}, stop {stop_sequence}, which is not "
        "in stops.csv",
    )
    kind = (
        pl.when("delivery").then(pl.lit("deliver")).otherwise(pl.lit("collect"))
    ).alias("asked_kind")
    yield from faulty(
        "parcels.csv",
        named.with_columns(kind).filter(pl.col("stop_kind") != pl.col("asked_kind")),
        "stop_sequence",
        "{order_id} ({task}) is at stop {stop_sequence} of {route_id}, whose kind is "
        "{stop_kind}, not {asked_kind}",
    )


def stops_count_their_parcels(day: PlanDay) -> Iterator[Fault]:
    """Parcels, litres, kg and cash on delivery of every row, recomputed."""
    sums = (
        day.carried.rename({"stop_sequence": "sequence"})
        .group_by("route_id", "trip", "sequence", "delivery")
        .agg(
            pl.len().cast(pl.Int64).alias("num"),
            pl.col("litres").sum().alias("sum_litres"),
            pl.col("kg").sum().alias("sum_kg"),
            pl.col("cod_twd").sum().alias("sum_cod"),
        )
    )
    rows = (
        day.plan.stops.with_columns((pl.col("kind") != "collect").alias("delivery"))
        .join(
            sums,
            on=["route_id", "trip", "sequence", "delivery"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.col("num").fill_null(0),
            pl.col("sum_litres", "sum_kg", "sum_cod").fill_null(0.0),
        )
    )
    deliver, collect = pl.col("kind") == "deliver", pl.col("kind") == "collect"
    yield from _figure(rows, "dropped_parcels", pl.when(deliver).then("num"), 0)
    yield from _figure(rows, "collected_parcels", pl.when(collect).then("num"), 0)
    at_store = rows.filter(deliver | collect)
    for column, own in (
        ("litres", "sum_litres"),
        ("kg", "sum_kg"),
        ("cod_twd", "sum_cod"),
    ):
        yield from _figure(at_store, column, pl.col(own), ROUNDING)


def _figure(
    rows: pl.DataFrame, column: str, own: pl.Expr, rounding: float
) -> Iterator[Fault]:
    yield from faulty(
        "stops.csv",
        rows.with_columns(own.fill_null(0).alias("own")).filter(
            (pl.col(column) - pl.col("own")).abs() > rounding
        ),
        column,
        f"{{route_id}} stop {{sequence}} ({{kind}} at {{location_id}}): {column} is "
        f"{{{column}}}, its parcels add up to {{own}}",
    )
