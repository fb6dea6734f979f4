"""A route's rows in legal order: depart, stops, reloads between trips, end."""

from collections.abc import Iterator, Sequence

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.visits import AT_DC, Visit
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE


def sequences_are_gapless(day: PlanDay) -> Iterator[Fault]:
    """0, 1, 2, ... on every route."""
    for route_id, visits in day.driven.items():
        for number, visit in enumerate(visits):
            if visit.row["sequence"] != number:
                yield _fault(
                    visit,
                    "sequence",
                    f"{route_id}: {visit.kind} at {visit.place} has sequence "
                    f"{visit.row['sequence']}, the row is number {number}",
                )
                break


def routes_depart_and_end(day: PlanDay) -> Iterator[Fault]:
    """The first row departs, the last ends, no other does either."""
    for route_id, visits in day.driven.items():
        last = len(visits) - 1
        for number, visit in enumerate(visits):
            for kind, place in (("depart", 0), ("end", last)):
                if (visit.kind == kind) != (number == place):
                    where = "first" if kind == "depart" else "last"
                    yield _fault(
                        visit,
                        "kind",
                        f"{route_id}: row {number} of 0..{last} is {visit.kind}; the "
                        f"{where} row and no other is {kind}",
                    )


def vans_start_and_end_at_their_dc(day: PlanDay) -> Iterator[Fault]:
    """Departures, reloads and ends are at the route's DC."""
    for route_id, visits in day.driven.items():
        dc_id = day.routes.get(route_id, {}).get("dc_id")
        for visit in visits:
            if visit.kind in AT_DC and dc_id is not None and visit.place != dc_id:
                yield _fault(
                    visit,
                    "location_id",
                    f"{route_id}: {visit.kind} is at {visit.place}, its DC is {dc_id}",
                )


def trips_change_at_reloads(day: PlanDay) -> Iterator[Fault]:
    """Trips count 1, 2, ...; a reload may bear the number of either of its trips."""
    for route_id, visits in day.driven.items():
        for visit in visits:
            expected = {visit.tour}
            if visit.kind == "reload":
                expected.add(visit.tour - 1)
            if visit.row["trip"] not in expected:
                yield _fault(
                    visit,
                    "trip",
                    f"{route_id}: {visit.kind} at {visit.place} has trip "
                    f"{visit.row['trip']}, by the reloads it is trip {visit.tour}",
                )


def vans_make_no_more_trips_than_allowed(day: PlanDay) -> Iterator[Fault]:
    """Not more than max_trips of the vehicle."""
    for route_id, visits in day.driven.items():
        van = day.vehicle_of(route_id)
        if van is not None and visits[-1].tour > van["max_trips"]:
            yield _fault(
                visits[-1],
                "trip",
                f"{route_id} makes {visits[-1].tour} trips; {van['vehicle_type']} "
                f"makes at most {van['max_trips']}",
            )


def a_trip_is_in_one_batch(day: PlanDay) -> Iterator[Fault]:
    """All rows of a trip name one batch; a reload may name that of either trip."""
    for route_id, visits in day.driven.items():
        for trip in range(1, visits[-1].tour + 1):
            rows = [v for v in visits if v.tour == trip and v.kind != "reload"]
            batch = rows[0].row["batch"] if rows else None
            for visit in rows:
                if visit.row["batch"] != batch:
                    yield _fault(
                        visit,
                        "batch",
                        f"{route_id}: trip {trip} is in batch {batch}, but "
                        f"{visit.kind} at {visit.place} is in {visit.row['batch']}",
                    )
        yield from _reload_batches(route_id, visits)


def _reload_batches(route_id: str, visits: Sequence[Visit]) -> Iterator[Fault]:
    for before, visit, after in zip(visits, visits[1:], visits[2:], strict=False):
        either = (before.row["batch"], after.row["batch"])
        if visit.kind == "reload" and visit.row["batch"] not in either:
            yield _fault(
                visit,
                "batch",
                f"{route_id}: reload is in batch {visit.row['batch']}, the trips "
                f"before and after it in {either[0]} and {either[1]}",
            )


def _fault(visit: Visit, column: str, what: str) -> Fault:
    return Fault("stops.csv", visit.row[LINE], column, what)
