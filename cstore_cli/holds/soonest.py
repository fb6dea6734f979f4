"""The youngest holds that a run has to look at."""

import datetime as dt

from cstore_cli.settings.expire_holds import ExpireHoldsSettings
from cstore_cli.settings.hold_policy import HoldTerms
from cstore_cli.settings.values import MINUTES_PER_DAY

_DAY = dt.timedelta(days=1)


def ready_by(settings: ExpireHoldsSettings, now: dt.datetime) -> dt.datetime:
    """
    When the youngest hold began that can have lapsed or be due a reminder.

    Younger holds run on whatever their rule, store and extension. Careful rather than
    close: a day is allowed for days that end before midnight, another for the clock.
    """
    terms: list[HoldTerms] = []
    for policy in settings.policies().values():
        of_return = policy.of_return()
        terms += [policy] if of_return is None else [policy, of_return]
    return now - min(map(_shortest, terms))


def _shortest(terms: HoldTerms) -> dt.timedelta:
    """No hold under these terms is shorter until its lapse or its first reminder."""
    if terms.unit == "hours":
        wait = dt.timedelta(hours=terms.length)
    else:
        ends_early = terms.end_of_day < MINUTES_PER_DAY
        wait = (terms.length - terms.inclusive - ends_early - 1) * _DAY
    wait -= dt.timedelta(hours=max(terms.reminders, default=0))
    return max(wait, dt.timedelta())
