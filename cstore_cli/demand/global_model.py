"""One model over all areas and steps: boosted trees of what is told of each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingRegressor

from cstore_cli.demand.grid import Grid, Ints
from cstore_cli.demand.history import Floats
from cstore_cli.demand.levels import Levels
from cstore_cli.demand.told import Rows, told, told_categories

QUANTILES = (0.1, 0.5, 0.9)
FEWEST_ROWS = 300
"""With fewer there is nothing to learn from."""
_MOST_ROWS, _TIMES_TOLD = 60_000, 8
"""Rows to learn from, at most, and how often, at most, each period is told: more make
no better forecasts of a city (measured), and take longer."""
_MOST_YEARS = 4
"""History before that many years tells nothing of today."""
_MOST_CATEGORIES = 255
"""Trees tell no more apart; a column of more is a number to them."""


@dataclass(frozen=True, eq=False)
class Trees:
    """A fitted model of orders as multiples of the level."""

    model: HistGradientBoostingRegressor
    used: npt.NDArray[np.bool_]

    def predict(self, told_rows: Floats) -> Floats:
        """Multiples of the level (m,), none below 0."""
        multiples: Floats = self.model.predict(_finite(told_rows[:, self.used]))
        return np.maximum(multiples, 0.0)


@dataclass(frozen=True, eq=False)
class Learned:
    """What the trees were told: rows before an origin, with what came of them."""

    told: Floats
    level: Floats
    orders: Floats
    categories: npt.NDArray[np.bool_]


def learn(grid: Grid, levels: Levels, origin: int, seed: int) -> Learned:
    """
    Return rows whose period lies before ``origin``: all, or some by chance.

    Every row is told from an origin of its own, a random number of steps before it.
    """
    rows = _rows_before(grid, origin, seed)
    columns, level = told(grid, levels, rows)
    orders = grid.at(rows.area, rows.target)
    return Learned(columns, level, orders, told_categories(grid))


def fit_mean(learned: Learned, seed: int, without: Ints | None = None) -> Trees:
    """
    Fit the mean: Poisson loss on multiples of the level.

    A row weighs level / (1 + d level), with the dispersion d told by moments: as in a
    negative binomial regression with exposure. It is drawn that often, which scikit-
    learn's trees learn from several times as fast as from weights. ``without`` are
    columns not to be seen.
    """
    weight = learned.level / (1 + dispersion(learned) * learned.level)
    draw = np.random.default_rng(seed)
    drawn = draw.choice(len(weight), len(weight), p=weight / weight.sum())
    if not learned.orders[drawn].any():  # the few orders there are were not drawn
        drawn = np.arange(len(weight))
    return _fit(learned, drawn, "poisson", seed, without=without)


def fit_quantile(learned: Learned, quantile: float, seed: int) -> Trees:
    """Fit a quantile of the multiples of the level, by its pinball loss."""
    every = np.arange(len(learned.level))
    return _fit(learned, every, "quantile", seed, quantile=quantile)


def dispersion(learned: Learned) -> float:
    """Variance beyond Poisson's per squared level (Cameron and Trivedi's moments)."""
    level, orders = learned.level, learned.orders
    beyond = np.sum((orders - level) ** 2 - level)
    return float(np.clip(beyond / np.sum(level**2), 1e-3, 10))


def _fit(
    learned: Learned,
    drawn: Ints,
    loss: str,
    seed: int,
    quantile: float | None = None,
    without: Ints | None = None,
) -> Trees:
    rows = _finite(learned.told[drawn])
    used = _tells(rows)
    if without is not None:
        used[without] = False
    categories = learned.categories & used
    widest = np.nanmax(np.where(categories, rows, np.nan), axis=0, initial=0)
    categories &= ~(widest >= _MOST_CATEGORIES)
    size: dict[str, Any] = {
        "max_iter": 120,
        "learning_rate": 0.08,
        "max_leaf_nodes": 16,
        "min_samples_leaf": int(np.clip(len(rows) // 200, 5, 50)),
        "l2_regularization": 1.0,
        "early_stopping": False,
    }
    model = HistGradientBoostingRegressor(
        loss=loss,
        quantile=quantile,
        categorical_features=np.flatnonzero(categories[used]),
        random_state=seed,
        **size,
    )
    model.fit(rows[:, used], (learned.orders / learned.level)[drawn])
    return Trees(model, used)


def _rows_before(grid: Grid, origin: int, seed: int) -> Rows:
    """Return known periods before ``origin``, each told some steps ahead."""
    orders, horizon = grid.history.orders, grid.history.horizon
    first = max(1, origin - _MOST_YEARS * grid.year)
    periods = np.argwhere(~np.isnan(orders[:, first:origin]))
    most = min(_MOST_ROWS, _TIMES_TOLD * len(periods))
    pairs = len(periods) * horizon
    draw = np.random.default_rng(seed)
    pick = draw.choice(pairs, min(pairs, most + most // 4), replace=False)
    area, target = periods[pick // horizon].T + np.array([[0], [first]])
    step = pick % horizon + 1
    begins = target - step + 1
    ok = (begins >= 1) & (grid.all.known(area, np.zeros_like(begins), begins) > 0)
    return Rows(area[ok][:most], begins[ok][:most], step[ok][:most])


def _finite(rows: Floats) -> Floats:
    return np.where(np.isfinite(rows), rows, np.nan)


def _tells(rows: Floats) -> npt.NDArray[np.bool_]:
    """Return which columns differ from row to row; the others tell nothing."""
    known = ~np.isnan(rows)
    low = np.where(known, rows, np.inf).min(axis=0)
    high = np.where(known, rows, -np.inf).max(axis=0)
    return np.asarray(low < high)
