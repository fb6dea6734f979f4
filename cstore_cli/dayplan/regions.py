"""Step 4, region: each DC's stores divided evenly and compactly, with a hub each."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cstore_cli.dayplan.nearer_hubs import ToHub, among, ways_to_hubs
from cstore_cli.dayplan.region import Region
from cstore_cli.errors import Fault, InputError
from cstore_cli.location.districts import Districts, districts
from cstore_cli.milp import Limits
from cstore_cli.settings.plan_day import RegionSettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.of_day import DayTravel

_GAP = 0.01
"""Regions closer to the best than this are good enough; orders change every day."""
_OPEN, _COURIERS, _ROOM = 1, 2, 3
"""Wishes for a hub: takes deliveries today, has couriers too, has room too."""
_MEND_NEW = "give it the region_id and hub of its neighbours, or do not freeze regions"
_MEND_GONE = "remove its row, or do not freeze regions"


@dataclass(frozen=True)
class Regions:
    """
    All regions, and each DC's gap to the proven bound of its work-kilometres.

    ``gaps`` is empty for frozen regions, ``to_hub`` is each store's way to its hub.
    ``notes`` tell of DCs whose regions are less even than asked for, of hubs that take
    nothing today and of stores nearer to another hub.
    """

    regions: tuple[Region, ...]
    gaps: Mapping[str, float] = field(default_factory=dict)
    to_hub: Mapping[str, ToHub] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def region_of(self) -> dict[str, Region]:
        """Store id: its region."""
        return {store: region for region in self.regions for store in region.stores}


def divide(
    visited: set[str],
    usable: NDArray[np.bool_],
    rooms: NDArray[np.float64],
    inputs: DayInputs,
    travel: DayTravel,
    settings: RegionSettings,
    batch: str,
    limits: Limits,
    executor: Executor,
) -> Regions:
    """
    Divide each DC's stores into regions of about ``region_work_h``.

    ``visited`` stores count with their service and the driving of a stop, others with
    nothing. A hub runs courier rounds and keeps what full shelves cannot: where enough
    stores can take a delivery today (``usable``), have couriers of their own and room
    on the shelf (``rooms``, litres), hubs are among those; else room is given up
    first, then couriers. Frozen regions are taken as they are.

    Raises
    ------
    InputError
        When frozen regions leave a store out, name unknown ones, or mix DCs.
    """
    work_h = _work_h(visited, inputs, settings)
    open_today = dict(zip(inputs.stores["store_id"], usable.tolist(), strict=True))
    if inputs.frozen_regions is not None:
        frozen = _frozen(inputs.frozen_regions, work_h, travel)
        to_hub = ways_to_hubs(frozen, work_h, None, inputs, travel, batch)
        notes = [*_closed_hubs(frozen, open_today), *_nearer(to_hub)]
        return Regions(frozen, {}, to_hub, tuple(notes))
    wishes = _wishes(usable, rooms, inputs)
    asked = [
        _asked(dc_id, work_h, wishes, travel, settings, batch)
        for dc_id in inputs.distribution_centers["dc_id"]
    ]
    divided = _divided([dc for dc in asked if dc.stores], settings, limits, executor)
    regions: list[Region] = []
    gaps: dict[str, float] = {}
    within: dict[str, float] = {}
    notes = []
    for dc in asked:
        found = divided.get(dc.dc_id)
        if found is None:
            regions += _alone(dc.dc_id, travel.stores_of(dc.dc_id), work_h)
            continue
        gaps[dc.dc_id], within[dc.dc_id] = found.gap, found.balanced_within
        if found.balanced_within > settings.tolerance:
            notes.append(
                f"{dc.dc_id}: regions are even within {found.balanced_within:.0%}, not "
                f"{settings.tolerance:.0%}; no closer division was found."
            )
        members: dict[int, list[str]] = {hub: [] for hub in sorted(set(found.hub_of))}
        for store, hub in zip(dc.stores, found.hub_of, strict=True):
            members[hub].append(store)
        # A store that no van reaches still belongs somewhere: to the DC's first region.
        lost = sorted(set(travel.stores_of(dc.dc_id)) - set(dc.stores))
        next(iter(members.values())).extend(lost)
        regions += [
            Region(
                f"{dc.dc_id}-R{number:02d}",
                dc.dc_id,
                dc.stores[hub],
                tuple(part),
                float(sum(work_h[store] for store in part)),
            )
            for number, (hub, part) in enumerate(members.items(), start=1)
        ]
    to_hub = ways_to_hubs(regions, work_h, within, inputs, travel, batch)
    return Regions(tuple(regions), gaps, to_hub, (*notes, *_nearer(to_hub)))


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is to be divided of one DC: the stores that vans reach, into ``num``."""

    dc_id: str
    stores: list[str]
    work_h: NDArray[np.float64]
    distance_km: NDArray[np.float64]
    num: int
    hub_allowed: NDArray[np.bool_]


