"""What changed against the previous plan, as the page shows it."""

from typing import NamedTuple

import polars as pl

from cstore_cli.dayplan.moved import KINDS, MOVED_MIN, Moved
from cstore_cli.report.figures import whole
from cstore_cli.report.plan_page.places import Places

ROWS = 100
"""Moves listed per kind; moved.csv has all."""
_NAMES = {
    "van": "stores that change van",
    "region": "stores that change region",
    "store": "customers whose store changes",
    "arrival": f"arrivals moved over {MOVED_MIN} minutes, new or gone",
}


class Kind(NamedTuple):
    """Moves of a kind: id, before, after, minutes and the store's number each."""

    name: str
    moves: int
    rows: list[tuple[str, str, str, int | None, int]]


class Level(NamedTuple):
    """A figure of both plans."""

    name: str
    before: str
    after: str
    change: str


def kinds_of(moved: Moved, places: Places) -> list[Kind]:
    """What moves, most of all first where minutes say so."""
    return [
        Kind(
            _NAMES[what],
            moved.count(what),
            [
                (*row, _store(places, *row[:3]))
                for row in moved.rows.filter(what=what)
                .sort(pl.col("minutes").abs(), descending=True, nulls_last=True)
                .select("id", "before", "after", "minutes")
                .head(ROWS)
                .iter_rows()
            ],
        )
        for what in KINDS
    ]


def levels_of(moved: Moved, currency: str) -> list[Level]:
    """Both plans side by side."""
    before, after = moved.before, moved.after
    pairs = (
        ("unserved parcels", before.unserved, after.unserved),
        ("late minutes x parcels", before.late_min_parcels, after.late_min_parcels),
        ("parcels redirected", before.redirections, after.redirections),
        ("metres that customers walk", before.walk_m, after.walk_m),
        (f"cost of routes, {currency}", before.money, after.money),
    )
    only = (
        ("stores visited in one plan only", before.stores_only, after.stores_only),
        ("parcels planned in one only", before.parcels_only, after.parcels_only),
    )
    return [
        *(Level(name, whole(a), whole(b), "") for name, a, b in only),
        *(
            Level(name, whole(a), whole(b), f"{round(b - a):+,}" if b != a else "0")
            for name, a, b in pairs
        ),
    ]


def _store(places: Places, moved_id: str, before: str, after: str) -> int:
    """The number of the store that moves, or that a customer's parcel goes to."""
    return next(
        (
            places.number[name]
            for name in (moved_id, after, before)
            if name in places.number
        ),
        -1,
    )
