"""Tests of balanced districting."""

import time
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.deadline import Deadline
from cstore_cli.errors import InfeasibleError
from cstore_cli.location import district_branching as branching
from cstore_cli.location import districts as module
from cstore_cli.location.districts import districts
from cstore_cli.milp import Limits

EXACT = Limits()
TOLERANCE = 0.15


def everyone(num_points):
    return np.ones(num_points, dtype=bool)


def on_a_line(places):
    places = np.array(places, dtype=float)
    return np.abs(places[:, None] - places)


def clustered(num_points, seed):
    """Work and kilometres of points about 12 centres, in a square of 30 km."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 30, (12, 2))
    xy = centres[rng.integers(12, size=num_points)]
    xy = xy + rng.normal(0, 1.5, (num_points, 2))
    distance_km = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    return rng.uniform(0.1, 0.6, num_points), distance_km


def divisions(work, distance_km, p, allowed):
    """Every (work_km, largest share off the mean, hubs), by trying them all."""
    mean = sum(work) / p
    for hubs in combinations(np.flatnonzero(allowed).tolist(), p):
        choices = [
            [i] if i in hubs else [j for j in hubs if np.isfinite(distance_km[i, j])]
            for i in range(len(work))
        ]
        for hub_of in product(*choices):
            loads = np.bincount(hub_of, work, len(work))[list(hubs)]
            km = [0 if i == j else distance_km[i, j] for i, j in enumerate(hub_of)]
            off = max(abs(loads / mean - 1)) if mean else 0
            yield float(np.dot(work, km)), off


def check(answer, work, distance_km, p, allowed):
    """What must hold of every answer, whatever the input."""
    assert len(answer.hubs) == p
    assert sorted(set(answer.hub_of)) == list(answer.hubs)
    assert all(allowed[j] for j in answer.hubs)
    assert all(answer.hub_of[j] == j for j in answer.hubs)
    km = np.array(
        [0 if i == j else distance_km[i, j] for i, j in enumerate(answer.hub_of)]
    )
    assert np.all(np.isfinite(km))
    assert answer.work_km == pytest.approx(float(np.dot(work, km)))
    if sum(work):
        loads = np.bincount(answer.hub_of, work, len(work))[list(answer.hubs)]
        share = loads * p / sum(work)
        assert np.all(abs(share - 1) <= answer.balanced_within + 1e-6)
    assert 0 <= answer.bound <= answer.work_km
    if answer.work_km:
        assert answer.gap == pytest.approx(1 - answer.bound / answer.work_km)


@st.composite
def instances(draw):
    """Small whole numbers; some points idle, some not allowed, some out of reach."""
    n = draw(st.integers(1, 6))
    work = draw(st.lists(st.sampled_from([0, 1, 2, 3, 5, 9]), min_size=n, max_size=n))
    kms = [0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0]
    km = st.sampled_from(kms + draw(st.sampled_from([[], [], [float("nan")]])))
    rows = draw(st.lists(st.lists(km, min_size=n, max_size=n), min_size=n, max_size=n))
    allowed = draw(
        st.lists(st.sampled_from([True, True, True, False]), min_size=n, max_size=n)
    )
    return (
        np.array(work, float),
        np.array(rows),
        draw(st.integers(1, n)),
        np.array(allowed),
    )


@settings(max_examples=250, deadline=None)
@given(instances())
def test_small_cases_match_trying_every_division(instance):
    """The least work-km at the least step of tolerance, or a refusal."""
    work, distance_km, p, allowed = instance
    counted = work if work.any() else np.ones(len(work))
    tried = list(divisions(counted, distance_km, p, allowed))
    if not tried:
        with pytest.raises(InfeasibleError):
            districts(work, distance_km, p, allowed, EXACT, TOLERANCE)
        return

    answer = districts(work, distance_km, p, allowed, EXACT, TOLERANCE)

    check(answer, work, distance_km, p, allowed)
    needed = min(off for _, off in tried)
    assert answer.balanced_within >= max(TOLERANCE, needed) - 1e-6
    assert (
        answer.balanced_within <= max(TOLERANCE, needed + module.TOLERANCE_STEP) + 1e-6
    )
    if work.any():
        within = answer.balanced_within + 1e-7
        best = min(cost for cost, off in tried if off <= within)
        assert answer.work_km == pytest.approx(best, abs=1e-4)
        assert answer.bound == pytest.approx(best, abs=1e-3)
        assert answer.proven


@settings(max_examples=250, deadline=None)
@given(instances())
def test_search_never_beats_trying_every_division(instance):
    """The way of the large cases, on small ones: valid, and its bound is one."""
    work, distance_km, p, allowed = instance
    counted = work if work.any() else np.ones(len(work))
    tried = list(divisions(counted, distance_km, p, allowed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SMALL_PAIRS", 0)
        try:
            answer = districts(work, distance_km, p, allowed, EXACT, TOLERANCE)
        except InfeasibleError:
            assert not tried or np.isnan(distance_km).any()
            return

    check(answer, work, distance_km, p, allowed)
    best = min(cost for cost, off in tried if off <= answer.balanced_within + 1e-7)
    if work.any():
        assert answer.work_km >= best - 1e-6
        assert answer.bound <= best + 1e-6


def test_even_work_moves_the_border():
    """
    At 0, 1, 2 and 10 km, work 1 each, two hubs. Cheapest is {0, 1, 2} about 1 and {10}:
    2 work-km, but 3 h against 1 h. Within 15 % of 2 h only {0, 1} and {2, 10} are left
    that cost 1 + 8 = 9.
    """
    answer = districts(np.ones(4), on_a_line([0, 1, 2, 10]), 2, everyone(4), EXACT)

    assert answer.work_km == pytest.approx(9)
    assert answer.hub_of[0] == answer.hub_of[1]
    assert answer.hub_of[2] == answer.hub_of[3]
    assert answer.balanced_within == 0.15
    assert answer.proven


def test_wide_tolerance_leaves_the_border():
    """The same four points, 50 % off the mean allowed: {0, 1, 2} and {10}."""
    answer = districts(
        np.ones(4), on_a_line([0, 1, 2, 10]), 2, everyone(4), EXACT, tolerance=0.5
    )

    assert answer.work_km == pytest.approx(2)
    assert answer.hubs == (1, 3)


@pytest.mark.parametrize("small_pairs", [0, 300])
def test_heavy_point_widens_the_tolerance(small_pairs, monkeypatch):
    """Work 6 of 9 h, two districts: 6 is 33 % over 4.5, so 35 % it is."""
    monkeypatch.setattr(module, "SMALL_PAIRS", small_pairs)

    answer = districts(
        np.array([6.0, 1, 1, 1]), on_a_line([0, 1, 2, 3]), 2, everyone(4), EXACT
    )

    assert answer.balanced_within == pytest.approx(0.35)
    assert answer.hub_of == (0, 2, 2, 2)


def test_refusal_of_too_many_districts_names_totals():
    """So that the planner knows what to change."""
    allowed = np.array([True, True, False])

    with pytest.raises(InfeasibleError, match=r"3 districts .* 2 of 3 points .*\(6 h"):
        districts(np.array([1.0, 2, 3]), on_a_line([0, 1, 2]), 3, allowed, EXACT)


def test_no_district_is_refused():
    with pytest.raises(InfeasibleError, match="0 districts asked for"):
        districts(np.ones(2), on_a_line([0, 1]), 0, everyone(2), EXACT)


def test_refusal_names_points_out_of_reach():
    distance_km = on_a_line([0, 1, 2, 3])
    distance_km[2:, :2] = np.nan
    allowed = np.array([True, True, False, False])

    with pytest.raises(InfeasibleError, match=r"2 points .* points 2, 3\."):
        districts(np.ones(4), distance_km, 1, allowed, EXACT)


def test_points_out_of_each_others_reach_are_kept_apart():
    """Two islands of unequal work: a hub each, whatever the tolerance asked for."""
    work, distance_km = clustered(60, seed=3)
    distance_km[:20, 20:] = distance_km[20:, :20] = np.nan

    answer = districts(work, distance_km, 2, everyone(60), EXACT)

    check(answer, work, distance_km, 2, everyone(60))
    assert answer.balanced_within > TOLERANCE
    assert len(set(answer.hub_of[:20])) == len(set(answer.hub_of[20:])) == 1


def test_points_without_work_go_to_the_nearest_hub():
    work, distance_km = clustered(80, seed=5)
    work[::4] = 0

    answer = districts(work, distance_km, 4, everyone(80), EXACT)

    check(answer, work, distance_km, 4, everyone(80))
    hubs = list(answer.hubs)
    nearest_km = distance_km[:, hubs].min(axis=1)
    for i in np.flatnonzero(work == 0):
        assert distance_km[i, answer.hub_of[i]] == nearest_km[i]


def test_without_any_work_all_points_count_alike():
    answer = districts(np.zeros(4), on_a_line([0, 1, 8, 9]), 2, everyone(4), EXACT)

    assert answer.work_km == answer.bound == answer.gap == 0
    assert answer.hub_of[0] == answer.hub_of[1] != answer.hub_of[2] == answer.hub_of[3]


def test_only_allowed_points_are_hubs():
    work, distance_km = clustered(90, seed=7)
    allowed = np.arange(90) % 9 == 0

    answer = districts(work, distance_km, 5, allowed, EXACT)

    check(answer, work, distance_km, 5, allowed)


@pytest.mark.parametrize("seed", range(3))
def test_search_is_near_the_proof(seed, monkeypatch):
    """On 16 points the search and the MILP agree but for a few percent."""
    work, distance_km = clustered(16, seed)
    proof = districts(work, distance_km, 3, everyone(16), EXACT, tolerance=0.3)
    monkeypatch.setattr(module, "SMALL_PAIRS", 0)
    found = districts(work, distance_km, 3, everyone(16), EXACT, tolerance=0.3)

    assert proof.proven
    assert proof.work_km <= found.work_km + 1e-6 <= 1.05 * proof.work_km
    assert found.bound <= proof.work_km + 1e-6


def test_same_input_same_answer():
    work, distance_km = clustered(150, seed=1)
    first, second = (
        districts(work, distance_km, 5, everyone(150), EXACT) for _ in range(2)
    )

    assert first == second


def test_inputs_are_left_as_they_were():
    work, distance_km = clustered(40, seed=2)
    before = work.copy(), distance_km.copy()
    districts(work, distance_km, 3, everyone(40), EXACT)

    assert np.array_equal(work, before[0])
    assert np.array_equal(distance_km, before[1])


def test_real_size_is_close_to_its_bound(capsys):
    """767 points, 12 districts; the seconds are shown, not asserted."""
    work, distance_km = clustered(767, seed=11)
    started = time.perf_counter()

    answer = districts(work, distance_km, 12, everyone(767), EXACT)

    with capsys.disabled():
        seconds = time.perf_counter() - started
        print(f" [767 points: {seconds:.1f} s, gap {answer.gap:.2%}]", end="")
    check(answer, work, distance_km, 12, everyone(767))
    assert answer.balanced_within == TOLERANCE
    assert answer.gap < 0.03


def test_branching_raises_the_bound(monkeypatch):
    """The same division in hand; its bound stays below it and is nearer."""
    work, distance_km = clustered(40, seed=1)
    branched = districts(work, distance_km, 4, everyone(40), EXACT)
    monkeypatch.setattr(branching, "MOST_BRANCHINGS", 0)
    plain = districts(work, distance_km, 4, everyone(40), EXACT)

    assert branched.work_km == pytest.approx(plain.work_km)
    assert 1.02 * plain.bound < branched.bound
    assert branched.bound <= branched.work_km


@pytest.mark.parametrize("small_pairs", [0, 300])
@pytest.mark.parametrize("seed", range(4))
def test_no_point_could_go_to_a_nearer_hub(seed, small_pairs, monkeypatch):
    """Without breaking the balance; also where the search stopped early."""
    monkeypatch.setattr(module, "SMALL_PAIRS", small_pairs)
    work, distance_km = clustered(17, seed)

    answer = districts(work, distance_km, 3, everyone(17), Limits(gap=0.5))

    hub_of, mean = np.array(answer.hub_of), work.sum() / 3
    most = (1 + answer.balanced_within) * mean
    least = (1 - answer.balanced_within) * mean
    for i in range(17):
        for hub in answer.hubs:
            if i in answer.hubs or distance_km[i, hub] >= distance_km[i, hub_of[i]]:
                continue
            there = work[hub_of == hub].sum() + work[i]
            here = work[hub_of == hub_of[i]].sum() - work[i]
            assert there > most or here < least


def test_past_deadline_still_gives_a_plan():
    """The deadline cuts the search short; the plan is valid, its gap honest."""
    work, distance_km = clustered(200, seed=4)

    answer = districts(
        work, distance_km, 5, everyone(200), Limits(deadline=Deadline.after(0))
    )

    check(answer, work, distance_km, 5, everyone(200))
    assert not answer.proven


def test_bound_spreads_a_point_over_two_hubs(monkeypatch):
    """
    Three points at 0 and one at 10 km, work 1 each, hubs at both places. 10 km needs
    1.7 h, so one point from 0 goes there: 10 work-km; the relaxation sends 0.7 of it.
    """
    monkeypatch.setattr(module, "SMALL_PAIRS", 0)
    allowed = np.array([True, False, False, True])

    answer = districts(np.ones(4), on_a_line([0, 0, 0, 10]), 2, allowed, EXACT)

    assert answer.work_km == pytest.approx(10)
    assert answer.bound == pytest.approx(7, abs=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_idle_points_go_to_the_nearest_hub_when_the_model_stops_early(seed):
    work, distance_km = clustered(17, seed)
    work[::2] = 0

    answer = districts(
        work, distance_km, 3, everyone(17), Limits(gap=0.9), tolerance=0.4
    )

    check(answer, work, distance_km, 3, everyone(17))
    nearest_km = distance_km[:, list(answer.hubs)].min(axis=1)
    for i in np.flatnonzero(work == 0):
        assert distance_km[i, answer.hub_of[i]] == nearest_km[i]
