"""The deadline of one hold, and why it is that one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cstore_cli.settings.hold_policy import HoldTerms

DAY = timedelta(days=1)
LONGEST_SKIP = 366
"""Days skipped in a row after which the next one counts whatever the calendar says,
so that every hold ends, also at a store that is closed for good."""


@dataclass(frozen=True)
class Deadline:
    """When a hold lapses, and what led there."""

    instant: datetime
    """In UTC; from then on the parcel has waited too long."""
    anchor: date
    """Local date on which the parcel became ready."""
    last_day: date
    """Local date whose end the deadline is; with hours, the date it falls on."""
    skipped: tuple[date, ...]
    """Days that did not count, or that the end was moved over, in order."""
    after_hours: bool
    """Ready only after its last day had ended, hence kept for one more."""


def deadline(
    terms: HoldTerms,
    ready_at: datetime,
    extension_days: int,
    zone: ZoneInfo,
    is_skipped: Callable[[date], bool],
) -> Deadline:
    """
    When a hold lapses under ``terms``.

    Parameters
    ----------
    terms
        How long a parcel waits, and which days count.
    ready_at
        With an offset; a year between 1900 and 2200.
    extension_days
        Days of extension that count (``extension.counted``), in 24 hours each where
        the unit is hours.
    zone
        Zone of the local calendar.
    is_skipped
        Whether a local date is skipped; with hours nobody asks.

    Notes
    -----
    Days are dates of the local calendar, also a date that the zone left out (Samoa had
    no 2011-12-30): a week ends on the same weekday. More extension is never earlier,
    and neither is a parcel ready later, as long as the local date does not run
    backwards.

    References
    ----------
    Regulation (EEC, Euratom) 1182/71, article 3: the day of the event is not counted
    (1), a period ends with the last hour of its last day (2), and one that would end
    on a day off ends with the following working day (4).
    """
    ready_at = ready_at.astimezone(UTC)
    anchor = ready_at.astimezone(zone).date()
    if terms.unit == "hours":
        wait = timedelta(hours=terms.length + 24 * extension_days)
        instant = ready_at + wait
        return Deadline(instant, anchor, instant.astimezone(zone).date(), (), False)

    count = terms.length + extension_days
    last_day, skipped = _last_day(terms, anchor, count, is_skipped)
    instant = end_of_day(last_day, terms.end_of_day, zone)
    after_hours = instant <= ready_at
    if after_hours:
        last_day, skipped = _last_day(terms, anchor, count + 1, is_skipped)
        instant = end_of_day(last_day, terms.end_of_day, zone)
    return Deadline(instant, anchor, last_day, skipped, after_hours)


def end_of_day(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """
    The instant, in UTC, at which a local clock shows ``minutes`` after midnight.

    1440 is the midnight after. A time shown twice is the first; one that is leapt over
    takes the offset before the leap (RFC 5545, section 3.3.5), so that 24:00 of a day
    whose next one starts at 01:00 is the moment of the leap.
    """
    shown = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return shown.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _last_day(
    terms: HoldTerms, anchor: date, count: int, is_skipped: Callable[[date], bool]
) -> tuple[date, tuple[date, ...]]:
    """The last of ``count`` days, and the days skipped on the way."""
    skipped: list[date] = []
    if terms.unit == "days":
        first = anchor + (count - terms.inclusive) * DAY
        return _next_open(first, is_skipped, skipped), tuple(skipped)
    day = anchor
    if terms.inclusive and is_skipped(anchor):
        skipped.append(anchor)
    elif terms.inclusive:
        count -= 1
    for _ in range(count):
        day = _next_open(day + DAY, is_skipped, skipped)
    return day, tuple(skipped)


def _next_open(
    day: date, is_skipped: Callable[[date], bool], skipped: list[date]
) -> date:
    """``day`` or the first after it that is not skipped; notes those that are."""
    for _ in range(LONGEST_SKIP):
        if not is_skipped(day):
            break
        skipped.append(day)
        day += DAY
    return day
