"""Which days of an extension count."""

from datetime import datetime, timedelta

from cstore_cli.settings.hold_policy import ExtensionSettings

LONGEST_DAYS = 3650
"""No extension is longer, whatever a table says: the calendar has an end."""


def most_days(extension: ExtensionSettings) -> int:
    """Most days that count."""
    if extension.max_days is None:
        return LONGEST_DAYS
    return min(extension.max_days, LONGEST_DAYS)


def in_time(
    extension: ExtensionSettings,
    ready_at: datetime,
    asked_at: datetime | None,
    lapses_without: datetime,
) -> bool:
    """
    Whether an extension was asked for neither too early nor too late.

    Parameters
    ----------
    extension
        How soon it may be asked for.
    ready_at
        When the parcel became ready, in UTC like all instants here.
    asked_at
        None where the data do not say; the extension then counts.
    lapses_without
        The deadline without it; who asks at that instant asks too late.
    """
    if asked_at is None:
        return True
    earliest = ready_at + timedelta(hours=extension.from_h)
    return earliest <= asked_at < lapses_without
