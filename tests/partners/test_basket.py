"""Tests of what partners would charge for the expected mix, worked by hand."""

import datetime as dt

import pytest
from small_agreements import rate, version, volumes

from cstore_cli.partners.rank.basket import (
    Offer,
    Sort,
    basket_of,
    mean_prices,
    offer_of,
)
from cstore_cli.settings.partners_allocate import ExpectedSettings
from cstore_cli.settings.partners_rank import BasketRow

DAY = dt.date(2026, 1, 1)


def sort(
    zone="east", parcels=100.0, weight_kg=1.0, size="any", service="store_delivery"
):
    return Sort(zone, service, weight_kg, size, parcels)


def price(its, basket, most=None, **expected):
    """The price of the basket's first sort."""
    return offer_of(its, [], basket, DAY, ExpectedSettings(**expected), most).prices[0]


def test_basket_is_a_month_s_mean_of_the_volumes():
    """January 30, February 50, of two partners; March none, but it is no month."""
    table = volumes(
        ("2026-01", "east", "store_delivery", 30, None),
        ("2026-02", "east", "store_delivery", 40, "p"),
        ("2026-02", "east", "store_delivery", 10, "q"),
        ("2026-02", "west", "store_delivery", 8, "q"),
    )

    assert basket_of([], table) == (sort("east", 40.0), sort("west", 4.0))


def test_basket_of_the_settings_wins():
    row = BasketRow(zone="west", service="return", weight_kg=2, parcels=7)
    table = volumes(("2026-01", "east", "store_delivery", 30, None))

    assert basket_of([row], table) == (Sort("west", "return", 2.0, "any", 7.0),)


@pytest.mark.parametrize(
    ("kind", "per", "expected"),
    [
        # 100 a month reach the step of 40 for all; or 50 at 50 and 50 at 40.
        ("all_units", "month", 40),
        ("incremental", "month", 45),
        # 300 a quarter: 50 at 50 and 250 at 40.
        ("incremental", "quarter", (50 * 50 + 250 * 40) / 300),
    ],
)
def test_tiers_count_the_basket_in_their_period(kind, per, expected):
    its = version("p", [rate((1, 50), (51, 40), kind=kind, per=per)])

    assert price(its, [sort()]) == pytest.approx(expected)


def test_sorts_of_one_rate_count_together():
    """30 here and 30 there reach the 51st."""
    its = version("p", [rate((1, 50), (51, 40))])

    assert price(its, [sort("east", 30), sort("west", 30)]) == 40


def test_price_is_that_of_as_much_as_it_takes():
    """No more than 40 of 100 a month: the second step is never reached."""
    its = version("p", [rate((1, 50), (51, 40))], quantities={"maximum": 40})
    offer = offer_of(its, [], [sort()], DAY, ExpectedSettings())

    assert offer == Offer((50,), 0.4)


def test_coverage_is_the_share_it_has_a_rate_for():
    its = version("p", [rate((1, 50), zones=["east"])])
    offer = offer_of(
        its, [], [sort("east", 75), sort("west", 25)], DAY, ExpectedSettings()
    )

    assert offer == Offer((50, None), 0.75)


def test_size_class_the_version_does_not_know_is_not_carried():
    """One without classes carries any; a sort without one is of the smallest."""
    rates = [rate((1, 50))]
    classes = version("p", rates, sizes={"small": 60, "large": 150})

    assert price(classes, [sort(size="medium")]) is None
    assert price(classes, [sort(size="any")]) == 50
    assert price(version("p", rates), [sort(size="medium")]) == 50


def test_surcharges_and_promotions_count_for_their_part_of_the_year():
    """
    A fuel surcharge of 3.65 for 73 of 365 days is 0.73 a parcel.

    A tenth off a price of 50 for as long is 1 less.
    """
    span = {"valid_from": "2026-02-01", "valid_to": "2026-04-14"}
    fuel = {"name": "fuel", "when": "always", "amount": 3.65, **span}
    off = {"name": "spring", "percent": 10, **span}

    with_fuel = version("p", [rate((1, 50))], surcharges=[fuel])
    with_offer = version("p", [rate((1, 50))], promotions=[off])

    assert price(with_fuel, [sort()]) == pytest.approx(50.73)
    assert price(with_offer, [sort()]) == pytest.approx(49)


def test_only_days_of_the_version_count():
    """A surcharge of 10 on all of its 90 days is 10 a parcel."""
    fuel = {"name": "fuel", "when": "always", "amount": 10}
    its = version("p", [rate((1, 50))], surcharges=[fuel], valid_to="2026-03-31")

    assert price(its, [sort()]) == pytest.approx(60)


def test_expected_cash_on_delivery_is_in_the_price():
    """A quarter of the parcels at 12 is 3 each."""
    cod = {"name": "cod", "when": "cod", "amount": 12}
    its = version("p", [rate((1, 50))], surcharges=[cod])

    assert price(its, [sort()], cod_share=0.25) == pytest.approx(53)


@pytest.mark.parametrize(("parcels", "expected"), [(100, 45), (99, 50)])
def test_rebate_counts_once_the_volume_reaches_it(parcels, expected):
    """A tenth of the price from 1,200 parcels a year on."""
    rebate = {"name": "yearly", "from_parcels": 1200, "percent": 10}
    its = version("p", [rate((1, 50))], rebates=[rebate])

    assert price(its, [sort(parcels=parcels)]) == pytest.approx(expected)


def test_what_one_does_not_carry_is_priced_at_the_mean_of_those_who_do():
    """
    East 80 parcels at 40, 50, 60; west 20 parcels, which the first does not go to.

    It pays (60 + 80) / 2 there: (80 * 40 + 20 * 70) / 100.
    """
    basket = [sort("east", 80), sort("west", 20)]
    offers = {
        "a": Offer((40.0, None), 0.8),
        "b": Offer((50.0, 60.0), 1.0),
        "c": Offer((60.0, 80.0), 1.0),
    }

    found = mean_prices(basket, offers)

    assert found == pytest.approx({"a": 46, "b": 52, "c": 64})


def test_what_nobody_carries_is_in_no_price():
    basket = [sort("east", 80), sort("west", 20)]

    assert mean_prices(basket, {"a": Offer((40.0, None), 0.8)}) == {"a": 40}


def test_who_carries_nothing_has_no_price():
    offers = {"a": Offer((None,), 0.0), "b": Offer((50.0,), 1.0)}

    assert mean_prices([sort()], offers) == {"a": None, "b": 50}


def test_basket_of_nothing_costs_nobody_anything():
    its = version("p", [rate((1, 50))])

    assert offer_of(its, [], [], DAY, ExpectedSettings()) == Offer((), 0.0)
    assert mean_prices([], {"p": Offer((), 0.0)}) == {"p": None}
