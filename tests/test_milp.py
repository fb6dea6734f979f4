"""Tests of the one file that names a solver."""

import math
import subprocess
import sys
from itertools import product

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array

from cstore_cli import milp
from cstore_cli.deadline import Deadline
from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.milp import (
    BinaryProgram,
    Limits,
    lp,
    solve,
    solve_binary,
    solve_lexicographic,
)

NO_HURRY = Limits()


def program(cost, rows, lower, upper):
    return BinaryProgram(
        np.array(cost, dtype=float),
        csc_array(np.array(rows, dtype=float).reshape(len(lower), len(cost))),
        np.array(lower, dtype=float),
        np.array(upper, dtype=float),
        ["row"] * len(lower),
    )


def choices(binary):
    """Every allowed choice, by trying all."""
    rows = binary.rows.toarray()
    for x in product([0, 1], repeat=len(binary.cost)):
        sums = rows @ np.array(x)
        if np.all(sums >= binary.row_lower) and np.all(sums <= binary.row_upper):
            yield np.array(x)


@st.composite
def programs(draw):
    """Small whole numbers, so that sums are exact; costs sometimes in quarters."""
    n, m = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    unit = draw(st.sampled_from([1, 0.25, 1e6]))
    cost = draw(st.lists(st.integers(-5, 9), min_size=n, max_size=n))
    rows = draw(st.lists(st.integers(0, 2), min_size=m * n, max_size=m * n))
    lower = draw(st.lists(st.sampled_from([-np.inf, 0, 1, 2]), min_size=m, max_size=m))
    width = draw(st.lists(st.sampled_from([0, 1, 3, np.inf]), min_size=m, max_size=m))
    upper = [
        w if math.isinf(low) else low + w for low, w in zip(lower, width, strict=True)
    ]
    return program(np.array(cost) * unit, rows, lower, upper)


@settings(max_examples=150, deadline=None)
@given(programs())
def test_matches_trying_every_choice(binary):
    """The cheapest choice, proven, or a refusal exactly when there is none."""
    best = min((float(binary.cost @ x) for x in choices(binary)), default=None)
    if best is None:
        with pytest.raises(InfeasibleError):
            solve_binary(binary, NO_HURRY)
        return

    answer = solve_binary(binary, NO_HURRY)

    assert answer.proven
    assert answer.cost == pytest.approx(best)
    assert answer.bound == pytest.approx(best)
    assert answer.lp_bound <= best + 1e-6 * max(1, abs(best))
    assert binary.allows(answer.chosen)


@settings(max_examples=50, deadline=None)
@given(programs())
def test_any_incumbent_leads_to_the_same_cost(binary):
    """Reduced costs drop only columns that a better choice does without."""
    allowed = list(choices(binary))
    best = min((float(binary.cost @ x) for x in allowed), default=0.0)
    for x in allowed[:3]:
        answer = solve_binary(binary, NO_HURRY, np.flatnonzero(x))
        assert answer.cost == pytest.approx(best)


@settings(max_examples=50, deadline=None)
@given(programs(), st.randoms(use_true_random=False))
def test_lexicographic_matches_trying_every_choice(binary, random):
    """The least tuple of levels, in the order of tuples."""
    second = np.array([float(random.randint(-4, 4)) for _ in binary.cost])
    allowed = [(float(binary.cost @ x), float(second @ x)) for x in choices(binary)]
    if not allowed:
        return

    answer = solve_lexicographic([binary.cost, second], binary, NO_HURRY)

    assert answer.levels == pytest.approx(min(allowed))
    assert all(answer.proven)


def big(rng, columns=400, rows=60):
    """A covering problem that takes more than a moment to prove."""
    cover = rng.random((rows, columns)) < 0.08
    cover[:, 0] = True
    cost = rng.integers(100, 200, columns)
    cost[0] = 5_000
    return program(cost, cover, [1] * rows, [np.inf] * rows)


def test_incumbent_is_the_answer_when_there_is_no_time():
    """Time ran out before the relaxation: nothing is known but the incumbent."""
    binary = big(np.random.default_rng(1))

    answer = solve_binary(binary, Limits(Deadline.after(0)), [0])

    assert answer.chosen.tolist() == [0]
    assert not answer.proven
    assert answer.bound <= answer.cost


def test_no_time_and_no_incumbent_is_no_plan():
    with pytest.raises(NoPlanError):
        solve_binary(big(np.random.default_rng(1)), Limits(Deadline.after(0)))


def test_stop_by_nodes_is_not_called_proven():
    """PuLP does not know this stop and raises KeyError; the plan in hand is kept."""
    binary = big(np.random.default_rng(2), columns=200, rows=40)

    answer = solve_binary(binary, Limits(nodes=1), [0])

    assert not answer.proven
    assert answer.lp_bound <= answer.bound < answer.cost < 5_000


def test_stop_by_nodes_is_the_same_twice():
    binary = big(np.random.default_rng(3), columns=150, rows=30)

    first, second = (solve_binary(binary, Limits(nodes=20), [0]) for _ in range(2))

    assert first.chosen.tolist() == second.chosen.tolist()
    assert first.bound == second.bound


def test_columns_left_out_are_in_the_bound():
    """With 30 columns in the model the bound still holds for all 400."""
    binary = big(np.random.default_rng(4), rows=20)
    best = solve_binary(binary, NO_HURRY).cost

    answer = solve_binary(binary, NO_HURRY, [0], max_columns=30)

    assert answer.bound <= best <= answer.cost


