"""store_arrivals.csv says of each store what comes and what the shelf makes of it."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_ROUNDING = 0.006
_EXACT = 1e-6


def each_store_has_one_row(day: PlanDay) -> Iterator[Fault]:
    """The stores of the stores table and no others."""
    rows = day.plan.store_arrivals
    yield from faulty(
        "store_arrivals.csv",
        day.inputs.stores.join(rows, on="store_id", how="anti").with_columns(
            pl.lit(None).alias(LINE)
        ),
        "store_id",
        "{store_id} is in the stores table and has no row",
    )
    yield from faulty(
        "store_arrivals.csv",
        rows.filter(~pl.col("store_id").is_first_distinct()),
        "store_id",
        "{store_id} has more than one row",
    )
    yield from faulty(
        "store_arrivals.csv",
        rows.join(day.inputs.stores, on="store_id", how="anti"),
        "store_id",
        "{store_id} is not in the stores table",
    )


def arrivals_add_up(day: PlanDay) -> Iterator[Fault]:
    """Counts and litres, recomputed from parcels and held parcels."""
    rows = day.plan.store_arrivals.join(
        day.shelves.rename({"shelf_litres": "own_shelf"}),
        on="store_id",
        maintain_order="left",
    )
    before = pl.col("held") - pl.col("fetched")
    for column, own, rounding in (
        ("pickup_parcels", pl.col("num_pickup"), 0),
        ("door_parcels", pl.col("num_door"), 0),
        ("shelf_litres", pl.col("own_shelf"), _ROUNDING),
        ("held_litres", pl.col("held"), _ROUNDING),
        ("fetched_litres", pl.col("fetched"), _ROUNDING),
        ("shelf_before_litres", before, _ROUNDING),
        ("arriving_litres", pl.col("arriving"), _ROUNDING),
        ("shelf_after_litres", before + pl.col("arriving"), _ROUNDING),
    ):
        yield from faulty(
            "store_arrivals.csv",
            rows.with_columns(own.alias("own")).filter(
                (pl.col(column) - pl.col("own")).abs() > rounding
            ),
            column,
            f"{{store_id}}: {column} is {{{column}}}, recomputed {{own}}",
        )
    yield from faulty(
        "store_arrivals.csv",
        rows.filter(pl.col("dc_id") != pl.col("store_dc")),
        "dc_id",
        "{store_id} is of {store_dc}, not of {dc_id}",
    )


def overflow_risk_is_told(day: PlanDay) -> Iterator[Fault]:
    """Over its shelf already; over it if nothing is fetched; or not at all."""
    shelf = pl.col("own_shelf")

    def risk(slack: float) -> pl.Expr:
        return (
            pl.when(pl.col("held") > shelf + slack)
            .then(pl.lit("over_before"))
            .when(pl.col("held") + pl.col("arriving") > shelf + slack)
            .then(pl.lit("possible"))
            .otherwise(pl.lit("no"))
        )

    rows = day.plan.store_arrivals.join(
        day.shelves.rename({"shelf_litres": "own_shelf"}),
        on="store_id",
        maintain_order="left",
    ).with_columns(risk(0.0).alias("own"))
    yield from faulty(
        "store_arrivals.csv",
        rows.filter(
            pl.col("overflow_risk") != risk(_EXACT),
            pl.col("overflow_risk") != risk(-_EXACT),
        ),
        "overflow_risk",
        "{store_id}: overflow_risk is {overflow_risk}; held {held} and arriving "
        "{arriving} litres on a shelf of {own_shelf} make it {own}",
    )


def first_arrivals_are_told(day: PlanDay) -> Iterator[Fault]:
    """``arrives`` is the first van's; empty where none delivers."""
    arrives = pl.col("arrives")
    firsts = (
        day.plan.stops.filter(pl.col("kind").is_in(["deliver", "collect"]))
        .group_by(pl.col("location_id").alias("store_id"))
        .agg(
            arrives.min().alias("any_van"),
            arrives.filter(pl.col("kind") == "deliver").min().alias("first_van"),
        )
    )
    rows = day.plan.store_arrivals.join(
        firsts, on="store_id", how="left", maintain_order="left"
    )
    yield from faulty(
        "store_arrivals.csv",
        rows.filter(arrives.ne_missing(pl.col("first_van"))).filter(
            arrives.ne_missing(pl.col("any_van"))
        ),
        "arrives",
        "{store_id}: arrives is {arrives:clock}, the first van comes at "
        "{first_van:clock}",
    )
