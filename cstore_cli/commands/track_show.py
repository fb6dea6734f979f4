"""What `cstore track show` does: settings, ledger, timeline."""

import json
import sys
from pathlib import Path

from rich.console import Console

from cstore_cli.commands.track_settings import ledger_of, read_settings
from cstore_cli.errors import DONE, InputError
from cstore_cli.ledger.timeline import near_miss, timeline
from cstore_cli.report.timeline import as_json, print_timeline


def run(
    parcel_id: str, config: Path | None, now: str | None, *, json_asked: bool
) -> int:
    """Show what is known of a parcel; the exit code."""
    settings = read_settings(config)
    ledger = ledger_of(settings)
    with ledger.reading() as connection:
        found = timeline(connection, parcel_id)
        near = None if found else near_miss(connection, parcel_id)
    if found is None:
        mend = f'did you mean "{near}"?' if near else "check the id"
        raise InputError(f"{parcel_id!r}: no partner has told of this parcel ({mend}).")
    zone = settings.network.time_zone
    if json_asked:
        json.dump(as_json(found, zone), sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        print_timeline(Console(), found, zone)
    return DONE
