"""Transactions: rows without a fault, the columns that the YAML names, repeats."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.analyze_demand import TransactionsSettings
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.demand import Transactions
from cstore_cli.tables.free_columns import (
    MOST_VALUES,
    YAML,
    FreeColumn,
    free_column,
    no_column,
    odd_cells,
)
from cstore_cli.tables.header import cleared
from cstore_cli.tables.read import Table, put_aside
from cstore_cli.tables.reader import Reader

_KEY = ("date", "area_id")


def read_transactions(
    reader: Reader, decimal_mark: str, asked: TransactionsSettings
) -> tuple[Table, dict[str, FreeColumn]]:
    """Return the rows without a fault, and the columns that the YAML names."""
    table = reader.filtered("transactions", Transactions, None)
    if table.frame.is_empty():
        return table, {}
    path = reader.path("transactions")
    raw = cleared(table.raw, (LINE,))
    free: dict[str, FreeColumn] = {}
    for place, name in _named(asked):
        columns = [n for n in raw.columns if n not in Transactions.column_names()]
        if name in free:
            what = f"{name!r} is named twice; it is known ahead, or lagged, not both"
            reader.blame([Fault(YAML, None, place, what, "take one out")])
        elif name not in columns:
            reader.blame([no_column(place, name, path, list(raw.columns))])
        else:
            free[name] = free_column(raw[name], decimal_mark)
            reader.blame(_too_many_texts(place, name, path, free[name]))
    lines = table.frame[LINE]
    odd = [f for name in free for f in odd_cells(path, lines, raw[name], free[name])]
    if odd:
        table, free = _without(table, free, odd)
    values = (column.values.alias(name) for name, column in free.items())
    repeats = list(_repeats(path, table.frame.with_columns(values)))
    if repeats:
        table, free = _without(table, free, repeats)
    return table, free


def _named(asked: TransactionsSettings) -> Iterator[tuple[str, str]]:
    """Yield the columns that the YAML names, with the setting."""
    for k, name in enumerate(asked.known_ahead):
        yield f"transactions.known_ahead.{k}", name
    for k, name in enumerate(asked.lagged):
        yield f"transactions.lagged.{k}", name


def _without(
    table: Table, free: dict[str, FreeColumn], faults: list[Fault]
) -> tuple[Table, dict[str, FreeColumn]]:
    """Return the rows that have none of the faults."""
    good = ~table.frame[LINE].is_in([fault.line for fault in faults])
    rows = {
        name: FreeColumn(
            column.kind, column.values.filter(good), column.odd.filter(good)
        )
        for name, column in free.items()
    }
    return put_aside(table, faults), rows


def _too_many_texts(
    place: str, name: str, path: str, column: FreeColumn
) -> Iterator[Fault]:
    """Yield the fault of a column that is neither figures nor categories."""
    num = column.values.drop_nulls().n_unique()
    if column.kind == "text" and num:
        what = f"{name!r} of {path} is neither figures nor up to {MOST_VALUES} kinds"
        yield Fault(YAML, None, place, f"{what}: {num} texts", "take it out")
    elif column.kind == "text":
        yield Fault(YAML, None, place, f"{name!r} of {path} is empty", "take it out")


def _repeats(path: str, rows: pl.DataFrame) -> Iterator[Fault]:
    """Yield the rows whose date and area_id a row above has."""
    again = ~pl.struct(_KEY).is_first_distinct()
    twice = rows.filter(again)
    if twice.is_empty():
        return
    firsts = rows.join(twice.select(_KEY).unique(), on=_KEY, how="semi").filter(~again)
    pairs = twice.join(
        firsts, on=_KEY, how="left", suffix=" first", maintain_order="left"
    )
    said = [name for name in rows.columns if name not in {LINE, *_KEY}]
    same = pl.all_horizontal(pl.col(n).eq_missing(pl.col(f"{n} first")) for n in said)
    for line, first, alike in pairs.select(
        LINE, f"{LINE} first", same.alias("same")
    ).iter_rows():
        ends = "says the same" if alike else "says something else"
        what = f"repeats the date and area_id of line {first} and {ends}"
        yield Fault(path, line, "area_id", what, "the first is kept")
