"""Which terms meet a parcel, and which parcels none do."""

import datetime as dt

import pytest
from settle_cases import (
    agreements_of,
    matched_parcels,
    one_rate,
    parcel,
    version_of,
)

from cstore_cli.partners.rates import rate_of, size_of

DAY = dt.date(2026, 1, 10)
SIZES = {"large": 180, "small": 60}


def fault_of(row, *versions):
    found, _ = matched_parcels([row], agreements_of(*versions))
    return found["fault"][0]


def banded(name, over, to, **more):
    return {**one_rate((1, 10), name=name), "over_kg": over, "to_kg": to, **more}


@pytest.mark.parametrize(
    ("weight", "expected"),
    [(0, "light"), (0.5, "light"), (5, "light"), (5.01, "heavy"), (20, "heavy")],
)
def test_a_band_holds_its_upper_bound(weight, expected):
    """over_kg < weight <= to_kg, and nothing weighs as the lightest."""
    version = version_of(rates=[banded("light", 0, 5), banded("heavy", 5, 20)])

    assert rate_of(version, "return", "near", weight, "any").name == expected
    found, _ = matched_parcels(
        [parcel(1, DAY, weight_kg=float(weight))], agreements_of(version)
    )
    assert version.rates[found["rate"][0]].name == expected


def test_size_is_the_smallest_class_that_holds_the_sides():
    """Classes by their limit, whatever their order; unmeasured is the smallest."""
    version = version_of(sizes=SIZES)

    assert size_of(version, None) == "small"
    assert size_of(version, 60) == "small"
    assert size_of(version, 60.1) == "large"
    assert size_of(version, 181) is None
    assert size_of(version_of(), 500) == "any"


@pytest.mark.parametrize(
    ("sides", "size"),
    [((1.2, 32.7, 26.1), "small"), ((1.2, 32.7, 26.2), "large")],
)
def test_sides_that_come_to_the_limit_are_within_it(sides, size):
    """1.2 + 32.7 + 26.1 is 60, though binary fractions make it a little more."""
    row = parcel(
        1,
        DAY,
        **dict(zip(("length_cm", "width_cm", "height_cm"), sides, strict=True)),
    )

    found, _ = matched_parcels([row], agreements_of(version_of(sizes=SIZES)))

    assert found["size"].to_list() == [size]


def test_higher_precedence_prices_the_parcel():
    """Two meet it, one goes before."""
    version = version_of(
        rates=[banded("all", 0, None), banded("small", 0, 1, precedence=1)]
    )

    assert rate_of(version, "return", "near", 0.5, "any").name == "small"
    assert rate_of(version, "return", "near", 1.5, "any").name == "all"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"partner": "nobody"}, "partner: nobody is no partner"),
        ({"service": "by_air"}, "service: by_air is not one of store_delivery"),
        ({"outcome": "eaten"}, "outcome: eaten is not one of"),
        ({"weight_kg": None}, "weight_kg: nobody told it"),
        ({"zone": None}, "zone: is empty, and no zone"),
        ({"zone": "moon"}, "zone: moon is no zone"),
        ({"cod_twd": 1e12}, "is above 900,000,000"),
        ({"charged_on": dt.date(2027, 1, 1)}, "ours has no signed agreement on 2027"),
        ({"weight_kg": 5.5}, "no rate of the agreement is for store_delivery, zone"),
        ({"length_cm": 90.0, "width_cm": 90.0, "height_cm": 9.0}, "189.0 cm in all"),
    ],
)
def test_a_parcel_that_nothing_prices_says_why(facts, said):
    """So that the row can be mended, or the agreement."""
    version = version_of(sizes=SIZES, rates=[banded("light", 0, 5)])

    assert said in fault_of(parcel(1, DAY, **facts), version)


def test_two_rates_of_one_precedence_are_a_fault():
    """It would be either price."""
    version = version_of(rates=[banded("one", 0, 5), banded("two", 0, 9)])

    assert "two rates of one precedence" in fault_of(parcel(1, DAY), version)


def test_two_promotions_of_one_precedence_are_a_fault():
    """Unless a third goes before them."""
    days = {"valid_from": DAY, "valid_to": DAY, "percent": 5}
    two = [{"name": "a", **days}, {"name": "b", **days}]
    third = {"name": "c", **days, "precedence": 1}

    said = fault_of(parcel(1, DAY), version_of(promotions=two))
    assert "two promotions" in said
    assert fault_of(parcel(1, DAY), version_of(promotions=[*two, third])) is None


def test_an_offer_settles_nothing():
    """A version that nobody signed prices no parcel."""
    assert "no signed agreement" in fault_of(parcel(1, DAY), version_of(signed=None))
