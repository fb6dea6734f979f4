"""What is known of each area over time: a grid of areas and periods, gaps and all."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Anomaly:
    """
    Something odd in the tables: what, how often, where, and how it was treated.

    ``where`` names a few examples in words.
    """

    what: str
    count: int
    where: str
    treated: str


@dataclass(frozen=True, eq=False)
class History:
    """
    A row per area of ``area_ids``, a column per period; nan where nothing is known.

    ``orders`` (n, past). ``dates`` are the first days of the past periods and of those
    to forecast. ``ahead`` and ``lagged`` are the columns named so, (n, past + horizon)
    and (n, past); those of ``coded`` hold the number of a category, 0, 1, ...
    """

    area_ids: tuple[str, ...]
    dates: tuple[dt.date, ...]
    orders: Floats
    ahead: Mapping[str, Floats]
    lagged: Mapping[str, Floats]
    coded: frozenset[str]
    period_days: int
    anomalies: tuple[Anomaly, ...]

    @property
    def num_past(self) -> int:
        """Periods of which orders are known, somewhere."""
        return int(self.orders.shape[1])

    @property
    def horizon(self) -> int:
        """Periods to forecast."""
        return len(self.dates) - self.num_past