def _asked(
    dc_id: str,
    work_h: Mapping[str, float],
    wishes: Mapping[str, int],
    travel: DayTravel,
    settings: RegionSettings,
    batch: str,
) -> _Asked:
    matrix = travel.of(dc_id, batch).matrix
    linked = np.flatnonzero(matrix.reachable[0] & matrix.reachable[:, 0])[1:]
    stores = [matrix.places.ids[i] for i in linked]
    work = np.array([work_h[store] for store in stores])
    wish = np.array([wishes[store] for store in stores])
    num = max(1, round(work.sum() / settings.region_work_h))
    num = min(num, int((wish >= _OPEN).sum()) or len(stores))
    least = next(w for w in (_ROOM, _COURIERS, _OPEN, 0) if (wish >= w).sum() >= num)
    distance_km = among(matrix)[np.ix_(linked, linked)]
    return _Asked(dc_id, stores, work, distance_km, num, wish >= least)


def _divided(
    asked: Sequence[_Asked],
    settings: RegionSettings,
    limits: Limits,
    executor: Executor,
) -> dict[str, Districts]:
    """The districts of each DC, as many DCs at a time as there are cores."""
    cores = os.cpu_count() or 1
    waves, left_s = -(-len(asked) // cores), limits.deadline.left_s()
    futures = {
        dc.dc_id: executor.submit(
            districts,
            dc.work_h,
            dc.distance_km,
            dc.num,
            dc.hub_allowed,
            replace(
                limits,
                gap=max(limits.gap, _GAP),
                deadline=limits.deadline.sooner(left_s * (n // cores + 1) / waves),
            ),
            settings.tolerance,
        )
        for n, dc in enumerate(asked)
    }
    return {dc_id: future.result() for dc_id, future in futures.items()}


def _wishes(
    usable: NDArray[np.bool_], rooms: NDArray[np.float64], inputs: DayInputs
) -> dict[str, int]:
    """How much each store is wished for as a hub."""
    couriers = usable & (inputs.stores["door_couriers"] > 0).to_numpy()
    wish = usable.astype(int) + couriers + (couriers & (rooms > 0))
    return dict(zip(inputs.stores["store_id"], wish.tolist(), strict=True))


def _nearer(to_hub: Mapping[str, ToHub]) -> list[str]:
    """How many stores are nearer to another hub."""
    num = sum(way.nearer_hub is not None for way in to_hub.values())
    if not num:
        return []
    stores = "1 store is" if num == 1 else f"{num} stores are"
    return [f"{stores} nearer to another hub; assignment.csv tells why."]


def _closed_hubs(regions: tuple[Region, ...], open_today: dict[str, bool]) -> list[str]:
    """Frozen hubs that a van cannot bring anything today."""
    return [
        f"{region.region_id}: its frozen hub {region.hub} takes no delivery today, so "
        "only its stores with couriers of their own bring parcels to doors. Freeze "
        "another hub for it, or plan without frozen regions."
        for region in regions
        if not open_today[region.hub]
    ]


def _work_h(
    visited: set[str], inputs: DayInputs, settings: RegionSettings
) -> dict[str, float]:
    minutes = pl.when(pl.col("store_id").is_in(list(visited))).then(
        pl.col("service_min") + settings.drive_min_per_stop
    )
    work = inputs.stores.select("store_id", (minutes / 60).fill_null(0.0).alias("work"))
    return dict(zip(work["store_id"], work["work"], strict=True))


def _alone(dc_id: str, stores: list[str], work_h: dict[str, float]) -> list[Region]:
    """The one region of a DC none of whose stores can be reached."""
    if not stores:
        return []
    total = float(sum(work_h[store] for store in stores))
    return [Region(f"{dc_id}-R01", dc_id, stores[0], tuple(stores), total)]


def _frozen(
    table: pl.DataFrame, work_h: dict[str, float], travel: DayTravel
) -> tuple[Region, ...]:
    faults = []
    given = set(table["store_id"])
    for store in travel.dc_of:
        if store not in given:
            what = f"store {store!r} has no region"
            faults.append(Fault("frozen_regions", None, "store_id", what, _MEND_NEW))
    for store in sorted(given - set(travel.dc_of)):
        what = f"store {store!r} is not in stores"
        faults.append(Fault("frozen_regions", None, "store_id", what, _MEND_GONE))
    parts = table.group_by("region_id", maintain_order=True).agg("store_id", "hub")
    regions = []
    for region_id, stores, hubs in parts.iter_rows():
        dcs = {travel.dc_of.get(store) for store in stores}
        if len(dcs) > 1 or len(set(hubs)) > 1 or hubs[0] not in stores:
            what = f"region {region_id!r} needs one DC and one hub among its stores"
            told = ", ".join(sorted(set(hubs)))
            faults.append(Fault("frozen_regions", None, "hub", what, f"hub: {told}"))
            continue
        work = float(sum(work_h.get(store, 0.0) for store in stores))
        dc_id = str(dcs.pop())
        regions.append(Region(region_id, dc_id, hubs[0], tuple(stores), work))
    if faults:
        raise InputError("The frozen regions do not fit the stores.", faults)
    return tuple(sorted(regions, key=lambda region: region.region_id))
