"""Terms beside the price, worked out by hand."""

import datetime as dt

import pytest
from settle_cases import (
    all_lines,
    clause_of,
    one_rate,
    parcel,
    parcels_on,
    period_amounts,
    settled,
    total,
    version_of,
)

DAY = dt.date(2026, 1, 10)
ONE_MONTH = {"last": dt.date(2026, 1, 31)}
NOON = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)
LATE = NOON + dt.timedelta(hours=5)


def charges(row, **terms):
    """Charge: amount of one parcel under a version of such terms."""
    found = settled([row], version_of(**terms), **ONE_MONTH)
    return {line[5]: line[6] / 10_000 for line in all_lines(found)}


@pytest.mark.parametrize(
    ("decimals", "mode", "expected"),
    [
        (0, "half_up", 13),
        (0, "half_even", 12),
        (0, "down", 12),
        (1, "half_up", 12.5),
    ],
)
def test_lines_are_rounded_as_agreed(decimals, mode, expected):
    """12.50 is 13, 12 (the even one), 12 or 12.5."""
    rounding = {"decimals": decimals, "mode": mode}

    found = charges(parcel(1, DAY), rates=[one_rate((1, 12.5))], rounding=rounding)

    assert found == {"store": expected}


def test_promotion_comes_before_percentages_of_the_price():
    """50, 20 % off: -10; 5 % of the 40 left: 2."""
    found = charges(
        parcel(1, DAY),
        promotions=[
            {"name": "a", "valid_from": DAY, "valid_to": DAY, "percent": 20},
            {
                "name": "next_day",
                "valid_from": DAY + dt.timedelta(1),
                "valid_to": "2026-12-31",
                "percent": 99,
            },
        ],
        surcharges=[{"name": "fuel", "when": "always", "percent_of_price": 5}],
    )

    assert found == {"store": 50, "a": -10, "fuel": 2}


def test_of_two_promotions_the_higher_precedence_counts():
    """And no other."""
    days = {"valid_from": DAY, "valid_to": DAY}
    found = charges(
        parcel(1, DAY),
        promotions=[
            {"name": "large", **days, "percent": 50},
            {"name": "first", **days, "percent": 10, "precedence": 1},
        ],
    )

    assert found == {"store": 50, "first": -5}


@pytest.mark.parametrize(
    ("when", "facts", "more", "expected"),
    [
        ("cod", {"cod_twd": 830.0}, {"percent_of_cod": 1.2}, 10),
        ("cod", {"cod_twd": 830.0}, {"amount": 15}, 15),
        ("returned", {"service": "return"}, {"amount": 8}, 8),
        ("returned", {"outcome": "uncollected"}, {"amount": 8}, 8),
        ("redirected", {"redirected": True}, {"amount": 18}, 18),
        ("storage", {"storage_days": 7}, {"amount": 5, "free_days": 4}, 15),
        ("always", {}, {"amount": 6, "valid_to": DAY}, 6),
    ],
)
def test_surcharge_is_of_what_it_is_for(when, facts, more, expected):
    """Due with the fact; without it, on another day or for another service, not."""
    terms = {"surcharges": [{"name": "extra", "when": when, **more}]}

    assert charges(parcel(1, DAY, **facts), **terms)["extra"] == expected
    other = parcel(1, DAY + dt.timedelta(1) if when == "always" else DAY)
    assert "extra" not in charges(other, **terms)
    only_doors = {**terms["surcharges"][0], "services": ["door_delivery"]}
    found = charges(parcel(1, DAY, **facts), surcharges=[only_doors])
    assert "extra" not in found


def test_free_days_of_storage_cost_nothing():
    """Four of four free days: no line."""
    extra = {"name": "storage", "when": "storage", "amount": 5, "free_days": 4}

    assert charges(parcel(1, DAY, storage_days=4), surcharges=[extra]) == {"store": 50}


def test_minimum_charge_tops_up_prices_and_surcharges():
    """50 + 6 of at least 200: 144 more; the month that has enough has no line."""
    terms = {
        "payment": {"minimum_charge": 200},
        "surcharges": [{"name": "fuel", "when": "always", "amount": 6}],
    }

    found = settled([parcel(1, DAY)], version_of(**terms), **ONE_MONTH)

    assert period_amounts(found) == {
        ("minimum_charge", "minimum_charge", "2026-01-31"): 144
    }
    enough = settled(parcels_on(DAY, 4), version_of(**terms), **ONE_MONTH)
    assert period_amounts(enough) == {}


def test_a_month_without_parcels_owes_the_minimum_charge():
    """What was agreed is owed whether anything came or not."""
    version = version_of(payment={"minimum_charge": 200})

    assert total(settled([], version, **ONE_MONTH)) == 200


def test_minimum_charge_of_a_part_of_a_month():
    """A version of 15 of January's 31 days owes 310 x 15 / 31 = 150."""
    version = version_of(payment={"minimum_charge": 310}, valid_to="2026-01-15")

    assert total(settled([], version, **ONE_MONTH)) == 150


