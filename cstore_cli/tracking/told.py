"""What a partner's file says in our words, and what we could not put in them."""

import hashlib
import json
from dataclasses import dataclass

import polars as pl

from cstore_cli.settings.parcel_states import STATES
from cstore_cli.settings.track import TOLD_ACTS

OWN_WORDS: tuple[str, ...] = (*STATES, *TOLD_ACTS)
"""Codes that need no mapping."""

UNKNOWN: dict[str, pl.DataType] = {
    "source_event_id": pl.String(),
    "parcel_id": pl.String(),
    "code": pl.String(),
    "event_time": pl.Datetime("us", "UTC"),
    "location_id": pl.String(),
}
"""Columns of what is kept aside because its code means nothing to us."""

_ID_CHARS = 32


@dataclass(frozen=True)
class Told:
    """
    What a file says.

    ``events`` keeps `ParcelEvents` and ``contacts`` keeps `Contacts`. ``unknown`` has
    the columns `UNKNOWN`; its ``code`` is the partner's, never guessed at, and its
    ``parcel_id`` is empty where the event names no parcel. An event told twice stands
    twice, under one ``source_event_id``.
    """

    events: pl.DataFrame
    contacts: pl.DataFrame
    unknown: pl.DataFrame


def fingerprint(*parts: object) -> str:
    """An id for what has none: the same for the same parts, on every machine."""
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_CHARS]
