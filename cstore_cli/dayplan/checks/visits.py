"""
When each van is where: the exact clock behind times that are cut to the minute.

A written time w stands for any instant in [w, w + 1). The first row's ``leaves`` is
exact; from there on every exact time is the earliest that the road, the window and the
service allow and that is not before the written one, so that cutting minutes never adds
up to a schedule no van could keep. Every planner's own exact times are at or after
these, so an upper bound broken here is broken there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from cstore_cli.travel.of_day import BatchTravel

AT_DC = ("depart", "reload", "end")
AT_STORE = ("deliver", "collect")


@dataclass(frozen=True, slots=True)
class Window:
    """When a store takes goods, and for how long it is kept busy by a van."""

    receive_from: float
    receive_by: float
    service_min: float


@dataclass(frozen=True)
class Ways:
    """How vans of one DC drive in one batch, and the number of each place."""

    travel: BatchTravel
    index: Mapping[str, int]

    def leg(self, start: str, end: str) -> tuple[float, float] | None:
        """Km and minutes, nan where there is no road; None for an unknown place."""
        i, j = self.index.get(start), self.index.get(end)
        if i is None or j is None:
            return None
        matrix = self.travel.matrix
        return float(matrix.distance_km[i, j]), float(matrix.duration_min[i, j])

    def service_factor(self, place: str) -> float:
        """What bad weather makes of a minute of service."""
        i = self.index.get(place)
        return 1.0 if i is None else float(self.travel.service_factor[i])


@dataclass(frozen=True, slots=True)
class Visit:
    """
    One row of stops.csv with its exact times, all in minutes after midnight.

    ``tour`` counts the trips by the reloads passed. ``leg_km`` and ``leg_min`` are the
    matrix's: None where a place or the batch is unknown, nan where there is no road.
    ``earliest``, ``start_possible`` and ``leave_possible`` are what the written
    ``arrives``, ``starts`` and ``leaves`` may not be before.
    """

    row: Mapping[str, Any]
    tour: int
    batch: str
    follows: bool
    leg_km: float | None
    leg_min: float | None
    service_min: float
    earliest: float
    arrive: float
    start_possible: float
    start: float
    leave_possible: float
    leave: float

    @property
    def kind(self) -> str:
        """What is done there."""
        return str(self.row["kind"])

    @property
    def place(self) -> str:
        """Where it is."""
        return str(self.row["location_id"])

    @property
    def leaves_at_most(self) -> float:
        """The latest exact time of leaving that the written one can stand for."""
        if self.kind == "depart" or self.row["leaves"] is None:
            return self.leave
        return max(self.leave, float(self.row["leaves"] + 1))


def visits(
    rows: Sequence[Mapping[str, Any]],
    ways: Mapping[str, Ways],
    windows: Mapping[str, Window],
    loading_min: float,
) -> Iterator[Visit]:
    """
    Go along one route's rows, in order of sequence.

    Parameters
    ----------
    rows
        Rows of stops.csv.
    ways
        Batch name: how this route's DC is driven from; none of an unknown DC.
    windows
        Store id: its window.
    loading_min
        What a reload takes.
    """
    previous: Visit | None = None
    for row in rows:
        previous = (
            _first(row)
            if previous is None
            else _next(previous, row, ways, windows, loading_min)
        )
        yield previous


def _first(row: Mapping[str, Any]) -> Visit:
    leave = float(row["leaves"] or 0)
    return Visit(
        row=row,
        tour=1,
        batch=str(row["batch"]),
        follows=False,
        leg_km=0.0,
        leg_min=0.0,
        service_min=0.0,
        earliest=leave,
        arrive=leave,
        start_possible=leave,
        start=leave,
        leave_possible=leave,
        leave=leave,
    )


def _next(
    previous: Visit,
    row: Mapping[str, Any],
    ways: Mapping[str, Ways],
    windows: Mapping[str, Window],
    loading_min: float,
) -> Visit:
    kind, place = str(row["kind"]), str(row["location_id"])
    batch = previous.batch if kind in AT_DC else str(row["batch"])
    follows = (kind, previous.kind, place) == ("collect", "deliver", previous.place)
    way = ways.get(batch)
    leg = way.leg(previous.place, place) if way else None
    window = windows.get(place) if kind in AT_STORE else None

    if follows:  # the same stay: its arrival, start and service are the delivery's
        earliest, opening, service = previous.arrive, previous.start, 0.0
    else:
        minutes = leg[1] if leg and isfinite(leg[1]) else 0.0
        earliest = previous.leave + minutes
        opening = window.receive_from if window else earliest
        service = loading_min if kind == "reload" else 0.0
        if window:
            service = window.service_min * (way.service_factor(place) if way else 1)
    arrive = _not_before(earliest, row["arrives"])
    start_possible = max(arrive, opening)
    start = _not_before(start_possible, row["starts"])
    leave_possible = previous.leave if follows else start + service
    return Visit(
        row=row,
        tour=previous.tour + (kind == "reload"),
        batch=str(row["batch"]) if kind == "reload" else batch,
        follows=follows,
        leg_km=leg[0] if leg else None,
        leg_min=leg[1] if leg else None,
        service_min=service,
        earliest=earliest,
        arrive=arrive,
        start_possible=start_possible,
        start=start,
        leave_possible=leave_possible,
        leave=_not_before(leave_possible, row["leaves"]),
    )


def _not_before(possible: float, written: int | None) -> float:
    return possible if written is None else max(possible, float(written))
