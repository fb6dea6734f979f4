"""The first rule that matches decides how a parcel travels."""

import itertools

import pytest
from days import RULES, at, by_id, day, door, order, settings, taken_in

STORE = {"length_cm": 45.0, "width_cm": 30.0, "height_cm": 20.0, "weight_kg": 5.0}
"""Limits of a store, no two sides alike."""


def channels(orders, rules=RULES, **more):
    """Order id: channel and rule."""
    chosen = settings(channel_rules=rules, **more)
    return by_id(taken_in(day(orders), chosen), "channel", "channel_rule")


def sized(length_cm, width_cm, height_cm, weight_kg=1.0):
    """An order of that size."""
    return order(
        "A",
        length_cm=float(length_cm),
        width_cm=float(width_cm),
        height_cm=float(height_cm),
        weight_kg=weight_kg,
    )


def test_the_first_rule_that_matches_wins():
    rules = [
        {"name": "first", "channel": "store_door", "service": ["pickup", "any"]},
        {"name": "second", "channel": "store_pickup"},
    ]
    assert channels([order("A"), door("B")], rules) == {
        "A": ("store_door", "first"),
        "B": ("store_pickup", "second"),
    }


def test_a_rule_holds_only_if_all_its_conditions_do():
    rule = {
        "name": "all",
        "channel": "express_station",
        "service": ["door"],
        "platform": ["shopee", "momo"],
        "goods_class": ["chilled"],
        "needs_installation": False,
        "fits": ["store"],
    }
    other = {"name": "other", "channel": "store_pickup"}
    base = {"goods_class": "chilled"}
    found = channels(
        [
            door("A", **base),
            order("service", **base),
            door("platform", platform="pchome", **base),
            door("class"),
            door("installed", needs_installation=True, **base),
            door("size", weight_kg=6.0, **base),
        ],
        [rule, other],
    )
    assert [order_id for order_id, got in found.items() if got[1] == "all"] == ["A"]


def test_what_needs_installation_is_brought_by_its_seller():
    orders = [order("A", needs_installation=True, weight_kg=900.0)]
    assert channels(orders) == {"A": ("seller_direct", "installed")}


@pytest.mark.parametrize("sides", list(itertools.permutations((45, 30, 20))))
def test_a_parcel_may_be_turned_to_fit(sides):
    assert channels([sized(*sides)], store_limits=STORE) == {
        "A": ("store_pickup", "as wished")
    }


@pytest.mark.parametrize("turned", list(itertools.permutations((45.0, 30.0, 20.0))))
def test_limits_may_be_given_in_any_order(turned):
    limits = dict(zip(("length_cm", "width_cm", "height_cm"), turned, strict=True))
    found = channels([sized(20, 45, 30)], store_limits=STORE | limits)
    assert found == {"A": ("store_pickup", "as wished")}


@pytest.mark.parametrize("sides", [(45.1, 30, 20), (45, 30.1, 20), (30, 30, 20.1)])
def test_each_side_has_its_limit(sides):
    """A cube of the same volume is no excuse for the middle or the short side."""
    found = channels([sized(*sides)], store_limits=STORE)
    assert found == {"A": ("store_door", "bulky")}


@pytest.mark.parametrize(
    ("kg", "rule"), [(5, "as wished"), (5.01, "bulky"), (20, "bulky"), (21, "too big")]
)
def test_weight_has_its_limit_at_stores_and_with_couriers(kg, rule):
    assert channels([sized(10, 10, 10, float(kg))])["A"][1] == rule


def test_an_order_without_a_rule_is_unserved():
    rules = [{"name": "doors", "channel": "store_door", "service": ["door"]}]
    orders = taken_in(day([order("A")]), settings(channel_rules=rules))
    assert orders.select("status", "reason_code", "channel").rows() == [
        ("unserved", "no_channel", None)
    ]


def test_a_deferred_order_without_a_rule_stays_deferred():
    rules = [{"name": "doors", "channel": "store_door", "service": ["door"]}]
    late = order("A", placed_at=at("09:01"))
    orders = taken_in(day([late]), settings(channel_rules=rules))
    assert orders.select("status", "reason_code").rows() == [
        ("deferred", "after_cut_off")
    ]
