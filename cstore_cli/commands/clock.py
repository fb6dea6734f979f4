"""The day and the instant of a run: as given, else the clock in the network's zone."""

import datetime as dt
from zoneinfo import ZoneInfo

from cstore_cli.errors import UsageError
from cstore_cli.tables.columns import FIRST_YEAR, LAST_YEAR


def day_and_instant(
    date: str | None, now: str | None, time_zone: str, option: str = "--date"
) -> tuple[dt.date, dt.datetime]:
    """
    The day to plan and the instant it is planned at.

    ``option`` is the one that names the day.

    Raises
    ------
    UsageError
        When one of them cannot be read.
    """
    zone = ZoneInfo(time_zone)
    try:
        instant = dt.datetime.fromisoformat(now) if now else dt.datetime.now(zone)
    except ValueError:
        raise UsageError(
            f"--now {now!r} is not an instant; write 2026-11-23T09:00:00+08:00."
        ) from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise UsageError(f"--now {now!r} is of no year in which parcels are.")
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=zone)
    try:
        day = dt.date.fromisoformat(date) if date else instant.astimezone(zone).date()
    except ValueError:
        raise UsageError(
            f"{option} {date!r} is not a date; write 2026-11-23."
        ) from None
    return day, instant.astimezone(zone)
