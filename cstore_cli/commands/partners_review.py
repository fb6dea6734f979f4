"""What `cstore partners review` does: settings, agreements, read, job, write."""

import datetime as dt
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.partners_agreements import sound_agreements
from cstore_cli.commands.partners_ledger import TABLE, parcels_in_ledger
from cstore_cli.errors import DONE, DONE_WITH_REJECTS
from cstore_cli.partners.review.files import FILES, review_files, review_summary
from cstore_cli.partners.review.review import months_before, review
from cstore_cli.partners.zones import zone_of_places
from cstore_cli.report.faults import print_rejected
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
    out = None if asked.dry_run else asked.out
    with folder_locked(out, "partners review"):
        known = _from_ledger(settings, day, asked.given)
        parcels, stores, faults = read_review(settings, day, asked.given, known)
        zone_of = zone_of_places(settings.zones, stores)
        found = review(settings, agreements, parcels, zone_of, day)
        currency = settings.network.currency
        summary = review_summary(found, currency)
        summary["parcels_rejected"] = len({fault.line for fault in faults})
        if out:
            # jinja2 costs a run that writes nothing no time.
            from cstore_cli.report.partners_page import review as shown

            files = review_files(found)
            files[shown.NAME] = shown.review_page(found, currency)
            files["summary.json"] = json_bytes(summary)
            write_files(out, files, FILES)
    print_rejected(faults, _SHOWN_FAULTS, None, Console(stderr=True))
    if not found.num_parcels:
        said = f"Warning: no parcel is known of {found.first} to {found.last}."
        print_sentence(Console(stderr=True), said)
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif not asked.quiet:
        console = Terminal()
        print_review(console, found, currency)
        print_where(console, out)
    return DONE_WITH_REJECTS if faults or found.num_refused else DONE


def _from_ledger(
    settings: PartnersSettings, day: dt.date, given: Mapping[str, Path]
) -> pl.DataFrame | None:
    """What partners did, out of the ledger where no table of it is named."""
    if TABLE in {*given, *settings.tables, *settings.network.tables}:
        return None
    first, last = months_before(day, settings.review.months)
    frame = parcels_in_ledger(settings, dt.date(first.year, 1, 1), last)
    return frame.insert_column(
        0, pl.int_range(1, len(frame) + 1, eager=True).alias("line")
    )
