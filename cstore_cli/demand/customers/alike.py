"""Areas as points: features on one scale, so that distance means unlike."""

from dataclasses import dataclass

import numpy as np

from cstore_cli.demand.area_features import AreaFeatures
from cstore_cli.demand.history import Floats

_FAR = 3.0
_ALIKE = 1e-9


@dataclass(frozen=True, eq=False)
class Points:
    """
    ``scaled`` (n, k): features in standard deviations from their mean over the areas.

    ``names`` are theirs; ``values`` (n, k) are as they were, nan where unknown;
    those ``logged`` hold a natural logarithm.
    """

    names: tuple[str, ...]
    values: Floats
    scaled: Floats
    logged: frozenset[str]


def points(features: AreaFeatures, more: dict[str, Floats]) -> Points:
    """
    Return the areas as points of the numeric features and ``more`` by name.

    Categories are left out, as is what is the same everywhere. An unknown figure
    stands at the mean. Three deviations are the farthest, so that one odd area does
    not become a group of its own.
    """
    numeric = ~features.categorical
    named = zip(features.names, numeric, strict=True)
    names = [*(name for name, is_number in named if is_number), *more]
    values = np.column_stack([features.values[:, numeric], *more.values()])
    known = np.isfinite(values)
    count = np.maximum(1, known.sum(axis=0))
    mean = np.where(known, values, 0).sum(axis=0) / count
    off = np.where(known, values - mean, 0)
    deviation = np.sqrt((off**2).sum(axis=0) / count)
    varies = deviation > _ALIKE * np.maximum(1, abs(mean))
    scaled = np.clip(off[:, varies] / deviation[varies], -_FAR, _FAR)
    kept = tuple(name for name, is_kept in zip(names, varies, strict=True) if is_kept)
    as_were = np.where(known, values, np.nan)[:, varies]
    return Points(kept, as_were, scaled, features.logged)
