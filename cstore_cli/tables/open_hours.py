"""Opening hours, "24/7" or "HH:MM-HH:MM", as the part of each hour that is open."""

import numpy as np
import numpy.typing as npt

from cstore_cli.settings.values import MINUTES_PER_DAY, opening_clocks

HOURS = 24
MIN_PER_H = 60

Floats = npt.NDArray[np.float64]


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
