"""Tests of the split of volumes: cases worked by hand, and what cannot be split."""

import datetime as dt
from decimal import Decimal

import pytest
from random_splits import solved as solved_on
from small_agreements import agreements, rate, settings, version, volumes

from cstore_cli.errors import InfeasibleError
from cstore_cli.milp import Limits
from cstore_cli.partners.allocate.allocate import allocate
from cstore_cli.settings.agreement_clause import AgreementClause

TODAY = dt.date(2025, 12, 1)


def solved(rows, folder, wanted, day=TODAY):
    """The terms and the cheapest split of volumes that are all to come."""
    return solved_on(rows, folder, wanted, day)


def carried(terms, split):
    """Parcels by (month, zone, service, partner), without zeros."""
    found = {}
    for (i, p), number in zip(terms.problem.pairs, split.parcels, strict=True):
        item = terms.classes[i]
        if number:
            place = item.month, item.zone, item.service, terms.partners[p]
            found[place] = number
    return found


def rows(*numbers, partner="ant", zone="east"):
    """A row per month with its parcels, from 2026-01 on, carried by one partner."""
    return [
        (f"2026-{n:02d}", zone, "store_delivery", number, partner)
        for n, number in enumerate(numbers, start=1)
    ]


def test_steps_of_all_units_draw_the_volume_together():
    """
    Ten parcels: ant asks 10, from 8 on 6; bee asks 7. All with ant: 60; with bee: 70.
    Seven with ant at 10 and three with bee would be 91.
    """
    folder = agreements(
        version("ant", [rate((1, 10), (8, 6))]), version("bee", [rate((1, 7))])
    )

    terms, split = solved(rows(10), folder, settings("ant", "bee"))

    assert list(carried(terms, split).values()) == [10]
    assert split.cost == 60
    assert (split.gap, split.proven) == (0, True)


def test_dear_later_steps_send_the_rest_elsewhere():
    """Ant asks 5 for the first six and 9 beyond, bee 7: 6 x 5 + 4 x 7 = 58."""
    folder = agreements(
        version("ant", [rate((1, 5), (7, 9), kind="incremental")]),
        version("bee", [rate((1, 7))]),
    )

    terms, split = solved(rows(10), folder, settings("ant", "bee"))

    assert sorted(carried(terms, split).values()) == [4, 6]
    assert split.cost == 58


def test_an_incremental_quarter_is_filled_month_by_month():
    """
    Of 3, 3 and 4 parcels the first five cost 10, the others 4. In March a promotion
    takes off half: 5 x 10 + 1 x 4 + 4 x 2 = 62, not the half of dear ones.
    """
    folder = agreements(
        version(
            "ant",
            [rate((1, 10), (6, 4), kind="incremental", per="quarter")],
            promotions=[
                {"name": "march", "valid_from": "2026-03-01", "valid_to": "2026-03-31"}
                | {"percent": 50}
            ],
        )
    )

    _, split = solved(rows(3, 3, 4), folder, settings("ant"))

    assert split.cost == 62


def test_a_promise_is_kept_where_missing_it_is_dearer():
    """Ant asks 8, bee 7; ant was promised 4 and takes 3 for each missing: 4 x 8."""
    promised = {"name": "c", "parcels": 4, "shortfall_fee": 3}
    folder = agreements(
        version("ant", [rate((1, 8))], commitments=[promised]),
        version("bee", [rate((1, 7))]),
    )

    terms, split = solved(rows(10), folder, settings("ant", "bee"))

    assert split.cost == 4 * 8 + 6 * 7
    assert carried(terms, split)["2026-01", "east", "store_delivery", "ant"] == 4


def test_a_storm_lowers_what_was_promised():
    """Suspended for 16 of January's 31 days: 31 x 15 / 31 = 15 are owed, 5 missing."""
    folder = agreements(
        version(
            "ant",
            [rate((1, 1))],
            commitments=[{"name": "c", "parcels": 31, "shortfall_fee": 2}],
        ),
        clauses=[
            AgreementClause(
                clause="storm",
                agreement="ant_main",
                valid_from="2026-01-05",
                valid_to="2026-01-20",
                suspends=["commitments"],
                reason="wind",
            )
        ],
    )

    _, split = solved(rows(10), folder, settings("ant"))

    assert split.cost == 10 + 5 * 2


def test_an_offer_owes_nothing_until_it_is_used():
    """Bee is cheaper by 10 in all, but its minimum charge is 75 above its prices."""
    minimum = {"minimum_charge": 100}
    offer = version("bee", [rate((1, 2.5))], signed=False, payment=minimum)
    signed = version("bee", [rate((1, 2.5))], payment=minimum)
    ant = version("ant", [rate((1, 3.5))])
    wanted = settings("ant", "bee")

    _, with_offer = solved(rows(10), agreements(ant, offer), wanted)
    _, bound = solved(rows(10), agreements(ant, signed), wanted)

    assert with_offer.cost == 35
    assert bound.cost == 100


