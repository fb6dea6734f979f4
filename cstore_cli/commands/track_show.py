"""What `cstore track show` does: settings, ledger, timeline."""

import json
import sys
from pathlib import Path

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.track_settings import ledger_of, read_settings
from cstore_cli.errors import DONE, InputError
from cstore_cli.ledger.timeline import near_miss, timeline
from cstore_cli.report.plain import Terminal
from cstore_cli.report.timeline import as_json, print_timeline


def run(
    parcel_id: str, config: Path | None, now: str | None, *, json_asked: bool
) -> int:
    """Show what is known of a parcel; the exit code."""
    settings = read_settings(config)
    _, instant = day_and_instant(None, now, settings.network.time_zone)
    ledger = ledger_of(settings)
    with ledger.reading() as connection:
        found = timeline(connection, parcel_id)
        near = None if found else near_miss(connection, parcel_id)
    if found is None:
        mend = f'did you mean "{near}"?' if near else "check the id"
        raise InputError(f"{parcel_id!r}: no partner has told of this parcel ({mend}).")
    ending = None
    if settings.hold_policy is not None:
        from cstore_cli.commands.track_deadline import ending_of

        ending = ending_of(found.standing, Path(settings.hold_policy), instant)
    zone = settings.network.time_zone
    if json_asked:
        told = as_json(found, ending, zone)
        json.dump(told, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        print_timeline(Terminal(), found, ending, zone)
    return DONE
