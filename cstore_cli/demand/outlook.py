"""What each candidate expects at an origin, knowing nothing from there on."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from cstore_cli.demand.area_features import AreaFeatures
from cstore_cli.demand.calendar import SPECIAL
from cstore_cli.demand.cross_section import fit_cross_section, left_out
from cstore_cli.demand.global_model import (
    FEWEST_ROWS,
    QUANTILES,
    Trees,
    fit_mean,
    fit_quantile,
    learn,
)
from cstore_cli.demand.grid import Flags, Grid, grid_of, ratio
from cstore_cli.demand.history import Floats, History
from cstore_cli.demand.levels import Levels, credible_periods, pace_to
from cstore_cli.demand.simple import own_level, seasonal_naive
from cstore_cli.demand.told import rows_from, told

SEASONAL_NAIVE, MEAN = "seasonal_naive", "mean"
CROSS_SECTION, GLOBAL = "cross_section", "global"
GLOBAL_QUANTILES = "global_quantiles"
CANDIDATES = (SEASONAL_NAIVE, MEAN, CROSS_SECTION, GLOBAL, GLOBAL_QUANTILES)
_OFTEN = 10
"""Special days from which on their own ranges are known."""
_SWANSON = np.array([0.3, 0.4, 0.3])
"""Weights of p10, p50 and p90 in the mean (Hurst, Brown and Swanson 2000)."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """
    Tables (n, horizon) of a row per area, a column per step; nan where nothing is told.

    ``means`` by candidate. ``quantiles`` (3, n, horizon) at p10, p50 and p90, before
    calibration; None without trees. Recent mean and cross-section follow the course
    that the trees expect of all areas together. The cross-section of an area never sees
    its own orders; ``per_person`` is what the city's mean per person would give it.
    ``level`` (n,) is nan for areas without history; ``likeness``, ``credible`` (n,) and
    ``pace`` are those of its `Levels`. ``special`` (horizon,) are steps with a special
    day. ``trees`` told the means of the global model.
    """

    origin: int
    means: Mapping[str, Floats]
    quantiles: Floats | None
    per_person: Floats
    level: Floats
    special: Flags
    likeness: Floats
    credible: Floats
    pace: Floats | None
    trees: Trees | None


def outlooks_at(
    grid: Grid, width: int, origins: Sequence[int], seed: int, executor: Executor
) -> list[Outlook]:
    """Return the outlook at each origin; ``width`` as in `Levels`."""
    ask = partial(
        _outlook, grid.history, grid.features, grid.calendar, grid.season, width, seed
    )
    return list(executor.map(ask, origins))


def _outlook(
    history: History,
    features: AreaFeatures,
    calendar: Floats,
    season: int,
    width: int,
    seed: int,
    origin: int,
) -> Outlook:
    """Make the grid again, which is quicker than to send it, and one outlook."""
    with threadpool_limits(1, "openmp"):  # workers share the processors, and the bytes
        grid = grid_of(history, features, calendar, season)
        return outlook_at(grid, width, origin, seed)


def outlook_at(grid: Grid, width: int, origin: int, seed: int) -> Outlook:
    """Return what the candidates expect at ``origin``; ``width`` as in `Levels`."""
    num_areas, horizon = len(grid.history.area_ids), grid.history.horizon
    levels = _levels(grid, width, origin, seed)
    rows = rows_from(origin, num_areas, horizon)
    shape = (num_areas, horizon)
    means = {SEASONAL_NAIVE: seasonal_naive(grid, rows).reshape(shape)}
    level = own_level(levels, origin)
    special = grid.calendar[origin : origin + horizon, SPECIAL] > 0
    quantiles, trees, course = None, None, np.ones(horizon)
    learned = learn(grid, levels, origin, seed)
    if len(learned.level) >= FEWEST_ROWS and learned.orders.any():
        columns, _ = told(grid, levels, rows)
        base = level[:, None]
        trees = fit_mean(learned, seed)
        means[GLOBAL] = trees.predict(columns).reshape(shape) * base
        quantiles = np.stack(
            [
                fit_quantile(learned, q, seed).predict(columns).reshape(shape) * base
                for q in QUANTILES
            ]
        )
        seen = np.count_nonzero(grid.calendar[:origin, SPECIAL])
        if seen < _OFTEN:
            quantiles = _ranges_as_usual(quantiles, means[GLOBAL], special)
        means[GLOBAL_QUANTILES] = np.tensordot(_SWANSON, quantiles, axes=1)
        course = _course(means[GLOBAL], level)
    means[MEAN] = level[:, None] * course
    means[CROSS_SECTION] = levels.likeness[:, None] * course
    people = grid.features.people
    known = ~np.isnan(level)
    rate = ratio(level[known].sum(), people[known].sum())
    per_person = (rate * people)[:, None] * course
    return Outlook(
        origin=origin,
        means=means,
        quantiles=quantiles,
        per_person=per_person,
        level=level,
        special=special,
        likeness=levels.likeness,
        credible=levels.weight,
        pace=levels.pace,
        trees=trees,
    )


def _levels(grid: Grid, width: int, origin: int, seed: int) -> Levels:
    """Levels of which likeness is told by areas other than the one it is of."""
    area = np.arange(len(grid.history.area_ids))
    until = np.full(len(area), origin)
    own = Levels(grid, width, np.full(len(area), np.nan), np.zeros(len(area)))
    known = grid.all.known(area, np.zeros_like(until), until)
    level = own_level(own, origin)
    fitted = fit_cross_section(grid.features, level, known, seed)
    others = left_out(grid.features, level, known, seed)
    likeness = np.where(known > 0, others, fitted.predict(grid.features))
    weight = credible_periods(grid, width, likeness, origin)
    pace = pace_to(grid, width, origin)
    return replace(own, likeness=likeness, weight=weight, pace=pace)


def _ranges_as_usual(quantiles: Floats, mean: Floats, special: Flags) -> Floats:
    """
    Return quantiles that on special days are as far from the mean as on other days.

    Of what happened a few times trees know one figure, not how far it may be off.
    """
    if special.all():
        return quantiles
    usual = ~special
    share = ratio(quantiles[..., usual].sum(axis=-1), mean[:, usual].sum(axis=-1))
    return np.where(special, share[..., None] * mean, quantiles)


def _course(means: Floats, level: Floats) -> Floats:
    """Return (horizon,): what is expected of all areas in each step, to their level."""
    known = ~np.isnan(means) & ~np.isnan(level)[:, None]
    base = np.where(known, level[:, None], 0).sum(axis=0)
    total = np.where(known, means, 0).sum(axis=0)
    course: Floats = np.divide(total, base, out=np.ones(len(total)), where=base > 0)
    return course
