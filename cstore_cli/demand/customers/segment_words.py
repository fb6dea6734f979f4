"""What is special about a segment, in the words of the table's own columns."""

import re

import numpy as np
import numpy.typing as npt

from cstore_cli.demand.customers.alike import Points
from cstore_cli.demand.history import Floats

_MOST_TOLD = 4
_TOLD_FROM = 0.3
_SHARE = " share"


def words_of(name: str) -> str:
    """Return the words of a feature: "age 25-34" of "age_25_34 share"."""
    bare = name.removesuffix(_SHARE)
    return re.sub(r"(?<=\d)_(?=\d)", "-", bare).replace("_", " ")


def differences(points: Points, here: npt.NDArray[np.bool_], people: Floats) -> str:
    """
    Return in which features the areas ``here`` differ most, their mean and the city's.

    Told are at most 4, and those whose mean over the areas is 0.3 standard deviations
    or more from the city's. Means shown are weighted by ``people``; of a feature
    that is logged they are geometric, and one "... share" is shown in per cent.
    """
    off = points.scaled[here].mean(axis=0) - points.scaled.mean(axis=0)
    order = np.argsort(-abs(off).round(9), kind="stable")[:_MOST_TOLD]
    everywhere = np.full(len(here), True)
    told = [
        f"{words_of(points.names[j])} "
        f"{_shown(points, int(j), here, people)} "
        f"(city {_shown(points, int(j), everywhere, people)})"
        for j in order
        if abs(off[j]) >= _TOLD_FROM
    ]
    return ", ".join(told) if told else "much like the city"


def _shown(points: Points, j: int, here: npt.NDArray[np.bool_], people: Floats) -> str:
    values = points.values[:, j]
    known = here & np.isfinite(values)
    if not known.any():
        return "unknown"
    weight = people[known]
    mean = float(np.average(values[known], weights=weight if weight.any() else None))
    name = points.names[j]
    if name.endswith(_SHARE):
        return f"{100 * mean:.3g} %"
    return figure(float(np.exp(mean)) if name in points.logged else mean)


def figure(value: float) -> str:
    """Return three digits or all before the point: 0.0123, 7.04, 12,345."""
    if abs(value) >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.3g}"
