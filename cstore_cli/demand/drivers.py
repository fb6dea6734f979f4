"""Which features of an area drive its demand, how much, and which way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import spearmanr
from threadpoolctl import threadpool_limits

from cstore_cli.demand.area_features import AreaFeatures
from cstore_cli.demand.cross_section import HeldOut
from cstore_cli.demand.history import Floats
from cstore_cli.demand.permutation import permutation_importance_of

REPEATS = 5
ALIKE = 0.8
"""Spearman correlation, either way, from which two features are not told apart."""
MUCH_MORE = 2
"""Shares matter together so many times the sum of each alone: not told apart."""
SEEN = 0.1
"""Points of WAPE from which a driver makes a difference that can be seen."""

MORE, LESS = "more", "less"
"""Which way demand goes where a driver is higher."""

SCHEMA = {
    "driver": pl.String,
    "of": pl.String,
    "importance": pl.Float64,
    "importance_sd": pl.Float64,
    "direction": pl.String,
    "size_pct": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "confused_with": pl.String,
    "joint_importance": pl.Float64,
    "in_words": pl.String,
}


@dataclass(frozen=True)
class _Effect:
    """Demand per person is ``size_pct`` more at ``high`` than at ``low``."""

    low: float
    high: float
    size_pct: float


def drivers_of_level(
    features: AreaFeatures, held: HeldOut, level: Floats, seed: int = 0
) -> pl.DataFrame:
    """
    A row per feature, the most important first; none where nothing was held out.

    ``importance`` is by how many points the WAPE of the areas held out rises when the
    feature is shuffled among them, the mean of some shuffles, ``importance_sd`` their
    standard deviation. ``size_pct`` is the change of predicted demand per
    person when every area has the feature's 90th percentile, ``high``, instead of its
    10th, ``low``, all else as it is; of a category, the kind of most demand against
    that of least. Shares that make up a whole stay one: where one grows, the others
    shrink in proportion. Logarithms are told as the figures they are of.

    ``confused_with`` names features of which the areas do not tell whether it is this
    or that: a Spearman correlation of 0.8 or more either way, or shares of a whole that
    matter together more than twice what they do one by one. ``joint_importance`` is
    that of all of them shuffled together. Categories are not looked at for this.
    """
    rows = np.concatenate([np.empty(0, np.intp), *(rows for rows, _ in held.parts)])
    rows.sort()
    if len(rows) == 0 or level[rows].sum() <= 0:
        return pl.DataFrame(schema=SCHEMA)
    shown = replace(
        features, values=features.values[rows], people=features.people[rows]
    )
    sold = level[rows]
    asked = _of_rows(held, rows)
    names, whole = features.names, _whole(features)

    def orders(values: Floats) -> Floats:
        return asked.per_person(values) * shown.people

    with threadpool_limits(1):
        alone = {name: [column] for column, name in enumerate(names)}
        together = [*_alike(shown), *([whole] if whole else [])]
        joint = {str(number): group for number, group in enumerate(together)}
        rises = permutation_importance_of(
            orders, shown.values, sold, alone | joint, _wape_points, REPEATS, seed
        )
        effects = [_effect(asked, shown, column, whole) for column in range(len(names))]
    mean = {name: float(rise.mean()) for name, rise in rises.items()}
    spread = {name: float(rise.std(ddof=1)) for name, rise in rises.items()}
    confused: dict[int, tuple[set[int], float]] = {}
    for number, group in enumerate(together):
        both = mean[str(number)]
        single = sum(max(mean[names[column]], 0.0) for column in group)
        if group is whole and not both > max(MUCH_MORE * single, SEEN):
            continue
        for column in group:
            others, most = confused.get(column, (set(), both))
            confused[column] = (others | (set(group) - {column}), max(most, both))
    told = [
        _row(features, column, mean[name], effects[column], confused.get(column))
        | {"importance_sd": spread[name]}
        for column, name in enumerate(names)
    ]
    return pl.DataFrame(told, schema=SCHEMA).sort(
        "importance", "driver", descending=[True, False]
    )


def _of_rows(held: HeldOut, rows: np.ndarray) -> HeldOut:
    """The same models, the areas numbered within ``rows``."""
    return HeldOut(
        tuple((np.searchsorted(rows, part), model) for part, model in held.parts)
    )


def _wape_points(sold: Floats, told: Floats) -> float:
    return float(100 * np.abs(sold - told).sum() / sold.sum())


def _whole(features: AreaFeatures) -> list[int]:
    """Columns of shares that add up to the same everywhere; empty if they do not."""
    shares = [c for c, name in enumerate(features.names) if name.endswith(" share")]
    total = features.values[:, shares].sum(axis=1)
    total = total[np.isfinite(total)]
    if len(shares) < 2 or total.size == 0 or np.ptp(total) > 0.01 * total.mean():  # noqa: PLR2004
        return []
    return shares


def _alike(features: AreaFeatures) -> list[list[int]]:
    """Groups of numeric columns chained by strong correlation."""
    pairs = []
    numeric = np.flatnonzero(~features.categorical)
    for i, j in ((i, j) for i in numeric for j in numeric if i < j):
        both = features.values[:, [i, j]]
        both = both[np.isfinite(both).all(axis=1)]
        if len(both) < 3 or (np.ptp(both, axis=0) == 0).any():  # noqa: PLR2004
            continue
        if abs(float(spearmanr(both[:, 0], both[:, 1])[0])) >= ALIKE:
            pairs.append((i, j))
    size = len(features.names)
    at = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    links = coo_array((np.ones(len(pairs)), (at[0], at[1])), shape=(size, size))
    groups, group_of = connected_components(links, directed=False)
    members = ([int(c) for c in np.flatnonzero(group_of == g)] for g in range(groups))
    return [group for group in members if len(group) > 1]


def _effect(
    held: HeldOut, features: AreaFeatures, column: int, whole: list[int]
) -> _Effect | None:
    """What the feature does to demand per person; None where it is one value."""
    known = features.values[:, column]
    known = known[np.isfinite(known)]
    if known.size == 0 or np.ptp(known) == 0:
        return None
    if features.categorical[column]:
        kinds = np.unique(known)
        orders = [_orders_at(held, features, column, kind, []) for kind in kinds]
        least, most = int(np.argmin(orders)), int(np.argmax(orders))
        low, high = float(kinds[least]), float(kinds[most])
        few, many = orders[least], orders[most]
    else:
        low, high = (float(q) for q in np.quantile(known, [0.1, 0.9]))
        others = [c for c in whole if c != column] if column in whole else []
        few = _orders_at(held, features, column, low, others)
        many = _orders_at(held, features, column, high, others)
    if few <= 0:
        return None
    if features.names[column] in features.logged:
        low, high = float(np.exp(low)), float(np.exp(high))
    return _Effect(low, high, 100 * (many / few - 1))


def _orders_at(
    held: HeldOut,
    features: AreaFeatures,
    column: int,
    value: float,
    others: list[int],
) -> float:
    """All orders if each area's feature were ``value``, ``others`` giving way."""
    values = features.values.copy()
    if others:
        rest = values[:, others].sum(axis=1)
        left = np.maximum(rest + values[:, column] - value, 0.0)
        values[:, others] *= np.divide(
            left, rest, out=np.ones_like(rest), where=rest > 0
        )[:, None]
    values[:, column] = value
    return float((held.per_person(values) * features.people).sum())