def test_leaving_costs_more_the_longer_a_partner_has_been_one():
    """
    Bee is cheaper by 3.5. Taking away all ten costs 20 and 10 more for each whole year:
    2, 3 or 4 a parcel, so that after two years they stay.
    """
    folder = agreements(
        version("ant", [rate((1, 9.5))]), version("bee", [rate((1, 6))])
    )
    for years, cost in ((0, 60 + 20), (1, 60 + 30), (2, 95)):
        stage = {"switching_cost": 20, "switching_cost_per_year": 10}
        wanted = settings("ant", "bee", stage=stage)
        since = wanted.partners["ant"].model_copy(
            update={"since": dt.date(2026 - years, 1, 1)}
        )
        known = wanted.model_copy(
            update={"partners": {**wanted.partners, "ant": since}}
        )

        _, split = solved(rows(10), folder, known)

        assert split.cost == cost, years


def test_a_plan_of_one_month_counts_a_quarters_steps_in_proportion():
    """
    January is 31 of 90 days. A step from the 91st parcel of the quarter is one from
    1 + 90 x 31/90 = the 32nd; of a promise of 100, 100 x 31 // 90 = 34 are owed.
    """
    ant = version(
        "ant",
        [rate((1, 10), (91, 5), per="quarter")],
        commitments=[
            {"name": "c", "parcels": 100, "per": "quarter", "shortfall_fee": 1}
        ],
    )
    for parcels, cost in ((31, 31 * 10 + 3), (32, 32 * 5 + 2)):
        terms, split = solved(rows(parcels), agreements(ant), settings("ant"))

        assert split.cost == cost
        assert "34 % of 2026 Q1" in " ".join(terms.notes)


def test_the_signed_version_of_the_month_prices_it():
    """Version 2 is in force from February on; an offer for January counts for less."""
    january = version("ant", [rate((1, 4))], valid_to="2026-01-31")
    later = version("ant", [rate((1, 6))], version=2, valid_from="2026-02-01")
    offer = version("ant", [rate((1, 1))], version=3, signed=False)

    _, split = solved(rows(10, 10), agreements(january, later, offer), settings("ant"))

    assert split.cost == 100


def test_surcharges_are_those_expected():
    """
    Price 10; cash on delivery of 200 in a quarter of parcels at 1.5 %: 0.25 x 3; peak
    of 10 % on 10 of 31 days: 10/31; every second one is redirected at 4: 2.
    """
    ant = version(
        "ant",
        [rate((1, 10))],
        surcharges=[
            {"name": "cod", "when": "cod", "percent_of_cod": 1.5},
            {"name": "again", "when": "redirected", "amount": 4},
            {"name": "peak", "when": "always", "percent_of_price": 10}
            | {"valid_from": "2026-01-11", "valid_to": "2026-01-20"},
        ],
    )
    expected = {"cod_share": 0.25, "cod_twd": 200, "redirected_share": 0.5}

    _, split = solved(rows(31), agreements(ant), settings("ant", expected=expected))

    assert split.cost == 310 + Decimal("0.75") * 31 + 10 + 2 * 31


# What commitments and one more parcel cost.


def test_a_commitment_costs_what_it_keeps_from_the_cheaper():
    """4 x 8 + 6 x 7 = 74 with it, 70 without, a month: 4, exactly."""
    promised = {"name": "c", "parcels": 4, "shortfall_fee": 3}
    folder = agreements(
        version("ant", [rate((1, 8))], commitments=[promised]),
        version("bee", [rate((1, 7))]),
    )

    answer = allocate(
        volumes(*rows(10)), folder, settings("ant", "bee"), TODAY, Limits()
    )

    [commitment, ant, bee] = answer.marginals
    assert commitment.name == "ant_main: c"
    assert commitment.low == pytest.approx(4, abs=1e-6)
    assert commitment.high == pytest.approx(4, abs=1e-6)
    # 30 more with ant: 30 x 8. With bee: 30 x 7.
    assert ant.low == pytest.approx(8, abs=1e-6)
    assert bee.high == pytest.approx(7, abs=1e-6)


def test_intervals_hold_the_truth_at_any_gap():
    """With a gap of a fifth the interval is wide, and 4 and 8 are in it."""
    promised = {"name": "c", "parcels": 4, "shortfall_fee": 3}
    folder = agreements(
        version("ant", [rate((1, 8))], commitments=[promised]),
        version("bee", [rate((1, 7))], quantities={"minimum": 3}),
    )

    answer = allocate(
        volumes(*rows(10)), folder, settings("ant", "bee"), TODAY, Limits(gap=0.2)
    )

    [commitment, ant, _] = answer.marginals
    assert commitment.low <= 4 + 1e-6
    assert commitment.high >= 4 - 1e-6
    assert ant.low <= 8 + 1e-6
    assert ant.high >= 8 - 1e-6


