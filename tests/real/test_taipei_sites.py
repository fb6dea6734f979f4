"""Stores sited in a real city: proven in a minute, a cut equal to a plain model."""

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pulp
import pytest

from cstore_cli.deadline import Deadline
from cstore_cli.milp import Limits, solve
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.site_choice import ChooseSettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.asked import asked_of
from cstore_cli.siting.choose import choose_sites
from cstore_cli.siting.curve import curve_of
from cstore_cli.tables.read_sites import read_sites

ROOT = Path(__file__).resolve().parents[2]
CITY = ROOT.parent / "shared/data/taipei_day"
DAY = dt.date(2026, 11, 23)
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CITY.is_dir(), reason="../shared/data/taipei_day is absent"),
]


@pytest.fixture(scope="module")
def city():
    """Settings and tables: Hi-Life's 189 stores, 1,431 sites, 456 areas."""
    path = ROOT / "tests/real/taipei_sites.yaml"
    settings = read_config(path, SiteStoresSettings)
    return settings, read_sites(settings, DAY, {})


def asking(settings, source="roads", **choose):
    """The settings with another choice, and another way of walking."""
    walk = settings.walk.model_copy(update={"source": source})
    wanted = ChooseSettings(**choose)
    return settings.model_copy(update={"choose": wanted, "walk": walk})


def timed(inputs, settings, seconds):
    began = time.monotonic()
    limits = Limits(deadline=Deadline.after(seconds))
    plan, _ = choose_sites(inputs, settings, limits)
    return plan, time.monotonic() - began


ASKS = {
    "median": {"stores": 40},
    "covering": {"model": "covering", "stores": 40, "radius_km": 0.5},
    "empty": {"stores": 40, "existing": "ignore"},
    "spaced": {"stores": 40, "min_spacing_km": 0.3, "budget_twd_month": 6e6},
    "captured": {"stores": 40, "rivals": "capture"},
}


@pytest.mark.parametrize(("source", "seconds"), [("roads", 60), ("geodesic", 10)])
@pytest.mark.parametrize("ask", ASKS)
def test_is_proven_in_time(city, ask, source, seconds):
    settings, inputs = city
    if ask == "empty":
        seconds = 60

    plan, took = timed(inputs, asking(settings, source, **ASKS[ask]), seconds)

    assert plan.gap == 0
    assert plan.proven
    assert took < seconds


def test_single_source_fixed_charge_is_within_half_a_percent_in_a_minute(city):
    settings, inputs = city

    plan, took = timed(inputs, asking(settings, model="fixed_charge"), 60)

    assert plan.gap <= 0.005
    assert took < 62


def test_the_curve_takes_less_than_three_minutes(city):
    settings, inputs = city
    began = time.monotonic()
    limits = Limits(deadline=Deadline.after(180))

    curve = curve_of(inputs, asking(settings, stores=60), range(5, 61, 5), limits)

    assert time.monotonic() - began < 180
    assert curve.table["proven"].all()
    assert (curve.table["gap"] == 0).all()


@pytest.mark.parametrize(
    "choose",
    [
        {"stores": 10, "existing": "ignore"},
        {"model": "covering", "stores": 10, "radius_km": 0.5},
        {"model": "fixed_charge", "existing": "ignore", "walk_cost_twd_per_km": 60},
    ],
    ids=["p_median", "covering", "fixed_charge"],
)
def test_a_cut_equals_a_plain_model(city, choose):
    """300 sites and 100 areas, every pair a variable, nothing clever."""
    settings, inputs = city
    cut = replace(inputs, sites=inputs.sites[:1200:4], areas=inputs.areas[:400:4])
    wanted = asking(settings, "geodesic", **choose)
    asked = asked_of(cut, wanted)

    plan, _ = choose_sites(cut, wanted, Limits(deadline=Deadline.after(300)), asked)

    assert plan.proven
    cost = plan.objective
    if plan.model == "covering":
        cost = asked.parcels_day.sum() - plan.objective
    assert cost == pytest.approx(plain(asked.problem), rel=1e-6)


def plain(problem):
    """The least cost by one MILP over all y_j and x_ij, as the textbook has it."""
    model = pulp.LpProblem("plain", pulp.LpMinimize)
    sites = range(problem.num_sites)
    y = [model.add_variable(f"y_{j}", cat=pulp.LpBinary) for j in sites]
    pairs = list(zip(problem.point.tolist(), problem.site.tolist(), strict=True))
    x = {p: model.add_variable(f"x_{p[0]}_{p[1]}", cat=pulp.LpBinary) for p in pairs}
    out = [model.add_variable(f"u_{i}", 0, 1) for i in range(problem.num_points)]
    terms = dict(zip(y, problem.fixed_cost.tolist(), strict=True))
    terms |= dict(zip(x.values(), problem.cost.tolist(), strict=True))
    free = np.where(np.isfinite(problem.unserved_cost), problem.unserved_cost, 0.0)
    terms |= dict(zip(out, free.tolist(), strict=True))
    model.setObjective(pulp.LpAffineExpression(terms))
    by_point = {i: [] for i in range(problem.num_points)}
    by_site = {j: [] for j in sites}
    for (i, j), served in x.items():
        by_point[i].append(served)
        by_site[j].append((i, served))
        model.addConstraint(served <= y[j])
    for i, served in by_point.items():
        model.addConstraint(pulp.lpSum(served) + out[i] == 1)
        if np.isinf(problem.unserved_cost[i]):
            model.addConstraint(out[i] == 0)
    for j, served in by_site.items():
        if np.isfinite(problem.capacity[j]):
            load = pulp.lpSum(float(problem.demand[i]) * s for i, s in served)
            model.addConstraint(load <= float(problem.capacity[j]) * y[j])
        if problem.must_open[j]:
            model.addConstraint(y[j] == 1)
        if not problem.may_open[j]:
            model.addConstraint(y[j] == 0)
    if problem.num_open is not None:
        model.addConstraint(pulp.lpSum(y) == problem.num_open)
    solve(model, Limits(deadline=Deadline.after(600)))
    return float(pulp.value(model.objective))
