"""Tests of the bound over all routes: never above the best plan there is."""

from dataclasses import dataclass, replace
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import cheapest, problems

from cstore_cli.deadline import Deadline
from cstore_cli.routing.bound import bound
from cstore_cli.routing.problem import UNREACHABLE, Client, Problem, VehicleKind

ROUTING = Path(__file__).parents[3] / "shared/data/routing"
needs_files = pytest.mark.skipif(
    not ROUTING.is_dir(), reason="../shared/data/routing is absent"
)
NO_HURRY = Deadline()


def line(clients, kind, size=3):
    """Places 0, 1, 2 on a line, 10 apart, a minute per metre."""
    legs = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) * 10
    matrix = legs.astype(np.int64)
    return Problem(tuple(clients), (kind,), (matrix,), (matrix,))


@settings(max_examples=300, deadline=None)
@given(st.one_of(problems(), problems(pickups=True), problems(penalties=False)))
def test_no_plan_is_cheaper(problem):
    """Windows, pools, kinds, profiles, skills, pickups, closed legs: all tried."""
    best, found = cheapest(problem), bound(problem, NO_HURRY)
    if best is not None and found is not None:
        assert found.value <= best


@settings(max_examples=100, deadline=None)
@given(problems(max_clients=3))
def test_there_is_a_bound_when_all_may_be_unserved(problem):
    assert bound(problem, NO_HURRY).value <= problem.unserved_cost(
        range(len(problem.clients))
    )
