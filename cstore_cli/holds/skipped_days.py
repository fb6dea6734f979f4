"""Which local dates a hold skips: weekdays, dates, public holidays, closures."""

from collections.abc import Callable
from datetime import date
from functools import cache

from cstore_cli.settings.hold_policy import WEEKDAYS, PublicHolidays, SkippedDays


def skips(
    skipped: SkippedDays, is_shut: Callable[[date], bool]
) -> Callable[[date], bool]:
    """
    Whether a date is skipped; ``is_shut`` is asked where store closures count.

    The answers are remembered, as the same dates are asked for again and again.
    """
    weekdays = {WEEKDAYS.index(name) for name in skipped.weekdays}
    dates = set(skipped.dates)
    is_holiday = holidays_of(skipped.public_holidays)

    @cache
    def is_skipped(day: date) -> bool:
        return (
            day.weekday() in weekdays
            or day in dates
            or is_holiday(day)
            or (skipped.store_closures and is_shut(day))
        )

    return is_skipped


def holidays_of(whose: PublicHolidays | None) -> Callable[[date], bool]:
    """Whether a date is a public holiday there."""
    if whose is None:
        return lambda _: False
    # Only who names a country pays for loading its calendar.
    import holidays  # noqa: PLC0415

    return holidays.country_holidays(whose.country, whose.subdivision).__contains__
