"""Whose names and phones were deleted, or would be."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from cstore_cli.ledger.instants import instant_of
from cstore_cli.ledger.purge import Purgeable
from cstore_cli.report.figures import whole
from cstore_cli.report.grid import print_grid, words
from cstore_cli.report.sentence import print_sentence


def print_purged(
    console: Console, ended: Sequence[Purgeable], zone: ZoneInfo, *, dry_run: bool
) -> None:
    """Print how many; of a dry run each parcel with its last event."""
    if dry_run:
        print_grid(
            console,
            "Names and phones that would go",
            words("parcel", "ended as", "last event"),
            (
                (
                    one.parcel_id,
                    one.state,
                    f"{instant_of(one.last_us).astimezone(zone):%Y-%m-%d %H:%M}",
                )
                for one in ended
            ),
        )
    done = "would be deleted (dry run: nothing was written)" if dry_run else "deleted"
    print_sentence(console, f"Names and phones of {whole(len(ended))} parcels {done}.")


def as_json(
    ended: Sequence[Purgeable], zone: ZoneInfo, *, dry_run: bool
) -> dict[str, Any]:
    """The same for programs; the parcels of a dry run only."""
    told: dict[str, Any] = {"dry_run": dry_run, "purged": 0 if dry_run else len(ended)}
    if dry_run:
        told["would_purge"] = [
            {
                "parcel_id": one.parcel_id,
                "state": one.state,
                "last_event": instant_of(one.last_us).astimezone(zone).isoformat(),
            }
            for one in ended
        ]
    return told
