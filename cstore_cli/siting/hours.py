"""Opening hours of a site against when customers fetch."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from cstore_cli.settings.values import MINUTES_PER_DAY, opening_clocks
from cstore_cli.travel.arrays import Floats

HOURS = 24
MIN_PER_H = 60


def open_share(hours: str) -> Floats:
    """Return the share of each hour of the day (24,) that "HH:MM-HH:MM" is open."""
    opens, closes = opening_clocks(hours)
    if closes < opens:  # over midnight
        return _open(opens, MINUTES_PER_DAY) + _open(0, closes)
    return _open(opens, closes)


def _open(opens: int, closes: int) -> Floats:
    hour_start = MIN_PER_H * np.arange(HOURS)
    first = np.maximum(opens, hour_start)
    last = np.minimum(closes, hour_start + MIN_PER_H)
    share: Floats = np.maximum(0, last - first) / MIN_PER_H
    return share


def fetch_share_open(
    sites: pl.DataFrame, opening_hours: str, fetch_share_by_hour: Sequence[float]
) -> Floats:
    """
    Return the share (m,) of fetches that fall into each site's hours.

    Within an hour fetches are even. A site without hours has ``opening_hours``.
    """
    hours = sites["opening_hours"].fill_null(opening_hours)
    wanted = np.array(fetch_share_by_hour)
    share_of = {text: float((wanted * open_share(text)).sum()) for text in set(hours)}
    return np.array([share_of[text] for text in hours])
