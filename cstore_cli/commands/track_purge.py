"""What `cstore track purge` does: settings, ledger, delete names and phones."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.track_settings import ledger_of, read_settings
from cstore_cli.errors import DONE
from cstore_cli.ledger.instants import DAY_US, us_of
from cstore_cli.ledger.purge import purge, purgeable
from cstore_cli.ledger.runs import begin
from cstore_cli.report.plain import Terminal
from cstore_cli.report.purged import as_json, print_purged


@dataclass(frozen=True)
class Asked:
    """The command line of track purge."""

    config: Path | None
    now: str | None
    dry_run: bool
    as_json: bool
    quiet: bool


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    settings = read_settings(asked.config)
    zone = settings.network.time_zone
    _, now = day_and_instant(None, asked.now, zone)
    before_us = us_of(now) - settings.retention_days * DAY_US
    ledger = ledger_of(settings, upgrade=not asked.dry_run)
    with ledger.reading() if asked.dry_run else ledger.writing() as connection:
        ended = purgeable(connection, before_us)
        if not asked.dry_run:
            detail = {"retention_days": settings.retention_days, "purged": len(ended)}
            begin(connection, "track purge", "purge", now, detail)
            purge(connection, before_us)
    if asked.as_json:
        told = as_json(ended, ZoneInfo(zone), dry_run=asked.dry_run)
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    elif not asked.quiet:
        print_purged(Terminal(), ended, ZoneInfo(zone), dry_run=asked.dry_run)
    return DONE
