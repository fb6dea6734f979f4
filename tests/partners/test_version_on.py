"""Tests of which version speaks for a partner, and what leaving it costs."""

import datetime as dt
from decimal import Decimal

import pytest
from small_agreements import agreements, rate, version

from cstore_cli.partners.switching_cost import switching_cost, years_since
from cstore_cli.partners.version_on import version_on
from cstore_cli.settings.partners import PartnerSettings, StageRules

RATES = [rate((1, 50))]


def of(first, last, number=1, *, signed=True, partner="p"):
    return version(
        partner,
        RATES,
        signed=signed,
        version=number,
        valid_from=f"2026-{first:02d}-01",
        valid_to=f"2026-{last:02d}-28",
    )


def spoken_by(*versions, day=dt.date(2026, 6, 15)):
    found = version_on(agreements(*versions), "p", day)
    return None if found is None else found.version


def test_signed_version_in_force_speaks():
    assert spoken_by(of(1, 8, 1), of(5, 12, 2, signed=False), of(9, 12, 3)) == 1


def test_offer_for_the_day_speaks_where_nothing_is_signed():
    assert spoken_by(of(1, 3, 1), of(5, 12, 2, signed=False)) == 2


def test_next_one_speaks_where_none_holds_yet():
    assert spoken_by(of(10, 12, 2), of(8, 9, 1, signed=False)) == 1


def test_nobody_speaks_once_all_is_past():
    assert spoken_by(of(1, 6, signed=False), day=dt.date(2026, 6, 28)) == 1
    assert spoken_by(of(1, 6, signed=False), day=dt.date(2026, 6, 29)) is None
    assert spoken_by(of(1, 12, partner="q")) is None


@pytest.mark.parametrize(
    ("day", "years"),
    [("2026-03-01", 2), ("2026-02-28", 1), ("2024-03-01", 0), ("2020-01-01", 0)],
)
def test_years_are_whole(day, years):
    assert years_since(dt.date(2024, 3, 1), dt.date.fromisoformat(day)) == years


def test_leaving_costs_more_with_each_year():
    """3,000, and 800 for each of two years."""
    rules = StageRules(notice_days=60, switching_cost=3000, switching_cost_per_year=800)
    partner = PartnerSettings(stage="regular", since="2024-01-01")

    assert switching_cost(rules, partner, dt.date(2026, 6, 15)) == Decimal(4600)
