"""No more litres come to a store than its shelf has room for."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_EXACT = 1e-6


def shelves_have_room(day: PlanDay) -> Iterator[Fault]:
    """Pick-up parcels, by van or brought by sellers, against the room counted on."""
    yield from faulty(
        "store_arrivals.csv",
        day.shelves.filter(pl.col("arriving") > pl.col("room") + _EXACT).join(
            day.plan.store_arrivals.select("store_id", LINE).unique("store_id"),
            on="store_id",
            how="left",
            maintain_order="left",
        ),
        "arriving_litres",
        "{store_id} gets {arriving} litres and has room for {room}: shelf "
        "{shelf_litres}, held {held}, fetched before {fetched}",
        "send parcels elsewhere or set them unserved",
    )
