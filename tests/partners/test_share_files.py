"""Tests of the files of a shared cost."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.partners.share.files import rounded

UNIT = 10_000


def test_the_cent_that_misses_goes_to_who_lost_most():
    """100 in three: 33.33 each leaves a cent; 2/3, 2/3 and 8/3 give 1, 1 and 2."""
    assert rounded([Fraction(100 * UNIT, 3)] * 3, 100 * UNIT, 2) == [
        *(Decimal("33.34"), Decimal("33.33"), Decimal("33.33")),
    ]
    thirds = [Fraction(k * UNIT, 3) for k in (2, 2, 8)]
    assert rounded(thirds, 4 * UNIT, 0) == [Decimal(1), Decimal(1), Decimal(2)]


def test_the_larger_rest_is_rounded_up():
    """0.4 and 0.6 of 1."""
    shares = [Fraction(4 * UNIT, 10), Fraction(6 * UNIT, 10)]

    assert rounded(shares, UNIT, 0) == [Decimal(0), Decimal(1)]


@given(
    st.lists(st.fractions(-100, 100, max_denominator=60), min_size=2, max_size=8),
    st.integers(0, 4),
)
def test_rounded_shares_add_up(shares, decimals):
    """To the cost, rounded alike; each within a last digit of what it was."""
    whole = [share * UNIT for share in shares]
    whole[0] += round(sum(whole)) - sum(whole)
    total = int(sum(whole))
    found = rounded(whole, total, decimals)

    assert (
        sum(found)
        == round(Fraction(total, UNIT) * 10**decimals) * Decimal(10) ** -decimals
    )
    for share, money in zip(whole, found, strict=True):
        assert abs(share / UNIT - Fraction(money)) <= Fraction(1, 10**decimals)
