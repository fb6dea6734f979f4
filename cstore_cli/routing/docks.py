"""Departures at docks: whether trips that each have an interval can all leave."""

import heapq
from collections.abc import Iterator, Sequence

import numpy as np

from cstore_cli.routing.columns import Columns, Ints
from cstore_cli.routing.problem import Dock, Problem

Interval = tuple[int, int, int]
"""A dock's number, and the first and last of some consecutive slots of it."""


def slots(dock: Dock, leaves: Ints) -> Ints:
    """Return departure intervals (..., 2) as first and last slot of the dock."""
    step = dock.loading_duration
    first = -((dock.first_time - leaves[..., 0]) // step)
    last = (leaves[..., 1] - dock.first_time) // step
    return np.stack([np.maximum(first, 0), last], axis=-1)


def trips_at(problem: Problem, number: int, columns: Columns) -> tuple[Ints, Ints]:
    """Return the slots (t, 2) of the trips from a dock, and each one's column."""
    dock = problem.docks[number]
    depot = np.array([kind.start_depot for kind in problem.kinds], dtype=np.int64)
    mine = depot[columns.kinds] == dock.depot
    there = (columns.leaves[:, :, 0] <= columns.leaves[:, :, 1]) & mine[:, None]
    return slots(dock, columns.leaves)[there], np.nonzero(there)[0]


def seats(doors: int, intervals: Sequence[tuple[int, int]]) -> list[int | None]:
    """
    Return a slot within each interval, ``doors`` trips a slot; None where none is left.

    The trip that must leave soonest goes first, so as many as can do leave: unit tasks
    with release times and deadlines (Jackson 1955; Glover 1967,
    doi:10.1002/nav.3800140304).
    """
    found: list[int | None] = [None] * len(intervals)
    order = sorted(range(len(intervals)), key=lambda j: intervals[j])
    waiting: list[tuple[int, int]] = []
    slot, position = 0, 0
    while position < len(order) or waiting:
        if not waiting and position < len(order):
            slot = max(slot, intervals[order[position]][0])
        while position < len(order) and intervals[order[position]][0] <= slot:
            j = order[position]
            heapq.heappush(waiting, (intervals[j][1], j))
            position += 1
        taken = 0
        while waiting and taken < doors:
            last, j = heapq.heappop(waiting)
            if last >= slot:
                found[j] = slot
                taken += 1
        slot += 1
    return found


def overfull(problem: Problem, columns: Columns) -> Iterator[Interval]:
    """
    Yield intervals of slots within which more of these trips must leave than can.

    Trips that have an interval each can all leave if and only if there is none (Hall
    1935, doi:10.1112/jlms/s1-10.37.26). Of the intervals that end at the same slot the
    one that is exceeded most, and of those the shortest.
    """
    for number, dock in enumerate(problem.docks):
        intervals, _ = trips_at(problem, number, columns)
        firsts = np.unique(intervals[:, 0])[::-1]
        for last in np.unique(intervals[:, 1]):
            ends = np.sort(intervals[intervals[:, 1] <= last, 0])
            inside = len(ends) - np.searchsorted(ends, firsts)
            room = dock.doors * np.clip(last - firsts + 1, 0, len(ends))
            over = inside - room
            worst = int(np.argmax(over))
            if over[worst] > 0:
                yield number, int(firsts[worst]), int(last)


def within(problem: Problem, interval: Interval, columns: Columns) -> Ints:
    """Return how many trips of each column must leave within the interval."""
    number, first, last = interval
    intervals, owner = trips_at(problem, number, columns)
    inside = (intervals[:, 0] >= first) & (intervals[:, 1] <= last)
    return np.bincount(owner[inside], minlength=len(columns)).astype(np.int64)
