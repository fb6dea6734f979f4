"""What `cstore track verify` does: settings, ledger, fold again, compare, mend."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from typer import echo

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.track_settings import ledger_of, read_settings
from cstore_cli.errors import DONE
from cstore_cli.ledger.runs import begin
from cstore_cli.ledger.verify import rebuild, verify
from cstore_cli.report.plain import Terminal
from cstore_cli.report.verified import as_json, print_verified

_DIFFERS = 1


@dataclass(frozen=True)
class Asked:
    """The command line of track verify."""

    config: Path | None
    now: str | None
    rebuild: bool
    as_json: bool
    quiet: bool


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    settings = read_settings(asked.config)
    _, now = day_and_instant(None, asked.now, settings.network.time_zone)
    ledger = ledger_of(settings)
    found = verify(ledger)
    mended: int | None = None
    if asked.rebuild and found.differences and not found.damage:
        with ledger.writing() as connection:
            begin(connection, "track verify", "rebuild", now, found.differing_parcels)
            mended = rebuild(connection)
    if asked.as_json:
        told = {**as_json(found), "rebuilt": mended}
        json.dump(told, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    elif not asked.quiet or not found.equal:
        print_verified(Terminal(), found)
    if found.equal:
        return DONE
    if mended is not None:
        echo(f"{mended:,} standings written anew from their events.", err=True)
        return DONE
    echo(_remedy(ledger.path, damaged=bool(found.damage)), err=True)
    return _DIFFERS


def _remedy(path: Path, *, damaged: bool) -> str:
    if damaged:
        return f"{path}: the file is damaged. Restore it from a backup."
    return (
        "The events are whole; the standings kept beside them are not. Write them anew "
        "with `cstore track verify --rebuild`."
    )
