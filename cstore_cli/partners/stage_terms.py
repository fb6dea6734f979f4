"""What the stage of a partnership allows, and what leaving it costs today."""

from datetime import date
from decimal import Decimal

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.partners import PartnerSettings, PartnersSettings, StageRules


def rules_of(settings: PartnersSettings, partner: str) -> StageRules:
    """
    Return what the stage of a partner allows and costs.

    Raises
    ------
    InputError
        When the settings say nothing of its stage.
    """
    stage = settings.partners[partner].stage
    if stage not in settings.stages:
        what = f"is missing, and {partner} is in it"
        place = f"stages.{stage}"
        raise InputError(
            "A stage is not explained:",
            [Fault("the YAML", None, place, what, f"add `{stage}:` under `stages:`")],
        )
    return settings.stages[stage]


def years_since(since: date, day: date) -> int:
    """Return the whole years between two days, none below 0."""
    before = (day.month, day.day) < (since.month, since.day)
    return max(0, day.year - since.year - before)


def switching_cost(rules: StageRules, partner: PartnerSettings, day: date) -> Decimal:
    """Return what taking away all of a partner's volume costs: more with each year."""
    years = years_since(partner.since, day)
    return rules.switching_cost + rules.switching_cost_per_year * years
