"""Travel on one day: each DC's clock, its matrix in each batch, each store's DC."""

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.settings.values import MINUTES_PER_DAY
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.arrays import Floats
from cstore_cli.travel.clock import DcClock, clock_of
from cstore_cli.travel.closures import closed_links_at
from cstore_cli.travel.conditions import (
    changes_between,
    check_conditions,
    factors_at,
    under_conditions,
)
from cstore_cli.travel.matrix import TravelMatrix, travel_matrix
from cstore_cli.travel.periods import Period, period_at
from cstore_cli.travel.places import Places
from cstore_cli.travel.roads import Link


@dataclass(frozen=True, eq=False)
class BatchTravel:
    """
    How one DC's vans travel in one batch; place 0 is the DC, the others its stores.

    Durations are those under the conditions in force when the batch first departs;
    ``service_factor`` (n,) multiplies the minutes of service at each place.
    """

    matrix: TravelMatrix
    service_factor: Floats

    @property
    def index(self) -> dict[str, int]:
        """Place id: its number in the matrix."""
        return {place: i for i, place in enumerate(self.matrix.places.ids)}


class DayTravel:
    """
    Travel among each DC and its stores; matrices are made once, when first asked for.

    Raises
    ------
    InputError
        When conditions cannot be applied, or a store without dc_id reaches no DC.
    """

    def __init__(self, inputs: DayInputs, settings: PlanDaySettings) -> None:
        self.inputs = inputs
        self.settings = settings.travel
        self._batches = {batch.name: batch for batch in settings.batches}
        self._dc_ids = inputs.distribution_centers["dc_id"].to_list()
        check_conditions(inputs.conditions, self._dc_ids, inputs.areas, settings.travel)
        self.dc_of = self._dc_of_stores()
        self._base = cache(self._base_matrix)
        self.clock = cache(self._clock)
        self.of = cache(self._of)

    def stores_of(self, dc_id: str) -> list[str]:
        """Ids of a DC's stores, in the order of the stores table."""
        return [store for store, dc in self.dc_of.items() if dc == dc_id]

    def _of(self, dc_id: str, batch_name: str) -> BatchTravel:
        batch = self._batches[batch_name]
        return BatchTravel(*self.clock(dc_id).matrix(batch.earliest))

    def _clock(self, dc_id: str) -> DcClock:
        matrices, service_factors = [], []
        for minute, when in self._changes.items():
            base = self._base(dc_id, *self.networks[minute])
            speed, service = factors_at(
                when,
                base.places,
                [dc_id] * len(base.places.ids),
                self.inputs.conditions,
                self.inputs.areas,
                dc_ids=self._dc_ids,
            )
            matrices.append(under_conditions(base, speed))
            service_factors.append(service)
        return clock_of(list(self._changes), matrices, service_factors)

    @cached_property
    def networks(self) -> dict[float, tuple[Period, frozenset[Link]]]:
        """Minute of the day from which each network is in force, in order."""
        return {at: self._network_at(at, when) for at, when in self._changes.items()}

    @cached_property
    def _changes(self) -> dict[float, dt.datetime]:
        """Midnight and each minute of the day when anything may change: its instant."""
        inputs, settings = self.inputs, self.settings
        start, end = inputs.instant(0), inputs.instant(MINUTES_PER_DAY)
        found: dict[float, dt.datetime] = {0: start}
        if settings.base == "network_periods":
            edges = (*settings.am, *settings.pm)
            found |= {m: inputs.instant(m) for m in edges if m < MINUTES_PER_DAY}
        for table in (inputs.conditions, self._closed_links):
            for when in changes_between(start, end, table):
                found[inputs.clock(when)] = when
        return dict(sorted(found.items()))

    @cached_property
    def _closed_links(self) -> pl.DataFrame:
        """The closures of links."""
        return self.inputs.closures.filter(pl.col("from_node").is_not_null())

    def _network_at(
        self, minute: float, when: dt.datetime
    ) -> tuple[Period, frozenset[Link]]:
        local = dt.time(*divmod(int(minute), 60))
        closed = (
            closed_links_at(when, self._closed_links)
            if len(self._closed_links)
            else frozenset[Link]()
        )
        return period_at(local, self.settings), closed

    def _base_matrix(
        self, dc_id: str, period: Period, closed: frozenset[Link]
    ) -> TravelMatrix:
        return self._matrix([dc_id], self.stores_of(dc_id), period, closed)

    def _matrix(
        self,
        dc_ids: list[str],
        store_ids: list[str],
        period: Period,
        closed: frozenset[Link],
    ) -> TravelMatrix:
        dcs = self.inputs.distribution_centers.filter(pl.col("dc_id").is_in(dc_ids))
        order = pl.DataFrame({"store_id": store_ids}, schema={"store_id": pl.String})
        stores = order.join(
            self.inputs.stores, on="store_id", how="left", maintain_order="left"
        )
        places = Places(
            ids=(*dcs["dc_id"], *stores["store_id"]),
            lat=np.concatenate([dcs["lat"].to_numpy(), stores["lat"].to_numpy()]),
            lon=np.concatenate([dcs["lon"].to_numpy(), stores["lon"].to_numpy()]),
        )
        return travel_matrix(
            places,
            self.settings,
            nodes=self.inputs.road_nodes,
            links=self.inputs.road_links,
            matrix=self.inputs.travel_matrix,
            period=period,
            closed_links=closed,
        )

    def _dc_of_stores(self) -> dict[str, str]:
        """The DC of every store: its own, else the one with the shortest duration."""
        stores = self.inputs.stores
        dc_of: dict[str, str | None] = dict(
            zip(stores["store_id"], stores["dc_id"], strict=True)
        )
        free = [store for store, dc in dc_of.items() if dc is None]
        if free:
            matrix = self._matrix(self._dc_ids, free, "freeflow", frozenset())
            from_dcs = matrix.duration_min[: len(self._dc_ids), len(self._dc_ids) :]
            lost = [
                Fault("stores", None, "dc_id", f"{store!r} is reached from no DC")
                for store, minutes in zip(free, from_dcs.T, strict=True)
                if np.isnan(minutes).all()
            ]
            if lost:
                raise InputError("Stores without dc_id cannot be given one.", lost)
            nearest = np.nanargmin(from_dcs, axis=0)
            dc_of |= {s: self._dc_ids[d] for s, d in zip(free, nearest, strict=True)}
        return {store: dc for store, dc in dc_of.items() if dc is not None}
