"""Tests of the whole engine where routes are coupled: trips, rooms, locks, docks."""

from concurrent.futures import Executor, Future
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from tiny import can_leave, cheapest, problems

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.routing.check import faults
from cstore_cli.routing.problem import (
    Client,
    Dock,
    Lock,
    Problem,
    Room,
    VehicleKind,
)
from cstore_cli.routing.route import Solution
from cstore_cli.routing.search import Stop, solve


class Inline(Executor):
    """Runs each task at once, in this process."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def run(problem, iterations=240, **more):
    result = solve(problem, Stop(iterations=iterations), (1, 2), Inline(), **more)
    found = Solution(result.routes, result.unserved, result.cost)
    assert faults(problem, found) == []
    assert can_leave(problem, [(r.kind, r.visits) for r in result.routes])
    return result


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(reloads=True))
def test_trips_match_trying_every_plan(problem):
    assert run(problem).cost == cheapest(problem)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(rooms=True))
def test_rooms_match_trying_every_plan(problem):
    assert run(problem).cost == cheapest(problem)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(locks=True))
def test_locks_match_trying_every_plan(problem):
    assert run(problem).cost == cheapest(problem)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(reloads=True, rooms=True, locks=True))
def test_all_but_docks_match_trying_every_plan(problem):
    assert run(problem).cost == cheapest(problem)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(max_clients=3, reloads=True, docks=True))
def test_docks_are_never_beaten_by_trying_every_plan(problem):
    assert run(problem).cost >= cheapest(problem)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    problems(
        max_clients=3, penalties=False, reloads=True, rooms=True, locks=True, docks=True
    )
)
def test_required_clients_are_served_or_it_is_refused(problem):
    best = cheapest(problem)
    try:
        result = run(problem)
    except (InfeasibleError, NoPlanError):
        return
    assert best is not None
    assert result.cost >= best
