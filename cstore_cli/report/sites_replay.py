"""A day replayed: what the chosen sites cost per day in vans and kilometres."""

from collections.abc import Callable, Mapping

from rich.console import Console

from cstore_cli.report.figures import tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence
from cstore_cli.siting.replay import Replay

FIGURES = {
    "stores": ("stores", whole),
    "vans": ("vans", whole),
    "km": ("km", tenths),
    "van_hours": ("van\nhours", tenths),
    "money": ("money", whole),
    "planned": ("parcels\nplanned", whole),
    "unserved": ("un-\nserved", whole),
    "deferred": ("de-\nferred", whole),
    "mean_walk_m": ("mean\nwalk m", tenths),
}
"""Figure: its heading, and how it reads."""


def print_replay(console: Console, replay: Replay, currency: str) -> None:
    """Print both days with their difference, what it means, and what was assumed."""
    *days, difference = [
        (row["network"], *(replay_cell(name, row[name]) for name in FIGURES))
        for row in replay.table.iter_rows(named=True)
    ]
    print_grid(
        console,
        f"{replay.date} replayed, money in {currency}",
        (*words("network"), *figures(*(name for name, _ in FIGURES.values()))),
        days,
        difference,
    )
    console.print()
    print_sentence(console, replay_told(replay))
    print_sentence(console, assumed(replay))


def replay_cell(name: str, value: float | None) -> str:
    """Return a figure of a day as it reads."""
    return "-" if value is None else FIGURES[name][1](value)


def replay_told(replay: Replay) -> str:
    """Return what the new stores make of a day."""
    vans = replay.chosen.vans - replay.now.vans
    km = replay.chosen.km - replay.now.km
    stores = "store" if replay.num_new == 1 else "stores"
    if replay.num_new == replay.chosen.stores:
        stores += " alone"
    told = (
        f"With the {whole(replay.num_new)} new {stores} a day takes "
        f"{_more(vans, whole, 'van' if abs(vans) == 1 else 'vans')} and "
        f"{_more(km, tenths, 'km')}"
    )
    planned = replay.chosen.planned - replay.now.planned
    if planned:
        parcels = "parcel" if abs(planned) == 1 else "parcels"
        told += f", for {_more(planned, whole, parcels)}"
    return told


def _more(value: float, shown: Callable[[float], str], unit: str) -> str:
    size = shown(abs(value))
    if size == shown(0):
        return f"as many {unit}"
    return f"{size} {unit} {'more' if value > 0 else 'less'}"


def assumed(replay: Replay) -> str:
    """Return what a replay takes for granted, and what it leaves out."""
    told = (
        "Assumed: who asks for a store asks for the nearest one; orders that so ask "
        f"for another than they did: now {whole(replay.now.num_moved)}, chosen "
        f"{whole(replay.chosen.num_moved)}"
    )
    now, chosen = replay.now.left_out, replay.chosen.left_out
    if now == chosen:
        told += _left("of stores in neither network", now)
    else:
        told += _left("of stores not in the network now", now)
        told += _left("of stores not in the network chosen", chosen)
    if replay.num_rejected:
        told += f"; orders with faults, in neither: {whole(replay.num_rejected)}"
    return (
        f"{told}. DCs are those of the day. Both plans were searched for: small "
        "differences may be the search's"
    )


def _left(whose: str, left_out: Mapping[str, int]) -> str:
    rows = [
        f"{table.replace('_', ' ')} {whole(count)}"
        for table, count in left_out.items()
        if count
    ]
    return f"; {whose}, left out: {', '.join(rows)}" if rows else ""
