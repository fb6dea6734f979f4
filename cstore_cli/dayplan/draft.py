"""A day after the route search: what every step found, and the tables it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from cstore_cli.dayplan.ability import StoreAbility, Window, windows
from cstore_cli.dayplan.dc_search import DcRoutes
from cstore_cli.dayplan.outcome import planned
from cstore_cli.dayplan.plan_tables import TimedRound, plan_tables
from cstore_cli.dayplan.regions import Regions
from cstore_cli.dayplan.round_search import StoreRounds
from cstore_cli.dayplan.rounds import departures
from cstore_cli.dayplan.van_routes import VanRoute
from cstore_cli.dayplan.van_windows import before_rounds
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.plan import PlanTables
from cstore_cli.travel.of_day import DayTravel


@dataclass(frozen=True, eq=False)
class Draft:
    """
    A day planned: ``orders`` and ``collections`` without a status go out.

    ``rooms`` are the shelves, ``by_van`` the stores whose rounds wait for a van. Whom
    ``found`` leaves out does not count: the orders and collections tell.
    """

    orders: pl.DataFrame
    collections: pl.DataFrame
    able: StoreAbility
    rooms: pl.DataFrame
    regions: Regions
    rounds: Mapping[str, StoreRounds]
    by_van: frozenset[str]
    found: tuple[DcRoutes, ...]
    inputs: DayInputs
    settings: PlanDaySettings
    travel: DayTravel

    @property
    def windows(self) -> dict[str, Window]:
        """When vans may come to each store."""
        rounds = {s: self.rounds[s] for s in sorted(self.by_van)}
        return before_rounds(windows(self.inputs), rounds, self.inputs, self.settings)

    @cached_property
    def fates(self) -> pl.DataFrame:
        """Status and reason_code of the orders and, after them, the collections."""
        parts = (planned(self.orders), planned(self.collections))
        return pl.concat(part.select("status", "reason_code") for part in parts)

    @property
    def status(self) -> pl.Series:
        """The status of the orders and, after them, the collections."""
        return self.fates["status"]

    @property
    def routes(self) -> list[VanRoute]:
        """The routes of all DCs."""
        return [route for of_dc in self.found for route in of_dc.routes]

    def tables(self) -> PlanTables:
        """The plan's tables."""
        return plan_tables(
            planned(self.orders),
            planned(self.collections),
            self.rooms,
            self.regions,
            self.routes,
            self._timed_rounds(),
            self.inputs,
            self.settings,
        )

    def _timed_rounds(self) -> list[TimedRound]:
        """Rounds of the doors whose goods come, each store's after its last van."""
        goes = self.orders["status"].is_null()
        served = frozenset(goes.arg_true().to_list())
        kept = {store_id: found.only(served) for store_id, found in self.rounds.items()}
        doors = {r for of in kept.values() for tour in of.rounds for r in tour.parcels}
        goods_min: dict[str, float] = {}
        for route in self.routes:
            for stop in route.stops:
                brought = (row for client in stop.clients for row in client.parcels)
                if any(row in doors for row in brought):
                    earlier = goods_min.get(stop.store_id, 0.0)
                    goods_min[stop.store_id] = max(earlier, stop.leaves)
        return [
            timed
            for store_id in sorted(kept)
            for timed in departures(
                kept[store_id], goods_min.get(store_id, 0.0), self.settings.courier
            )
        ]
