"""What `cstore partners review` does: settings, agreements, read, job, write."""

import datetime as dt
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.partners_agreements import sound_agreements
from cstore_cli.errors import DONE, DONE_WITH_REJECTS, Fault, InputError
from cstore_cli.partners.review.files import FILES, review_files, review_summary
from cstore_cli.partners.review.review import months_before, review
from cstore_cli.partners.zones import zone_of_places
from cstore_cli.report.partners_review import print_review
from cstore_cli.report.plain import Terminal
from cstore_cli.report.sentence import print_sentence
from cstore_cli.report.where import print_where
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.tables.folder import folder_locked, write_files
from cstore_cli.tables.read_review import read_review
from cstore_cli.tables.write import json_bytes

_SHOWN_FAULTS = 20
_TABLE = "partner_parcels"


@dataclass(frozen=True)
class Asked:
    """The command line of partners review."""

    config: Path | None
    date: str | None
    out: Path | None
    dry_run: bool
    as_json: bool
    quiet: bool
    given: Mapping[str, Path]


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    settings = read_config(config_path(asked.config, "partners"), PartnersSettings)
    day, _ = day_and_instant(asked.date, None, settings.network.time_zone)
    agreements = sound_agreements(settings)
    writes = asked.out is not None and not asked.dry_run
    lock = (
        folder_locked(asked.out, "partners review")
        if writes and asked.out
        else nullcontext()
    )
    with lock:
        known = _from_ledger(settings, day, asked.given)
        parcels, stores, faults = read_review(settings, day, asked.given, known)
        zone_of = zone_of_places(settings.zones, stores)
        found = review(settings, agreements, parcels, zone_of, day)
        currency = settings.network.currency
        summary = review_summary(found, currency)
        summary["parcels_rejected"] = len({fault.line for fault in faults})
        if writes and asked.out:
            files = {**review_files(found), "summary.json": json_bytes(summary)}
            write_files(asked.out, files, FILES)
    _tell_faults(faults)
    if not found.num_parcels:
        said = f"Warning: no parcel is known of {found.first} to {found.last}."
        Console(stderr=True).print(said, markup=False, soft_wrap=True)
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif not asked.quiet:
        console = Terminal()
        print_review(console, found, currency)
        print_where(console, asked.out if writes else None)
    return DONE_WITH_REJECTS if faults or found.num_refused else DONE


def _from_ledger(
    settings: PartnersSettings, day: dt.date, given: Mapping[str, Path]
) -> pl.DataFrame | None:
    """What partners did, out of the ledger where no table of it is named."""
    url = settings.network.ledger
    if _TABLE in {*given, *settings.tables, *settings.network.tables}:
        return None
    if url is None:
        raise InputError(
            f"No {_TABLE} table: name it under `tables:` in the YAML or with "
            "--partner-parcels, or name a `ledger:` in the network's YAML."
        )
    # SQLAlchemy costs a run with a CSV nothing.
    from cstore_cli.ledger.database import open_ledger
    from cstore_cli.ledger.partner_parcels import partner_parcels

    first, last = months_before(day, settings.review.months)
    begins, zone = dt.date(first.year, 1, 1), settings.network.time_zone
    with open_ledger(url, upgrade=False).reading() as connection:
        names = list(settings.partners)
        frame = partner_parcels(connection, names, begins, last, zone)
    return frame.insert_column(
        0, pl.int_range(1, len(frame) + 1, eager=True).alias("line")
    )


def _tell_faults(faults: tuple[Fault, ...]) -> None:
    """Say on stderr which parcels were left out."""
    console = Console(stderr=True)
    for fault in faults[:_SHOWN_FAULTS]:
        print_sentence(console, str(fault))
    if len(faults) > _SHOWN_FAULTS:
        print_sentence(console, f"... and {len(faults) - _SHOWN_FAULTS:,} more.")
