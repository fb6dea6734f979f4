"""What `cstore partners rank` does: settings, agreements, read, job, write."""

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
from cstore_cli.errors import DONE, DONE_WITH_REJECTS, Fault, InfeasibleError
from cstore_cli.partners.rank.files import FILES, rank_files, rank_summary
from cstore_cli.partners.rank.rank import rank_partners
from cstore_cli.partners.rank.rankings import Ranking
from cstore_cli.report.faults import print_rejected
from cstore_cli.report.partners_rank import print_ranking
from cstore_cli.report.plain import Terminal
from cstore_cli.report.where import print_where
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.tables.folder import folder_locked, write_files
from cstore_cli.tables.read_rank import read_rank
from cstore_cli.tables.write import json_bytes

_SHOWN_FAULTS = 20


@dataclass(frozen=True)
class Asked:
    """The command line of partners rank."""

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
    with folder_locked(out, "partners rank"):
        told = _from_ledger(settings, day, asked.given)
        inputs, faults = read_rank(settings, day, asked.given, told)
        ranking = rank_partners(settings, agreements, inputs, day)
        summary = rank_summary(ranking, settings.network.currency)
        summary["parcels_rejected"] = len({fault.line for fault in faults})
        if out:
            # jinja2 costs a run that writes nothing no time.
            from cstore_cli.report.partners_page import ranking as shown

            made = {shown.NAME: shown.ranking_page(ranking, settings.network.currency)}
            write_files(out, made | rank_files(ranking, summary), FILES)
    print_rejected(faults, _SHOWN_FAULTS, None, Console(stderr=True))
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif not asked.quiet:
        console = Terminal()
        print_ranking(console, ranking, settings.network.currency)
        print_where(console, out)
    return _code(ranking, faults)


def _from_ledger(
    settings: PartnersSettings, day: dt.date, given: Mapping[str, Path]
) -> pl.DataFrame | None:
    """What partners did, out of the ledger where no table of it is named."""
    named = {*given, *settings.tables, *settings.network.tables}
    if settings.network.ledger is None or TABLE in named:
        return None
    first = day - dt.timedelta(days=settings.rank.measured_days - 1)
    return parcels_in_ledger(settings, first, day)


def _code(ranking: Ranking, faults: tuple[Fault, ...]) -> int:
    if all(one.ranked.is_empty() for one in ranking.kinds):
        return InfeasibleError.exit_code
    return DONE_WITH_REJECTS if faults else DONE
