"""Demand from what an area is like: for areas never served."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import mean_poisson_deviance
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from cstore_cli.demand.area_features import AreaFeatures
from cstore_cli.demand.history import Floats

Ints = npt.NDArray[np.intp]

FOLDS = 5
CHOICE_FOLDS = 3
"""Within what a model may see; fewer, for each costs a fit of every candidate."""
FEWEST_AREAS = 10
"""With history in fewer areas nothing but the mean per person can be told."""
FEWEST_FOR_TREES = 60
"""With fewer areas boosted trees have too few to divide."""
PENALTIES = (0.003, 0.03, 0.3)
MOST_KINDS = 20
"""Categories of one column told apart; the rarest beyond them are as one."""
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class CrossSection:
    """
    Orders per person and period from an area's features.

    ``model`` gives them as a multiple of ``mean``; None where only the mean is known.
    ``name`` is that of the candidate chosen: "mean", "glm ..." or "boosting".
    """

    name: str
    mean: float
    model: Pipeline | None

    def per_person(self, values: Floats) -> Floats:
        """Orders per person and period; ``values`` (m, k) as in AreaFeatures."""
        if self.model is None or len(values) == 0:
            return np.full(len(values), self.mean)
        return self.mean * np.asarray(self.model.predict(values))

    def predict(self, features: AreaFeatures) -> Floats:
        """Orders per period of each area (m,)."""
        return self.per_person(features.values) * features.people


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Parts of the areas with history, each with a model that saw only the others."""

    parts: tuple[tuple[Ints, CrossSection], ...]

    def per_person(self, values: Floats) -> Floats:
        """Orders per person and period (n,); nan for areas in no part."""
        told = np.full(len(values), np.nan)
        for rows, model in self.parts:
            told[rows] = model.per_person(values[rows])
        return told


def fit_cross_section(
    features: AreaFeatures, level: Floats, weight: Floats | None = None, seed: int = 0
) -> CrossSection:
    """
    The model of demand per person that does best on areas it did not see.

    Candidates are the mean per person, Poisson regressions with a logarithmic link
    under several ridge penalties, and trees boosted on the Poisson loss. The one of
    least Poisson deviance in threefold cross-validation over whole areas is fitted to
    all of them. To the regressions, a feature beyond all that was seen is as far out as
    the furthest seen. With fewer than 10 areas, no orders or no features the mean
    stands, nan if no area has history.

    Parameters
    ----------
    features
        What all areas are like, those without history too.
    level
        (n,) mean orders per period of each area; nan without history.
    weight
        (n,) how much each level counts, such as its known periods; None: alike.
    seed
        Deals the areas into folds.
    """
    known = _known(level, weight)
    with threadpool_limits(1):  # hundreds of small fits: threads would only wait
        return _fit_best(features, level, _weights(features, weight), known, seed)


def hold_out(
    features: AreaFeatures, level: Floats, weight: Floats | None = None, seed: int = 0
) -> HeldOut:
    """
    Models for each fifth of the areas with history, chosen and fitted without it.

    With fewer than 10 such areas each is held out alone; a single one has no part.
    """
    known = _known(level, weight)
    weights = _weights(features, weight)
    with threadpool_limits(1):
        return HeldOut(
            tuple(
                (test, _fit_best(features, level, weights, train, seed))
                for train, test in _folds(known, FOLDS, seed)
            )
        )


def left_out(
    features: AreaFeatures, level: Floats, weight: Floats | None = None, seed: int = 0
) -> Floats:
    """Orders per period (n,) told by models that did not see the area, else nan."""
    held = hold_out(features, level, weight, seed)
    return held.per_person(features.values) * features.people


def _known(level: Floats, weight: Floats | None) -> Ints:
    known = np.isfinite(level)
    return np.flatnonzero(known if weight is None else known & (weight > 0))


def _weights(features: AreaFeatures, weight: Floats | None) -> Floats:
    """Weight of each area's orders per person: its people, as far as it counts."""
    return features.people if weight is None else features.people * weight


def _folds(rows: Ints, most: int, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """(train, test) of whole areas; none where there is nothing to hold out."""
    if len(rows) < 2:  # noqa: PLR2004
        return
    parts = most if len(rows) >= FEWEST_AREAS else len(rows)
    for train, test in KFold(parts, shuffle=True, random_state=seed).split(rows):
        yield rows[train], rows[test]


def _fit_best(
    features: AreaFeatures, level: Floats, weights: Floats, rows: Ints, seed: int
) -> CrossSection:
    per_person = level / features.people
    candidates = _candidates(features, len(rows), seed)
    names = ["mean", *candidates]
    best = "mean"
    if candidates and per_person[rows].sum() > 0:
        folds = list(_folds(rows, CHOICE_FOLDS, seed))
        told = {name: np.zeros(len(level)) for name in names}
        for name, (train, test) in ((n, fold) for n in names for fold in folds):
            fitted = _fit(name, candidates, features, per_person, weights, train)
            told[name][test] = fitted.per_person(features.values[test])
        best = min(
            names,
            key=lambda name: mean_poisson_deviance(
                per_person[rows],
                np.maximum(told[name][rows], TINY),
                sample_weight=weights[rows],
            ),
        )
    return _fit(best, candidates, features, per_person, weights, rows)


def _fit(
    name: str,
    candidates: dict[str, Pipeline],
    features: AreaFeatures,
    per_person: Floats,
    weights: Floats,
    rows: Ints,
) -> CrossSection:
    if len(rows) == 0:
        return CrossSection("mean", np.nan, None)
    mean = float(np.average(per_person[rows], weights=weights[rows]))
    if name == "mean" or mean == 0:
        return CrossSection("mean", mean, None)
    model = clone(candidates[name])
    model.fit(
        features.values[rows],
        per_person[rows] / mean,
        model__sample_weight=weights[rows] / weights[rows].mean(),
    )
    return CrossSection(name, mean, model)


def _candidates(features: AreaFeatures, num: int, seed: int) -> dict[str, Pipeline]:
    """Pipelines that tell a multiple of the mean from ``num`` rows of features."""
    if not features.names or num < FEWEST_AREAS:
        return {}
    filled = SimpleImputer(strategy="median", keep_empty_features=True)
    scaled = make_pipeline(filled, MinMaxScaler(clip=True), StandardScaler())
    trees = HistGradientBoostingRegressor(
        loss="poisson",
        max_iter=40,
        learning_rate=0.1,
        max_leaf_nodes=5,
        max_bins=32,
        early_stopping=False,
        random_state=seed,
    )
    pipelines = {
        f"glm {penalty:g}": _pipeline(
            features, scaled, PoissonRegressor(alpha=penalty, solver="newton-cholesky")
        )
        for penalty in PENALTIES
    }
    if num >= FEWEST_FOR_TREES:
        pipelines["boosting"] = _pipeline(features, filled, trees)
    return pipelines


def _pipeline(
    features: AreaFeatures,
    numeric: Pipeline | SimpleImputer,
    model: PoissonRegressor | HistGradientBoostingRegressor,
) -> Pipeline:
    kinds = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=MOST_KINDS,
        sparse_output=False,
    )
    columns = ColumnTransformer(
        [
            ("numeric", numeric, np.flatnonzero(~features.categorical)),
            ("kinds", kinds, np.flatnonzero(features.categorical)),
        ]
    )
    return Pipeline([("columns", columns), ("model", model)])
