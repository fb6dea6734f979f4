"""Columns of transactions as figures of areas over time."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from cstore_cli.demand.cleaning.examples import few, many
from cstore_cli.demand.cleaning.gaps import Bools
from cstore_cli.demand.history import Anomaly, Floats
from cstore_cli.errors import InputError

_MOST_LACKING = 0.5
"""Part of the areas that may lack what is known ahead of a date."""


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


def unknown_ahead(
    ahead: Mapping[str, Floats], served: Bools, dates: Sequence[str]
) -> Iterator[Anomaly]:
    """
    Yield what is not known ahead in single areas; dates lacking in most are refused.

    ``served`` are the areas with orders; ``dates`` those to forecast, the last columns
    of ``ahead``.

    Raises
    ------
    InputError
        With the cells and dates that columns lack.
    """
    lines = []
    for name, values in ahead.items():
        unknown = np.isnan(values[served, -len(dates) :])
        lacking = unknown.mean(axis=0) > _MOST_LACKING
        if lacking.any():
            at = [dates[t] for t in np.flatnonzero(lacking).tolist()]
            lines.append(
                f"{name!r} is under `known_ahead:`, but {int(unknown.sum()):,} of "
                f"{unknown.size:,} cells to forecast are empty or have no row, most "
                f"areas' on {many(len(at), 'date')}: {few(at)}."
            )
        elif unknown.any():
            at = [dates[t] for t in np.flatnonzero(unknown.any(axis=0)).tolist()]
            what = f"cells to forecast without the {name} that is known ahead"
            yield Anomaly(what, int(unknown.sum()), few(at), "forecast without it")
    if lines:
        lines.append(
            "Add rows of these dates for every area, with orders left empty; or "
            "shorten `horizon:`; or take the column out of `known_ahead:`."
        )
        raise InputError("\n".join(lines))
