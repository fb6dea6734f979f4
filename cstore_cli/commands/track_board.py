"""What `cstore track board` does: settings, ledger, counts, write."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.track_settings import ledger_of, read_settings, stores_source
from cstore_cli.errors import DONE
from cstore_cli.ledger.board import board, on_shelves
from cstore_cli.ledger.instants import us_of
from cstore_cli.report.board import as_json, print_board
from cstore_cli.report.plain import Terminal
from cstore_cli.settings.track import TrackSettings
from cstore_cli.tables.network import Stores
from cstore_cli.tables.read import read_table, whole
from cstore_cli.tables.write import csv_bytes, write_whole
from cstore_cli.tracking.by_store import AT_STORES, by_store


@dataclass(frozen=True)
class Asked:
    """The command line of track board."""

    config: Path | None
    now: str | None
    out: Path | None
    page: Path | None
    as_json: bool
    quiet: bool


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    settings = read_settings(asked.config)
    _, now = day_and_instant(None, asked.now, settings.network.time_zone)
    stores = _stores(settings)
    ledger = ledger_of(settings)
    with ledger.reading() as connection:
        found = board(connection, us_of(now))
        parcels = None if asked.page is None else on_shelves(connection)
    at_stores = pl.DataFrame(found.stores, schema=AT_STORES, orient="row")
    table = by_store(at_stores, stores, now)
    if asked.out is not None:
        written = csv_bytes(table)
        write_whole(asked.out, lambda file: file.write(written))
    if asked.as_json:
        json.dump(as_json(found, table), sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    elif not asked.quiet:
        print_board(Terminal(), found, table)
    if asked.page is not None and parcels is not None:
        # jinja2 costs a run without a page nothing.
        from cstore_cli.commands.track_board_page import page_of

        shown = page_of(found, table, parcels, settings, now)
        write_whole(asked.page, lambda file: file.write(shown))
    return DONE


def _stores(settings: TrackSettings) -> pl.DataFrame | None:
    source = stores_source(settings)
    if source is None:
        return None
    return whole(read_table(source, Stores, settings.network.time_zone), "stores")
