"""What `cstore track feed` does: settings, who may see what, events, write."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import polars as pl
from typer import echo

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.track_settings import (
    ledger_of,
    needed_stores,
    partner_of,
    read_settings,
)
from cstore_cli.errors import DONE, UsageError
from cstore_cli.ledger.database import Ledger
from cstore_cli.ledger.feed import Cursor, FeedRow, Sight, feed, newest_arrival
from cstore_cli.settings.track import Partner, TrackSettings
from cstore_cli.tables.network import Stores
from cstore_cli.tables.read import read_table, whole
from cstore_cli.tables.write import BOM, write_whole
from cstore_cli.tracking.feed import FEED, csv_feed, epcis_feed


@dataclass(frozen=True)
class Asked:
    """The command line of track feed."""

    partner: str
    since: str
    format: str | None
    out: Path | None
    config: Path | None
    now: str | None
    as_json: bool
    quiet: bool


@dataclass
class _Reading:
    """The rows of a feed as tables, and how far they have come."""

    ledger: Ledger
    since: Cursor
    sight: Sight
    rows: int = 0

    def parts(self) -> Iterator[pl.DataFrame]:
        with self.ledger.reading() as connection:
            until = newest_arrival(connection)
        if self.since.arrival > until:
            raise UsageError(
                f"--since {self.since} is beyond the newest event, {until}; give the "
                "last row's `cursor` of the feed before."
            )
        for part in feed(self.ledger, self.since, until, self.sight):
            if part:
                yield pl.DataFrame(map(_cells, part), schema=FEED, orient="row")
                self.rows += len(part)
                self.since = part[-1].cursor


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    if asked.as_json and asked.out is None:
        raise UsageError(
            "--json tells how far the feed has come, and the feed itself is on stdout; "
            "name its file with --out."
        )
    settings = read_settings(asked.config)
    partner = partner_of(settings, asked.partner)
    zone = partner.time_zone or settings.network.time_zone
    _, now = day_and_instant(None, asked.now, settings.network.time_zone)
    since = Cursor.of(asked.since)
    ledger = ledger_of(settings)
    reading = _Reading(ledger, since, _sight(settings, partner, asked.partner))
    if (asked.format or partner.format) == "epcis":
        reader = partner.model_copy(update={"time_zone": zone})
        written = epcis_feed(reading.parts(), reader, now)
    else:
        written = csv_feed(reading.parts(), zone)
    if asked.out is None:
        for some in written:
            left = memoryview(some)
            # Python unbuffered writes as much as fits and raises nothing.
            while left:
                left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
    else:
        is_csv = (asked.format or partner.format) == "csv"
        write_whole(asked.out, lambda file: _write(file, written, bom=is_csv))
    if asked.as_json:
        told = {
            "partner": asked.partner,
            "file": str(asked.out),
            "events": reading.rows,
            "since": str(since),
            "next": str(reading.since),
        }
        echo(json.dumps(told, ensure_ascii=False))
    if not asked.quiet:
        echo(f"{reading.rows:,} events. Next: --since {reading.since}", err=True)
    return DONE


def _write(file: IO[bytes], written: Iterator[bytes], *, bom: bool) -> None:
    if bom:
        file.write(BOM)
    file.writelines(written)


def _sight(settings: TrackSettings, partner: Partner, name: str) -> Sight:
    """What the partner may see; the stores of its chains are those of the table."""
    sight = Sight(platforms=frozenset(partner.platform))
    if not partner.chain:
        return sight
    why = f"partner {name!r} sees the stores of its chains only"
    source = needed_stores(settings, why)
    stores = whole(read_table(source, Stores, settings.network.time_zone), "stores")
    own = stores.filter(pl.col("chain").is_in(partner.chain))
    return replace(sight, stores=frozenset(own["store_id"]))


def _cells(row: FeedRow) -> tuple[object, ...]:
    told = row.event
    return (
        str(row.cursor),
        row.event_id,
        told.parcel_id,
        told.event_time_us,
        told.code,
        told.location_id,
        told.reason,
        row.corrected,
        row.notice,
        row.state,
    )
