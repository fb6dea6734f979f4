"""When the trips of many routes may leave their depot, all at once."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cstore_cli.routing.columns import Columns, Ints
from cstore_cli.routing.problem import RELOAD, UNREACHABLE, Problem

Bools = NDArray[np.bool_]

_NOBODY = -2
"""Past the last visit of a shorter route."""

_LATE = 1 << 60
"""Later than anything, and safe to add durations to."""


@dataclass(frozen=True, eq=False)
class Timetable:
    """
    Of each of n routes, whether it is ``possible``, its least cost and its departures.

    Trip k of route r may leave at any time from ``leaves[r, k, 0]`` to ``leaves[r, k,
    1]``, whenever its other trips leave within theirs; the first is later than the last
    where it has no such trip.
    """

    possible: Bools
    costs: Ints
    leaves: Ints


def timetable(problem: Problem, columns: Columns) -> Timetable:
    """
    Return the timetable of the routes ``columns``.

    As `evaluate`, (1) to (5) there, for all columns side by side, a stop at a time. The
    slack of a route, the latest departure of its last trip less the earliest, is halved
    trip by trip: each leaves at the latest such that the next still has half of it.
    Where a route may not last as long as that, half of what is left of its duration is
    for leaving earlier than at best, the rest for being back later.
    """
    routes = _Routes(problem, columns)
    early = routes.forward(routes.earliest)
    late = routes.backward(early, routes.back_late)
    latest = np.minimum(late[:, 0], routes.latest_start)
    possible = early.possible & (latest >= routes.earliest) & routes.reachable

    start = np.clip(early.end - routes.moving, routes.earliest, latest)
    start = np.maximum(start, routes.earliest)
    best = routes.forward(start)
    duration = best.end - start
    longest = routes.of_kind("max_duration")
    possible &= best.possible & (duration <= longest)
    costs = (
        routes.of_kind("fixed_cost")
        + routes.of_kind("unit_distance_cost") * routes.distance
        + routes.of_kind("unit_duration_cost") * duration
    )

    sooner = np.where(
        routes.is_single, early.end - longest, start - (longest - duration) // 2
    )
    first = np.clip(sooner, routes.earliest, start)
    back = np.where(routes.is_single, routes.back_late, first + longest)
    if (first > routes.earliest).any() or (back < routes.back_late).any():
        early = routes.forward(first)
        late = routes.backward(early, np.minimum(back, routes.back_late))
        latest = np.minimum(late[:, 0], routes.latest_start)
    return Timetable(possible, costs, routes.departures(first, early, late, latest))


def timed(problem: Problem, columns: Columns) -> Columns:
    """Return those of the columns that keep every rule, at their costs."""
    times = timetable(problem, columns)
    columns = replace(columns, costs=times.costs)
    if problem.docks:
        columns = replace(columns, leaves=times.leaves)
    return columns.take(np.flatnonzero(times.possible))


@dataclass(frozen=True, eq=False)
class _Walk:
    """Start of each stop's service (n, stops), return (n,), whether all is in time."""

    times: Ints
    end: Ints
    possible: Bools


