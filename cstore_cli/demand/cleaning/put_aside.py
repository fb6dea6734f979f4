"""Rows that reading put aside, by what is wrong with them."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.demand.cleaning.examples import few
from cstore_cli.demand.history import Anomaly
from cstore_cli.tables.demand_inputs import DemandInputs

_KINDS = (
    (r"^area_id: repeats .* says the same", "rows repeated, saying the same"),
    (r"^area_id: repeats ", "rows repeated, saying something else"),
    (r"\borders: -\S+ must be at least", "negative orders"),
    (r"orders_are_whole", "orders with a fraction"),
    (r"\borders: ", "orders that are no number"),
    (r"\bdate: ", "dates that are none"),
    (r"area_id: is empty", "rows without an area"),
)
"""How the reason of a row begins: what it is; the first that fits."""
_FIRST_KEPT = "the first row was kept, the later ones were put aside"


def rows_put_aside(inputs: DemandInputs) -> Iterator[Anomaly]:
    """Yield each kind of fault that rows were put aside for, and how many."""
    reason = pl.col("reason")
    kind = pl.lit("other rows that cannot be read")
    for pattern, what in reversed(_KINDS):
        kind = pl.when(reason.str.contains(pattern)).then(pl.lit(what)).otherwise(kind)
    rows = inputs.rejected.with_columns(kind.alias("kind"))
    for what in (*(name for _, name in _KINDS), "other rows that cannot be read"):
        some = rows.filter(pl.col("kind") == what)
        if len(some):
            treated = _FIRST_KEPT if what.startswith("rows repeated") else "put aside"
            where = few([_place(row) for row in some.iter_rows(named=True)])
            yield Anomaly(what, len(some), where, treated)
    if len(inputs.rejected_pickups):
        lines = [f"line {line}" for line in inputs.rejected_pickups["line"]]
        what = "rows of pickups that cannot be read"
        yield Anomaly(what, len(lines), few(lines), "put aside")


def _place(row: dict[str, object]) -> str:
    known = [str(row[name]) for name in ("date", "area_id") if row.get(name)]
    return f"{' '.join(known)} (line {row['line']})".strip()
