"""
Clients put into vehicle days that stand: where there is room and time, cheapest first.

The days around them keep their departures, so that doors stay theirs. A place on a trip
is looked at through its slack: the latest arrival at the next stop with which all that
follows is still in time. What looks good is then driven whole.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from cstore_cli.dayplan.dock_doors import Doors
from cstore_cli.dayplan.drive import (
    EXACT,
    Break,
    DcDay,
    Duty,
    best_leave,
    drive,
    earliest_leave,
    latest_leave,
)
from cstore_cli.dayplan.van_routes import Stop, Trip
from cstore_cli.deadline import Deadline

_TRIES = 5
"""Places of a route driven whole at most; the slack is right but for breaks."""
_STEP_MIN = 0.05
"""How closely the latest arrival is found."""


@dataclass(frozen=True, eq=False)
class Driven:
    """A duty, its departures and what comes of them."""

    duty: Duty
    leaves: tuple[int, ...]
    trips: tuple[Trip, ...]


def served(driven: Sequence[Driven]) -> frozenset[int]:
    """The clients that the days visit."""
    return frozenset[int]().union(*(one.duty.clients for one in driven))


@dataclass(frozen=True)
class Place:
    """A place for a client, and about what it costs in money."""

    cost: float
    trip: int
    position: int


def insert_all(
    day: DcDay,
    driven: Sequence[Driven],
    waiting: Sequence[int],
    deadline: Deadline | None = None,
) -> list[Driven]:
    """Put in those of ``waiting`` that can be, in their order, until the deadline."""
    days = list(driven)
    doors = doors_of(day, days)
    for k in waiting:
        if deadline is not None and not deadline.left_s():
            break
        found = insert(day, days, doors, spare_vans(day, days), k)
        if found is None:
            continue
        number, changed = found
        if number is None:
            days.append(changed)
        else:
            days[number] = changed
    return days


def doors_of(day: DcDay, driven: Sequence[Driven]) -> Doors:
    """The dock doors with the departures that have one."""
    return Doors(day.doors, day.loading_min, [t for one in driven for t in one.leaves])


def spare_vans(day: DcDay, driven: Sequence[Driven]) -> dict[int, int]:
    """Vans of the DC that stand idle, by row of the vehicles."""
    used = Counter(one.duty.vehicle for one in driven)
    return {
        row: van["count"] - used[row]
        for row, van in enumerate(day.vehicles)
        if van["dc_id"] == day.dc_id and van["count"] > used[row]
    }


def insert(
    day: DcDay,
    driven: Sequence[Driven],
    doors: Doors,
    spare: dict[int, int],
    k: int,
) -> tuple[int | None, Driven] | None:
    """
    Put client k where it costs least; None where it cannot be served.

    Returns the number of the day it changes, None for a new one, and the day as it is
    then. ``spare`` is how many vans of each row of the vehicles stand idle.
    """
    if not _has_room(day, driven, k):
        return None
    best: tuple[float, int | None, Driven] | None = None
    allowed = _allowed(day, driven, k)
    for n in allowed:
        found = _into(day, driven[n], doors, k)
        if found is not None and (best is None or found[0] < best[0]):
            best = found[0], n, found[1]
    if best is None:
        if _promised_elsewhere(day, driven, k):
            return None
        new = [
            _alone(day, vehicle, doors, k) for vehicle, left in spare.items() if left
        ]
        made = [one for one in new if one is not None]
        if not made:
            return None
        cheapest = min(made, key=lambda one: money(day, one))
        best = 0.0, None, cheapest
    _, number, changed = best
    before = set() if number is None else set(driven[number].leaves)
    for leave in changed.leaves:
        if leave not in before:
            doors.take(leave)
    return number, changed


def money(day: DcDay, driven: Driven) -> float:
    """What a vehicle day costs."""
    van = day.vehicles[driven.duty.vehicle]
    km = sum(trip.km for trip in driven.trips)
    hours = (driven.trips[-1].returns - driven.trips[0].departs) / 60
    return float(
        van["fixed_cost_twd"]
        + km * van["cost_per_km_twd"]
        + hours * van["cost_per_hour_twd"]
    )


def carries(day: DcDay, duty: Duty, trip: Sequence[int]) -> bool:
    """Whether the van has cooling and room for these clients at every point."""
    van = day.vehicles[duty.vehicle]
    clients = [day.clients[k] for k in trip]
    if any(client.chilled for client in clients) and not van["chilled"]:
        return False
    if any(day.number_of.get(k, 0) > van["count"] for k in trip):
        return False
    if van["chilled"] and not day.uncooled.isdisjoint(trip):
        return False
    for size, room in (("litres", "capacity_litres"), ("kg", "capacity_kg")):
        on_board = sum(getattr(c, size) for c in clients if not c.collects)
        most = on_board
        for client in clients:
            on_board += getattr(client, size) * (1 if client.collects else -1)
            most = max(most, on_board)
        if most > van[room] + EXACT:
            return False
    return True


def _has_room(day: DcDay, driven: Sequence[Driven], k: int) -> bool:
    """Whether the shelf that client k shares, if any, has room for it besides."""
    there = served(driven) | {k}
    return all(
        sum(need for i, need in room.needs if i in there) <= room.capacity
        for room in day.rooms
        if any(i == k for i, _ in room.needs)
    )


def _allowed(day: DcDay, driven: Sequence[Driven], k: int) -> list[int]:
    """The days that client k may join by its lock and theirs."""
    mine = day.lock_of.get(k)
    if mine is None:
        return list(range(len(driven)))
    locks = [{day.lock_of.get(i) for i in one.duty.clients} - {None} for one in driven]
    with_it = [n for n, theirs in enumerate(locks) if mine in theirs]
    return with_it or [n for n, theirs in enumerate(locks) if not theirs]


def _promised_elsewhere(day: DcDay, driven: Sequence[Driven], k: int) -> bool:
    mine = day.lock_of.get(k)
    return mine is not None and any(day.lock_of.get(i) == mine for i in served(driven))


def _into(day: DcDay, one: Driven, doors: Doors, k: int) -> tuple[float, Driven] | None:
    """The cheapest place on the trips of a day, or on one trip more."""
    before = money(day, one)
    for place in sorted(_places(day, one, k), key=lambda p: p.cost)[:_TRIES]:
        trip = one.duty.trips[place.trip]
        longer = (*trip[: place.position], k, *trip[place.position :])
        if not carries(day, one.duty, longer):
            continue
        trips = tuple(
            longer if n == place.trip else visits
            for n, visits in enumerate(one.duty.trips)
        )
        duty = replace(one.duty, trips=trips)
        found = drive(day, duty, one.leaves)
        if not isinstance(found, Break):
            changed = Driven(duty, one.leaves, found)
            return money(day, changed) - before, changed
    return _one_trip_more(day, one, doors, k, before)


def _one_trip_more(
    day: DcDay, one: Driven, doors: Doors, k: int, before: float
) -> tuple[float, Driven] | None:
    duty = replace(one.duty, trips=(*one.duty.trips, (k,)))
    if len(duty.trips) > day.vehicles[duty.vehicle]["max_trips"]:
        return None
    if not carries(day, duty, (k,)):
        return None
    last = len(duty.trips) - 1
    ready = earliest_leave(day, duty, last, one.trips[-1].returns)
    leave = None if ready is None else doors.free(ready, latest_leave(day, duty, last))
    if leave is None:
        return None
    found = drive(day, duty, (*one.leaves, leave))
    if isinstance(found, Break):
        return None
    changed = Driven(duty, (*one.leaves, leave), found)
    return money(day, changed) - before, changed


def _alone(day: DcDay, vehicle: int, doors: Doors, k: int) -> Driven | None:
    """A van of its own, in the first batch that brings it there in time."""
    for batch in sorted(range(len(day.batches)), key=lambda b: day.batches[b].earliest):
        duty = Duty(vehicle, batch, ((k,),))
        if not carries(day, duty, (k,)):
            return None
        window = best_leave(day, duty)
        if isinstance(window, Break):
            continue
        earliest, best, latest = window
        # With a door and the least waiting.
        minutes = [*range(best, latest + 1), *range(best - 1, earliest - 1, -1)]
        leave = next((t for t in minutes if doors.has_room(t)), None)
        if leave is None:
            continue
        found = drive(day, duty, (leave,))
        if not isinstance(found, Break):
            return Driven(duty, (leave,), found)
    return None


def _places(day: DcDay, one: Driven, k: int) -> Iterator[Place]:
    """Places in time by their slack."""
    client = day.clients[k]
    there, van = day.place[k], day.vehicles[one.duty.vehicle]
    opens = day.windows[client.store_id].start_min
    service = day.service_min[client.store_id]
    for t, trip in enumerate(one.trips):
        if not day.leave_from[k] <= trip.departs <= day.leave_by[k]:
            continue
        if not _may_hold(day, one, t, k):
            continue
        slack = _slack(day, one, t)
        position, here, clock = 0, 0, float(trip.departs)
        after = [day.clock.index[stop.store_id] for stop in trip.stops] + [0]
        arrivals = [stop.arrives for stop in trip.stops] + [trip.returns]
        for s in range(len(trip.stops) + 1):
            stop = trip.stops[s] if s < len(trip.stops) else None
            if stop is not None and stop.store_id == client.store_id:
                at_end = position + len(stop.clients) + len(stop.collected)
                yield Place(-1.0, t, position)
                yield Place(-1.0, t, at_end)
            arrives = day.clock.arrive(here, there, clock)
            starts = max(arrives, opens)  # nan where there is no way from here
            if starts > day.start_by[k] + EXACT:
                break
            leaves = day.clock.done(there, starts, service)
            back = day.clock.arrive(there, after[s], leaves)
            if back <= slack[s] + EXACT:
                km = (
                    day.clock.distance_km(here, there, clock)
                    + day.clock.distance_km(there, after[s], leaves)
                    - day.clock.distance_km(here, after[s], clock)
                )
                hours = max(0.0, back - arrivals[s]) / 60
                cost = km * van["cost_per_km_twd"] + hours * van["cost_per_hour_twd"]
                yield Place(cost, t, position)
            if stop is not None:
                position += len(stop.clients) + len(stop.collected)
                here, clock = after[s], stop.drives_on


def _may_hold(day: DcDay, one: Driven, t: int, k: int) -> bool:
    """Whether a trip has room for k besides what goes the same way; else never."""
    van, client = day.vehicles[one.duty.vehicle], day.clients[k]
    mine = [day.clients[i] for i in one.duty.trips[t]]
    same = [client, *(c for c in mine if c.collects is client.collects)]
    return bool(
        sum(c.litres for c in same) <= van["capacity_litres"] + EXACT
        and sum(c.kg for c in same) <= van["capacity_kg"] + EXACT
    )


_Slacks = dict[tuple[Driven, int], list[float]]
_SLACKS: WeakKeyDictionary[DcDay, _Slacks] = WeakKeyDictionary()


def _slack(day: DcDay, one: Driven, t: int) -> list[float]:
    """The latest arrivals of a trip, worked out once: many look at the same trip."""
    known = _SLACKS.setdefault(day, {})
    if (one, t) not in known:
        known[one, t] = _latest_arrivals(day, one, t)
    return known[one, t]


def _latest_arrivals(day: DcDay, one: Driven, t: int) -> list[float]:
    """The latest arrival in time at each stop of a trip, and back at the DC."""
    van = day.vehicles[one.duty.vehicle]
    if t + 1 < len(one.trips):
        home = one.leaves[t + 1] - day.loading_min
    else:
        home = min(van["shift_to"], day.closes, one.leaves[0] + van["max_route_min"])
    latest = [float(home)]
    nexts, visits = 0, list(one.duty.trips[t])
    for stop in reversed(one.trips[t].stops):
        mine = visits[len(visits) - len(stop.clients) - len(stop.collected) :]
        del visits[len(visits) - len(mine) :]
        by = min(day.start_by[k] for k in mine)
        latest.append(_latest_arrival(day, stop, nexts, latest[-1], by))
        nexts = day.clock.index[stop.store_id]
    return latest[::-1]


def _latest_arrival(
    day: DcDay, stop: Stop, nexts: int, until: float, by: float
) -> float:
    """The latest start of service from which the next place is reached by ``until``."""
    place = day.clock.index[stop.store_id]
    service = day.service_min[stop.store_id]
    waits = stop.drives_on - stop.leaves  # for what was not ready yet

    def in_time(starts: float) -> bool:
        leaves = day.clock.done(place, starts, service)
        drives_on = max(leaves, stop.drives_on) if waits > 0 else leaves
        return day.clock.arrive(place, nexts, drives_on) <= until + EXACT

    low, high = stop.starts, max(stop.starts, by)
    if not in_time(low):
        return -math.inf
    if in_time(high):
        return high
    while high - low > _STEP_MIN:
        middle = (low + high) / 2
        low, high = (middle, high) if in_time(middle) else (low, middle)
    return low
