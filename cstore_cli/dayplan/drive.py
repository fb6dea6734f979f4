"""
One van's day driven on the exact clock: when it is where, or where that breaks.

Whatever happens later is not before what happens earlier would allow: leaving later
never brings a van home sooner (`travel.clock`), so the latest departure that keeps
every rule is found by bisection.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any, Literal

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.van_routes import Stop, Trip
from cstore_cli.routing.problem import Room
from cstore_cli.settings.plan_day import Batch
from cstore_cli.travel.clock import DcClock

EXACT = 1e-6
Trips = tuple[tuple[int, ...], ...]
"""Clients of each trip, in order."""


@dataclass(frozen=True, eq=False)
class DcDay:
    """
    What a DC's vans have to keep, in minutes after midnight.

    ``vehicles`` are all rows of the vehicles; ``start_by[k]`` is the latest start of
    service at client k, lateness included, and its trip leaves from ``leave_from[k]``
    to ``leave_by[k]``. Clients of one lock (``lock_of``) go on one van, of a kind that
    has as many as their ``number_of``, without cooling if ``uncooled``; those of
    ``batch_of`` go in that batch. ``rooms`` are shelves that clients share.
    """

    dc_id: str
    opens: float
    closes: float
    doors: int
    loading_min: int
    batches: tuple[Batch, ...]
    vehicles: Sequence[Mapping[str, Any]]
    clients: tuple[StoreClient, ...]
    start_by: tuple[float, ...]
    leave_from: tuple[float, ...]
    leave_by: tuple[float, ...]
    lock_of: Mapping[int, int]
    number_of: Mapping[int, int]
    uncooled: frozenset[int]
    rooms: tuple[Room, ...]
    batch_of: Mapping[int, int]
    windows: Mapping[str, Window]
    service_min: Mapping[str, float]
    clock: DcClock

    @cached_property
    def place(self) -> tuple[int, ...]:
        """The place of each client."""
        index = self.clock.index
        return tuple(index[client.store_id] for client in self.clients)


@dataclass(frozen=True)
class Duty:
    """A van, the batch of its first trip, and whom it visits."""

    vehicle: int
    batch: int
    trips: Trips

    @property
    def clients(self) -> frozenset[int]:
        """Whom it visits, on any trip."""
        return frozenset(k for trip in self.trips for k in trip)


@dataclass(frozen=True)
class Break:
    """
    Why a duty cannot be driven, and on which trip it shows.

    A client is reached too late; it ends too late; or the trip cannot leave, for want
    of a door, a batch or time.
    """

    trip: int
    why: Literal["late", "long", "leaves"]
    client: int | None = None


def drive(day: DcDay, duty: Duty, leaves: Sequence[int]) -> tuple[Trip, ...] | Break:
    """
    The trips when they leave at ``leaves``; the first break where they cannot.

    Where the van's driver must have a break it is taken before a service, at the stop
    where it brings the van home soonest.
    """
    van = day.vehicles[duty.vehicle]
    found = _drive(day, duty, leaves, None)
    rest, after = van["break_min"] or 0.0, van["break_after_min"]
    if isinstance(found, Break) or not rest or after is None:
        return found
    by = leaves[0] + after
    if found[-1].returns <= by or _rests(found, rest, by):
        return found
    best: tuple[Trip, ...] | Break = Break(0, "long")
    stops = [(t, s) for t, trip in enumerate(found) for s in range(len(trip.stops))]
    for place in stops:
        if found[place[0]].stops[place[1]].arrives > by:
            break
        tried = _drive(day, duty, leaves, (*place, rest))
        if isinstance(tried, Break):
            continue
        if isinstance(best, Break) or tried[-1].returns < best[-1].returns:
            best = tried
    return best


def _rests(trips: Sequence[Trip], rest: float, by: float) -> bool:
    """Whether the van waits long enough somewhere anyway."""
    return any(
        stop.arrives <= by and stop.starts - stop.arrives >= rest
        for trip in trips
        for stop in trip.stops
    )


def _drive(
    day: DcDay, duty: Duty, leaves: Sequence[int], rest: tuple[int, int, float] | None
) -> tuple[Trip, ...] | Break:
    van = day.vehicles[duty.vehicle]
    trips = []
    back = -math.inf
    for number, (visits, departs) in enumerate(zip(duty.trips, leaves, strict=True)):
        if number and departs < back + day.loading_min - EXACT:
            return Break(number, "leaves")
        here, clock = 0, float(departs)
        stops = []
        for n, group in enumerate(_stays(day, visits)):
            pause = rest[2] if rest and rest[:2] == (number, n) else 0.0
            stop = _stop(day, group, here, clock, pause)
            late = next(
                (k for k in group if stop.starts > day.start_by[k] + EXACT), None
            )
            if late is not None or math.isnan(stop.arrives):
                return Break(number, "late", group[0] if late is None else late)
            here, clock = day.place[group[0]], stop.drives_on
            stops.append(stop)
        back = day.clock.arrive(here, 0, clock)
        km = day.clock.distance_km(here, 0, clock)
        named = {day.batch_of[k] for k in visits if k in day.batch_of}
        if len(named) > 1:
            return Break(number, "leaves")
        first = duty.batch if number == 0 else None
        batch = day.batches[batch_at(day, departs, next(iter(named), first))]
        trips.append(Trip(batch.name, departs, tuple(stops), back, km, back - clock))
    latest = min(van["shift_to"], day.closes, leaves[0] + van["max_route_min"])
    if not back <= latest + EXACT:
        return Break(len(trips) - 1, "long")
    return tuple(trips)


def _stays(day: DcDay, visits: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Clients at one store one after the other are served in one stay."""
    for _, group in groupby(visits, key=lambda k: day.clients[k].store_id):
        yield tuple(group)


