"""Published optima are found and proven; random cases equal a plain model's."""

from pathlib import Path

import numpy as np
import pytest
from plain_siting import by_plain_model
from siting_instances import median, read

from cstore_cli.location.siting import SitingProblem
from cstore_cli.location.solve_siting import solve_siting
from cstore_cli.milp import Limits

TESTS = Path(__file__).parents[1]
SHARED = TESTS.parent.parent / "shared" / "data" / "location"


def check(problem, best):
    siting = solve_siting(problem, Limits())
    is_open = np.zeros(problem.num_sites, dtype=bool)
    is_open[siting.open_sites] = True
    assert siting.proven
    assert siting.cost == pytest.approx(best, abs=0.01)
    assert problem.cost_of(is_open, siting.site_of) == pytest.approx(siting.cost)
    assert siting.bound == pytest.approx(best, abs=0.01)


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data/location")
@pytest.mark.parametrize(
    ("name", "p"),
    [
        ("orlib_pmed/pmed1.txt", None),
        ("orlib_pmed/pmed5.txt", None),
        ("orlib_pmed/pmed13.txt", None),
        ("orlib_pmed/pmed21.txt", None),
        ("orlib_pmed/pmed29.txt", None),
        ("tsplib_pmedian/rl1304.tsp", 5),
        ("cpmp_sjc/SJC1.dat", None),
        ("sscflp/Lib_2/p1", None),
        ("sscflp/Lib_2/p65", None),
    ],
)
def test_published_optimum_is_proven(name, p):
    (instance,) = read(SHARED / name, p)
    assert instance.best_known is not None
    check(instance.problem(), instance.best_known)


def scattered(seed):
    """Return distances of 15 to 30 points to 15 to 30 sites, and the dice."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(15, 31, 2)
    x, y = rng.random((n, 2)) * 100, rng.random((m, 2)) * 100
    return np.hypot(*(x[:, None] - y).transpose(2, 0, 1)), rng


@pytest.mark.parametrize("seed", range(20))
def test_median_is_that_of_a_plain_model(seed):
    cost, rng = scattered(seed)
    problem = median("", cost, int(rng.integers(2, 7))).problem()
    check(problem, by_plain_model(problem))


@pytest.mark.parametrize("seed", range(20))
def test_fixed_charge_is_that_of_a_plain_model(seed):
    cost, rng = scattered(seed)
    problem = median("", cost, None).problem()
    problem.fixed_cost[:] = rng.uniform(10, 200, problem.num_sites)
    check(problem, by_plain_model(problem))


@pytest.mark.parametrize("seed", range(20))
def test_covering_is_that_of_a_plain_model(seed):
    cost, rng = scattered(seed)
    covered = cost < 25
    point, site = np.nonzero(covered)
    n, m = cost.shape
    demand = rng.integers(1, 9, n).astype(float)
    problem = SitingProblem(
        start=np.concatenate(([0], np.cumsum(covered.sum(axis=1)))),
        site=site,
        cost=np.zeros(len(point)),
        unserved_cost=demand,
        fixed_cost=np.zeros(m),
        demand=demand,
        capacity=np.full(m, np.inf),
        must_open=np.zeros(m, dtype=bool),
        may_open=np.ones(m, dtype=bool),
        num_open=int(rng.integers(1, 5)),
        spend=np.zeros(m),
        budget=np.inf,
        too_near=np.zeros((0, 2), dtype=np.int64),
    )
    check(problem, by_plain_model(problem))
