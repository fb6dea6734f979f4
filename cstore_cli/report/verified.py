"""What verifying the ledger found, and what to do about it."""

from typing import Any

from rich.console import Console

from cstore_cli.ledger.verify import Verified
from cstore_cli.report.figures import whole
from cstore_cli.report.grid import print_grid, words
from cstore_cli.report.sentence import print_sentence


def print_verified(console: Console, found: Verified) -> None:
    """Print the counts, and the damage or the first differences."""
    for line in found.damage:
        print_sentence(console, f"Damage: {line}")
    print_grid(
        console,
        f"The first of {whole(found.differences)} differences",
        words("parcel", "field", "kept", "events say"),
        ((d.parcel_id, d.field, _shown(d.kept), _shown(d.folded)) for d in found.shown),
    )
    counts = f"{whole(found.parcels)} parcels, {whole(found.events)} events"
    if found.equal:
        print_sentence(console, f"{counts}: every standing is what its events say.")
    else:
        wrong = f"{whole(found.differing_parcels)} standings are not what events say"
        print_sentence(console, f"{counts}: {wrong}.", "bold")


def as_json(found: Verified) -> dict[str, Any]:
    """The same for programs."""
    return {
        "equal": found.equal,
        "parcels": found.parcels,
        "events": found.events,
        "damage": list(found.damage),
        "differing_parcels": found.differing_parcels,
        "differences": found.differences,
        "shown": [difference._asdict() for difference in found.shown],
    }


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)
