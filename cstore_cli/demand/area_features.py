"""What each area is like, as figures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cstore_cli.demand.history import Floats
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.tables.demand_inputs import DemandInputs

SKEWED = 10
"""A column, all positive, of which the largest is so many medians is logarithmic."""


@dataclass(frozen=True, eq=False)
class AreaFeatures:
    """
    ``values`` (n, k): feature ``names[j]`` of each area, nan where unknown.

    Features that are ``categorical`` hold a category's number, named in ``labels``;
    those ``logged`` hold a natural logarithm. ``people`` (n,) is the exposure: the
    people of each area, 1 everywhere where the table does not tell.
    """

    names: tuple[str, ...]
    values: Floats
    categorical: npt.NDArray[np.bool_]
    labels: dict[str, tuple[str, ...]]
    people: Floats
    logged: frozenset[str] = frozenset()


def area_features(
    inputs: DemandInputs, settings: AnalyzeDemandSettings
) -> AreaFeatures:
    """
    The columns of areas that may tell demand, a row per area in the table's order.

    Counts become shares of the people, "age_25_34 share" (0 to 1). People are the
    exposure and, as a logarithm, a feature, as is every other column whose values are
    all positive and whose largest is more than 10 medians. An area of 0 people counts
    as 1 person; one whose people are unknown as the median area, its shares unknown.
    Without a column of people the exposure is 1 and counts stay as they are.
    """
    columns = settings.areas
    numeric = [name for name in inputs.numeric if name not in columns.leave_out]
    kinds = [name for name in inputs.categories if name not in columns.leave_out]
    people = _people(inputs.areas, columns.people)
    values, logged = {}, set()
    for name in numeric:
        column = _floats(inputs.areas[name])
        if name == columns.people and people is not None:
            values[name] = np.log(np.where(np.isnan(column), np.nan, people))
            logged.add(name)
        elif people is not None and _is_count(name, columns.counts):
            known = _floats(inputs.areas[columns.people])
            values[f"{name} share"] = column / np.where(known > 0, known, np.nan)
        elif _is_skewed(column):
            values[name] = np.log(column)
            logged.add(name)
        else:
            values[name] = column
    labels = {}
    for name in kinds:
        found = inputs.areas[name]
        labels[name] = tuple(sorted(found.drop_nulls().unique()))
        codes = found.replace_strict(
            labels[name], range(len(labels[name])), return_dtype=pl.Float64
        )
        values[name] = _floats(codes)
    size = inputs.areas.height
    return AreaFeatures(
        names=tuple(values),
        values=np.column_stack([np.empty((size, 0)), *values.values()]),
        categorical=np.array([name in labels for name in values], dtype=np.bool_),
        labels=labels,
        people=np.ones(size) if people is None else people,
        logged=frozenset(logged),
    )


def _people(areas: pl.DataFrame, name: str) -> Floats | None:
    """People of each area, at least 1; None where the table does not tell at all."""
    if name not in areas.columns:
        return None
    people = _floats(areas[name])
    known = people[~np.isnan(people)]
    if known.size == 0:
        return None
    return np.maximum(np.where(np.isnan(people), np.median(known), people), 1.0)


def _is_count(name: str, counts: Sequence[str] | None) -> bool:
    return name.startswith("age_") if counts is None else name in counts


def _is_skewed(column: Floats) -> bool:
    known = column[~np.isnan(column)]
    if known.size == 0 or known.min() <= 0:
        return False
    return bool(known.max() > SKEWED * np.median(known))


def _floats(column: pl.Series) -> Floats:
    """The column, nan where it is empty."""
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64)
