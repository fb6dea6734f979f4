"""What is known of a date long before it comes: weekday, holidays, special days."""

import datetime as dt
from collections.abc import Collection, Sequence

import holidays
import numpy as np

from cstore_cli.demand.history import Floats
from cstore_cli.errors import InputError

CALENDAR = ("weekday", "holiday", "after holidays", "before holidays", "special day")
PHASE, HOLIDAY, SPECIAL = 0, 1, 4
"""Columns of the calendar."""
_FAR = 3
"""Days before and after holidays that are told apart."""


def calendar_of(
    dates: Sequence[dt.date],
    period_days: int,
    country: str | None,
    special_days: Collection[str],
) -> Floats:
    """
    Return (dates, 5): the figures of `CALENDAR` for the period from each date on.

    ``weekday`` is 0 for Monday; in weeks, the month instead, 0 for January. ``holiday``
    and ``special day`` count days in the period. ``after holidays`` and ``before
    holidays`` are days since the last and until the next one, up to 3.

    ``country`` is a code of the package holidays, maybe with a subdivision, such as
    DE-BY; ``special_days`` are MM-DD.

    Raises
    ------
    InputError
        When no calendar of the country or its region is known.
    """
    first, last = dates[0], dates[-1] + dt.timedelta(days=period_days + _FAR)
    off = _holidays(country, range(first.year - 1, last.year + 1))
    days = [
        first + dt.timedelta(days=k)
        for k in range(-_FAR, (last - first).days + _FAR + 1)
    ]
    is_off = np.array([day in off for day in days])
    is_special = np.array([f"{day:%m-%d}" in special_days for day in days])
    at = np.array([(date - days[0]).days for date in dates])
    within = at[:, None] + np.arange(period_days)
    since = [is_off[at - k] for k in range(1, _FAR + 1)]
    until = [is_off[at + period_days - 1 + k] for k in range(1, _FAR + 1)]
    phase = [date.weekday() if period_days == 1 else date.month - 1 for date in dates]
    return np.column_stack(
        [
            np.array(phase, dtype=float),
            is_off[within].sum(axis=1),
            _distance(since),
            _distance(until),
            is_special[within].sum(axis=1),
        ]
    )


def _distance(flags: Sequence[np.ndarray]) -> Floats:
    """Return the 1-based place of the first flag that is up; one more if none is."""
    away = np.full(len(flags[0]), len(flags) + 1.0)
    for k in range(len(flags), 0, -1):
        away[flags[k - 1]] = k
    return away


def _holidays(country: str | None, years: Collection[int]) -> Collection[dt.date]:
    if country is None:
        return ()
    code, _, region = country.partition("-")
    try:
        return holidays.country_holidays(code, subdiv=region or None, years=list(years))
    except NotImplementedError:
        regions = holidays.list_supported_countries().get(code)
        mend = "write a country's code of two letters, such as TW, or a region's, DE-BY"
        if regions:
            mend = f"regions of {code} are {', '.join(regions)}"
        raise InputError(f"holidays: {country!r} is not known ({mend}).") from None
