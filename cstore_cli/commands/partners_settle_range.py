"""The whole months that a settlement is asked for."""

import datetime as dt
import re

from cstore_cli.errors import UsageError
from cstore_cli.partners.periods import first_day, last_day
from cstore_cli.tables.columns import FIRST_YEAR, LAST_YEAR


def months_asked(
    month: str | None, first: str | None, last: str | None
) -> tuple[dt.date, dt.date]:
    """
    Return the first and the last day of --month, or of --from to --to.

    Raises
    ------
    UsageError
        When they do not name whole months in their order.
    """
    if month is not None and (first or last):
        raise UsageError("--month and --from, --to exclude each other.")
    option = "--from"
    if month is not None:
        first, last, option = month, month, "--month"
    if first is None or last is None:
        raise UsageError(
            "Say which months: --month 2026-10, or --from 2026-07 --to 2026-09."
        )
    begins, ends = _day(first, option), _day(last, "--to")
    if begins != first_day(begins, "month") or (
        _DAY.fullmatch(last) and not _is_last(ends)
    ):
        raise UsageError(
            f"{first} to {last} is not a range of whole months. Tiers and minimum "
            "charges are by the month: --from 2026-07 --to 2026-09."
        )
    ends = last_day(ends, "month")
    if ends < begins:
        raise UsageError(f"--to {last} is before --from {first}.")
    return begins, ends


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _is_last(day: dt.date) -> bool:
    return day == last_day(day, "month")


def _day(text: str, option: str) -> dt.date:
    """Return the day, or the first of the month, that the text names."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text.strip()):
            day = dt.date.fromisoformat(f"{text.strip()}-01"[:10])
            if FIRST_YEAR <= day.year <= LAST_YEAR:
                return day
    except ValueError:
        pass
    raise UsageError(f"{option} {text!r} is not a month; write one such as 2026-10.")
