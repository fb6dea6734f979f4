"""What drives demand over time, and what is known ahead better than it can be."""

import numpy as np
import polars as pl

from cstore_cli.demand.drivers import REPEATS, SCHEMA, SEEN
from cstore_cli.demand.effects import Effect, effect_of
from cstore_cli.demand.forecast import DemandForecast
from cstore_cli.demand.global_model import fit_mean, learn
from cstore_cli.demand.grid import Grid
from cstore_cli.demand.history import Floats
from cstore_cli.demand.levels import Levels
from cstore_cli.demand.outlook import Outlook
from cstore_cli.demand.permutation import permutation_importance_of
from cstore_cli.demand.scores import scores
from cstore_cli.demand.told import Rows, rows_from, told, told_groups

_MOST_ROWS = 4_000
_SUSPICIOUS = 0.4
"""Share of the error that one column known ahead hardly ever takes away honestly."""
_MOST_OF_A_FLAG = 10
"""Values of a column that is a flag or a kind."""
_LOOKED_AT = 0.2
"""Share of the error by which shuffling must raise it to be looked into."""


def drivers_of_course(
    forecast: DemandForecast, seed: int
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """
    Return a row per driver as `drivers_of_level` does, and warnings in sentences.

    Held out is the horizon after the newest origin of the past. ``size_pct`` is as in
    `effect_of`, of the horizon to come. What the trees of then had not seen yet, such
    as the first special day, has no importance that could be measured (null).

    A column known ahead without which the error would be at least two thirds larger is
    suspicious: such gains mostly come from what is written down afterwards. Of a flag,
    such as a promotion, only if the error is then below what chance leaves.
    """
    grid, last = forecast.grid, forecast.last
    if last is None or last.trees is None:
        return pl.DataFrame(schema=SCHEMA), ()
    levels = _levels_of(forecast, last)
    rows = _held_out(grid, last, seed)
    columns, level = told(grid, levels, rows)
    orders = grid.at(rows.area, rows.target)
    if orders.sum() <= 0:
        return pl.DataFrame(schema=SCHEMA), ()
    groups = told_groups(grid)
    trees, now = last.trees, forecast.now
    tested = {name: g for name, g in groups.items() if trees.used[g].any()}

    def expected(rows: Floats) -> Floats:
        return trees.predict(rows) * level

    rises = permutation_importance_of(
        expected, columns, orders, tested, _wape, REPEATS, seed
    )
    importance = {name: float(rise.mean()) for name, rise in rises.items()}
    spread = {name: float(rise.std(ddof=1)) for name, rise in rises.items()}
    table = [
        _row(name, importance.get(name), _effect(name, forecast))
        | {"importance_sd": spread.get(name)}
        for name, group in groups.items()
        if name in tested or (now.trees is not None and now.trees.used[group].any())
    ]
    error = _wape(orders, expected(columns))
    looked_at = [
        name
        for name in grid.history.ahead
        if importance.get(name, 0.0) > _LOOKED_AT * error
    ]
    warnings = []
    for name in looked_at:
        learned = learn(grid, levels, last.origin, seed)
        without = fit_mean(learned, seed, np.array(groups[name]))
        error_without = _wape(orders, without.predict(columns) * level)
        if error < (1 - _SUSPICIOUS) * error_without and (
            _is_a_figure(grid.history.ahead[name]) or error < _left_by_chance(orders)
        ):
            warnings.append(
                f"{name} is suspicious: with it the error is {error:.1f} %, without it "
                f"{error_without:.1f} %. Is it known so far ahead, or written down "
                "when orders are? If it is not, take it out of known_ahead."
            )
    frame = pl.DataFrame(table, schema=SCHEMA)
    frame = frame.sort("importance", descending=True, nulls_last=True)
    return frame, tuple(warnings)


def _held_out(grid: Grid, last: Outlook, seed: int) -> Rows:
    """Return periods of areas with history whose orders are known since."""
    rows = rows_from(last.origin, len(last.level), grid.history.horizon)
    orders = grid.at(rows.area, rows.target)
    known = np.flatnonzero(~np.isnan(orders) & ~np.isnan(last.level[rows.area]))
    draw = np.random.default_rng(seed)
    some = np.sort(draw.permutation(known)[:_MOST_ROWS])
    return Rows(rows.area[some], rows.origin[some], rows.step[some])


def _is_a_figure(values: Floats) -> bool:
    """Whether a column has too many values to be a flag, such as a promotion."""
    return len(np.unique(values[~np.isnan(values)])) > _MOST_OF_A_FLAG


def _left_by_chance(orders: Floats) -> float:
    """Error that remains, in %, where all is known but Poisson's chance."""
    return 100 * float(np.sqrt(2 * orders / np.pi).sum() / orders.sum())


def _wape(orders: Floats, mean: Floats) -> float:
    return scores(orders, mean, None)["wape_pct"]


def _levels_of(forecast: DemandForecast, outlook: Outlook) -> Levels:
    return Levels(
        grid=forecast.grid,
        width=forecast.level_periods,
        likeness=outlook.likeness,
        weight=outlook.credible,
        pace=outlook.pace,
    )


def _effect(name: str, forecast: DemandForecast) -> Effect | None:
    """Return the effect on what is expected of the areas with history."""
    grid, now = forecast.grid, forecast.now
    if now.trees is None:
        return None
    levels = _levels_of(forecast, now)
    rows = rows_from(now.origin, len(now.level), grid.history.horizon)
    served = np.flatnonzero(~np.isnan(now.level[rows.area]))[:_MOST_ROWS]
    rows = Rows(rows.area[served], rows.origin[served], rows.step[served])
    return effect_of(name, grid, levels, rows, now.trees)


def _row(
    name: str, importance: float | None, effect: Effect | None
) -> dict[str, object]:
    if importance is None:
        words = f"{name}: too new to be tested"
    elif importance < SEEN:
        words = f"{name} makes no difference that can be seen"
    else:
        words = f"{name}: the error is {importance:.1f} points larger without it"
    row: dict[str, object] = {
        "driver": name,
        "of": "course",
        "importance": importance,
        "direction": "",
        "confused_with": "",
        "in_words": words,
    }
    if effect is None or (importance is not None and importance < SEEN):
        return row
    untested = ", too new to be tested" if importance is None else ""
    return row | {
        "direction": effect.direction,
        "size_pct": effect.size_pct,
        "low": effect.low,
        "high": effect.high,
        "in_words": effect.in_words + untested,
    }
