"""Broken rows of a frame, all of them named at once."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from cstore_cli.errors import Fault, InputError

MAX_FAULTS_SHOWN = 20
HEADER_LINES = 1


@dataclass(frozen=True)
class Rule:
    """What a sound row fulfils; null counts as broken."""

    column: str
    sound: pl.Expr
    what: str
    mend: str = ""


def broken(table: str, frame: pl.DataFrame, rules: Iterable[Rule]) -> list[Fault]:
    """Every row that breaks a rule; its line is its row when no cell holds LF."""
    numbered = frame.with_row_index("_line", offset=1 + HEADER_LINES)
    return [
        Fault(table, line, rule.column, f"{rule.what}, is {value}", rule.mend)
        for rule in rules
        for line, value in numbered.filter(~rule.sound.fill_null(value=False))
        .select("_line", rule.column)
        .iter_rows()
    ]


def refuse_columns_missing(
    table: str, frame: pl.DataFrame, columns: Iterable[str]
) -> None:
    """Raise InputError naming every column that ``frame`` lacks."""
    missing = [column for column in columns if column not in frame.columns]
    refuse(table, [Fault(table, None, column, "is missing") for column in missing])


def refuse(table: str, faults: list[Fault]) -> None:
    """Raise InputError with the count and the first faults; none: do nothing."""
    if faults:
        shown = sorted(faults)[:MAX_FAULTS_SHOWN]
        more = f", the first {len(shown)}" if len(faults) > len(shown) else ""
        count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
        raise InputError(f"{table} cannot be used: {count}{more}:", shown)
