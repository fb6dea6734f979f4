"""Departures at the dock doors: vans load one after another, at each door one."""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from cstore_cli.dayplan.drive import (
    Break,
    DcDay,
    Duty,
    at_once,
    best_leave,
    last_that,
    latest_leave,
    next_in_batch,
    returns,
)


@dataclass
class Doors:
    """The departures that have a door; each takes it for ``loading_min`` before."""

    doors: int
    loading_min: int
    departures: list[int] = field(default_factory=list)

    def free(self, ready: int, last: int) -> int | None:
        """The first departure from ``ready`` on, and by ``last``, with a door free."""
        if not self.loading_min:
            return ready if ready <= last else None
        for leave in range(ready, last + 1):
            if self.has_room(leave):
                return leave
        return None

    def has_room(self, leave: int) -> bool:
        """Whether a trip that departs then finds a door."""
        near = [t for t in self.departures if abs(t - leave) < self.loading_min]
        # Most are loaded at a time when one of them begins, this one or a later one.
        begins = [leave, *(t for t in near if t > leave)]
        return all(
            sum(end - self.loading_min < t <= end for t in near) < self.doors
            for end in begins
        )

    def take(self, leave: int) -> None:
        """Load a trip."""
        self.departures.append(leave)


def departures(day: DcDay, duties: Sequence[Duty]) -> list[list[int] | Break]:
    """
    When the trips of each duty depart, such that each has a dock door; or its break.

    Where doors are short the trip that must leave soonest goes first; nobody loads
    before leaving then is of use, unless somebody would have to stay for it.
    """
    if not day.loading_min:
        return [_alone(day, duty) for duty in duties]
    spared = _in_turn(day, duties, spare=True)
    if not any(isinstance(leaves, Break) for leaves in spared):
        return spared
    eager = _in_turn(day, duties, spare=False)
    broken = [sum(isinstance(one, Break) for one in each) for each in (spared, eager)]
    return spared if broken[0] <= broken[1] else eager


def _alone(day: DcDay, duty: Duty) -> list[int] | Break:
    best = best_leave(day, duty)
    return best if isinstance(best, Break) else at_once(day, duty, best[1:2])


def _in_turn(
    day: DcDay, duties: Sequence[Duty], *, spare: bool
) -> list[list[int] | Break]:
    """
    Go through the day from departure to departure.

    ``spare``: first trips are not ready before their departure of least waiting.
    """
    found: list[list[int] | Break] = [[] for _ in duties]
    doors = Doors(day.doors, day.loading_min)
    to_come: list[tuple[int, int]] = []
    deadline: dict[int, int] = {}
    for n, duty in enumerate(duties):
        window = best_leave(day, duty)
        if isinstance(window, Break):
            found[n] = window
            continue
        earliest, best, latest = window
        heapq.heappush(to_come, (best if spare else earliest, n))
        deadline[n] = latest
    waiting: list[tuple[int, int]] = []
    now = 0
    while to_come or waiting:
        if not waiting:
            now = max(now, to_come[0][0])
        while to_come and to_come[0][0] <= now:
            _, n = heapq.heappop(to_come)
            heapq.heappush(waiting, (deadline[n], n))
        while waiting and doors.has_room(now):
            latest, n = heapq.heappop(waiting)
            after = _leave(day, duties[n], _list(found[n]), doors, now, latest)
            if isinstance(after, Break):
                found[n] = after
            elif after is not None:
                ready, deadline[n] = after
                heapq.heappush(to_come, (ready, n))
        now += 1
    return found


def _leave(
    day: DcDay, duty: Duty, leaves: list[int], doors: Doors, now: int, latest: int
) -> tuple[int, int] | Break | None:
    """
    Let a trip leave now; when the next is ready, and the latest at which it may leave.

    None when there is no next one. Between two batches it is the same trip's turn again
    when the next batch begins.
    """
    trip = len(leaves)
    later = next_in_batch(day, duty, trip, now)
    if latest < now or later is None:
        return Break(trip, "leaves")
    if later > now:
        return later, latest
    doors.take(now)
    leaves.append(now)
    return _next(day, duty, leaves)


def _list(leaves: list[int] | Break) -> list[int]:
    if isinstance(leaves, Break):
        raise TypeError("A duty that breaks has no more departures.")
    return leaves


def _next(day: DcDay, duty: Duty, leaves: list[int]) -> tuple[int, int] | Break | None:
    """When the next trip is ready and must have left; None after the last."""
    number = len(leaves)
    if number == len(duty.trips):
        return None
    whole = at_once(day, duty, leaves)
    if isinstance(whole, Break):
        return whole
    ready = whole[number]
    if math.isinf(returns(day, duty, whole)):
        return Break(number, "leaves")
    latest = last_that(
        ready,
        latest_leave(day, duty, number),
        lambda leave: math.isfinite(returns(day, duty, [*leaves, leave])),
    )
    return ready, latest
