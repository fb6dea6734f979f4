"""Couriers' rounds: every door parcel on one, from its store, not too much on any."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.drops import ROUNDING
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_EXACT = 1e-6


def door_parcels_are_on_one_round(day: PlanDay) -> Iterator[Fault]:
    """Every planned door parcel exactly once, and nothing else."""
    doors = _doors(day)
    yield from faulty(
        "parcels.csv",
        doors.join(day.plan.rounds, on="order_id", how="anti"),
        "channel",
        "{order_id} is store_door from {store_id}, but on no round",
    )
    rounds = day.plan.rounds
    yield from faulty(
        "rounds.csv",
        rounds.join(doors, on="order_id", how="anti"),
        "order_id",
        "{round_id} carries {order_id}, which is not planned as store_door",
    )
    yield from faulty(
        "rounds.csv",
        rounds.with_columns(
            pl.col("round_id").first().over("order_id").alias("first")
        ).filter(~pl.col("order_id").is_first_distinct()),
        "order_id",
        "{round_id} carries {order_id}, which is on {first} already",
    )


def rounds_set_out_from_the_parcels_store(day: PlanDay) -> Iterator[Fault]:
    """The round starts where its parcels are."""
    parcels = _doors(day).select("order_id", pl.col("store_id").alias("parcel_store"))
    yield from faulty(
        "rounds.csv",
        day.plan.rounds.join(
            parcels.unique("order_id"), on="order_id", maintain_order="left"
        ).filter(pl.col("store_id") != pl.col("parcel_store")),
        "store_id",
        "{round_id} sets out from {store_id}, but {order_id} is brought to "
        "{parcel_store}",
    )


def stores_have_the_couriers(day: PlanDay) -> Iterator[Fault]:
    """A store's own; a hub's own or hub_couriers, whichever are more."""
    hub = day.settings.courier.hub_couriers
    couriers = (
        pl.when("is_hub")
        .then(pl.max_horizontal("door_couriers", pl.lit(hub)))
        .otherwise("door_couriers")
    )
    rows = day.plan.rounds.join(
        day.stores.select("store_id", "is_hub", couriers.alias("couriers")),
        on="store_id",
        how="left",
        maintain_order="left",
    )
    yield from faulty(
        "rounds.csv",
        rows.filter(pl.col("couriers").is_null()),
        "store_id",
        "{round_id} sets out from {store_id}, which is not in the stores table",
    )
    yield from faulty(
        "rounds.csv",
        rows.filter(pl.col("couriers") < 1).unique(
            "round_id", keep="first", maintain_order=True
        ),
        "store_id",
        "{round_id} sets out from {store_id}, which has {couriers} couriers and is no "
        "hub",
    )
    yield from faulty(
        "rounds.csv",
        rows.filter(
            pl.col("couriers") >= 1,
            ~pl.col("courier_no").is_between(1, pl.col("couriers")),
        ).unique("round_id", keep="first", maintain_order=True),
        "courier_no",
        "{round_id} is walked by courier {courier_no} of {store_id}, which has "
        "{couriers}",
    )


def rounds_say_what_they_carry(day: PlanDay) -> Iterator[Fault]:
    """Each row's litres, kg and cash on delivery are its parcel's."""
    rows = _carried(day)
    for column in ("litres", "kg", "cod_twd"):
        yield from faulty(
            "rounds.csv",
            rows.filter((pl.col(column) - pl.col(f"own_{column}")).abs() > ROUNDING),
            column,
            f"{{round_id}}, {{order_id}}: {column} is {{{column}}}, the order says "
            f"{{own_{column}}}",
        )


def rounds_are_not_too_heavy(day: PlanDay) -> Iterator[Fault]:
    """Parcels, litres and kg of a round are within the courier's limits."""
    courier = day.settings.courier
    loads = (
        _carried(day)
        .group_by("round_id", maintain_order=True)
        .agg(
            pl.col(LINE).first(),
            pl.len().alias("parcels"),
            pl.col("own_litres").sum().alias("litres"),
            pl.col("own_kg").sum().alias("kg"),
        )
    )
    for figure, most in (
        ("parcels", courier.round_parcels),
        ("litres", courier.round_litres),
        ("kg", courier.round_kg),
    ):
        yield from faulty(
            "rounds.csv",
            loads.filter(pl.col(figure) > most * (1 + _EXACT)),
            "order_id" if figure == "parcels" else figure,
            f"{{round_id}} carries {{{figure}}} {figure}; a courier carries {most:g}",
        )


def _doors(day: PlanDay) -> pl.DataFrame:
    """The planned door parcels."""
    return day.parcels.filter("at_store", pl.col("channel") == "store_door")


def _carried(day: PlanDay) -> pl.DataFrame:
    """The rounds' rows of known orders, with the order's own figures."""
    return day.plan.rounds.join(
        day.goods.filter("delivery").select(
            "order_id", pl.col("litres", "kg", "cod_twd").name.prefix("own_")
        ),
        on="order_id",
        maintain_order="left",
    )
