"""A day's plan as people look at it, the one thing that page and sheets are made of."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.dayplan.files import table_bytes
from cstore_cli.dayplan.moved import Moved
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.plan import PlanTables
from cstore_cli.tables.write import csv_bytes
from cstore_cli.travel.ways import Way


@dataclass(frozen=True, eq=False)
class ShownPlan:
    """
    A plan, the day it is for and the ways its vans take.

    ``parcels`` and ``unserved`` are the files of that name before writing: clock times
    as HH:MM, the orders' own columns beside the plan's, phones masked. ``ways[r][k]``
    leads from row k to row k + 1 of the stops of route r: along the roads where the
    network has them, else straight.
    """

    tables: PlanTables
    parcels: pl.DataFrame
    unserved: pl.DataFrame
    summary: Mapping[str, Any]
    moved: Moved | None
    ways: Mapping[str, tuple[Way, ...]]
    inputs: DayInputs
    settings: PlanDaySettings

    @cached_property
    def version(self) -> str:
        """Eight hex digits that are others where routes, stops or parcels are."""
        digest = hashlib.sha256(csv_bytes(self.parcels))
        for table in ("routes", "stops"):
            digest.update(table_bytes(self.tables, table))
        return digest.hexdigest()[:8]

    @property
    def planned_at(self) -> dt.datetime:
        """When it was planned, on the clock of the network."""
        return self.inputs.now.astimezone(ZoneInfo(self.inputs.time_zone))

    @property
    def currency(self) -> str:
        """What money is in, as the network's settings say."""
        return self.settings.network.currency
