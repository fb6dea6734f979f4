"""What a plan moves against the previous one, and what each of them reaches."""

import polars as pl
from rich.console import Console

from cstore_cli.dayplan.moved import MOVED_MIN, Moved
from cstore_cli.report.figures import whole
from cstore_cli.report.grid import figures, print_grid, words

_NAMES = {
    "van": "stores that change van",
    "region": "stores that change region",
    "store": "customers whose store changes",
    "arrival": f"arrivals moved over {MOVED_MIN} minutes, new or gone",
}
_SHOWN = 2


def print_moved(console: Console, moved: Moved, currency: str) -> None:
    """Print what moves with the largest examples, then both plans side by side."""
    print_grid(
        console,
        f"What moves against {moved.previous}",
        (*words("what"), *figures("moves"), *words("most of all")),
        (
            (
                name,
                whole(moved.count(what)),
                _examples(moved.rows.filter(pl.col("what") == what)),
            )
            for what, name in _NAMES.items()
        ),
    )
    before, after = moved.before, moved.after
    print_grid(
        console,
        f"Beside {moved.previous}",
        (*words("level"), *figures("before", "now", "change")),
        (
            _apart(
                "stores visited in one plan only", before.stores_only, after.stores_only
            ),
            _apart(
                "parcels planned in one only", before.parcels_only, after.parcels_only
            ),
            _level("unserved parcels", before.unserved, after.unserved),
            _level(
                "late minutes x parcels",
                before.late_min_parcels,
                after.late_min_parcels,
            ),
            _level("parcels redirected", before.redirections, after.redirections),
            _level("metres that customers walk", before.walk_m, after.walk_m),
            _level(f"cost of routes, {currency}", before.money, after.money),
        ),
    )


def _examples(rows: pl.DataFrame) -> str:
    """The commonest changes; of arrivals, the farthest moves."""
    if rows["minutes"].count():
        farthest = rows.sort(pl.col("minutes").abs(), descending=True, nulls_last=True)
        changes = farthest.select(pl.lit(1), "id", "before", "after")
    else:
        changes = (
            rows.group_by("before", "after", maintain_order=True)
            .agg(pl.len(), pl.col("id").first())
            .sort("len", descending=True, maintain_order=True)
            .select("len", "id", "before", "after")
        )
    told = [
        f"{row_id if number == 1 else whole(number)} from {before or 'none'} "
        f"to {after or 'none'}"
        for number, row_id, before, after in changes.head(_SHOWN).iter_rows()
    ]
    return "; ".join(told)


def _apart(name: str, before: int, after: int) -> tuple[str, ...]:
    return name, whole(before), whole(after), ""


def _level(name: str, before: float, after: float) -> tuple[str, ...]:
    change = round(after - before)
    return name, whole(before), whole(after), f"{change:+,}" if change else "0"
