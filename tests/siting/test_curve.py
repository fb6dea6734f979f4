"""Tests of the trade-off curve and its knee."""

import numpy as np
import pytest
from small_city import areas, city, sites
from test_choose import asked

from cstore_cli.errors import InfeasibleError
from cstore_cli.milp import Limits
from cstore_cli.siting.choose import choose_sites
from cstore_cli.siting.curve import curve_of


def towns(num=30, seed=0):
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 20, num)
    return city(
        areas=areas(*((f"A{i}", x, 5) for i, x in enumerate(at))),
        sites=sites(*((f"X{i}", x) for i, x in enumerate(rng.uniform(0, 20, 20)))),
    )


def test_each_number_is_as_good_as_asked_alone():
    inputs = towns()

    curve = curve_of(inputs, asked(stores=9), [1, 3, 5, 7, 9], Limits())

    assert curve.table["stores"].to_list() == [1, 3, 5, 7, 9]
    for plan in curve.plans:
        alone, _ = choose_sites(inputs, asked(stores=plan.num_stores), Limits())
        assert plan.objective == pytest.approx(alone.objective)
        assert plan.proven


def test_whoever_waits_is_told_each_number_and_the_plan_before():
    told = []

    def tell(number, before):
        told.append((number, before and before.num_stores))

    curve_of(towns(), asked(stores=5), [1, 3, 5], Limits(), tell)

    assert told == [(1, None), (3, 1), (5, 3)]


def test_more_stores_are_never_a_longer_walk():
    curve = curve_of(towns(), asked(stores=12), range(1, 13), Limits())

    assert (curve.table["objective"].diff().drop_nulls() <= 1e-9).all()
    assert (curve.table["rent_twd_month"].diff().drop_nulls() > 0).all()


def test_the_knee_is_where_further_stores_bring_much_less():
    """Three villages far apart: a fourth store is in one that has one already."""
    villages = [(f"A{v}{k}", 20 * v + 0.1 * k, 5) for v in range(3) for k in range(3)]
    inputs = city(
        areas=areas(*villages), sites=sites(*((f"X{n}", km) for n, km, _ in villages))
    )

    curve = curve_of(inputs, asked(stores=6), range(1, 7), Limits())

    assert curve.plans[curve.knee].num_stores == 3
    assert curve.table["knee"].to_list() == [False, False, True, False, False, False]


def test_numbers_that_cannot_be_met_are_left_out_and_told():
    curve = curve_of(towns(), asked(stores=30), [10, 20, 30], Limits())

    assert curve.table["stores"].to_list() == [10, 20]
    assert "20 of 20 sites may open" in curve.left_out[30]


def test_none_that_can_be_met_is_a_refusal():
    with pytest.raises(InfeasibleError, match="40 stores are asked for"):
        curve_of(towns(), asked(stores=40), [30, 40], Limits())


def test_a_budget_that_makes_more_stores_worse_shows_no_worse_plan():
    """The last of a range, beyond the best, is not what is shown."""
    rng = np.random.default_rng(3)
    rent = 10_000 + 40_000 * rng.random(20)
    at = rng.uniform(0, 20, 20)
    inputs = city(
        areas=areas(*((f"A{i}", x, 5) for i, x in enumerate(rng.uniform(0, 20, 30)))),
        sites=sites(*((f"X{i}", x) for i, x in enumerate(at)), rent_twd_month=rent),
    )
    budget = float(np.sort(rent)[:9].sum())

    wanted = asked(stores=9, budget_twd_month=budget)
    curve = curve_of(inputs, wanted, range(1, 10), Limits())

    objective = curve.table["objective"]
    assert objective[8] > objective.min()
    assert objective[curve.best] == objective.min()
    assert curve.shown <= curve.best


def test_of_a_fixed_charge_the_cheapest_is_shown():
    wanted = asked(model="fixed_charge", walk_cost_twd_per_km=20, stores=9)

    curve = curve_of(towns(), wanted, range(1, 10, 2), Limits())

    assert curve.knee is None
    assert curve.plans[curve.shown].objective == curve.table["objective"].min()
