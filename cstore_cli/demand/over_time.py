"""Columns of transactions as figures of areas over time."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from cstore_cli.demand.examples import few, many
from cstore_cli.demand.gaps import Bools
from cstore_cli.demand.history import Floats
from cstore_cli.errors import InputError


def over_time(cells: pl.DataFrame, name: str, shape: tuple[int, int]) -> Floats:
    """
    A column of ``cells``, which know their ``area`` and ``period``; nan elsewhere.

    Text becomes the number of its value among the sorted ones.
    """
    grid = np.full(shape, np.nan)
    kept = cells.filter(pl.col("period").is_between(0, shape[1] - 1))
    column = kept[name]
    if column.dtype == pl.String:
        values = cells[name].drop_nulls().unique().sort()
        column = column.replace_strict(
            values, np.arange(len(values)), default=None, return_dtype=pl.Float64
        )
    values = column.cast(pl.Float64).fill_null(float("nan"))
    grid[kept["area"].to_numpy(), kept["period"].to_numpy()] = values.to_numpy()
    return grid


def refuse_unknown_ahead(
    ahead: Mapping[str, Floats], served: Bools, dates: Sequence[str]
) -> None:
    """
    Refuse columns that are not known for each forecast date of each ``served`` area.

    ``dates`` are those to forecast, the last columns of ``ahead``.

    Raises
    ------
    InputError
        With the cells and dates that each column lacks.
    """
    lines = []
    for name, values in ahead.items():
        unknown = np.isnan(values[served, -len(dates) :])
        if unknown.any():
            lacking = [dates[t] for t in np.flatnonzero(unknown.any(axis=0)).tolist()]
            lines.append(
                f"{name!r} is under `known_ahead:`, but {int(unknown.sum()):,} of "
                f"{unknown.size:,} cells to forecast are empty or have no row, on "
                f"{many(len(lacking), 'date')}: {few(lacking)}."
            )
    if lines:
        lines.append(
            "Add rows of these dates for every area, with orders left empty; or "
            "shorten `horizon:`; or take the column out of `known_ahead:`."
        )
        raise InputError("\n".join(lines))
