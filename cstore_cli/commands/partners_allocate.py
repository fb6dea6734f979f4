"""What `cstore partners allocate` does: settings, read, split, write."""

import datetime as dt
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.partners_agreements import sound_agreements
from cstore_cli.deadline import Deadline
from cstore_cli.errors import DONE
from cstore_cli.milp import Limits
from cstore_cli.partners.allocate.allocate import allocate
from cstore_cli.partners.allocate.files import (
    FILES,
    allocation_files,
    allocation_summary,
    allocation_table,
    cost_table,
    rule_table,
)
from cstore_cli.report.live import watching
from cstore_cli.report.partners_allocate import print_allocation
from cstore_cli.report.plain import Terminal
from cstore_cli.report.sentence import print_sentence
from cstore_cli.report.where import print_where
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.tables.folder import folder_locked, write_files
from cstore_cli.tables.read_volumes import read_volumes
from cstore_cli.tables.write import json_bytes

_KEPT_S = 1.0
"""Seconds of the time limit kept for writing."""


@dataclass(frozen=True)
class Asked:
    """The command line of partners allocate."""

    config: Path | None
    date: str | None
    out: Path | None
    time_limit: float
    dry_run: bool
    as_json: bool
    quiet: bool
    given: Mapping[str, Path]


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    started = time.monotonic()
    settings = read_config(config_path(asked.config, "partners"), PartnersSettings)
    day, _ = day_and_instant(asked.date, None, settings.network.time_zone)
    agreements = sound_agreements(settings)
    volumes = read_volumes(settings, day, asked.given)
    limits = Limits(
        deadline=Deadline(started + asked.time_limit - _KEPT_S),
        gap=settings.allocate.gap,
    )
    out = None if asked.dry_run else asked.out
    with folder_locked(out, "partners allocate"):
        _warn_of_begun(volumes, day)
        with watching(Console(stderr=True), asked.quiet, "Splitting parcels"):
            answer = allocate(volumes, agreements, settings, day, limits)
        if answer is None:
            said = (
                "Warning: the volumes table has no parcel; there is nothing to split "
                "and nothing was written."
            )
            print_sentence(Console(stderr=True), said)
            if asked.as_json:
                told = {"date": day.isoformat(), "months": [], "parcels": 0}
                sys.stdout.write(json_bytes(told).decode())
            return DONE
        summary = allocation_summary(answer, day, settings.network.currency)
        if out:
            # jinja2 costs a run that writes nothing no time.
            from cstore_cli.report.partners_page import allocation as shown

            files = allocation_files(answer)
            files[shown.NAME] = shown.allocation_page(
                summary,
                allocation_table(answer),
                cost_table(answer),
                rule_table(answer),
            )
            files["summary.json"] = json_bytes(summary)
            write_files(out, files, FILES)
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif not asked.quiet:
        console = Terminal()
        print_allocation(console, summary)
        print_where(console, out)
    return DONE


def _warn_of_begun(volumes: pl.DataFrame, day: dt.date) -> None:
    """Say on stderr which months are not to come any more."""
    months = volumes["month"].unique().sort()
    begun = [month for month in months if f"{month}-01" < day.isoformat()]
    if begun:
        said = (
            f"Warning: {', '.join(begun)} of the volumes had begun by {day}; what was "
            "carried then cannot be given to others. Are these the volumes of --date?"
        )
        print_sentence(Console(stderr=True), said)