class _Routes:
    """The stops of all routes in a rectangle, a row per route."""

    def __init__(self, problem: Problem, columns: Columns) -> None:
        self.problem, self.kinds = problem, columns.kinds
        lengths = columns.lengths()
        num, longest = len(columns), int(lengths.max(initial=0))
        inside = np.arange(longest) < lengths[:, None]
        self.visits = np.full((num, longest), _NOBODY, dtype=np.int64)
        self.visits[inside] = columns.visits
        self.lengths = lengths
        self.at = np.maximum(self.visits, 0)
        self.is_client, self.is_reload = self.visits >= 0, self.visits == RELOAD
        self.trip = np.cumsum(self.is_reload, axis=1)
        self.num_trips = 1 + self.is_reload.sum(axis=1)
        self.is_single = self.num_trips == 1
        self.release, self.leave_late = self._bounds_of_trips()
        self._lay_out()

    def of_kind(self, name: str) -> Ints:
        """Return a number of each route's kind of vehicle."""
        values = [getattr(kind, name) for kind in self.problem.kinds]
        found: Ints = np.minimum(np.array(values, dtype=np.int64), _LATE)[self.kinds]
        return found

    def _of_client(self, name: str) -> Ints:
        values = [getattr(client, name) for client in self.problem.clients]
        found: Ints = np.minimum(np.array(values, dtype=np.int64), _LATE)[self.at]
        return found

    def _bounds_of_trips(self) -> tuple[Ints, Ints]:
        """Return when each trip may leave by its clients, (n, trips) twice."""
        shape = len(self.kinds), int(self.num_trips.max(initial=1))
        release = np.zeros(shape, dtype=np.int64)
        leave_late = np.full(shape, _LATE, dtype=np.int64)
        rows = np.arange(len(self.kinds))
        of_release, of_late = (
            self._of_client("release_time"),
            self._of_client("leave_late"),
        )
        for p in range(self.visits.shape[1]):
            here, trip = self.is_client[:, p], self.trip[:, p]
            np.maximum.at(release, (rows[here], trip[here]), of_release[here, p])
            np.minimum.at(leave_late, (rows[here], trip[here]), of_late[here, p])
        return release, leave_late

    def _lay_out(self) -> None:
        """Note legs, windows and service of all stops."""
        num, longest = self.visits.shape
        start_depot, end_depot = self.of_kind("start_depot"), self.of_kind("end_depot")
        profile = self.of_kind("profile")
        distance, duration = (
            np.stack(self.problem.distance),
            np.stack(self.problem.duration),
        )
        location = self._of_client("location")
        place = np.where(self.is_reload, start_depot[:, None], location)
        self.legs = np.zeros((num, longest + 1), dtype=np.int64)
        self.distance = np.zeros(num, dtype=np.int64)
        self.reachable = np.ones(num, dtype=bool)
        here = start_depot
        for p in range(longest + 1):
            on = p <= self.lengths
            ends = p == self.lengths
            there = (
                end_depot if p == longest else np.where(ends, end_depot, place[:, p])
            )
            far, took = distance[profile, here, there], duration[profile, here, there]
            self.reachable &= ~on | (np.maximum(far, took) < UNREACHABLE)
            self.legs[:, p] = np.where(on, took, 0)
            self.distance += np.where(on, far, 0)
            here = there
        reload = self.of_kind("reload_duration")[:, None]
        service = np.where(self.is_client, self._of_client("service_duration"), 0)
        self.service = np.where(self.is_reload, reload, service)
        self.opens, self.closes = (
            self._of_client("tw_early"),
            self._of_client("tw_late"),
        )
        self.moving = self.legs.sum(axis=1) + self.service.sum(axis=1)
        self.earliest = np.maximum(self.of_kind("tw_early"), self.release[:, 0])
        self.latest_start = np.minimum(
            self.of_kind("latest_start"), self.leave_late[:, 0]
        )
        self.back_late = self.of_kind("tw_late")

    def _reload_at(self, p: int, time: Ints) -> tuple[Ints, Ints, Ints]:
        """
        Return when the reload at stop p starts, reached at ``time``, and its window.

        ``_LATE`` where it cannot any more.
        """
        rows = np.arange(len(time))
        duration = self.of_kind("reload_duration")
        release = self.release[rows, self.trip[:, p]] - duration
        late = self.leave_late[rows, self.trip[:, p]] - duration
        found = np.full(len(time), _LATE)
        opens, closes = found.copy(), found.copy()
        for number, kind in enumerate(self.problem.kinds):
            mine = self.is_reload[:, p] & (self.kinds == number)
            if not mine.any():
                continue
            for early, last in reversed(kind.trip_windows or ((0, _LATE),)):
                first = np.maximum(release, early - kind.reload_duration)
                end = np.minimum(late, min(last, _LATE) - kind.reload_duration)
                starts = np.maximum(time, first)
                fits = mine & (starts <= end)
                found[fits], opens[fits], closes[fits] = (
                    starts[fits],
                    first[fits],
                    end[fits],
                )
        return found, opens, closes

    def forward(self, start: Ints) -> _Walk:
        """Return the walk that leaves at ``start`` (n,)."""
        time, possible = start, np.ones(len(start), dtype=bool)
        times = np.zeros(self.visits.shape, dtype=np.int64)
        for p in range(self.visits.shape[1]):
            arrives = time + self.legs[:, p]
            starts = np.where(
                self.is_client[:, p], np.maximum(arrives, self.opens[:, p]), arrives
            )
            if self.is_reload[:, p].any():
                reload, _, _ = self._reload_at(p, arrives)
                starts = np.where(self.is_reload[:, p], reload, starts)
                possible &= starts < _LATE
            possible &= ~self.is_client[:, p] | (starts <= self.closes[:, p])
            times[:, p] = starts
            time = np.where(
                self.visits[:, p] == _NOBODY, time, starts + self.service[:, p]
            )
        last = self.legs[np.arange(len(start)), self.lengths]
        end = time + last
        return _Walk(times, end, possible & (end <= self.back_late))

    def backward(self, early: _Walk, back: Ints) -> Ints:
        """
        Return the latest departure of each trip (n, trips), later ones at theirs.

        The routes return by ``back`` (n,).
        """
        rows = np.arange(len(self.kinds))
        late = np.full(self.release.shape, -1, dtype=np.int64)
        time = back - self.legs[rows, self.lengths]
        for p in reversed(range(self.visits.shape[1])):
            client, reload = self.is_client[:, p], self.is_reload[:, p]
            leaves = time - self.service[:, p]
            starts = np.where(client, np.minimum(self.closes[:, p], leaves), time)
            if reload.any():
                _, _, closes = self._reload_at(p, early.times[:, p])
                starts = np.where(reload, np.minimum(closes, leaves), starts)
                shut = starts + self.service[:, p]
                late[rows[reload], self.trip[reload, p]] = shut[reload]
            time = np.where(client | reload, starts - self.legs[:, p], time)
        late[:, 0] = time
        return late

    def departures(
        self, earliest: Ints, early: _Walk, late: Ints, latest: Ints
    ) -> Ints:
        """
        Return the departures of all trips, as in `Timetable`: (n, trips, 2).

        First trips leave from ``earliest`` on; ``early`` is the walk that does.
        """
        num, num_trips = self.release.shape
        leaves = np.zeros((num, num_trips, 2), dtype=np.int64)
        leaves[:, :, 1] = -1
        rows = np.arange(num)
        half = _half(earliest, latest, early, late, self)
        last = np.where(self.is_single, latest, half)
        leaves[:, 0, 0], leaves[:, 0, 1] = earliest, last
        time = last
        for p in range(self.visits.shape[1]):
            arrives = time + self.legs[:, p]
            starts = np.where(
                self.is_client[:, p], np.maximum(arrives, self.opens[:, p]), arrives
            )
            reload, trip = self.is_reload[:, p], self.trip[:, p]
            if reload.any():
                found, _, _ = self._reload_at(p, arrives)
                first = found + self.service[:, p]
                until = late[rows, trip]
                ends = trip + 1 == self.num_trips
                until = np.where(ends, until, first + (until - first) // 2)
                at = rows[reload], trip[reload]
                leaves[*at, 0], leaves[*at, 1] = first[reload], until[reload]
                starts = np.where(reload, until - self.service[:, p], starts)
            gone = self.visits[:, p] == _NOBODY
            time = np.where(gone, time, starts + self.service[:, p])
        return leaves


def _half(
    earliest: Ints, latest: Ints, early: _Walk, late: Ints, routes: _Routes
) -> Ints:
    """Return the last departure of first trips, which leaves half of the slack."""
    second = np.zeros(len(earliest), dtype=np.int64)
    for p in range(routes.visits.shape[1]):
        here = routes.is_reload[:, p] & (routes.trip[:, p] == 1)
        second[here] = early.times[here, p] + routes.service[here, p]
    slack = late[:, min(1, late.shape[1] - 1)] - second
    halved: Ints = np.minimum(latest, earliest + np.maximum(0, slack) // 2)
    return halved
