"""How past forecasts came out: the result."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

CHOSEN, PER_PERSON = "chosen", "per_person"
AREAS, UNSERVED, TOTAL = "areas", "areas_without_history", "total"


@dataclass(frozen=True, eq=False)
class Backtest:
    """
    ``table``: a row per level, part and model with its errors (see `scores`).

    Levels are areas, areas as if they had no history, and the total; parts are all,
    groups of steps, thirds of volume; ``to_seasonal_naive_pct`` is the error beyond
    that of the seasonal naive in % of it. Of the ``origins`` the later ones are
    ``scored``: the earlier only choose and calibrate.
    """

    table: pl.DataFrame
    origins: tuple[dt.date, ...]
    scored: tuple[dt.date, ...]
