"""Figures of an area that cannot be, or that say little."""

from collections.abc import Iterator, Sequence

import numpy as np

from cstore_cli.demand.cleaning.examples import few
from cstore_cli.demand.history import Anomaly, Floats

_FACTOR, _LEAST_LEVEL, _SHARE = 20, 5, 0.95
_LEAST_VALUES = 14
_FEW_VALUES = 3


def without_huge(
    orders: Floats, area_ids: Sequence[str], dates: Sequence[str], told: list[Anomaly]
) -> Floats:
    """
    Orders (n, past), nan where a figure is far beyond the others of its area.

    That is more than 20 times their 95th percentile, of 5 orders at least, in areas
    with 14 figures or more.
    """
    huge = np.zeros(orders.shape, dtype=bool)
    large = orders > _FACTOR * _LEAST_LEVEL
    for i in np.flatnonzero(large.any(axis=1)):
        huge[i] = large[i] & (orders[i] > _FACTOR * _level_of_others(orders[i]))
    places = np.argwhere(huge)
    if len(places):
        where = few(
            [
                f"{dates[t]} {area_ids[i]} ({orders[i, t]:,.0f})"
                for i, t in places.tolist()
            ]
        )
        what = "figures far beyond the area's own"
        treated = f"taken as unknown: above {_FACTOR} times what is high there"
        told.append(Anomaly(what, len(places), where, treated))
    return np.where(huge, np.nan, orders)


def _level_of_others(row: Floats) -> Floats:
    """Of each figure the 95th percentile of the others, of 5 at least; inf if few."""
    known = np.sort(row[~np.isnan(row)])
    level = np.full(len(row), np.inf)
    if len(known) < _LEAST_VALUES:
        return level
    rank = np.searchsorted(known, row)
    place = _SHARE * (len(known) - 2)
    low = int(place)
    at = [known[np.minimum(k + (rank <= k), len(known) - 1)] for k in (low, low + 1)]
    level = at[0] + (place - low) * (at[1] - at[0])
    high: Floats = np.maximum(_LEAST_LEVEL, level)
    return high


def sparse_areas(orders: Floats, area_ids: Sequence[str]) -> Iterator[Anomaly]:
    """Yield the areas whose history says nothing, only zeros, or next to nothing."""
    num = (~np.isnan(orders)).sum(axis=1)
    zeros = (num > 0) & ~(orders > 0).any(axis=1)
    by_likeness = "forecast by what they are like"
    for what, which, treated in (
        ("areas without transactions", num == 0, by_likeness),
        ("areas with zeros only", zeros, "kept as they are"),
        (
            f"areas with fewer than {_FEW_VALUES} figures",
            (num > 0) & (num < _FEW_VALUES),
            "kept, but they hardly count: mostly " + by_likeness,
        ),
    ):
        names = [area_ids[i] for i in np.flatnonzero(which).tolist()]
        if names:
            yield Anomaly(what, len(names), few(names), treated)
