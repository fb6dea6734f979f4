"""Tests of refusals: totals, and the nearest ask that can be met, which then is met."""

import re

import pytest
from small_city import areas, city, sites, stores
from test_choose import asked, random_case

from cstore_cli.errors import InfeasibleError
from cstore_cli.milp import Limits
from cstore_cli.siting.choose import choose_sites

MONTH = 30_000.0


def refused(inputs, **choose):
    with pytest.raises(InfeasibleError) as error:
        choose_sites(inputs, asked(**choose), Limits())
    return str(error.value)


def nearest(said):
    """The changes that a refusal names, by key of `choose`."""
    found = re.findall(r"Nearest: (stores|budget_twd_month): (\d+)\.", said)
    return {name: int(value) for name, value in found}


def line(*site_km, rent=MONTH, own=()):
    """Areas of 4 and 6 parcels a day at 0 and 2 km, and sites."""
    named = [(f"X{k}", km) for k, km in enumerate(site_km)]
    return city(
        areas=areas(("west", 0, 4), ("east", 2, 6)),
        sites=sites(*named, rent_twd_month=[rent] * len(named)),
        stores=stores(*own),
    )


def test_more_stores_than_sites_names_how_many_may_open():
    inputs = line(0, 1, 2, own=[("S", "ours", 1.05)])

    said = refused(inputs, stores=3, must_not=["X0"], min_spacing_km=0.2)

    assert "3 stores are asked for; 1 of 3 sites may open" in said
    assert "1 are in must_not, 1 too near an own store" in said
    assert nearest(said) == {"stores": 1}


def test_a_budget_too_small_names_both_totals():
    said = refused(line(0, 1, 2), stores=2, budget_twd_month=45_000)

    assert "budget is 45,000 a month; the 2 cheapest sites cost 60,000" in said
    assert nearest(said) == {"stores": 1, "budget_twd_month": 60_000}


def test_too_little_room_names_both_totals_and_enough_stores():
    said = refused(
        line(0, 1, 2), model="fixed_charge", capacity=6, stores=1, existing="ignore"
    )

    assert "The areas have 10.0 parcels a day; the sites that may open hold 6.0" in said
    assert nearest(said) == {"stores": 2}


def test_areas_that_do_not_pack_into_the_sites_are_no_plan():
    """Three areas of 6 in sites of 10: two hold 20, but one area each."""
    inputs = city(
        areas=areas(("a", 0, 6), ("b", 1, 6), ("c", 2, 6)),
        sites=sites(("X0", 0), ("X1", 1), ("X2", 2)),
    )

    said = refused(inputs, model="fixed_charge", capacity=10, stores=2)

    assert nearest(said) == {"stores": 3}


def test_an_area_that_no_site_holds_is_named():
    said = refused(line(0, 1, 2), model="fixed_charge", capacity=5)

    assert "Area east has 6.000 parcels a day; no site holds more than 5.000" in said
    assert "Nearest: capacity_parcels_day: " in said


def test_areas_out_of_every_radius_are_named_with_the_one_they_need():
    said = refused(line(0, 0.5), stores=1, radius_km=1)

    assert "1 of 2 areas, with 6.0 of 10.0 parcels a day" in said
    assert "east: the nearest site is 1.500 km away" in said
    radius = float(re.search(r"With radius_km: ([\d.]+) each", said)[1])
    choose_sites(line(0, 0.5), asked(stores=2, radius_km=radius), Limits())


def test_too_few_stores_for_the_radius_names_the_fewest():
    """Each area has a site at its door, no site has both within 0.5 km."""
    said = refused(line(0, 2), stores=1, radius_km=0.5)

    assert "leave no choice together" in said
    assert nearest(said) == {"stores": 2}


def test_a_spacing_that_leaves_room_for_fewer_names_how_many():
    said = refused(line(0, 0.3, 0.6), stores=2, min_spacing_km=1)

    assert nearest(said) == {"stores": 1}


def test_numbers_of_stores_do_not_count_what_rivals_take():
    """Customers of a rival cost something, but they are no stores."""
    inputs = city(
        areas=areas(("a", 0, 50), ("b", 10, 50), ("c", 28, 50)),
        sites=sites(("X0", 0), ("X1", 10)),
        stores=stores(("R", "theirs", 29)),
    )

    said = refused(inputs, stores=2, rivals="capture", min_spacing_km=30)

    assert nearest(said) == {"stores": 1}


def test_fewer_stores_than_must_open_says_so():
    """A range may begin below; the YAML may not."""
    inputs = line(0, 1, 2)
    wanted = asked(stores=2, must_keep=["X0", "X1"])
    fewer = wanted.choose.model_copy(update={"stores": 1})

    with pytest.raises(InfeasibleError, match="1 stores are asked for; 2 must open"):
        choose_sites(inputs, wanted.model_copy(update={"choose": fewer}), Limits())


def test_sites_that_must_open_side_by_side_are_named():
    inputs = line(0, 0.1, 2)

    said = refused(inputs, stores=2, must_keep=["X0", "X1"], min_spacing_km=0.5)

    assert "X0 and X1 must open, but stand nearer than 0.5 km" in said


def test_all_that_is_wrong_is_told_at_once():
    said = refused(line(0, 1), stores=9, budget_twd_month=1, radius_km=0.1)

    assert "9 stores are asked for" in said
    assert "have no site within radius_km: 0.1" in said


def test_every_nearest_ask_can_be_met():
    """Whatever number of stores or budget is named: with it alone there is a plan."""
    asks = 0
    for seed in range(300):
        inputs, choose, capacity, _ = random_case(seed)
        try:
            choose_sites(inputs, asked(capacity=capacity, **choose), Limits())
        except InfeasibleError as error:
            said = str(error)
        else:
            continue
        for name, value in nearest(said).items():
            mended = asked(capacity=capacity, **{**choose, name: value})
            choose_sites(inputs, mended, Limits())
            asks += 1
    assert asks > 40
