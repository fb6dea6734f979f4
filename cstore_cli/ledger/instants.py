"""Instants as the ledger keeps them: whole microseconds since 1970, UTC."""

import datetime as dt

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_US = dt.timedelta(microseconds=1)
DAY_US = 24 * 3600 * 1_000_000


def us_of(instant: dt.datetime) -> int:
    """The instant as a number of the ledger."""
    return (instant - _EPOCH) // _US


def instant_of(us: int) -> dt.datetime:
    """The number as an instant, UTC."""
    return _EPOCH + us * _US
