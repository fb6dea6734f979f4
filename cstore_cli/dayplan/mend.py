"""
Routes onto the exact clock: what breaks there is put elsewhere, or left.

Routes are searched with durations of about their hour. Driven exactly, few of them come
too late somewhere; their clients in question, and whoever the search left out, are then
put in where there is room and time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from cstore_cli.dayplan.dock_doors import departures
from cstore_cli.dayplan.drive import (
    Break,
    DcDay,
    Duty,
    Trips,
    at_once,
    best_leave,
    drive,
)
from cstore_cli.dayplan.insertion import Driven, insert_all

_DRIVE_MIN = 3
"""Minutes of driving counted for a stop."""


def mend(
    day: DcDay,
    duties: Sequence[Duty],
    left_out: Collection[int],
    worth: Mapping[int, float],
) -> list[Driven]:
    """
    The duties as they can be driven, with as many clients as they take.

    ``left_out`` are clients to put in besides, first those of most ``worth`` for the
    share of a van's room and day that they take.
    """
    driven, dropped = _within_time(day, duties, worth)
    waiting = {*left_out, *dropped}
    if not day.loading_min:
        driven = [_early(day, one) for one in driven]
    first = sorted(waiting, key=lambda k: (-worth[k] / _share(day, k), k))
    driven = insert_all(day, driven, first)
    if not day.loading_min:
        driven, _ = _within_time(day, [one.duty for one in driven], worth)
    return driven


def _share(day: DcDay, k: int) -> float:
    """The share of the largest van and of the longest day that a client takes."""
    vans = [van for van in day.vehicles if van["dc_id"] == day.dc_id]
    litres = max((van["capacity_litres"] for van in vans), default=1.0)
    minutes = max((van["max_route_min"] for van in vans), default=1.0)
    client = day.clients[k]
    stop = day.service_min[client.store_id] + _DRIVE_MIN
    return client.litres / max(litres, 1.0) + stop / max(minutes, 1.0)


def _within_time(
    day: DcDay, duties: Sequence[Duty], worth: Mapping[int, float]
) -> tuple[list[Driven], set[int]]:
    """Drop clients until every duty can be driven; the duties driven, the clients."""
    kept, dropped = list(duties), set[int]()
    while True:
        leaves = departures(day, kept)
        broken = {n: one for n, one in enumerate(leaves) if isinstance(one, Break)}
        driven = []
        for n, times in enumerate(leaves):
            if isinstance(times, Break):
                continue
            trips = drive(day, kept[n], times)
            if isinstance(trips, Break):
                broken[n] = trips
            else:
                driven.append(Driven(kept[n], tuple(times), trips))
        if not broken:
            return driven, dropped
        for n, one in broken.items():
            lost = _lost(day, kept[n], one, worth)
            dropped |= lost
            kept[n] = replace(kept[n], trips=_without(kept[n].trips, lost))
        kept = [duty for duty in kept if duty.trips]


def _lost(
    day: DcDay, duty: Duty, broken: Break, worth: Mapping[int, float]
) -> set[int]:
    """The clients to drop where a duty breaks: before a delivery what is collected."""
    trip = duty.trips[broken.trip]
    until = [k for visits in duty.trips[: broken.trip + 1] for k in visits]
    fetched = {k for k in until if day.clients[k].collects}
    if fetched and broken.client not in fetched and broken.why != "long":
        return fetched
    if broken.why == "leaves":
        return set(trip)
    if broken.why == "late" and broken.client is not None:
        return {broken.client}
    return {
        min(trip, key=lambda k: (worth[k] / _saved_min(day, duty, broken.trip, k), k))
    }


def _saved_min(day: DcDay, duty: Duty, trip: int, k: int) -> float:
    """About how many minutes a trip saves without client k, at least a little."""
    visits = [0, *(day.place[i] for i in duty.trips[trip]), 0]
    at = duty.trips[trip].index(k) + 1
    before, here, after = visits[at - 1 : at + 2]
    noon = day.batches[duty.batch].latest

    def minutes(i: int, j: int) -> float:
        return float(day.clock.arrive(i, j, noon)) - noon

    way = minutes(before, here) + minutes(here, after) - minutes(before, after)
    alone = here not in (before, after)
    return max(0.1, way + alone * day.service_min[day.clients[k].store_id])


def _without(trips: Trips, dropped: Collection[int]) -> Trips:
    less = (tuple(k for k in trip if k not in dropped) for trip in trips)
    return tuple(trip for trip in less if trip)


def _early(day: DcDay, one: Driven) -> Driven:
    """The same duty leaving as soon as it may: the most room for others."""
    window = best_leave(day, one.duty)
    if isinstance(window, Break):
        return one
    leaves = at_once(day, one.duty, window[:1])
    trips = leaves if isinstance(leaves, Break) else drive(day, one.duty, leaves)
    if isinstance(leaves, Break) or isinstance(trips, Break):
        return one
    return Driven(one.duty, tuple(leaves), trips)