def test_incumbent_that_breaks_a_row_is_refused():
    with pytest.raises(ValueError, match="breaks a row"):
        solve_binary(program([1, 1], [[1, 1]], [1], [1]), NO_HURRY, [0, 1])


def test_sifting_finds_the_relaxation_of_all_columns(monkeypatch):
    """However few columns it starts from."""
    binary = big(np.random.default_rng(5), columns=900)
    whole = lp(binary)
    monkeypatch.setattr(milp, "FIRST_COLUMNS", 70)

    sifted = lp(binary)

    assert sifted.objective == pytest.approx(whole.objective)
    assert binary.cost @ sifted.x == pytest.approx(whole.objective)
    assert np.all(sifted.reduced_costs[sifted.x < 1e-9] >= -1e-3)


@settings(max_examples=100, deadline=None)
@given(programs())
def test_lagrangian_bound_is_a_bound(binary):
    """On every choice, and with a column in it; never above the relaxation's."""
    for x in list(choices(binary))[:2]:
        ascended = milp._ascend(binary, np.flatnonzero(x), None)
        small = 1e-6 * max(1, np.abs(binary.cost).sum())
        assert ascended.objective <= lp(binary).objective + small
        floors = ascended.objective + np.maximum(0, ascended.reduced_costs)
        for choice in choices(binary):
            held = floors[choice.astype(bool)]
            assert np.all(held <= binary.cost @ choice + small)


def test_lagrangian_bound_serves_where_time_is_short(monkeypatch):
    """The relaxation is thought to take longer than there is."""
    monkeypatch.setattr(milp, "LP_S", math.inf)
    binary = big(np.random.default_rng(6), columns=200, rows=15)

    answer = solve_binary(binary, Limits(Deadline.after(30)), [0])

    assert answer.cost == solve_binary(binary, NO_HURRY).cost
    assert answer.proven
    assert -math.inf < answer.lp_bound < lp(binary).objective


def test_relaxation_hand_worked():
    """Three pairs of three rows at cost 2 each: half of each, 3; duals 1 each."""
    pairs = program([2, 2, 2], [[1, 1, 0], [1, 0, 1], [0, 1, 1]], [1] * 3, [1] * 3)

    relaxed = lp(pairs)

    assert relaxed.objective == pytest.approx(3)
    assert relaxed.x == pytest.approx([0.5] * 3)
    assert relaxed.row_duals == pytest.approx([1] * 3)


def knapsack(rng, sense=pulp.LpMaximize):
    """Items in pairs, 40 of them, three weights."""
    model = pulp.LpProblem("knapsack", sense)
    x = [model.add_variable(f"x_{j}", cat=pulp.LpBinary) for j in range(40)]
    sign = 1 if sense == pulp.LpMaximize else -1
    value = rng.integers(50, 99, 40).tolist()
    model += pulp.lpSum(sign * v * y for v, y in zip(value, x, strict=True)) + 7
    for _ in range(3):
        weight = rng.integers(20, 99, 40).tolist()
        terms = zip(weight, x, strict=True)
        model.addConstraint(pulp.lpSum(w * y for w, y in terms) <= sum(weight) // 3)
    return model, x


@pytest.mark.parametrize("sense", [pulp.LpMaximize, pulp.LpMinimize])
def test_bound_is_in_the_sense_of_the_problem(sense):
    """With the objective's constant; equal to the value once proven."""
    model, _ = knapsack(np.random.default_rng(1), sense)

    answer = solve(model, NO_HURRY)

    assert answer.proven
    assert answer.bound == pytest.approx(pulp.value(model.objective), rel=1e-6)


def test_time_out_with_a_plan_is_not_proven():
    """``status`` reads Optimal here; the start is the plan in hand."""
    model, x = knapsack(np.random.default_rng(2))

    answer = solve(model, Limits(nodes=0), dict.fromkeys(x, 0.0))

    assert not answer.proven
    assert answer.bound > pulp.value(model.objective)


def test_start_is_used():
    """Without time for a search of its own the solver answers with the start."""
    model, x = knapsack(np.random.default_rng(3))
    solve(model, NO_HURRY)
    best = {v: v.value() for v in x}
    value = pulp.value(model.objective)
    again, y = knapsack(np.random.default_rng(3))
    start = dict(zip(y, best.values(), strict=True))

    solve(again, Limits(nodes=0), start)

    assert pulp.value(again.objective) == value


def test_no_time_at_all_is_no_plan():
    model, _ = knapsack(np.random.default_rng(4))
    with pytest.raises(NoPlanError):
        solve(model, Limits(Deadline.after(0)))


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_both_solvers_agree(solver):
    model, _ = knapsack(np.random.default_rng(5))
    other, _ = knapsack(np.random.default_rng(5))

    assert solve(model, Limits(solver=solver)).proven
    solve(other, NO_HURRY)
    assert pulp.value(model.objective) == pulp.value(other.objective)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_infeasible_is_refused_by_name(solver):
    model, x = knapsack(np.random.default_rng(6))
    model.addConstraint(x[0] + x[1] >= 3)
    with pytest.raises(InfeasibleError, match="knapsack"):
        solve(model, Limits(solver=solver))


def test_stdout_of_a_fresh_process_is_clean():
    """Highspy 1.16.0 prints a banner when the first model is made; 1.15 does not."""
    code = """
import numpy as np
from scipy.sparse import csc_array
from cstore_cli.milp import BinaryProgram, Limits, solve_binary
one = np.ones(1)
solve_binary(BinaryProgram(one, csc_array([[1.0]]), one, one, ["row"]), Limits())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert done.stderr == ""