def _row(
    features: AreaFeatures,
    column: int,
    importance: float,
    effect: _Effect | None,
    confused: tuple[set[int], float] | None,
) -> dict[str, str | float | None]:
    name, kind = features.names[column], bool(features.categorical[column])
    others, joint = confused or (set(), None)
    alike = ", ".join(features.names[other] for other in sorted(others))
    words = _in_words(features, column, importance, joint, effect)
    if joint is not None and joint >= SEEN:
        words += f"; not to be told apart from {alike} (together {joint:.1f} points)"
    moves = effect is not None and not kind and abs(effect.size_pct) >= SEEN
    return {
        "driver": name,
        "of": "level",
        "importance": importance,
        "direction": (MORE if effect.size_pct > 0 else LESS)
        if effect and moves
        else "",
        "size_pct": effect.size_pct if effect else 0.0,
        "low": effect.low if effect and not kind else None,
        "high": effect.high if effect and not kind else None,
        "confused_with": alike,
        "joint_importance": joint,
        "in_words": words,
    }


def _in_words(
    features: AreaFeatures,
    column: int,
    importance: float,
    joint: float | None,
    effect: _Effect | None,
) -> str:
    name = features.names[column]
    if effect is None:
        return f"{name} is the same everywhere or unknown"
    if (importance if joint is None else joint) < SEEN:
        return f"{name} makes no difference that can be seen"
    if features.categorical[column]:
        least, most = (features.labels[name][int(c)] for c in (effect.low, effect.high))
        return (
            f"most per person where {name} is {most}, least where it is {least}: "
            f"{effect.size_pct:+.0f} %"
        )
    more = MORE if effect.size_pct > 0 else LESS
    low, high = _figures((effect.low, effect.high), share=name.endswith(" share"))
    return (
        f"{more} per person where {name} is higher: {effect.size_pct:+.0f} % "
        f"from {low} to {high}"
    )


def _figures(values: Iterable[float], *, share: bool) -> list[str]:
    """As a person writes them: per cent, or three digits at least."""
    if share:
        return [f"{100 * value:.1f} %" for value in values]
    return [f"{v:,.0f}" if abs(v) >= 100 else f"{v:.3g}" for v in values]  # noqa: PLR2004