def test_shares_are_of_the_volume_with_one_more_a_day():
    """Ant has half of 60 at least: of 90 that is 45, so that bee cannot have 60."""
    folder = agreements(version("ant", [rate((1, 8))]), version("bee", [rate((1, 7))]))
    wanted = settings("ant", "bee", shares=[{"partner": "ant", "least_percent": 50}])

    answer = allocate(volumes(*rows(60)), folder, wanted, TODAY, Limits())

    [ant, bee] = answer.marginals
    assert (ant.low, ant.high) == (pytest.approx(8), pytest.approx(8))
    assert bee.low is None


def test_no_room_for_one_more_is_told():
    folder = agreements(version("ant", [rate((1, 8))], quantities={"maximum": 20}))

    answer = allocate(volumes(*rows(10)), folder, settings("ant"), TODAY, Limits())

    [ant] = answer.marginals
    assert (ant.low, ant.high) == (None, None)
    assert "no room" in ant.why


def test_todays_split_is_priced_by_the_same_terms():
    """Ant has ten at 8 today; all go to bee at 7, which saves 10."""
    folder = agreements(version("ant", [rate((1, 8))]), version("bee", [rate((1, 7))]))

    answer = allocate(
        volumes(*rows(10)), folder, settings("ant", "bee"), TODAY, Limits()
    )

    assert (answer.today_cost, answer.split.cost) == (80, 70)


def test_todays_split_without_a_price_says_so():
    folder = agreements(version("ant", [rate((1, 8))]), version("bee", [rate((1, 7))]))
    unknown = rows(10, partner=None)

    answer = allocate(volumes(*unknown), folder, settings("ant"), TODAY, Limits())

    assert answer.today_cost is None
    assert "10 of the 10 parcels have no partner" in answer.today_why


def test_no_volume_is_no_plan():
    folder = agreements(version("ant", [rate((1, 8))]))

    answer = allocate(volumes(*rows(0)), folder, settings("ant"), TODAY, Limits())

    assert answer is None


# What cannot be split.


def refusal(rows_, folder, wanted, day=TODAY):
    with pytest.raises(InfeasibleError) as caught:
        solved(rows_, folder, wanted, day)
    return str(caught.value)


def test_refusal_names_volume_and_room():
    folder = agreements(
        version("ant", [rate((1, 8))], quantities={"maximum": 20}),
        version("bee", [rate((1, 7), zones=["west"])]),
    )
    asked = [*rows(30), *rows(50, zone="west")]

    said = refusal(asked, folder, settings("ant", "bee"))

    assert "2026-01, east, store_delivery: 30 parcels" in said
    assert "may carry 20 of them (ant 20, bee 0)" in said


def test_refusal_names_whom_nobody_carries():
    folder = agreements(
        version("ant", [rate((1, 8), zones=["west"])]),
        version("bee", [rate((1, 7))], valid_from="2026-02-01"),
    )

    said = refusal(rows(30), folder, settings("ant", "bee"))

    assert "2026-01, east, store_delivery, 1 kg: nobody carries these 30" in said
    assert "ant has no rate for them; bee has no agreement in force" in said


def test_refusal_names_a_share_that_is_too_large():
    folder = agreements(
        version("ant", [rate((1, 8))], quantities={"maximum": 20}),
        version("bee", [rate((1, 7))]),
    )
    shares = [{"partner": "ant", "least_percent": 50}]

    said = refusal(rows(50), folder, settings("ant", "bee", shares=shares))

    assert "25 parcels at least, but it may carry 20" in said


def test_refusal_names_who_could_be_among_the_partners():
    folder = agreements(
        version("ant", [rate((1, 8))]), version("bee", [rate((1, 7), zones=["west"])])
    )
    numbers = [{"zone": "east", "partners": 2}]

    said = refusal(rows(50), folder, settings("ant", "bee", numbers=numbers))

    assert "2 partners at least in east" in said
    assert "1 can (ant)" in said


def test_refusal_of_terms_together_names_what_to_leave_out():
    """Each takes 6 or more, if any; of ten parcels two partners cannot."""
    least = {"minimum": 6}
    folder = agreements(
        version("ant", [rate((1, 8))], quantities=least),
        version("bee", [rate((1, 7))], quantities=least),
    )
    wanted = settings("ant", "bee", numbers=[{"partners": 2}])

    said = refusal(rows(10), folder, wanted)

    assert "all of them together cannot" in said
    assert "Without the numbers of partners (allocate.numbers) there is a split" in said
    assert "Without the smallest orders (quantities.minimum) there is a split" in said


def test_notice_keeps_todays_parcels_until_it_is_over():
    """Notice of 45 days on 20 December ends on 3 February: ant keeps two months."""
    folder = agreements(version("ant", [rate((1, 8))]), version("bee", [rate((1, 7))]))
    wanted = settings("ant", "bee", stage={"notice_days": 45})

    terms, split = solved(rows(10, 10, 10), folder, wanted, dt.date(2025, 12, 20))

    assert split.cost == 80 + 80 + 70
    assert "ant keeps as many parcels as today in 2026-01, 2026-02" in terms.notes[0]
    assert [place[0] for place in carried(terms, split) if place[3] == "bee"] == [
        "2026-03"
    ]
