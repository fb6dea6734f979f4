"""Kilometres and minutes between stops are those of the matrix."""

from collections.abc import Iterator
from math import isnan

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_ROUNDING_KM = 0.006
_ROUNDING_MIN = 0.06


def legs_are_the_matrixs(day: PlanDay) -> Iterator[Fault]:
    """A leg is driven as fast as its trip's batch allows, where there is a road."""
    for route_id, visits in day.driven.items():
        start = ""
        for visit in visits:
            leg = f"{route_id} from {start or visit.place} to {visit.place}"
            start = visit.place
            if visit.leg_km is None or visit.leg_min is None:
                continue
            if isnan(visit.leg_min):
                yield Fault(
                    "stops.csv",
                    visit.row[LINE],
                    "location_id",
                    f"{leg}: there is no way in batch {visit.batch}",
                )
                continue
            for column, own, rounding in (
                ("leg_km", visit.leg_km, _ROUNDING_KM),
                ("leg_min", visit.leg_min, _ROUNDING_MIN),
            ):
                written = visit.row[column]
                if written is not None and abs(written - own) > rounding:
                    yield Fault(
                        "stops.csv",
                        visit.row[LINE],
                        column,
                        f"{leg}: {column} is {written:.2f}, the matrix of batch "
                        f"{visit.batch} says {own:.2f}",
                    )
