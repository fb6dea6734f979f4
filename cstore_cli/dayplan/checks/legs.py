"""Kilometres and minutes between stops are those of the road at that hour."""

from collections.abc import Iterator
from math import isnan

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import clock
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_ROUNDING_KM = 0.006
_ROUNDING_MIN = 0.06


def legs_are_the_roads(day: PlanDay) -> Iterator[Fault]:
    """A leg is driven where there is a way, as fast as it allows after leaving."""
    for route_id, visits in day.driven.items():
        before = visits[0]
        for visit in visits:
            way, leg = f"{route_id} from {before.place} to {visit.place}", visit.leg
            leaves, before = before.leave, visit
            if leg is None:
                continue
            if isnan(leg.arrive):
                yield Fault(
                    "stops.csv",
                    visit.row[LINE],
                    "location_id",
                    f"{way}: there is no way from {clock(leaves)} on",
                )
                continue
            for column, own, least, most, rounding in (
                ("leg_km", leg.km, leg.km, leg.km, _ROUNDING_KM),
                (
                    "leg_min",
                    leg.minutes,
                    leg.min_minutes,
                    leg.max_minutes,
                    _ROUNDING_MIN,
                ),
            ):
                written = visit.row[column]
                if written is not None and not (
                    least - rounding <= written <= most + rounding
                ):
                    yield Fault(
                        "stops.csv",
                        visit.row[LINE],
                        column,
                        f"{way}: {column} is {written:.2f}, leaving at "
                        f"{clock(leaves)} it is {own:.2f}",
                    )
