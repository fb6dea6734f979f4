"""Months of a plan, and how much of a contract's month, quarter or year they cover."""

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cstore_cli.partners import periods
from cstore_cli.settings.agreement import AgreementVersion, Period

_MONTHS = 12


def first_day(month: str) -> dt.date:
    """Return the first day of a month such as 2026-11."""
    return dt.date.fromisoformat(f"{month}-01")


def days_of(month: str) -> list[dt.date]:
    """Return the days of a month."""
    first = first_day(month)
    count = calendar.monthrange(first.year, first.month)[1]
    return [first + dt.timedelta(days=day) for day in range(count)]


def months_from(first: str, last: str) -> list[str]:
    """Return the months from the first to the last."""
    start, end = (first_day(month) for month in (first, last))
    numbers = range(
        start.year * _MONTHS + start.month - 1, end.year * _MONTHS + end.month
    )
    return [f"{number // _MONTHS}-{number % _MONTHS + 1:02d}" for number in numbers]


@dataclass(frozen=True)
class Window:
    """
    The months of a plan in one period of a contract.

    ``months`` are indices in the plan; ``part`` is what they are, by days, of the
    period's months under the contract: 1 unless the plan begins or ends within the
    period. ``period_days`` are all days of the calendar period.
    """

    name: str
    months: tuple[int, ...]
    part: Fraction
    period_days: int

    def whole_part(self, parcels: int) -> int:
        """Return so many parcels in proportion, rounded down."""
        return int(parcels * self.part)

    def first_part(self, parcel: int) -> int:
        """Return from which parcel on holds, in proportion, what does from this one."""
        return 1 + int((parcel - 1) * self.part)


def windows_of(
    version: AgreementVersion, months: Sequence[str], own: Iterable[int], per: Period
) -> list[Window]:
    """
    Return the periods of a contract that a plan touches.

    A month counts whole for the version in force on its first day. What the plan does
    not cover of a period is left out, and quantities then count in proportion to days.

    Parameters
    ----------
    version
        The version.
    months
        The months of the plan.
    own
        Those priced by the version, as indices, ascending.
    per
        The length of its periods.
    """
    found: dict[str, list[int]] = {}
    for index in own:
        name = periods.named(first_day(months[index]), per)
        found.setdefault(name, []).append(index)
    windows = []
    for name, inside in found.items():
        first = first_day(months[inside[0]])
        every = months_from(
            f"{periods.first_day(first, per):%Y-%m}",
            f"{periods.last_day(first, per):%Y-%m}",
        )
        under = [
            month
            for month in every
            if version.valid_from <= first_day(month) <= version.valid_to
        ]
        planned, owed = (
            sum(len(days_of(month)) for month in some)
            for some in ([months[index] for index in inside], under)
        )
        days = sum(len(days_of(month)) for month in every)
        windows.append(Window(name, tuple(inside), Fraction(planned, owed), days))
    return windows
