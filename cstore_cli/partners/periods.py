"""Months, quarters and years, and the days of them in which an agreement holds."""

import datetime as dt
from collections.abc import Iterable, Iterator

import polars as pl

from cstore_cli.settings.agreement import AgreementVersion, Period
from cstore_cli.settings.agreement_clause import AgreementClause

DAY = dt.timedelta(days=1)
MONTHS_IN: dict[Period, int] = {"month": 1, "quarter": 3, "year": 12}
_EVERY: dict[Period, str] = {"month": "1mo", "quarter": "1q", "year": "1y"}


def first_day(day: dt.date, per: Period) -> dt.date:
    """Return the first day of the calendar period that holds a day."""
    months = MONTHS_IN[per]
    return dt.date(day.year, (day.month - 1) // months * months + 1, 1)


def last_day(day: dt.date, per: Period) -> dt.date:
    """Return the last day of the calendar period that holds a day."""
    first = first_day(day, per)
    after = first.month - 1 + MONTHS_IN[per]
    return dt.date(first.year + after // 12, after % 12 + 1, 1) - DAY


def cut(
    version: AgreementVersion, day: dt.date, per: Period
) -> tuple[dt.date, dt.date]:
    """Return the period of a day, cut off where the version begins and ends."""
    return (
        max(first_day(day, per), version.valid_from),
        min(last_day(day, per), version.valid_to),
    )


def period_start(days: pl.Expr, per: Period) -> pl.Expr:
    """Return the first day of the calendar period of each day."""
    return days.dt.truncate(_EVERY[per])


def months_of(
    version: AgreementVersion, first: dt.date, last: dt.date
) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield the version's months, cut off at its ends, that end in first to last."""
    day = max(first, version.valid_from)
    while day <= min(last, version.valid_to):
        begins, ends = cut(version, day, "month")
        if ends <= last:
            yield begins, ends
        day = ends + DAY


def owed_days(
    version: AgreementVersion,
    day: dt.date,
    per: Period,
    suspended: Iterable[AgreementClause],
) -> tuple[int, int]:
    """Return days of a period for which something is owed, and all days it has."""
    first, last = cut(version, day, per)
    off = {
        first + k * DAY
        for k in range((last - first).days + 1)
        if any(it.valid_from <= first + k * DAY <= it.valid_to for it in suspended)
    }
    whole = (last_day(day, per) - first_day(day, per)).days + 1
    return (last - first).days + 1 - len(off), whole


def named(day: dt.date, per: Period) -> str:
    """Return a period's name: 2026-11, 2026 Q4, 2026."""
    names = {
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year} Q{(day.month + 2) // 3}",
        "year": f"{day.year}",
    }
    return names[per]