def test_shortfall_is_of_parcels_that_count():
    """10 promised near; 3 near and 2 far came: 7 x 12."""
    promised = {
        "name": "promised",
        "parcels": 10,
        "zones": ["near"],
        "shortfall_fee": 12,
    }
    rows = [*parcels_on(DAY, 3), *parcels_on(DAY, 2, first=5, zone="far")]

    found = settled(rows, version_of(commitments=[promised]), **ONE_MONTH)

    assert period_amounts(found) == {("shortfall", "promised", "2026-01-31"): 84}


def test_what_is_promised_of_a_part_is_rounded_down():
    """10 in a version of 15 of January's 31 days are 4.8: 4 are promised."""
    promised = {"name": "promised", "parcels": 10, "shortfall_fee": 12}
    version = version_of(commitments=[promised], valid_to="2026-01-15")

    found = settled(parcels_on(DAY, 1), version, **ONE_MONTH)

    assert period_amounts(found) == {("shortfall", "promised", "2026-01-15"): 36}


def test_commitment_of_a_quarter_is_charged_once():
    """30 promised from January to March, 20 came in January: 10 x 12 on 31 March."""
    promised = {
        "name": "promised",
        "parcels": 30,
        "per": "quarter",
        "shortfall_fee": 12,
    }
    version = version_of(commitments=[promised])

    found = settled(parcels_on(DAY, 20), version, last=dt.date(2026, 4, 30))

    assert period_amounts(found) == {("shortfall", "promised", "2026-03-31"): 120}


def test_storm_suspends_a_commitment():
    """
    31 promised in January's 31 days; 6 days of storm leave 25, of which 20 came:
    5 x 12. Without the clause it were 11 x 12.
    """
    version = version_of(
        commitments=[{"name": "promised", "parcels": 31, "shortfall_fee": 12}]
    )
    storm = clause_of("commitments", first="2026-01-09", last="2026-01-14")
    rows = parcels_on(dt.date(2026, 1, 20), 20)

    found = settled(rows, version, clauses=[storm], **ONE_MONTH)

    assert period_amounts(found) == {("shortfall", "promised", "2026-01-31"): 60}
    assert "25 promised (25 of 31 days, storm)" in found.months[0].lines[0].why
    without = settled(rows, version, **ONE_MONTH)
    assert period_amounts(without) == {("shortfall", "promised", "2026-01-31"): 132}


def test_storm_suspends_surcharges_on_its_days_alone():
    """A parcel of the storm has none, one of the day after has."""
    version = version_of(surcharges=[{"name": "fuel", "when": "always", "amount": 6}])
    storm = clause_of("surcharges", first=DAY, last=DAY)
    rows = [parcel(1, DAY), parcel(2, DAY + dt.timedelta(1))]

    found = settled(rows, version, clauses=[storm], **ONE_MONTH)

    assert total(found) == 50 + 56


def test_storm_suspends_minimum_charge_and_service_levels():
    """
    The minimum of 310 is owed for 30 of 31 days: 300, of which 100 came. The late
    parcel is the storm's and does not count: no credit.
    """
    version = version_of(
        payment={"minimum_charge": 310},
        service_levels=[
            {
                "measure": "on_time",
                "promised": 1,
                "credit_percent": 1,
                "most_percent": 9,
            }
        ],
    )
    storm = clause_of("minimum_charge", "service_levels", first=DAY, last=DAY)
    rows = [
        parcel(1, DAY, due_at=NOON, done_at=LATE),
        parcel(2, DAY + dt.timedelta(1), due_at=LATE, done_at=NOON),
    ]

    found = settled(rows, version, clauses=[storm], **ONE_MONTH)

    assert period_amounts(found) == {
        ("minimum_charge", "minimum_charge", "2026-01-31"): 200
    }


def test_rebate_is_of_prices_after_promotion_once_enough_came():
    """4 x 50 less 10 % is 180, of which 5 % is 9; surcharges do not count."""
    terms = {
        "rebates": [{"name": "many", "from_parcels": 4, "per": "month", "percent": 5}],
        "promotions": [
            {"name": "a", "valid_from": DAY, "valid_to": DAY, "percent": 10}
        ],
        "surcharges": [{"name": "fuel", "when": "always", "amount": 6}],
    }

    found = settled(parcels_on(DAY, 4), version_of(**terms), **ONE_MONTH)

    assert period_amounts(found) == {("rebate", "many", "2026-01-31"): -9}
    fewer = settled(parcels_on(DAY, 3), version_of(**terms), **ONE_MONTH)
    assert period_amounts(fewer) == {}


