"""
When each van is where: the exact clock behind times that are cut to the minute.

A written time w stands for any instant in [w, w + 1). The first row's ``leaves`` is
exact; from there on every exact time is the earliest that the road, the window and the
service allow and that is not before the written one, so that cutting minutes never adds
up to a schedule no van could keep. Roads and service are first in, first out (see
DcClock), so every planner's own exact times are at or after these, and an upper bound
broken here is broken there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan
from typing import Any

from cstore_cli.travel.clock import DcClock

AT_DC = ("depart", "reload", "end")
AT_STORE = ("deliver", "collect")


@dataclass(frozen=True, slots=True)
class Window:
    """When a store takes goods, and for how long it is kept busy by a van."""

    receive_from: float
    receive_by: float
    service_min: float


@dataclass(frozen=True, slots=True)
class Leg:
    """
    The way from a stop to the next; nan where there is none before the day is over.

    ``arrive`` is the arrival of a van that leaves at the exact time, ``minutes`` what
    it drives. One that leaves as late as the written time can stand for drives
    between ``min_minutes`` and ``max_minutes``.
    """

    km: float
    arrive: float
    minutes: float
    min_minutes: float
    max_minutes: float


@dataclass(frozen=True, slots=True)
class Visit:
    """
    One row of stops.csv with its exact times, all in minutes after midnight.

    ``tour`` counts the trips by the reloads passed. ``leg`` is the way there, None
    where a place or the DC is unknown. ``earliest``, ``start_possible`` and
    ``leave_possible`` are what the written ``arrives``, ``starts`` and ``leaves`` may
    not be before.
    """

    row: Mapping[str, Any]
    tour: int
    batch: str
    follows: bool
    leg: Leg | None
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
    clock: DcClock | None,
    windows: Mapping[str, Window],
    loading_min: float,
) -> Iterator[Visit]:
    """
    Go along one route's rows, in order of sequence.

    Parameters
    ----------
    rows
        Rows of stops.csv.
    clock
        How vans of this route's DC drive; None of an unknown DC.
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
            else _next(previous, row, clock, windows, loading_min)
        )
        yield previous


def _first(row: Mapping[str, Any]) -> Visit:
    leave = float(row["leaves"] or 0)
    return Visit(
        row=row,
        tour=1,
        batch=str(row["batch"]),
        follows=False,
        leg=Leg(0.0, leave, 0.0, 0.0, 0.0),
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
    clock: DcClock | None,
    windows: Mapping[str, Window],
    loading_min: float,
) -> Visit:
    kind, place = str(row["kind"]), str(row["location_id"])
    batch = previous.batch if kind in AT_DC else str(row["batch"])
    follows = (kind, previous.kind, place) == ("collect", "deliver", previous.place)
    leg = _leg(previous, place, clock) if clock else None
    window = windows.get(place) if kind in AT_STORE else None

    if follows:  # the same stay: its arrival, start and service are the delivery's
        earliest, opening = previous.arrive, previous.start
    else:
        earliest = leg.arrive if leg and isfinite(leg.arrive) else previous.leave
        opening = window.receive_from if window else earliest
    arrive = _not_before(earliest, row["arrives"])
    start_possible = max(arrive, opening)
    start = _not_before(start_possible, row["starts"])
    if follows:
        leave_possible = previous.leave
    elif window:
        leave_possible = _served(clock, place, start, window.service_min)
    else:
        leave_possible = start + (loading_min if kind == "reload" else 0.0)
    return Visit(
        row=row,
        tour=previous.tour + (kind == "reload"),
        batch=str(row["batch"]) if kind == "reload" else batch,
        follows=follows,
        leg=leg,
        service_min=0.0 if follows else leave_possible - start,
        earliest=earliest,
        arrive=arrive,
        start_possible=start_possible,
        start=start,
        leave_possible=leave_possible,
        leave=_not_before(leave_possible, row["leaves"]),
    )


def _leg(previous: Visit, place: str, clock: DcClock) -> Leg | None:
    i, j = clock.index.get(previous.place), clock.index.get(place)
    if i is None or j is None:
        return None
    leave, latest = previous.leave, previous.leaves_at_most
    arrive, last = clock.arrive(i, j, leave), clock.arrive(i, j, latest)
    # Who leaves between the two arrives between the two.
    is_steady = not any(leave < change < last for change in clock.changes)
    spread = 0.0 if is_steady else latest - leave
    return Leg(
        km=clock.distance_km(i, j, leave),
        arrive=arrive,
        minutes=arrive - leave,
        min_minutes=arrive - leave - spread,
        max_minutes=inf if isnan(last) else last - latest + spread,
    )


def _served(
    clock: DcClock | None, place: str, start: float, service_min: float
) -> float:
    i = clock.index.get(place) if clock else None
    if clock is None or i is None:
        return start + service_min
    return clock.done(i, start, service_min)


def _not_before(possible: float, written: int | None) -> float:
    return possible if written is None else max(possible, float(written))
