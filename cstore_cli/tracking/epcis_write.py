"""A feed as an EPCIS 2.0 document."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.settings.track import Partner
from cstore_cli.tracking.epcis_uris import EVENT_PREFIX, uri_of
from cstore_cli.tracking.epcis_words import (
    CONTEXT,
    CURSOR,
    EVENT_ID,
    HOLD_UNTIL,
    NAMESPACE,
    PREFIX,
    REASON,
    STATE,
    words_of,
)

_ERROR_REASONS = ("did_not_occur", "incorrect_data")
_OFFSET = re.compile(r"[+-](?:0\d|1[0-3]):[0-5]\d")
"""Offsets that EPCIS can write; those before there were time zones had seconds."""


def document(rows: pl.DataFrame, partner: Partner, now: datetime) -> dict[str, Any]:
    """
    An EPCISDocument with an ObjectEvent per row, in the rows' order.

    A withdrawal repeats the event it takes back, as far as the rows hold it, with an
    error declaration, as the standard wants it.

    Parameters
    ----------
    rows
        cursor, event_id, parcel_id, event_time (UTC), code, location_id, reason,
        corrects, deadline (UTC).
    partner
        The reader: its steps, its prefixes, its time zone (null: UTC).
    now
        When the document is made, with an offset.
    """
    told = {row["event_id"]: row for row in rows.iter_rows(named=True)}
    return {
        "@context": [CONTEXT, {PREFIX: NAMESPACE}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": now.astimezone(UTC).isoformat(),
        "epcisBody": {
            "eventList": [
                _withdrawal(row, told.get(row["corrects"], row), partner)
                if row["code"] == "withdrawn" and row["corrects"]
                else _event(row, partner)
                for row in rows.iter_rows(named=True)
            ]
        },
    }


def _event(row: dict[str, Any], partner: Partner) -> dict[str, Any]:
    zone = ZoneInfo(partner.time_zone) if partner.time_zone else None
    instant, offset = _local(row["event_time"], zone)
    biz_step, disposition = words_of(row["code"], partner.steps)
    event = {
        "type": "ObjectEvent",
        "eventID": uri_of(row["event_id"], EVENT_PREFIX),
        "eventTime": instant,
        "eventTimeZoneOffset": offset,
        "action": "OBSERVE",
        "bizStep": biz_step,
        "disposition": disposition,
        "epcList": [uri_of(row["parcel_id"], partner.parcel_prefix)],
        STATE: row["code"],
        REASON: row["reason"],
        CURSOR: None if row["cursor"] is None else str(row["cursor"]),
    }
    if row["location_id"] is not None:
        place = {"id": uri_of(row["location_id"], partner.location_prefix)}
        event |= {"readPoint": place, "bizLocation": place}
    if row["deadline"] is not None:
        event[HOLD_UNTIL] = _local(row["deadline"], zone)[0]
    return {field: value for field, value in event.items() if value is not None}


def _withdrawal(
    row: dict[str, Any], original: dict[str, Any], partner: Partner
) -> dict[str, Any]:
    zone = ZoneInfo(partner.time_zone) if partner.time_zone else None
    reason = row["reason"]
    declaration = {
        "declarationTime": _local(row["event_time"], zone)[0],
        "reason": reason if reason in _ERROR_REASONS else None,
        REASON: reason if reason not in _ERROR_REASONS else None,
        EVENT_ID: row["event_id"],
    }
    repeated = _event({**original, "event_id": row["corrects"]}, partner)
    if original is row:
        # What it said is not known here; that it was said is.
        for field in ("bizStep", STATE, REASON):
            repeated.pop(field, None)
    return {
        **repeated,
        "errorDeclaration": {k: v for k, v in declaration.items() if v is not None},
    }


def _local(instant: datetime, zone: ZoneInfo | None) -> tuple[str, str]:
    """The instant as ISO 8601 in the zone, and its offset."""
    local = instant.astimezone(zone or UTC)
    offset = local.isoformat()[-6:]
    if not _OFFSET.fullmatch(offset):
        local, offset = instant.astimezone(UTC), "+00:00"
    return local.isoformat(), offset
