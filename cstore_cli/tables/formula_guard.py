"""
Cells that a spreadsheet would run as a formula: an apostrophe before them stops it.

A cell that already starts with apostrophes before such a character gets one more, so
that taking one off again always gives the cell back.
"""

import re

import polars as pl

_FORMULA = r"^'*[=+\-@\t\r]"
_PLAIN_NUMBER = r"^[+-]?[0-9]+(?:\.[0-9]+)?$"
_GUARDED = r"^'+[=+\-@\t\r]"


def guarded_name(name: str) -> str:
    """`guarded` for one text, such as a column's name."""
    runs = re.match(_FORMULA, name) and not re.fullmatch(_PLAIN_NUMBER, name)
    return "'" + name if runs else name


def unguarded_name(name: str) -> str:
    """`unguarded` for one text, such as a column's name."""
    return name[1:] if re.match(_GUARDED, name) else name


def guarded(column: pl.Expr) -> pl.Expr:
    """The text column with an apostrophe before every formula-like cell."""
    runs = column.str.contains(_FORMULA) & ~column.str.contains(_PLAIN_NUMBER)
    return pl.when(runs).then(pl.lit("'") + column).otherwise(column).name.keep()


def unguarded(column: pl.Expr) -> pl.Expr:
    """The text column as it was before `guarded`."""
    held = column.str.contains(_GUARDED)
    return pl.when(held).then(column.str.slice(1)).otherwise(column).name.keep()