def test_rebate_of_a_year_waits_for_december():
    """It comes in the settlement that holds the year's last day, and is told before."""
    version = version_of(rebates=[{"name": "many", "from_parcels": 1, "percent": 10}])
    rows = parcels_on(DAY, 4)

    early = settled(rows, version, last=dt.date(2026, 11, 30))
    december = settled(
        rows, version, first=dt.date(2026, 12, 1), last=dt.date(2026, 12, 31)
    )

    assert period_amounts(early) == {}
    assert early.later == (
        ("ours", "rebate many of 2026: in the settlement of 2026-12"),
    )
    assert period_amounts(december) == {("rebate", "many", "2026-12-31"): -20}


def level(measure, promised, each, most):
    return {
        "measure": measure,
        "promised": promised,
        "credit_percent": each,
        "most_percent": most,
    }


@pytest.mark.parametrize(
    ("promised", "each", "most", "expected"),
    [
        (0.97, 0.5, 50, -55),
        (0.97, 0.5, 4, -20),
        (0.759, 0.5, 50, None),
        (0.76, 0.5, 50, -3),
    ],
)
def test_credit_is_of_whole_points_missed(promised, each, most, expected):
    """Of ten parcels of 50 four were due, and one of them late: 0.75 measured."""
    rows = [
        *parcels_on(DAY, 3, due_at=NOON, done_at=NOON),
        *parcels_on(DAY, 1, first=4, due_at=NOON, done_at=LATE),
        *parcels_on(DAY, 6, first=5),
    ]
    version = version_of(service_levels=[level("on_time", promised, each, most)])

    found = settled(rows, version, **ONE_MONTH)

    key = ("service_credit", "on_time", "2026-01-31")
    assert period_amounts(found).get(key) == expected


def test_a_promise_kept_to_the_point_costs_nothing():
    """0.9 of 10 promised and kept; 0.97 - 0.94 is 3 points, whatever binary says."""
    kept = version_of(service_levels=[level("on_time", 0.9, 1, 9)])
    rows = [
        *parcels_on(DAY, 47, due_at=NOON, done_at=NOON),
        *parcels_on(DAY, 3, first=60, due_at=NOON, done_at=LATE),
    ]
    missed = version_of(service_levels=[level("on_time", 0.97, 1, 9)])

    assert period_amounts(settled(rows, kept, **ONE_MONTH)) == {}
    found = settled(rows, missed, **ONE_MONTH)
    assert found.months[0].lines[0].quantity == 3


def test_other_measures_of_service():
    """
    Of 10 parcels one is lost and one uncollected (0.1 each, 0.02 promised: 8 points);
    told 5 hours after, 2 promised: 3 points.
    """
    rows = [
        parcel(1, DAY, outcome="lost"),
        parcel(2, DAY, outcome="uncollected"),
        *parcels_on(DAY, 8, first=3, done_at=NOON, told_at=LATE),
    ]
    version = version_of(
        service_levels=[
            level("lost", 0.02, 1, 50),
            level("uncollected", 0.02, 1, 50),
            level("data_delay_h", 2, 1, 50),
        ]
    )

    found = settled(rows, version, **ONE_MONTH)

    points = {line.charge: line.quantity for line in found.months[0].lines}
    assert points == {"lost": 8, "uncollected": 8, "data_delay_h": 3}


def test_compensation_keeps_to_its_caps():
    """80 % of 1,000 is 800; of 9,000 at most 6,000; 200 are left of the month's."""
    risk = {"partner_share": 80, "most_per_parcel": 6000, "most_per_month": 7000}
    rows = [
        parcel(1, DAY, outcome="lost", value_twd=1000.0),
        parcel(2, DAY, outcome="damaged", value_twd=9000.0),
        parcel(3, DAY, outcome="lost", value_twd=1000.0),
        parcel(4, DAY, outcome="delivered", value_twd=1000.0),
    ]

    found = settled(rows, version_of(risk=risk), **ONE_MONTH)

    paid = [line[-1] / 10_000 for line in all_lines(found) if line[4] == "compensation"]
    assert paid == [-800, -6000, -200]


def test_a_lost_parcel_of_unknown_value_is_noted():
    """Nothing is paid for it, and somebody should know."""
    found = settled(
        [parcel(1, DAY, outcome="lost")],
        version_of(risk={"partner_share": 80}),
        **ONE_MONTH,
    )

    assert total(found) == 50
    assert "1 lost or damaged parcels of 2026-01 have no value_twd" in found.notes[0]


def test_a_top_up_counts_for_rebates():
    """
    Else a lower price would make the month dearer: at 50 a parcel, topped up to 200,
    10 % are 20, and at 40 they are 20 too.
    """
    terms = {
        "payment": {"minimum_charge": 200},
        "rebates": [{"name": "any", "from_parcels": 1, "per": "month", "percent": 10}],
    }
    dear = version_of(**terms)
    cheap = version_of(**terms, rates=[one_rate((1, 40))])

    assert total(settled([parcel(1, DAY)], dear, **ONE_MONTH)) == 180
    assert total(settled([parcel(1, DAY)], cheap, **ONE_MONTH)) == 180
