"""What a day is planned and checked from: its date and its typed tables."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl


@dataclass(frozen=True, eq=False)
class DayInputs:
    """
    Typed tables of one day, each under its contract, rows with faults put aside.

    ``orders`` are today's good rows with yesterday's that are carried in; the column
    ``carried`` tells which. ``orders_raw`` holds the same rows as text, for the plan's
    own-columns part. Optional tables are empty, or None where empty has no meaning.
    """

    date: dt.date
    now: dt.datetime
    time_zone: str
    orders: pl.DataFrame
    orders_raw: pl.DataFrame
    already_planned: frozenset[str]
    stores: pl.DataFrame
    distribution_centers: pl.DataFrame
    vehicles: pl.DataFrame
    held_parcels: pl.DataFrame
    collections: pl.DataFrame
    conditions: pl.DataFrame
    closures: pl.DataFrame
    locks: pl.DataFrame
    areas: pl.DataFrame | None = None
    road_nodes: pl.DataFrame | None = None
    road_links: pl.DataFrame | None = None
    travel_matrix: pl.DataFrame | None = None
    frozen_regions: pl.DataFrame | None = None

    def instant(self, clock_min: float) -> dt.datetime:
        """
        The instant, in UTC, of a local clock time (minutes after midnight) on the day.

        The clock of the wall: 09:30 is 09:30 on the days the clocks change, too.
        """
        wall = dt.datetime.combine(self.date, dt.time())
        wall += dt.timedelta(minutes=clock_min)
        return wall.replace(tzinfo=ZoneInfo(self.time_zone)).astimezone(dt.UTC)

    def clock(self, instant: dt.datetime) -> float:
        """Minutes after the day's midnight, local; negative before it."""
        local = instant.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)
        return (local - dt.datetime.combine(self.date, dt.time())).total_seconds() / 60
