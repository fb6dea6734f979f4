"""Columns that no contract knows: figures or categories, as their cells show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.yaml_file import did_you_mean
from cstore_cli.tables.cells import parsed
from cstore_cli.tables.rules import shown

YAML = "the YAML"
"""Where a fault of the settings stands that only the tables show."""

MOST_VALUES = 30
"""A column of more texts than this is no category."""
_ODD_OF = 10
"""Up to one cell in ten that is no figure is a fault; more, and the column is text."""


@dataclass(frozen=True, eq=False)
class FreeColumn:
    """
    What a column holds: figures (Float64) or categories (String), null where empty.

    A ``text`` has too many different values to be a category, or none at all.
    ``odd`` are the cells that are no figure in a column of figures.
    """

    kind: Literal["number", "category", "text"]
    values: pl.Series
    odd: pl.Series


def free_column(cells: pl.Series, decimal_mark: str) -> FreeColumn:
    """Tell what the cells of a column hold."""
    name, text = cells.name, cells.str.strip_chars()
    text = pl.select(pl.when(text != "").then(text).alias(name)).to_series()
    values, _, _ = parsed(text, {"kind": "number"}, pl.Float64, decimal_mark, "UTC")
    values = pl.select(pl.when(values.is_finite()).then(values).alias(name))[name]
    filled = text.is_not_null()
    odd = filled & values.is_null()
    num_filled, num_odd = int(filled.sum()), int(odd.sum())
    if num_filled and _ODD_OF * num_odd <= num_filled:
        return FreeColumn("number", values, odd)
    num_values = text.drop_nulls().n_unique()
    few = num_values <= MOST_VALUES and num_values < num_filled
    return FreeColumn("category" if few else "text", text, odd & False)


def odd_cells(
    path: str, lines: pl.Series, cells: pl.Series, column: FreeColumn
) -> Iterator[Fault]:
    """Yield the cells that are no figure in a column of figures."""
    odd = column.odd
    for line, cell in zip(lines.filter(odd), cells.filter(odd), strict=True):
        what = f"{shown(cell)} is not a number, as others of this column are"
        mend = "mend it, or leave it empty where unknown"
        yield Fault(path, line, cells.name, what, mend)


def no_column(place: str, name: str, path: str, columns: Sequence[str]) -> Fault:
    """Return the fault of a setting that names a column which is not there."""
    what = f"{name!r} is no column of {path}"
    mend = did_you_mean(name, columns) or f"the file has: {', '.join(columns)}"
    return Fault(YAML, None, place, what, mend)
