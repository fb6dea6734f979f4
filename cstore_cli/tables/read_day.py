"""All tables of a day, read against their contracts: the day's inputs."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import dataframely as dy
import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.carry import carried_records
from cstore_cli.tables.day import (
    Closures,
    Collections,
    Conditions,
    HeldParcels,
    Locks,
)
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.network import (
    Areas,
    DistributionCenters,
    FrozenRegions,
    RoadLinks,
    RoadNodes,
    Stores,
    TravelLegs,
    Vehicles,
)
from cstore_cli.tables.orders import Orders
from cstore_cli.tables.read import Table, read_table, typed
from cstore_cli.tables.rules import Known

_NEEDED = ("orders", "stores", "distribution_centers", "vehicles")


@dataclass(frozen=True, eq=False)
class DayRead:
    """The inputs, what was rejected per table, and the counts of the row balance."""

    inputs: DayInputs
    rejected: dict[str, pl.DataFrame]
    faults: tuple[Fault, ...]
    num_read: int
    num_carried_in: int


def read_day(
    settings: PlanDaySettings,
    date: dt.date,
    now: dt.datetime,
    *,
    given: Mapping[str, Path],
    carry: Path | None = None,
    already_planned: frozenset[str] = frozenset(),
) -> DayRead:
    """
    Read every table that the settings or ``given`` paths name.

    Bad order and held-parcel rows are put aside; any other table must be whole.

    Parameters
    ----------
    settings
        Where the tables stand and what their codes mean.
    date, now
        The day, and the instant it is planned at.
    given
        Table name: a path that wins over the settings' (their dialect still holds).
    carry
        Folder of an earlier plan whose deferred and unserved orders come back.
    already_planned
        Ids of orders in plans of earlier days.

    Raises
    ------
    InputError
        With the faults of all tables at once.
    """
    reader = _Reader(_sources(settings, date, given), settings.network.time_zone)
    stores = reader.whole("stores", Stores, key="store_id")
    dcs = reader.whole("distribution_centers", DistributionCenters, key="dc_id")
    dc_ids = reader.ids("distribution_centers", "dc_id")
    store_ids = reader.ids("stores", "store_id")
    reader.refuse_unknown("stores", stores, "dc_id", dc_ids)
    vehicles = reader.whole("vehicles", Vehicles, known=dc_ids)
    reader.refuse_twice("vehicles", vehicles, ("dc_id", "vehicle_type"))
    areas = reader.optional("areas", Areas, key="area_id")
    conditions = reader.whole("conditions", Conditions)
    at_store = reader.ids("stores", "store_id", "location_id")
    closures = reader.whole("closures", Closures, known=at_store)
    held = reader.filtered("held_parcels", HeldParcels, "parcel_id", store_ids)
    classes = Known(tuple(settings.goods_classes), "goods_classes of the YAML")
    known = {**store_ids, "goods_class": classes}
    orders = reader.filtered("orders", Orders, "order_id", known)
    carried = reader.carried(carry, known)
    inputs = DayInputs(
        date=date,
        now=now,
        time_zone=settings.network.time_zone,
        already_planned=already_planned,
        stores=stores,
        distribution_centers=dcs,
        vehicles=vehicles,
        held_parcels=held.frame,
        collections=reader.whole(
            "collections", Collections, key="parcel_id", known=at_store
        ),
        conditions=conditions,
        closures=closures,
        locks=reader.whole("locks", Locks, known=store_ids),
        areas=areas,
        road_nodes=reader.optional("road_nodes", RoadNodes, key="node"),
        road_links=reader.optional("road_links", RoadLinks),
        travel_matrix=reader.optional("travel_matrix", TravelLegs),
        frozen_regions=reader.optional("frozen_regions", FrozenRegions, key="store_id"),
        **_together(orders, carried),
    )
    reader.refuse()
    num_carried = len(inputs.orders) - len(orders.frame) + len(carried.rejected)
    return DayRead(
        inputs=inputs,
        rejected={
            "orders": pl.concat(
                [carried.rejected, orders.rejected], how="diagonal_relaxed"
            ),
            "held_parcels": held.rejected,
        },
        faults=(*carried.faults, *orders.faults, *held.faults),
        num_read=orders.num_read,
        num_carried_in=num_carried,
    )


def _sources(
    settings: PlanDaySettings, date: dt.date, given: Mapping[str, Path]
) -> dict[str, TableSource]:
    """Where each table stands: the day's win over the network's, options over both."""
    sources = {**settings.network.tables, **settings.tables}
    for name, path in given.items():
        source = sources.get(name, TableSource(path=""))
        sources[name] = source.model_copy(update={"path": str(path)})
    return {
        name: source.model_copy(
            update={"path": source.path.replace("{date}", date.isoformat())}
        )
        for name, source in sources.items()
    }


def _together(orders: Table, carried: Table) -> dict[str, pl.DataFrame]:
    """Yesterday's orders first; one that came again today counts as today's."""
    again = carried.frame["order_id"].is_in(orders.frame["order_id"].implode())
    raws = [carried.raw.filter(~again), orders.raw]
    frames = [carried.frame.filter(~again), orders.frame]
    return {
        "orders": pl.concat(
            [
                frame.drop("line").with_columns(pl.lit(is_carried).alias("carried"))
                for frame, is_carried in zip(frames, (True, False), strict=True)
            ]
        ),
        "orders_raw": pl.concat(raws, how="diagonal"),
    }


class _Reader:
    """Reads table after table and keeps the faults, to refuse them all at once."""

    def __init__(self, sources: dict[str, TableSource], time_zone: str) -> None:
        self._sources = sources
        self._time_zone = time_zone
        self._tables: dict[str, Table] = {}
        self._messages: list[str] = []
        self._faults: list[Fault] = []

    def filtered(
        self,
        name: str,
        contract: type[dy.Schema],
        key: str | None,
        known: Mapping[str, Known] | None = None,
    ) -> Table:
        source = self._sources.get(name)
        if source is None:
            if name in _NEEDED:
                self._messages.append(
                    f"No {name} table: name it under `tables:` in the YAML, or with "
                    f"--{name.replace('_', '-')}."
                )
            return _empty(contract)
        try:
            self._tables[name] = read_table(
                source, contract, self._time_zone, key=key, known=known or {}
            )
            return self._tables[name]
        except InputError as error:
            self._messages.append(str(error))
            return _empty(contract)

    def whole(
        self,
        name: str,
        contract: type[dy.Schema],
        *,
        key: str | None = None,
        known: Mapping[str, Known] | None = None,
    ) -> pl.DataFrame:
        table = self.filtered(name, contract, key, known)
        self._faults += table.faults
        return table.frame

    def ids(self, name: str, column: str, alias: str = "") -> dict[str, Known]:
        """
        The ids of a table, for the column of other tables that refers to them.

        Rows put aside count too, and a table that could not be read allows anything:
        its own faults are told, not the same once more for every row that refers to it.
        """
        if name not in self._tables:
            return {}
        table = self._tables[name]
        values = [*table.frame[column], *table.rejected.get_column(column, default=())]
        return {alias or column: Known(tuple(v for v in values if v), name)}

    def optional(
        self, name: str, contract: type[dy.Schema], *, key: str | None = None
    ) -> pl.DataFrame | None:
        if name not in self._sources:
            return None
        return self.whole(name, contract, key=key)

    def carried(self, plan: Path | None, known: Mapping[str, Known]) -> Table:
        if plan is None:
            return _empty(Orders)
        try:
            records, source = carried_records(plan)
            return typed(
                records,
                source,
                Orders,
                self._time_zone,
                key="order_id",
                known=known,
                own_file=True,
            )
        except InputError as error:
            self._messages.append(str(error))
            return _empty(Orders)

    def refuse_unknown(
        self, name: str, frame: pl.DataFrame, column: str, known: Mapping[str, Known]
    ) -> None:
        if column not in known:
            return
        values, where = known[column].values, known[column].where
        strange = frame.filter(
            pl.col(column).is_not_null() & ~pl.col(column).is_in(list(values))
        )
        path = self._sources[name].path if name in self._sources else name
        for line, value in strange.select("line", column).iter_rows():
            what = f"{value!r} is not in {where}"
            self._faults.append(Fault(path, line, column, what))

    def refuse_twice(
        self, name: str, frame: pl.DataFrame, columns: tuple[str, ...]
    ) -> None:
        twice = frame.filter(~pl.struct(columns).is_first_distinct())
        path = self._sources[name].path if name in self._sources else name
        for line in twice["line"]:
            what = f"repeats the {' and '.join(columns)} of a row above"
            self._faults.append(Fault(path, line, columns[-1], what, "join the rows"))

    def refuse(self) -> None:
        if self._messages or self._faults:
            count = len(self._faults)
            title = f"{count} fault(s) in the tables:" if count else ""
            raise InputError(
                "\n".join([*self._messages, title]).strip(), sorted(self._faults)
            )


def _empty(contract: type[dy.Schema]) -> Table:
    frame = contract.create_empty().insert_column(0, pl.Series("line", [], pl.Int64))
    raw = pl.DataFrame(
        schema={
            name: pl.String
            for name, column in contract.columns().items()
            if not (column.metadata or {}).get("optional")
        }
    )
    rejected = pl.DataFrame(schema={"line": pl.Int64, "reason": pl.String})
    return Table(frame, raw, rejected, ())
