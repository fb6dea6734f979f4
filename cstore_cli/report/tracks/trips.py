"""The trips that a plan's vans drive, each with its rows and its line on the map."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from cstore_cli.dayplan.files import with_clocks
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.travel.ways import Way

Row = Mapping[str, Any]
_LEAVES_DC = ("depart", "reload")


@dataclass(frozen=True, eq=False)
class DrivenTrip:
    """
    One trip of a route.

    Its ``rows`` are those of stops.csv from leaving the DC to the one that is at the
    DC again: ``end``, or ``reload`` of the next trip. Clock times are HH:MM;
    ``minutes`` lie between the two. ``line`` is what is driven,
    no point twice in a row.
    """

    route: Row
    number: int
    rows: tuple[Row, ...]
    minutes: int
    line: Way

    @property
    def stops(self) -> tuple[Row, ...]:
        """The rows at stores."""
        return self.rows[1:-1]

    @property
    def visits(self) -> tuple[tuple[Row, ...], ...]:
        """The rows at stores, those of one visit together: to deliver, to collect."""
        places = groupby(self.stops, key=lambda row: row["location_id"])
        return tuple(tuple(rows) for _, rows in places)


def driven_trips(shown: ShownPlan) -> Iterator[DrivenTrip]:
    """Trips by route, in the order of routes.csv, and by number."""
    routes, stops = shown.tables.routes, shown.tables.stops
    clocks = with_clocks(stops, "stops").rows(named=True)
    of_route: dict[str, list[int]] = {}
    for k, route in enumerate(stops["route_id"]):
        of_route.setdefault(route, []).append(k)
    leaves, arrives = stops["leaves"], stops["arrives"]
    for route in with_clocks(routes, "routes").iter_rows(named=True):
        rows = of_route.get(route["route_id"], [])
        ways = shown.ways[route["route_id"]] if rows else ()
        starts = [n for n, k in enumerate(rows) if clocks[k]["kind"] in _LEAVES_DC]
        ends = [*starts[1:], len(rows) - 1]
        for number, (first, last) in enumerate(zip(starts, ends, strict=True), start=1):
            own = rows[first : last + 1]
            yield DrivenTrip(
                route=route,
                number=number,
                rows=tuple(clocks[k] for k in own),
                minutes=arrives[own[-1]] - leaves[own[0]],
                line=_line(ways[first:last]),
            )


def _line(ways: tuple[Way, ...]) -> Way:
    """The ways one after the other; two points at least."""
    points = np.concatenate(ways)
    moves = np.any(points[1:] != points[:-1], axis=1)
    line: Way = points[np.concatenate(([True], moves))]
    return line if len(line) > 1 else points[:2]
