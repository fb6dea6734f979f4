"""A history as a grid of areas and periods, and forecasts on it as a table again."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

DAYS = {"D": 1, "W": 7}
"""Days in a period, by frequency."""
FIGURES = ("mean", "p10", "p50", "p90")


@dataclass(frozen=True, eq=False)
class Grid:
    """
    A row per area with any history, a column per period; nan where nothing is known.

    ``orders`` (n, past); ``dates`` of the past and the periods to forecast; ``ahead``
    are the columns known ahead, (n, past + horizon), texts as numbers 0, 1, ...
    """

    area_ids: list[str]
    dates: list[dt.date]
    orders: Floats
    ahead: dict[str, Floats]

    def forecast(self, **figures: Floats) -> pl.DataFrame:
        """Return ``figures`` (n, horizon) as a row per area and date, none negative."""
        dates = self.dates[self.orders.shape[1] :]
        ids = {
            "area_id": np.repeat(self.area_ids, len(dates)),
            "date": dates * len(self.area_ids),
        }
        flat = {name: np.maximum(figures[name], 0).ravel() for name in FIGURES}
        return pl.DataFrame(ids | flat, schema_overrides={"date": pl.Date})


def grid_of(
    history: pl.DataFrame, horizon: int, known_ahead: tuple[str, ...], freq: str
) -> Grid:
    """Return the grid of ``history`` (date, area_id, orders and the columns ahead)."""
    known = history.filter(pl.col("orders").is_not_null())
    first, last = known["date"].min(), known["date"].max()
    num_past = (last - first).days // DAYS[freq] + 1
    dates = [first + dt.timedelta(DAYS[freq] * k) for k in range(num_past + horizon)]
    area_ids = known["area_id"].unique().sort().to_list()
    rows = history.join(pl.DataFrame({"area_id": area_ids}), on="area_id", how="semi")
    rows = rows.filter(pl.col("date").is_between(first, dates[-1]))
    days = (rows["date"] - first).dt.total_days().to_numpy()
    if (days % DAYS[freq]).any():
        raise ValueError("Weeks do not all begin on the same weekday.")
    at = rows["area_id"].rank("dense").to_numpy() - 1, days // DAYS[freq]

    def spread(name: str) -> Floats:
        column = rows[name]
        if column.dtype == pl.String:
            column = column.rank("dense") - 1
        cells = np.full((len(area_ids), len(dates)), np.nan)
        cells[at] = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
        return cells

    ahead = {name: spread(name) for name in known_ahead}
    return Grid(area_ids, dates, spread("orders")[:, :num_past], ahead)


def filled(cells: Floats) -> Floats:
    """Return ``cells`` with what is unknown as it stood before, else as it will."""
    forward = _carried(cells)
    return _carried(forward[:, ::-1])[:, ::-1]


def quantiles(cells: Floats, *levels: float) -> list[Floats]:
    """Return those of what is known in each row, (n,) per level; nan where nothing."""
    ranked = np.sort(cells, axis=1)  # nan comes last
    top = np.isfinite(cells).sum(axis=1) - 1
    found = []
    for level in levels:
        at = level * np.maximum(top, 0)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, np.maximum(top, 0))
        below, above = (
            np.take_along_axis(ranked, k[:, None], axis=1)[:, 0] for k in (low, high)
        )
        found.append(below + (at - low) * (above - below))
    return found


def _carried(cells: Floats) -> Floats:
    column = np.where(np.isnan(cells), 0, np.arange(cells.shape[1]))
    last = np.maximum.accumulate(column, axis=1)
    return np.take_along_axis(cells, last, axis=1)
