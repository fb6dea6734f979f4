"""Step 4, region: each DC's stores divided evenly and compactly, with a hub each."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cstore_cli.errors import Fault, InputError
from cstore_cli.location.districts import districts
from cstore_cli.milp import Limits
from cstore_cli.settings.plan_day import RegionSettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.of_day import DayTravel

_GAP = 0.01
"""Regions closer to the best than this are good enough; orders change every day."""


@dataclass(frozen=True)
class Region:
    """Stores of one DC planned together; the hub is one of them."""

    region_id: str
    dc_id: str
    hub: str
    stores: tuple[str, ...]
    work_h: float


@dataclass(frozen=True)
class Regions:
    """
    All regions, and the widest gap to the proven bound of their work-kilometres.

    ``notes`` tell of DCs whose regions are less even than asked for.
    """

    regions: tuple[Region, ...]
    gap: float | None
    notes: tuple[str, ...] = ()

    @property
    def region_of(self) -> dict[str, Region]:
        """Store id: its region."""
        return {store: region for region in self.regions for store in region.stores}


def divide(
    visited: set[str],
    usable: NDArray[np.bool_],
    inputs: DayInputs,
    travel: DayTravel,
    settings: RegionSettings,
    batch: str,
    limits: Limits,
) -> Regions:
    """
    Divide each DC's stores into regions of about ``region_work_h``.

    ``visited`` stores count with their service and the driving of a stop, others with
    nothing. Hubs are stores with couriers of their own where a DC has enough of them,
    and among those that can take a delivery today (``usable``, in the stores' order)
    as far as there are any. Frozen regions are taken as they are.

    Raises
    ------
    InputError
        When frozen regions leave a store out, name unknown ones, or mix DCs.
    """
    work_h = _work_h(visited, inputs, settings)
    if inputs.frozen_regions is not None:
        return Regions(_frozen(inputs.frozen_regions, work_h, travel), None)
    ids = inputs.stores["store_id"]
    couriers = dict(zip(ids, inputs.stores["door_couriers"] > 0, strict=True))
    open_today = dict(zip(ids, usable.tolist(), strict=True))
    regions: list[Region] = []
    gaps, notes = [], []
    limits = replace(limits, gap=max(limits.gap, _GAP))
    for dc_id in inputs.distribution_centers["dc_id"]:
        matrix = travel.of(dc_id, batch).matrix
        linked = np.flatnonzero(matrix.reachable[0] & matrix.reachable[:, 0])[1:]
        stores = [matrix.places.ids[i] for i in linked]
        if not stores:
            regions += _alone(dc_id, travel.stores_of(dc_id), work_h)
            continue
        work = np.array([work_h[store] for store in stores])
        able = np.array([open_today[store] for store in stores])
        num = max(1, round(work.sum() / settings.region_work_h))
        num = min(num, int(able.sum()) or len(stores))
        allowed = able & np.array([couriers[store] for store in stores])
        if allowed.sum() < num:
            allowed = able if able.any() else np.ones(len(stores), dtype=bool)
        km = matrix.distance_km[np.ix_(linked, linked)]
        by_dc = matrix.distance_km[linked, :1] + matrix.distance_km[0, linked]
        found = districts(
            work,
            np.where(np.isfinite(km), km, by_dc),  # where no road links them, by the DC
            num,
            allowed,
            limits,
            settings.tolerance,
        )
        gaps.append(found.gap)
        if found.balanced_within > settings.tolerance:
            notes.append(
                f"{dc_id}: regions are even within {found.balanced_within:.0%}, not "
                f"{settings.tolerance:.0%}; no closer division was found."
            )
        members: dict[int, list[str]] = {hub: [] for hub in sorted(set(found.hub_of))}
        for store, hub in zip(stores, found.hub_of, strict=True):
            members[hub].append(store)
        # A store that no van reaches still belongs somewhere: to the DC's first region.
        lost = sorted(set(travel.stores_of(dc_id)) - set(stores))
        next(iter(members.values())).extend(lost)
        regions += [
            Region(
                f"{dc_id}-R{number:02d}",
                dc_id,
                stores[hub],
                tuple(part),
                float(sum(work_h[store] for store in part)),
            )
            for number, (hub, part) in enumerate(members.items(), start=1)
        ]
    return Regions(tuple(regions), max(gaps, default=None), tuple(notes))


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
            faults.append(Fault("frozen_regions", None, "store_id", what))
    for store in sorted(given - set(travel.dc_of)):
        what = f"store {store!r} is not in stores"
        faults.append(Fault("frozen_regions", None, "store_id", what))
    parts = table.group_by("region_id", maintain_order=True).agg("store_id", "hub")
    regions = []
    for region_id, stores, hubs in parts.iter_rows():
        dcs = {travel.dc_of.get(store) for store in stores}
        if len(dcs) > 1 or len(set(hubs)) > 1 or hubs[0] not in stores:
            what = f"region {region_id!r} needs one DC and one hub among its stores"
            faults.append(Fault("frozen_regions", None, "hub", what))
            continue
        work = float(sum(work_h.get(store, 0.0) for store in stores))
        dc_id = str(dcs.pop())
        regions.append(Region(region_id, dc_id, hubs[0], tuple(stores), work))
    if faults:
        raise InputError("The frozen regions do not fit the stores.", faults)
    return tuple(sorted(regions, key=lambda region: region.region_id))
