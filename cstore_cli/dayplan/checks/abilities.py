"""Parcels go only where store, courier and van can take them."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.goods import SIDES
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault
from cstore_cli.settings.plan_day import ParcelLimits

_SIZE = " x ".join(f"{{{side}:g}}" for side in SIDES)


def parcels_keep_the_limits(day: PlanDay) -> Iterator[Fault]:
    """Pick-up parcels those of stores, door parcels those of couriers."""
    for channel, fits, limits in (
        ("store_pickup", "fits_store", day.settings.store_limits),
        ("store_door", "fits_courier", day.settings.courier.limits),
    ):
        yield from faulty(
            "parcels.csv",
            day.parcels.filter(
                "at_store", pl.col("channel") == channel, ~pl.col(fits)
            ).join(
                day.inputs.orders.select("order_id", *SIDES).unique("order_id"),
                on="order_id",
                how="left",
                maintain_order="left",
            ),
            "channel",
            f"{{order_id}} measures {_SIZE} cm, {{kg}} kg; {channel} takes "
            f"{_limits(limits)}",
        )


def stores_are_known(day: PlanDay) -> Iterator[Fault]:
    """A planned parcel's store is in the stores table."""
    planned = day.parcels.filter("planned", pl.col("store_id").is_not_null())
    yield from faulty(
        "parcels.csv",
        planned.join(day.inputs.stores, on="store_id", how="anti"),
        "store_id",
        "{order_id} goes to {store_id}, which is not in the stores table",
    )


def stores_are_ours(day: PlanDay) -> Iterator[Fault]:
    """Where own chains are named, stores of other chains take nothing."""
    own = day.settings.network.own_chains
    if own:
        yield from faulty(
            "parcels.csv",
            day.parcels.filter("planned", ~pl.col("chain").is_in(own)),
            "store_id",
            "{order_id} goes to {store_id} of {chain}, not of the own chains "
            + ", ".join(own),
        )


def chilled_goods_stay_chilled(day: PlanDay) -> Iterator[Fault]:
    """On vans with cooling, and on shelves with cooling."""
    chilled = day.parcels.filter("known", "needs_cooling")
    yield from faulty(
        "parcels.csv",
        chilled.filter(
            "at_store",
            pl.col("channel") == "store_pickup",
            ~pl.col("store_chilled"),
        ),
        "store_id",
        "{order_id} is {goods_class}, which needs cooling; {store_id} has none",
    )
    warm = [
        route_id
        for route_id in day.routes
        if (van := day.vehicle_of(route_id)) is not None and not van["chilled"]
    ]
    yield from faulty(
        "parcels.csv",
        chilled.filter("by_van", pl.col("route_id").is_in(warm)),
        "route_id",
        "{order_id} is {goods_class}, which needs cooling; the van of {route_id} "
        "has none",
    )


def _limits(limits: ParcelLimits) -> str:
    sides = (limits.length_cm, limits.width_cm, limits.height_cm)
    return f"{' x '.join(f'{side:g}' for side in sides)} cm, {limits.weight_kg:g} kg"
