"""The menu: single changes of a day, each smallest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

import polars as pl

from cstore_cli.dayplan.draft import Draft
from cstore_cli.dayplan.explained import Group
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs

Kind = Literal[
    "receive_by",
    "receive_from",
    "batch",
    "shift",
    "longest_route",
    "shelf",
    "dock_doors",
    "couriers",
    "vans",
]
_WIDER, _LONGER, _LATER = (15, 30, 60, 120), (15, 30, 60, 120), (30, 60, 120)
_EXACT = 1e-6
_OF_STORES = {"shelf": "shelf_litres", "couriers": "door_couriers"}
_TOLD = {
    "receive_by": "{of} receives {by} min longer",
    "receive_from": "{of} receives {by} min earlier",
    "batch": "the last departure of batch {of} {by} min later",
    "shift": "the shift of {of} at {dc_id} {by} min longer",
    "longest_route": "the longest route of {of} at {dc_id} {by} min longer",
    "shelf": "{by} litres more on the shelf of {of}",
    "dock_doors": "one dock door more at {of}",
    "couriers": "one courier more at {of}",
    "vans": "one van more of type {of} at {dc_id}",
}


@dataclass(frozen=True)
class Change:
    """``by`` so many minutes, litres, doors, couriers or vans more ``of`` something."""

    kind: Kind
    of: str
    by: int
    dc_id: str | None = None

    @property
    def sentence(self) -> str:
        """The change in words."""
        return _TOLD[self.kind].format(of=self.of, by=self.by, dc_id=self.dc_id)


def menu(draft: Draft, group: Group) -> Iterator[Sequence[Change]]:
    """Kinds of change that may serve a group, each from the smallest step up."""
    match group.code:
        case "no_shelf_room" if group.store_id:
            by = _litres_missing(draft, group)
            yield [Change("shelf", group.store_id, by)]
        case "no_courier_time" if group.store_id:
            by = _couriers_missing(draft, group.store_id)
            yield [Change("couriers", group.store_id, by)]
        case "no_chilled_van" | "no_van_large_enough" | "no_vans":
            yield from _vans(draft, group)
        case (
            "vans_full"
            | "no_time_left"
            | "window_missed"
            | "no_dock_door"
            | "batch_missed"
            | "no_van_left"
        ):
            yield from _of_hours(draft, group)
            if draft.settings.loading_min and group.dc_id:
                yield [Change("dock_doors", group.dc_id, 1)]
            yield from _vans(draft, group)


def changed(
    change: Change, inputs: DayInputs, settings: PlanDaySettings
) -> tuple[DayInputs, PlanDaySettings]:
    """The day's tables and settings with the change made."""
    more = pl.lit(change.by)
    match change.kind:
        case "receive_by" | "receive_from" | "shelf" | "couriers":
            column = _OF_STORES.get(change.kind, change.kind)
            earlier = change.kind == "receive_from"
            new = pl.col(column) - more if earlier else pl.col(column) + more
            mine = pl.col("store_id") == change.of
            stores = inputs.stores.with_columns(_where(mine, column, new))
            return replace(inputs, stores=stores), settings
        case "batch":
            batches = [
                batch.model_copy(update={"latest": batch.latest + change.by})
                if batch.name == change.of
                else batch
                for batch in settings.batches
            ]
            return inputs, settings.model_copy(update={"batches": batches})
        case "dock_doors":
            mine = pl.col("dc_id") == change.of
            dcs = inputs.distribution_centers.with_columns(
                _where(mine, "dock_doors", pl.col("dock_doors") + more)
            )
            return replace(inputs, distribution_centers=dcs), settings
        case "shift" | "longest_route" | "vans":
            return replace(inputs, vehicles=_vehicles(change, inputs)), settings


def _vehicles(change: Change, inputs: DayInputs) -> pl.DataFrame:
    column = {"shift": "shift_to", "longest_route": "max_route_min"}.get(
        change.kind, "count"
    )
    vans = inputs.vehicles
    mine = (pl.col("dc_id") == change.dc_id) & (pl.col("vehicle_type") == change.of)
    if vans.filter(mine).is_empty():
        # A type that only others have; new rows go last, numbers of rows are kept.
        new = vans.filter(vehicle_type=change.of)[:1]
        alone = pl.lit(change.dc_id).alias("dc_id"), pl.lit(0, pl.Int64).alias("count")
        vans = pl.concat([vans, new.with_columns(*alone)])
    return vans.with_columns(_where(mine, column, pl.col(column) + change.by))


def _where(mine: pl.Expr, column: str, new: pl.Expr) -> pl.Expr:
    return pl.when(mine).then(new).otherwise(pl.col(column)).alias(column)


def _of_hours(draft: Draft, group: Group) -> Iterator[Sequence[Change]]:
    if group.store_id:
        yield [Change("receive_by", group.store_id, by) for by in _WIDER]
        yield [Change("receive_from", group.store_id, by) for by in _WIDER]
    for batch in draft.settings.batches:
        yield [Change("batch", batch.name, by) for by in _LATER]
    vans = draft.inputs.vehicles.filter(dc_id=group.dc_id or "")
    for name in vans.filter(pl.col("count") > 0)["vehicle_type"]:
        yield [Change("shift", name, by, group.dc_id) for by in _LONGER]
        yield [Change("longest_route", name, by, group.dc_id) for by in _LONGER]


def _vans(draft: Draft, group: Group) -> Iterator[Sequence[Change]]:
    """The DC's own types, then those that only others have."""
    vans = draft.inputs.vehicles
    own = vans.filter(dc_id=group.dc_id or "")["vehicle_type"].to_list()
    others = [name for name in vans["vehicle_type"] if name not in own]
    for name in dict.fromkeys([*own, *others]):
        yield [Change("vans", name, 1, group.dc_id)]


def _litres_missing(draft: Draft, group: Group) -> int:
    """Litres that the shelf lacks for all of the group, rounded up."""
    stays = (pl.col("channel") == "store_pickup") & pl.col("status").is_null()
    coming = draft.orders.filter(stays, pl.col("at_store") == group.store_id)
    new = draft.orders[list(group.rows)]
    # As shelves are counted that clients share: in centilitres, each rounded up.
    centilitres = (pl.concat([coming["litres"], new["litres"]]) * 100 - _EXACT).ceil()
    shelf = draft.rooms.filter(store_id=group.store_id or "").row(0, named=True)
    room = shelf["shelf_litres"] - shelf["held"] + shelf["fetched"]
    missing: int = ceil(float(centilitres.sum()) / 100 - float(room) - _EXACT)
    return max(1, missing)


def _couriers_missing(draft: Draft, store_id: str) -> int:
    """One more; a hub that has couriers by its role must first have those itself."""
    hubs = {region.hub for region in draft.regions.regions}
    stores = draft.inputs.stores.filter(store_id=store_id)
    own = int(stores["door_couriers"][0])
    has = max(own, draft.settings.courier.hub_couriers) if store_id in hubs else own
    return has + 1 - own
