"""What a partner is told: the feed as a table, as CSV and as EPCIS."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import polars as pl

from cstore_cli.settings.track import Partner
from cstore_cli.tables.write import csv_part
from cstore_cli.tracking.epcis_write import document

FEED: dict[str, pl.DataType] = {
    "cursor": pl.String(),
    "event_id": pl.Int64(),
    "parcel_id": pl.String(),
    "event_time": pl.Datetime("us", "UTC"),
    "code": pl.String(),
    "location_id": pl.String(),
    "reason": pl.String(),
    "corrects": pl.Int64(),
    "notice": pl.String(),
    "state": pl.String(),
}
"""Columns of a feed; ``corrects`` is the event_id that is taken back."""


def csv_feed(parts: Iterable[pl.DataFrame], time_zone: str) -> Iterator[bytes]:
    """The feed as CSV, its header first; times are local, with their offset."""
    yield csv_part(_shown(pl.DataFrame(schema=FEED), time_zone), header=True)
    for part in parts:
        yield csv_part(_shown(part, time_zone), header=False)


def epcis_feed(
    parts: Iterable[pl.DataFrame], partner: Partner, now: datetime
) -> Iterator[bytes]:
    """
    The feed as one EPCIS 2.0 document, written part by part.

    A withdrawal repeats the event it takes back where both are in one part.
    """
    empty = document(_for_epcis(pl.DataFrame(schema=FEED)), partner, now)
    head, mark, tail = json.dumps(empty, ensure_ascii=False).rpartition("[]")
    yield f"{head}{mark[0]}".encode()
    separator = "\n"
    for part in parts:
        events: list[dict[str, Any]] = document(_for_epcis(part), partner, now)[
            "epcisBody"
        ]["eventList"]
        for event in events:
            yield f"{separator}{json.dumps(event, ensure_ascii=False)}".encode()
            separator = ",\n"
    yield f"{mark[1]}{tail}\n".encode()


def _shown(part: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    local = pl.col("event_time").dt.convert_time_zone(time_zone)
    return part.with_columns(local.dt.strftime("%Y-%m-%dT%H:%M:%S%.f%:z"))


def _for_epcis(part: pl.DataFrame) -> pl.DataFrame:
    return part.with_columns(
        pl.col("event_id", "corrects").cast(pl.String),
        deadline=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
    )
