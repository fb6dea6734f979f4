"""Faults of one version: each has its place, and a sound version has none."""

import pytest
from agreement_files import faults_of, prices, rate, version

MARCH = {"valid_from": "2026-03-01", "valid_to": "2026-03-31", "percent": 5}
JUNE = {"valid_from": "2026-06-01", "valid_to": "2026-06-30", "percent": 5}
COD = {"name": "cod", "when": "cod", "amount": 10}
FAULTS = {
    "an unknown partner": (
        {"partner": "herron"},
        "partner: 'herron' is no partner (did you mean \"heron\"?)",
    ),
    "an unknown zone": (
        {"rates": [rate(zones=["west", "north"])]},
        "rates.0.zones.1: 'north' is no zone (known: west, east)",
    ),
    "an unknown zone of a commitment": (
        {
            "commitments": [
                {"name": "c", "parcels": 9, "zones": ["wst"], "shortfall_fee": 1}
            ]
        },
        "commitments.0.zones.0: 'wst' is no zone (did you mean \"west\"?)",
    ),
    "a size class that is not explained": (
        {"sizes": {"small": 60}, "rates": [rate(sizes=["small", "huge"])]},
        "rates.0.sizes.1: 'huge' is no size class (known: small)",
    ),
    "a size class without classes": (
        {"rates": [rate(sizes=["small"])]},
        "rates.0.sizes.0: 'small' is no size class (known: any)",
    ),
    "size classes in the wrong order": (
        {"sizes": {"large": 120, "small": 60}},
        "sizes.small: 60 cm is not more than the 120 of large",
    ),
    "size classes that are alike": (
        {"sizes": {"small": 60, "medium": 60}},
        "sizes.medium: 60 cm is not more than the 60 of small",
    ),
    "a first step that is not 1": (
        {"rates": [rate(prices=prices((2, 40)))]},
        "rates.0.prices.steps.0.from_parcel: the first step begins at parcel 2",
    ),
    "steps out of order": (
        {"rates": [rate(prices=prices((1, 40), (50, 36), (20, 38)))]},
        "rates.0.prices.steps.2.from_parcel: 20 does not come after 50",
    ),
    "a step that stands twice": (
        {"rates": [rate(prices=prices((1, 40), (1, 36)))]},
        "rates.0.prices.steps.1.from_parcel: 1 does not come after 1",
    ),
    "an empty weight band": (
        {"rates": [rate(), rate("heavy", over_kg=5, to_kg=5, precedence=1)]},
        "rates.1.to_kg: 5 is not more than over_kg, 5",
    ),
    "a surcharge of a name twice": (
        {"surcharges": [COD, COD]},
        "surcharges.1.name: 'cod' is the name of surcharges.0 too",
    ),
    "a surcharge with a rate's name": (
        {"surcharges": [{**COD, "name": "store"}]},
        "surcharges.0.name: 'store' is the name of rates.0 too",
    ),
    "a surcharge with the name of a credit": (
        {"surcharges": [{**COD, "name": "on_time"}]},
        "surcharges.0.name: 'on_time' is the name of a charge of its own too",
    ),
    "a surcharge outside the version": (
        {"surcharges": [{**COD, "valid_to": "2027-01-01"}]},
        "surcharges.0.valid_to: 2027-01-01 is outside the version, 2026-01-01 to ",
    ),
    "a promotion before the version": (
        {"promotions": [{"name": "p", **MARCH, "valid_from": "2025-12-31"}]},
        "promotions.0.valid_from: 2025-12-31 is outside the version",
    ),
    "a promotion that ends before it begins": (
        {"promotions": [{"name": "p", **MARCH, "valid_to": "2026-02-01"}]},
        "promotions.0.valid_to: 2026-02-01 is before valid_from, 2026-03-01",
    ),
    "two promotions of equal precedence": (
        {
            "promotions": [
                {"name": "p", **MARCH},
                {"name": "q", **MARCH, "zones": ["west"]},
            ]
        },
        "promotions.1: meets parcels that p meets, with the same precedence",
    ),
    "promotions that share a day": (
        {
            "promotions": [
                {"name": "p", **MARCH},
                {"name": "q", **MARCH, "valid_from": "2026-03-31"},
                {"name": "r", **JUNE},
            ]
        },
        "promotions.1: meets parcels that p meets",
    ),
    "promotions that share a day, the later first": (
        {
            "promotions": [
                {"name": "q", **MARCH, "valid_from": "2026-03-31"},
                {"name": "p", **MARCH},
            ]
        },
        "promotions.1: meets parcels that q meets",
    ),
    "a minimum above the maximum": (
        {"quantities": {"minimum": 9, "maximum": 8}},
        "quantities.minimum: 9 is above the maximum, 8",
    ),
    "a commitment above the maximum": (
        {
            "quantities": {"maximum": 100, "per": "month"},
            "commitments": [
                {"name": "c", "parcels": 301, "per": "quarter", "shortfall_fee": 1}
            ],
        },
        "commitments.0.parcels: 301 per quarter are above the maximum, 100 per month",
    ),
    "two rebates from one number on": (
        {
            "rebates": [
                {"name": "r", "from_parcels": 500, "percent": 2},
                {"name": "s", "from_parcels": 500, "percent": 3},
            ]
        },
        "rebates.1: begins at 500 per year, as r does",
    ),
    "rebates of more than all": (
        {
            "rebates": [
                {"name": "r", "from_parcels": 500, "percent": 60},
                {"name": "s", "from_parcels": 900, "percent": 41},
            ]
        },
        "rebates: come to more than 100 percent",
    ),
    "a measure promised twice": (
        {
            "service_levels": 2
            * [
                {
                    "measure": "lost",
                    "promised": 0.01,
                    "credit_percent": 1,
                    "most_percent": 5,
                }
            ]
        },
        "service_levels.1.measure: lost is promised twice",
    ),
    "a share written in percent": (
        {
            "service_levels": [
                {
                    "measure": "on_time",
                    "promised": 97,
                    "credit_percent": 1,
                    "most_percent": 5,
                }
            ]
        },
        "service_levels.0.promised: 97 is no share of parcels (write 0.97 for 97",
    ),
    "a version that ends before it begins": (
        {"valid_to": "2025-12-31"},
        "valid_to: 2025-12-31 is before valid_from, 2026-01-01",
    ),
    "a revision outside the version": (
        {"revise_on": "2027-01-01"},
        "revise_on: 2027-01-01 is not a day of the version",
    ),
}
SOUND = {
    "a version": {},
    "a commitment as large as the maximum": {
        "quantities": {"maximum": 100, "per": "month"},
        "commitments": [
            {"name": "c", "parcels": 300, "per": "quarter", "shortfall_fee": 1}
        ],
    },
    "a minimum as large as the maximum": {"quantities": {"minimum": 8, "maximum": 8}},
    "rebates of all that was paid": {
        "rebates": [
            {"name": "r", "from_parcels": 500, "percent": 60},
            {"name": "s", "from_parcels": 900, "percent": 40},
        ]
    },
    "promotions of different months": {
        "promotions": [{"name": "p", **MARCH}, {"name": "q", **JUNE}]
    },
    "promotions of different zones": {
        "promotions": [
            {"name": "p", **MARCH, "zones": ["east"]},
            {"name": "q", **MARCH, "zones": ["west"]},
        ]
    },
    "promotions of which one has precedence": {
        "promotions": [{"name": "p", **MARCH}, {"name": "q", **MARCH, "precedence": 1}]
    },
    "a notice day that is past": {"notice_days": 300},
    "hours above 1": {
        "service_levels": [
            {
                "measure": "data_delay_h",
                "promised": 8,
                "credit_percent": 1,
                "most_percent": 5,
            }
        ]
    },
}


@pytest.mark.parametrize(("changes", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found_alone_and_at_its_place(changes, told, tmp_path):
    """Nothing else is told of a version that has one fault."""
    (found,) = faults_of(tmp_path, version(**changes))

    assert told in found
    assert found.startswith("0.yaml:")


@pytest.mark.parametrize("changes", SOUND.values(), ids=SOUND)
def test_what_is_meant_is_no_fault(changes, tmp_path):
    assert faults_of(tmp_path, version(**changes)) == []


def test_a_fault_names_the_line(tmp_path):
    """The twelfth line of this version is the price's from_parcel."""
    (found,) = faults_of(tmp_path, version(rates=[rate(prices=prices((7, 40)))]))
    line = int(found.split(":")[1])

    text = (tmp_path / "0.yaml").read_text().splitlines()
    assert "from_parcel: 7" in text[line - 1]


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path):
    """Whoever mends a version sees them together."""
    found = faults_of(
        tmp_path,
        version(
            partner="nobody",
            revise_on="2030-01-01",
            quantities={"minimum": 9, "maximum": 8},
        ),
    )

    assert [text.split(": ")[2] for text in found] == [
        "partner",
        "revise_on",
        "quantities.minimum",
    ]
