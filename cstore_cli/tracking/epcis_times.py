"""The instants of EPCIS documents."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from cstore_cli.tables.columns import FIRST_YEAR, LAST_YEAR

_DAY_ENDS = re.compile(r"T24:00(?::00(?:\.0+)?)?(?=Z|[+-]|$)")
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")

Why = tuple[str, str]
"""What is wrong with a time, and how to mend it."""


def instant_of(text: Any, offset: Any = None) -> tuple[datetime | None, Why]:
    """
    The instant in UTC, or None and why there is none.

    T24:00:00 is the next midnight. A time without offset has the event's own
    ``eventTimeZoneOffset``.
    """
    mend = "write ISO 8601 with offset, such as 2026-11-23T09:00:00+08:00"
    if text is None:
        return None, ("is missing", mend)
    shown = repr(text)[:60]
    if not isinstance(text, str):
        return None, (f"{shown} is no instant", mend)
    iso = text.strip().upper()
    if not _OFFSET.search(iso) and isinstance(offset, str):
        iso += offset
    if not _OFFSET.search(iso):
        return None, (f"{shown} has no offset from UTC", mend)
    ends_day = _DAY_ENDS.search(iso)
    if ends_day:
        iso = iso[: ends_day.start()] + "T00:00:00" + iso[ends_day.end() :]
    try:
        instant = datetime.fromisoformat(iso) + timedelta(days=bool(ends_day))
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, (f"{shown} is no instant that exists", mend)
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        years = f"a year from {FIRST_YEAR} to {LAST_YEAR}"
        return None, (f"{shown} is not of our time", f"write {years}")
    return instant, ("", "")
