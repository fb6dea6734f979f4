"""What stops a run before it writes: mass expiry, old data."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from cstore_cli.errors import StaleInputError
from cstore_cli.settings.expire_holds import ExpireHoldsSettings, GuardSettings

_MINUTE = "%Y-%m-%d %H:%M"


def guard_tripped(num_expiring: int, num_held: int, guard: GuardSettings) -> bool:
    """
    Whether more would expire than both the share and the count allow.

    The share is the decimal that the YAML shows: 29 of 100 are not more than 0.29,
    though they are more than the nearest binary fraction.
    """
    share = Fraction(str(guard.share)) * num_held
    return num_expiring > share and num_expiring > guard.count


def check_stale(
    newest: datetime | None, settings: ExpireHoldsSettings, now: datetime
) -> None:
    """
    Refuse data that are too old to act on.

    Parameters
    ----------
    newest
        Instant of the newest event that is not after ``now``, with an offset; None
        where there is none: nothing can then expire, and nothing is refused.
        ``stale.as_of`` wins over it.
    settings
        Of the command.
    now
        With an offset.

    Raises
    ------
    StaleInputError
        With the age, the limit and what to do.
    """
    stale = settings.stale
    zone = ZoneInfo(settings.network.time_zone)
    what = "The newest event is of"
    if stale.as_of is not None:
        what = "By stale.as_of the data are of"
        named = stale.as_of
        newest = named if named.tzinfo else named.replace(tzinfo=zone)
        if newest > now:
            raise StaleInputError(
                f"stale.as_of, {newest.astimezone(zone):{_MINUTE}} {zone.key}, is "
                "after now. Set it to when the data were taken, or take it out."
            )
    if newest is None or stale.max_age_h is None:
        return
    # Both in UTC: two times of one zone are subtracted by their clocks.
    age = now.astimezone(UTC) - newest.astimezone(UTC)
    if age <= timedelta(hours=stale.max_age_h):
        return
    raise StaleInputError(
        f"{what} {newest.astimezone(zone):{_MINUTE}} {zone.key}, "
        f"{age / timedelta(hours=1):.2f} h before {now.astimezone(zone):{_MINUTE}}; "
        f"stale.max_age_h allows {stale.max_age_h:g}. Nothing was decided. Bring newer "
        "data; or, if these are complete, set stale.as_of to when they were taken or "
        "raise stale.max_age_h."
    )
