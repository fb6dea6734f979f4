"""Nothing goes to a store while it is closed."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import clock, faulty
from cstore_cli.dayplan.checks.visits import AT_STORE
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE
from cstore_cli.travel.closures import closed_windows


def stores_are_open_when_served(day: PlanDay) -> Iterator[Fault]:
    """A van's service does not start while its store is closed."""
    closed = _closed(day)
    for route_id, visits in day.driven.items():
        for visit in visits:
            for start, end in closed.get(visit.place, ()):
                if visit.kind in AT_STORE and start <= visit.start < end:
                    yield Fault(
                        "stops.csv",
                        visit.row[LINE],
                        "starts",
                        f"{route_id} starts at {visit.place} at {clock(visit.start)}; "
                        f"the store is closed from {clock(start)} to {clock(end)}",
                    )


def stores_closed_all_day_get_nothing(day: PlanDay) -> Iterator[Fault]:
    """A store closed through its whole window has no planned parcel."""
    closed = _closed(day)
    shut = [
        row["store_id"]
        for row in day.inputs.stores.iter_rows(named=True)
        if any(
            start <= row["receive_from"] and row["receive_by"] < end
            for start, end in closed.get(row["store_id"], ())
        )
    ]
    yield from faulty(
        "parcels.csv",
        day.parcels.filter("planned", pl.col("store_id").is_in(shut)),
        "store_id",
        "{order_id} goes to {store_id}, which is closed through its whole window",
    )


def _closed(day: PlanDay) -> dict[str, list[tuple[float, float]]]:
    """Store id: when it is closed, in minutes after midnight."""
    closures = day.inputs.closures
    return {
        place: [
            (day.inputs.clock(start), day.inputs.clock(end))
            for start, end in closed_windows(place, closures)
        ]
        for place in closures["location_id"].drop_nulls().unique(maintain_order=True)
    }
