"""Tests of what parcels would have cost under other terms."""

from review_cases import looking, month_counts, partners, table
from settle_cases import clause_of, one_rate, version_of

from cstore_cli.partners.review.elsewhere import cheaper_zones, other_terms
from cstore_cli.partners.review.result import TOO_MANY
from cstore_cli.partners.review.terms import charged

TEN = month_counts(10)
"""Ten parcels near by in January; at 50 each they cost 500."""


def at(*steps, **more):
    return {"rates": [one_rate(*steps)], **more}


def other(everybody):
    """The row of ours under the terms of theirs."""
    rows = other_terms(everybody, looking(), "2026-01")
    return next(row for row in rows if (row.partner, row.name) == ("ours", "theirs"))


def zones(everybody):
    return list(cheaper_zones(everybody, ["near", "far"], looking()))


def test_ten_parcels_at_another_price():
    """10 x 40 in place of 10 x 50."""
    both = partners(ours=(at((1, 50)), None, TEN), theirs=(at((1, 40)), None, []))
    mine = next(other_terms(both, looking(), "2026-01"))

    assert (mine.name, mine.amount) == ("ours", 500 * 10_000)
    assert other(both).amount == 400 * 10_000


def test_they_come_on_top_of_what_the_other_had():
    """5 + 10 reach the step of 30: 15 x 30 = 450, less 5 x 40 it had already."""
    both = partners(
        ours=(at((1, 50)), None, TEN),
        theirs=(at((1, 40), (11, 30)), None, month_counts(5, first=50)),
    )

    assert other(both).amount == 250 * 10_000


def test_what_the_other_cannot_carry_stays_at_its_price():
    """6 near for 40, 4 far for 50; the minimum charge of 1,000 is owed no more."""
    near_only = {"rates": [{**one_rate((1, 40)), "zones": ["near"]}]}
    parcels = [*month_counts(6), *month_counts(4, first=7, zone="far")]
    least = {"payment": {"minimum_charge": 1000}}
    both = partners(
        ours=(at((1, 50), **least), None, parcels), theirs=(near_only, None, [])
    )
    row = other(both)

    assert (row.actual, row.samples, row.amount) == (6, 10, 440 * 10_000)
    assert "4 it cannot carry stay with ours" in row.told


def test_an_offer_owes_nothing_until_it_is_taken_up():
    """20 promised, 10 come: 10 x 40 + 10 x 5."""
    promise = [{"name": "p", "parcels": 20, "shortfall_fee": 5}]
    offer = at((1, 40), commitments=promise, signed=None)
    both = partners(ours=(at((1, 50)), None, TEN), theirs=(offer, None, []))

    assert other(both).amount == 450 * 10_000


def test_a_signed_promise_is_owed_already():
    """Of the 20 x 5 owed without a parcel 10 x 5 fall away: 400 - 50."""
    promise = [{"name": "p", "parcels": 20, "shortfall_fee": 5}]
    signed = at((1, 40), commitments=promise)
    both = partners(ours=(at((1, 50)), None, TEN), theirs=(signed, None, []))

    assert other(both).amount == 350 * 10_000


def test_a_zone_that_would_be_cheaper_elsewhere_is_suggested():
    """10 near for 40 save 100; 3 far, which it has for 60, stay."""
    dear_far = {
        "rates": [
            {**one_rate((1, 40), name="near"), "zones": ["near"]},
            {**one_rate((1, 60), name="far"), "zones": ["far"]},
        ]
    }
    parcels = [*TEN, *month_counts(3, first=11, zone="far")]
    both = partners(ours=(at((1, 50)), None, parcels), theirs=(dear_far, None, []))
    [found] = zones(both)

    assert (found.name, found.now, found.suggested) == ("near", "ours", "theirs")
    assert (found.cost_now, found.cost_then) == (650 * 10_000, 550 * 10_000)
    assert found.saving == 100 * 10_000


def test_the_cheapest_of_several_is_suggested():
    three = partners(
        ours=(at((1, 50)), None, TEN),
        theirs=(at((1, 40)), None, []),
        others=(at((1, 35)), None, []),
    )

    assert [one.suggested for one in zones(three)] == ["others"]


def test_nobody_without_room_is_suggested():
    """It takes 9 a month, or its stage allows 9; what they would cost is told."""
    full = at((1, 40), quantities={"maximum": 9})
    mine = (at((1, 50)), None, TEN)
    for theirs in ((full, None, []), (at((1, 40)), 9, [])):
        both = partners(ours=mine, theirs=theirs)

        assert zones(both) == []
        assert TOO_MANY in other(both).told
        assert other(both).amount == 400 * 10_000


def test_who_takes_just_so_many_is_suggested():
    full = at((1, 40), quantities={"maximum": 10})
    both = partners(ours=(at((1, 50)), None, TEN), theirs=(full, 10, []))

    assert [one.suggested for one in zones(both)] == ["theirs"]


def test_credits_and_payments_are_left_out():
    """All ten were lost, which ours would have paid for in full."""
    lost = month_counts(10, value_twd=900.0, outcome="lost")
    level = {"measure": "lost", "promised": 0, "credit_percent": 1, "most_percent": 9}
    pays = at((1, 50), risk={"partner_share": 100}, service_levels=[level])
    both = partners(ours=(pays, None, lost))
    [mine] = other_terms(both, looking(), "2026-01")

    assert mine.amount == 500 * 10_000


def test_what_a_storm_suspended_is_not_owed():
    """Of 31 promised at 2 each ten came; 10 days of January do not count."""
    promise = [{"name": "p", "parcels": 31, "shortfall_fee": 2}]
    storm = clause_of("commitments", first="2026-01-08", last="2026-01-17")
    version, parcels = version_of(commitments=promise), table(TEN)
    found = charged(version, parcels, looking(clauses=[storm]))

    assert found.amount == (500 + 11 * 2) * 10_000
