"""How much more is expected where a date or a column known ahead is otherwise."""

import calendar
from dataclasses import dataclass, replace

import numpy as np

from cstore_cli.demand.calendar import CALENDAR, PHASE
from cstore_cli.demand.drivers import LESS, MORE
from cstore_cli.demand.global_model import Trees
from cstore_cli.demand.grid import Grid, ratio
from cstore_cli.demand.history import Floats, History
from cstore_cli.demand.levels import Levels
from cstore_cli.demand.told import Rows, told


@dataclass(frozen=True)
class Effect:
    """
    Orders are ``size_pct`` more where a driver is ``high`` than where it is ``low``.

    Both are None of categories, of which ``direction`` is "", else "more" or "less".
    """

    low: float | None
    high: float | None
    size_pct: float
    direction: str
    in_words: str


def effect_of(
    name: str, grid: Grid, levels: Levels, rows: Rows, trees: Trees
) -> Effect | None:
    """
    Return what the trees expect of ``rows`` were the driver otherwise, all else as is.

    A figure of the calendar goes from its least to its largest, and so does a column
    known ahead; one that is always positive, such as a price, from the 10th to the 90th
    percentile of its multiples of each area's own mean. Of categories, weekdays among
    them, the one of most orders is put against that of least. None for what is neither,
    or the same everywhere.
    """
    history, origin = grid.history, int(rows.origin[0])
    coded = name in history.coded or name == CALENDAR[PHASE]
    if name in CALENDAR:
        known = grid.calendar[: history.num_past, CALENDAR.index(name)]
        usual = np.ones(1)
    elif name in history.ahead:
        known = history.ahead[name][:, :origin]
        usual = _usual(known, coded=coded)
        known = known / usual
    else:
        return None
    values = np.unique(known[~np.isnan(known)])
    if len(values) < 2:  # noqa: PLR2004
        return None
    if not coded:
        share = [0.1, 0.9] if len(usual) > 1 else [0, 1]
        values = np.quantile(known[~np.isnan(known)], share)
    orders = [
        _expected(_with(grid, name, origin, value * usual), levels, rows, trees)
        for value in values
    ]
    if min(orders) <= 0:
        return None
    return (
        _of_categories(name, values, orders, history)
        if coded
        else _of_figure(name, values, orders, relative=len(usual) > 1)
    )


def _usual(known: Floats, *, coded: bool) -> Floats:
    """Return each area's mean (n, 1) of what is always positive, else one for all."""
    if coded or not np.nanmin(known) > 0:
        return np.ones((1, 1))
    there = ~np.isnan(known)
    total = np.where(there, known, 0).sum(axis=1)
    return ratio(total, there.sum(axis=1))[:, None]


def _with(grid: Grid, name: str, origin: int, values: Floats) -> Grid:
    """Return the grid with a driver's values from the origin on."""
    if name in CALENDAR:
        table = grid.calendar.copy()
        table[origin:, CALENDAR.index(name)] = values
        return replace(grid, calendar=table)
    table = grid.history.ahead[name].copy()
    table[:, origin:] = values
    ahead = {**grid.history.ahead, name: table}
    return replace(grid, history=replace(grid.history, ahead=ahead))


def _expected(grid: Grid, levels: Levels, rows: Rows, trees: Trees) -> float:
    columns, level = told(grid, levels, rows)
    return float(np.sum(trees.predict(columns) * level))


def _of_figure(
    name: str, values: Floats, orders: list[float], *, relative: bool
) -> Effect:
    low, high = (float(value) for value in values)
    size = 100 * (orders[1] / orders[0] - 1)
    ends = f"{low:.3g} to {high:.3g}"
    if relative:
        ends = f"{100 * low:.0f} % to {100 * high:.0f} % of its usual"
    more = MORE if size > 0 else LESS
    return Effect(
        low=low,
        high=high,
        size_pct=size,
        direction=more,
        in_words=f"{more} where {name} is higher: {size:+.0f} % from {ends}",
    )


def _of_categories(
    name: str, values: Floats, orders: list[float], history: History
) -> Effect:
    least, most = int(np.argmin(orders)), int(np.argmax(orders))
    size = 100 * (orders[most] / orders[least] - 1)
    words = f"{name}: {size:+.0f} % from the kind of least to that of most orders"
    if name == CALENDAR[PHASE]:
        named = calendar.day_name if history.period_days == 1 else calendar.month_name
        first = 0 if history.period_days == 1 else 1
        low, high = (named[int(values[k]) + first] for k in (least, most))
        words = f"most orders in {high}, least in {low}: {size:+.0f} %"
        if history.period_days == 1:
            words = words.replace(" in ", " on ")
    return Effect(None, None, size, "", words)