def _stop(
    day: DcDay, group: Sequence[int], here: int, clock: float, pause: float
) -> Stop:
    together = [day.clients[k] for k in group]
    store_id, there = together[0].store_id, day.place[group[0]]
    brought = tuple(client for client in together if not client.collects)
    collected = tuple(client for client in together if client.collects)
    ready = max(
        (c.collect_in.start_min for c in collected if c.collect_in), default=0.0
    )
    arrives = day.clock.arrive(here, there, clock)
    starts = max(arrives + pause, day.windows[store_id].start_min)
    if not brought:
        starts = max(starts, ready)
    leaves = day.clock.done(there, starts, day.service_min[store_id])
    return Stop(
        store_id=store_id,
        clients=brought,
        collected=collected,
        arrives=arrives,
        starts=starts,
        leaves=leaves,
        drives_on=max(leaves, ready),
        leg_km=day.clock.distance_km(here, there, clock),
        leg_min=arrives - clock,
    )


def batch_at(day: DcDay, minute: int, batch: int | None = None) -> int:
    """The batch of a departure: the one given, else the first that is under way."""
    if batch is not None:
        return batch
    return next(
        (n for n, b in enumerate(day.batches) if b.earliest <= minute <= b.latest),
        len(day.batches) - 1,
    )


def next_in_batch(day: DcDay, duty: Duty, trip: int, minute: int) -> int | None:
    """The first minute from this one on in a batch that the trip may leave in."""
    batches = [day.batches[duty.batch]]
    if trip > 0:
        batches = sorted(day.batches, key=lambda batch: batch.earliest)
    by = min(day.leave_by[k] for k in duty.trips[trip])
    for batch in batches:
        if minute <= batch.latest:
            leave = max(minute, batch.earliest)
            return leave if leave <= by else None
    return None


def earliest_leave(day: DcDay, duty: Duty, trip: int, back: float) -> int | None:
    """
    The first whole minute at which a trip may leave, the van being ``back``.

    None where goods, van and batches leave no such minute.
    """
    van = day.vehicles[duty.vehicle]
    goods = max(day.leave_from[k] for k in duty.trips[trip])
    shift = max(van["shift_from"], day.opens + day.loading_min)
    earliest = max(goods, shift if trip == 0 else back + day.loading_min)
    return next_in_batch(day, duty, trip, math.ceil(earliest - EXACT))


def latest_leave(day: DcDay, duty: Duty, trip: int) -> int:
    """The last minute at which a trip may leave by its goods and the batches."""
    by = min(day.leave_by[k] for k in duty.trips[trip])
    latest = max(batch.latest for batch in day.batches)
    if trip == 0:
        latest = day.batches[duty.batch].latest
    return latest if by >= latest else math.floor(by)


def at_once(day: DcDay, duty: Duty, leaves: Sequence[int]) -> list[int] | Break:
    """Departures of all trips, those after the ones given as soon as they can."""
    leaves = list(leaves)
    while len(leaves) < len(duty.trips):
        number = len(leaves)
        driven = drive(day, replace(duty, trips=duty.trips[:number]), leaves)
        if isinstance(driven, Break):
            return driven
        leave = earliest_leave(day, duty, number, driven[-1].returns)
        if leave is None:
            return Break(number, "leaves")
        leaves.append(leave)
    return leaves


def returns(day: DcDay, duty: Duty, leaves: Sequence[int]) -> float:
    """When the van is back for good, later trips at once; infinite if that breaks."""
    whole = at_once(day, duty, leaves)
    if isinstance(whole, Break):
        return math.inf
    driven = drive(day, duty, whole)
    return math.inf if isinstance(driven, Break) else driven[-1].returns


def best_leave(day: DcDay, duty: Duty) -> tuple[int, int, int] | Break:
    """
    First departures: the earliest, that with the least waiting, the latest.

    Leaving with the least waiting brings the van home as soon as leaving early does.
    """
    earliest = earliest_leave(day, duty, 0, 0.0)
    if earliest is None:
        return Break(0, "leaves")
    leaves = at_once(day, duty, [earliest])
    driven = leaves if isinstance(leaves, Break) else drive(day, duty, leaves)
    if isinstance(driven, Break):
        # Only a day that is too long may be saved by leaving later.
        shorter = _first_short(day, duty, earliest)
        if shorter is None:
            return driven
        earliest = shorter
    home = returns(day, duty, [earliest])
    last = latest_leave(day, duty, 0)
    best = last_that(earliest, last, lambda t: returns(day, duty, [t]) <= home + EXACT)
    latest = last_that(best, last, lambda t: math.isfinite(returns(day, duty, [t])))
    return earliest, best, latest


def _first_short(day: DcDay, duty: Duty, earliest: int) -> int | None:
    """The first departure of a day that is too long when it begins at ``earliest``."""
    van = day.vehicles[duty.vehicle]
    unlimited = {**van, "max_route_min": math.inf}
    vehicles = list(day.vehicles)
    vehicles[duty.vehicle] = unlimited
    free = replace(day, vehicles=vehicles)
    leave, last = earliest, latest_leave(day, duty, 0)
    while leave <= last:
        home = returns(free, duty, [leave])
        if math.isinf(home):
            return None
        # Nobody who leaves later is home sooner: until then the day stays too long.
        short = math.ceil(home - van["max_route_min"] - EXACT)
        if short <= leave:
            return leave
        leave = short
    return None


def last_that(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The last of low..high where ``holds``, which it does at ``low``."""
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
