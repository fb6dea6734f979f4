"""Drivers of long routes get their break in time."""

from collections.abc import Iterator, Sequence

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import clock
from cstore_cli.dayplan.checks.timing import EXACT
from cstore_cli.dayplan.checks.visits import Visit
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_CUT = 1.0
"""A gap between two times cut to the minute may be longer than it looks, by this."""


def long_routes_have_a_break(day: PlanDay) -> Iterator[Fault]:
    """Idle for break_min, from break_after_min after departure at the latest."""
    for route_id, visits in day.driven.items():
        van = day.vehicle_of(route_id)
        if van is None or not van["break_min"] or van["break_after_min"] is None:
            continue
        departs = visits[0].leave
        by = departs + van["break_after_min"]
        if visits[-1].arrive <= by + EXACT:
            continue
        idle = max(
            (minutes for begins, minutes in _gaps(visits) if begins <= by + EXACT),
            default=0.0,
        )
        if idle + _CUT <= van["break_min"]:
            yield Fault(
                "stops.csv",
                visits[0].row[LINE],
                "leaves",
                f"{route_id} drives from {clock(departs)} to "
                f"{clock(visits[-1].arrive)} and its longest break begun by "
                f"{clock(by)} is {idle:.1f} min; {van['vehicle_type']} needs "
                f"{van['break_min']:g}",
            )


def _gaps(visits: Sequence[Visit]) -> Iterator[tuple[float, float]]:
    """When the van stands idle: waiting to start, or staying after its work."""
    for visit in visits[1:-1]:
        if not visit.follows:
            yield visit.arrive, visit.start - visit.arrive
        yield visit.leave_possible, visit.leave - visit.leave_possible
