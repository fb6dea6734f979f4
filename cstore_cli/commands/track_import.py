"""What `cstore track import` does: settings, read, put in our words, record."""

import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.track_settings import ledger_of, partner_of, read_settings
from cstore_cli.errors import DONE, DONE_WITH_REJECTS, Fault, InputError, NoLedgerError
from cstore_cli.ledger.record import (
    Foreseen,
    Recorded,
    foresee,
    record,
    record_contacts,
    record_unknown,
)
from cstore_cli.ledger.runs import begin
from cstore_cli.report.imported import as_json, print_imported
from cstore_cli.settings.track import Partner, TrackSettings
from cstore_cli.tables.file_text import read_bytes
from cstore_cli.tables.partner_events import PartnerEvents
from cstore_cli.tables.read import Table, read_table
from cstore_cli.tables.write import csv_bytes, write_whole
from cstore_cli.tracking.epcis_parse import parse
from cstore_cli.tracking.epcis_read import from_document
from cstore_cli.tracking.epcis_schema import EpcisSchema
from cstore_cli.tracking.partner_csv import from_table
from cstore_cli.tracking.told import Told

_SHOWN_FAULTS = 20


@dataclass(frozen=True)
class Asked:
    """The command line of track import."""

    partner: str
    file: Path
    config: Path | None
    now: str | None
    rejected: Path | None
    dry_run: bool
    as_json: bool
    quiet: bool


@dataclass(frozen=True)
class _Read:
    """What the file says, and the rows that say nothing."""

    told: Told
    rejected: pl.DataFrame | None = None
    faults: Sequence[Fault] = ()

    @property
    def num_rejected(self) -> int:
        return 0 if self.rejected is None else len(self.rejected)


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    settings = read_settings(asked.config)
    partner = partner_of(settings, asked.partner)
    _, now = day_and_instant(None, asked.now, settings.network.time_zone)
    read = _read(settings, partner, asked)
    if asked.rejected and read.rejected is not None and not asked.dry_run:
        rejected = csv_bytes(read.rejected)
        write_whole(asked.rejected, lambda file: file.write(rejected))
    if asked.dry_run:
        done, run_id = _foreseen(settings, asked.partner, read.told), None
    else:
        done, run_id = _record(settings, asked, read.told, now)
    _tell(asked, read, done, run_id)
    strange = read.num_rejected or len(read.told.unknown)
    return DONE_WITH_REJECTS if strange else DONE


def _read(settings: TrackSettings, partner: Partner, asked: Asked) -> _Read:
    if partner.format == "epcis":
        return _Read(_read_epcis(settings, partner, asked))
    zone = partner.time_zone or settings.network.time_zone
    table: Table = read_table(partner.dialect.at(str(asked.file)), PartnerEvents, zone)
    told = from_table(table, partner, asked.partner)
    return _Read(told, table.rejected, table.faults)


def _read_epcis(settings: TrackSettings, partner: Partner, asked: Asked) -> Told:
    if settings.epcis_schema is None:
        raise InputError(
            f"{asked.file}: cannot be checked, since no `epcis_schema:` is named in "
            "the YAML. Get GS1's JSON schema of EPCIS 2.0 at "
            "https://ref.gs1.org/standards/epcis and name the file there."
        )
    path = Path(settings.epcis_schema)
    schema = EpcisSchema(parse(read_bytes(path), file=str(path)), file=str(path))
    file = str(asked.file)
    document = parse(read_bytes(asked.file), file=file)
    faults = schema.faults(document, file=file)
    if faults:
        raise InputError(f"{file}: is not EPCIS 2.0; {len(faults)} fault(s):", faults)
    return from_document(document, partner, asked.partner, file=file)


def _foreseen(settings: TrackSettings, partner: str, told: Told) -> Foreseen:
    """What recording would do; with no ledger yet, all of it is new."""
    try:
        ledger = ledger_of(settings, upgrade=False)
    except NoLedgerError:
        if settings.network.ledger is None:
            raise
        return _all_new(told)
    with ledger.reading() as connection:
        return foresee(connection, partner, told.events, told.unknown)


def _all_new(told: Told) -> Foreseen:
    events, once = len(told.events), told.events["source_event_id"].n_unique()
    return Foreseen(
        Recorded(once, events - once, 0, frozenset(told.events["parcel_id"])),
        told.unknown["source_event_id"].n_unique(),
    )


def _record(
    settings: TrackSettings, asked: Asked, told: Told, now: dt.datetime
) -> tuple[Foreseen, str | None]:
    """Record all of it or nothing; a file that tells nothing new leaves no run."""
    ledger = ledger_of(settings, create=True)
    with ledger.writing() as connection:
        coming = foresee(connection, asked.partner, told.events, told.unknown)
        if not coming.recorded.new and not coming.unknown:
            return coming, None
        detail = {
            "partner": asked.partner,
            "file": asked.file.name,
            "new": coming.recorded.new,
            "unknown": coming.unknown,
        }
        run_id = begin(connection, "track import", "import", now, detail)
        record(connection, run_id, asked.partner, told.events)
        record_unknown(connection, run_id, asked.partner, told.unknown)
        # A file told again must not bring back names that were purged.
        news = pl.col("parcel_id").is_in(list(coming.recorded.parcels))
        record_contacts(connection, told.contacts.filter(news))
    return coming, run_id


def _tell(asked: Asked, read: _Read, done: Foreseen, run_id: str | None) -> None:
    errors = Console(stderr=True)
    unknown = len(read.told.unknown)
    if asked.as_json:
        told = {"partner": asked.partner, "run": run_id, "dry_run": asked.dry_run}
        counts = as_json(done.recorded, unknown, read.num_rejected, read.faults)
        sys.stdout.write(json.dumps({**told, **counts}, ensure_ascii=False) + "\n")
    if not asked.quiet or read.faults or unknown:
        print_imported(
            errors,
            done.recorded,
            read.told.unknown,
            read.num_rejected,
            read.faults[:_SHOWN_FAULTS],
            dry_run=asked.dry_run,
        )
