"""Tests of the DCs chosen on top of the stores."""

from itertools import combinations

import pytest
from small_city import areas, city, dcs, sites
from test_choose import asked

from cstore_cli.errors import InfeasibleError
from cstore_cli.milp import Limits
from cstore_cli.settings.site_choice import DcSettings
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.siting.choose import choose_sites
from cstore_cli.siting.dc import choose_dcs

TRAVEL = TravelSettings(circuity=1, speed_kmh=30)


def planned(dc, stores=3, **tables):
    """Three towns of 5, 1 and 4 parcels with a store each, and DCs on top."""
    inputs = city(
        areas=areas(("a", 0, 5), ("b", 6, 1), ("c", 20, 4)),
        sites=sites(("X0", 0), ("X6", 6), ("X20", 20)),
        **tables,
    )
    wanted = asked(stores=stores).model_copy(
        update={"dc": DcSettings(**dc), "travel": TRAVEL}
    )
    plan, _ = choose_sites(inputs, wanted, Limits())
    return plan, choose_dcs(plan, inputs, wanted, Limits())


def test_one_dc_stands_at_the_weighted_median():
    """From 0: 1*6 + 4*20 = 86; from 6: 5*6 + 4*14 = 86; from 20: 114. Half a TWD."""
    _, found = planned({"count": 1, "cost_twd_per_parcel_km": 0.5})

    assert found.centers["dc_id"].to_list() in (["X0"], ["X6"])
    assert found.cost_twd_day == pytest.approx(43)
    assert found.gap == 0


def test_two_dcs_match_trying_all_pairs():
    plan, found = planned({"count": 2, "fixed_cost_twd_day": 100})
    at = {"X0": 0, "X6": 6, "X20": 20}
    parcels = dict(plan.sites.select("site_id", "parcels_day").rows())

    def driven(pair):
        return sum(
            w * min(abs(at[store] - at[dc]) for dc in pair)
            for store, w in parcels.items()
        )

    best = min(200 + 0.5 * driven(pair) for pair in combinations(at, 2))

    assert found.cost_twd_day == pytest.approx(best)
    for store, dc, km in zip(
        plan.sites["site_id"], found.dc_of, found.km_of, strict=True
    ):
        assert km == pytest.approx(abs(at[store] - at[dc]))
        nearest = min(abs(at[store] - at[d]) for d in found.centers["dc_id"])
        assert km == pytest.approx(nearest)


def test_the_dcs_there_are_have_no_privilege_but_can_be_the_candidates():
    _, found = planned(
        {"candidates": "distribution_centers"},
        distribution_centers=dcs(("HQ", 50), ("D", 3)),
    )

    assert found.centers["dc_id"].to_list() == ["D"]
    assert found.centers["stores"].to_list() == [3]


def test_more_dcs_than_candidates_is_refused_with_both_counts():
    with pytest.raises(InfeasibleError, match=r"4 DCs are asked for; there are 3"):
        planned({"count": 4, "candidates": "stores"})


def test_none_asked_for_is_none():
    inputs = city(areas=areas(("a", 0, 5)), sites=sites(("X", 0)))
    plan, _ = choose_sites(inputs, asked(stores=1), Limits())

    assert choose_dcs(plan, inputs, asked(stores=1), Limits()) is None


def test_no_store_needs_no_dc():
    inputs = city(areas=areas(("a", 0, 5)), sites=sites(("X", 0)))
    wanted = asked(model="fixed_charge", lost_parcel_twd=0.1)
    wanted = wanted.model_copy(update={"dc": DcSettings()})
    plan, _ = choose_sites(inputs, wanted, Limits())

    assert plan.sites.is_empty()
    assert choose_dcs(plan, inputs, wanted, Limits()) is None
