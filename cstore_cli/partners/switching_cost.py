"""What leaving a partner costs today: more with each year it has been one."""

from datetime import date
from decimal import Decimal

from cstore_cli.settings.partners import PartnerSettings, StageRules


def years_since(since: date, day: date) -> int:
    """Return the whole years between two days, none below 0."""
    before = (day.month, day.day) < (since.month, since.day)
    return max(0, day.year - since.year - before)


def switching_cost(rules: StageRules, partner: PartnerSettings, day: date) -> Decimal:
    """Return what taking away all of a partner's volume costs: more with each year."""
    years = years_since(partner.since, day)
    return rules.switching_cost + rules.switching_cost_per_year * years
