"""A day planned: from orders to a plan's tables, step by step as they are numbered."""

import math
from collections.abc import Callable, Collection
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
import polars as pl

from cstore_cli.dayplan.ability import StoreAbility, ability, windows
from cstore_cli.dayplan.channel import choose_channels
from cstore_cli.dayplan.clients import (
    collection_clients,
    store_clients,
)
from cstore_cli.dayplan.collections import to_collect
from cstore_cli.dayplan.day_plan import DayPlan, Watcher
from cstore_cli.dayplan.dc_search import Context, DcRoutes, Search
from cstore_cli.dayplan.doors import choose_door_stores, earliest_goods
from cstore_cli.dayplan.draft import Draft
from cstore_cli.dayplan.explained import Explained, Group
from cstore_cli.dayplan.intake import intake
from cstore_cli.dayplan.locks import check_locks
from cstore_cli.dayplan.outcome import (
    lost_clients,
    lost_collections,
    lost_doors,
)
from cstore_cli.dayplan.regions import divide
from cstore_cli.dayplan.rounds import compose_rounds
from cstore_cli.dayplan.second_look import (
    accepted,
    clients_of_offers,
    left_over,
    offers,
    shared_shelves,
    without_parcels,
)
from cstore_cli.dayplan.shelf import shelves
from cstore_cli.dayplan.stores import choose_stores
from cstore_cli.dayplan.summary import levels_of
from cstore_cli.dayplan.van_search import (
    search_again,
    search_routes,
    searched,
    with_bounds,
)
from cstore_cli.dayplan.van_windows import before_rounds
from cstore_cli.deadline import Deadline
from cstore_cli.errors import InfeasibleError
from cstore_cli.milp import Limits
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.plan import PlanTables
from cstore_cli.travel.of_day import DayTravel

# Guards of the models before the route search; they stop on gap and nodes first.
_MODEL_S, _MODEL_NODES, _MODEL_GAP = 6.0, 2000, 1e-6
# Of the search's time, what is kept for parcels that shelves had no room for.
_SECOND_LOOK_SHARE = 0.03


def plan_day(
    inputs: DayInputs,
    settings: PlanDaySettings,
    travel: DayTravel,
    executor: Executor,
    search: Search,
    watcher: Watcher,
    explain: Callable[[Draft, PlanTables], Explained] | None = None,
) -> DayPlan:
    """
    Plan the day; ``explain`` is asked why, where parcels are left unserved.

    Raises
    ------
    InputError
        When locks cannot be kept.
    InfeasibleError
        When there are parcels to plan and not one of them can be.
    """
    check_locks(inputs, settings, travel.dc_of)
    watcher.stage("intake and channels")
    orders = intake(inputs, settings)
    collections = to_collect(inputs, settings)
    to_plan = sum(part["status"].null_count() for part in (orders, collections))
    orders = choose_channels(orders, settings)

    watcher.stage("stores")
    open_windows = windows(inputs)
    able = ability(inputs, settings, travel, open_windows)
    rooms = shelves(inputs, settings.dwell)
    limits = _limits(search, settings)
    orders, stores_proven = choose_stores(orders, rooms, able, inputs, settings, limits)

    watcher.stage("regions")
    visited = set(orders["at_store"].drop_nulls())
    regions = divide(
        visited,
        able.usable,
        rooms["room"].to_numpy(),
        inputs,
        travel,
        settings.regions,
        settings.batches[0].name,
        _limits(search, settings),
        executor,
    )

    watcher.stage("rounds")
    orders = choose_door_stores(orders, able, regions, inputs)
    goods_from = earliest_goods(orders, open_windows, inputs, settings, travel)
    rounds = compose_rounds(
        orders,
        regions,
        inputs,
        settings.courier,
        goods_from,
        executor,
        search.seed,
    )
    orders = lost_doors(orders, rounds.values(), settings.courier)
    returns = collection_clients(collections, travel.dc_of, open_windows, inputs)
    brought = {store_id: rounds[store_id] for store_id in goods_from}
    open_windows = before_rounds(open_windows, brought, inputs, settings)

    watcher.stage("routes")
    clients = store_clients(orders, travel.dc_of, inputs, settings)
    context = Context(
        regions, open_windows, inputs, settings, travel, executor, search, watcher
    )
    first = _sooner(search.deadline, left_over(orders))
    found = search_routes([*clients, *returns], context, first)
    found, orders = _second_look(found, orders, rooms, able, context)
    found = with_bounds(found, executor, search.deadline)
    for of_dc in found:
        orders = lost_clients(orders, of_dc)
        collections = lost_collections(collections, of_dc)

    watcher.stage("tables")
    draft = Draft(
        orders,
        collections,
        able,
        rooms,
        regions,
        rounds,
        frozenset(brought),
        tuple(found),
        inputs,
        settings,
        travel,
    )
    if to_plan and "planned" not in draft.status:
        raise InfeasibleError(_nothing_planned(draft.fates))
    tables, groups = draft.tables(), tuple[Group, ...]()
    if explain and "unserved" in draft.status:
        watcher.stage("explain")
        explained = explain(draft, tables)
        tables, groups = explained.tables, explained.groups
    return DayPlan(
        tables=tables,
        unserved=tables.parcels.filter(pl.col("status") == "unserved"),
        levels=levels_of(tables, orders["priority"]),
        searches=tuple(searched(of_dc, inputs) for of_dc in found),
        stores_proven=stores_proven,
        regions_gap=regions.gaps,
        notes=(*regions.notes, *_notes(travel, inputs, settings)),
        groups=groups,
    )


def _sooner(deadline: Deadline, leftover: pl.DataFrame) -> Deadline:
    """The end of the first search where a second look is sure to follow."""
    if leftover.is_empty() or math.isinf(deadline.end_s):
        return deadline
    return deadline.sooner((1 - _SECOND_LOOK_SHARE) * deadline.left_s())


def _second_look(
    found: list[DcRoutes],
    orders: pl.DataFrame,
    rooms: pl.DataFrame,
    able: StoreAbility,
    context: Context,
) -> tuple[list[DcRoutes], pl.DataFrame]:
    """Routes that carry parcels left over as well, and the orders with these so."""
    inputs, settings, travel = context.inputs, context.settings, context.travel
    marked = orders
    for of_dc in found:
        marked = lost_clients(marked, of_dc)
    routes = [route for of_dc in found for route in of_dc.routes]
    offered = offers(marked, routes, rooms, able, inputs, settings)
    looked, rows = [], set[int]()
    for of_dc in found:
        mine = [o for o in offered if travel.dc_of[o.store_id] == of_dc.task.dc_id]
        if not mine:
            looked.append(of_dc)
            continue
        extra = clients_of_offers(mine, marked, travel.dc_of)
        clients = [*without_parcels(of_dc.task.clients, offered, marked), *extra]
        shelves_of = shared_shelves(clients, marked, rooms, inputs)
        again = search_again(of_dc, clients, shelves_of, context)
        served = set(again.task.clients) - {
            again.task.clients[k] for k in again.unserved
        }
        taken = [o for o, c in zip(mine, extra, strict=True) if c in served]
        orders = accepted(orders, taken)
        rows |= {offer.row for offer in taken}
        looked.append(again)
    left = {offer.row for offer in offered} - rows
    looked = [_without_taken(of_dc, rows) for of_dc in looked]
    return looked, _as_before(orders, marked, left)


def _as_before(
    orders: pl.DataFrame, marked: pl.DataFrame, rows: Collection[int]
) -> pl.DataFrame:
    """The orders, these rows as unserved as they were before the second look."""
    mine = pl.Series(range(len(orders)), dtype=pl.Int64).is_in(sorted(rows))
    return orders.with_columns(
        pl.when(mine).then(marked[name]).otherwise(pl.col(name)).alias(name)
        for name in ("status", "reason_code", "reason")
    )


def _without_taken(found: DcRoutes, rows: Collection[int]) -> DcRoutes:
    """The routes, whose unserved clients have lost what another DC's vans take."""
    clients = list(found.task.clients)
    for k in found.unserved:
        if not clients[k].collects:
            parcels = tuple(row for row in clients[k].parcels if row not in rows)
            clients[k] = replace(clients[k], parcels=parcels)
    return replace(found, task=replace(found.task, clients=tuple(clients)))


def _limits(search: Search, settings: PlanDaySettings) -> Limits:
    # Under an iteration stop the clock must not decide anything.
    timed = search.iterations is None
    deadline = search.deadline.sooner(_MODEL_S) if timed else search.deadline
    return Limits(deadline, _MODEL_GAP, _MODEL_NODES, solver=settings.solver)


def _nothing_planned(orders: pl.DataFrame) -> str:
    causes = (
        orders.filter(pl.col("status") == "unserved")["reason_code"]
        .value_counts(sort=True)
        .rows()
    )
    told = ", ".join(f"{count} x {code}" for code, count in causes)
    return f"None of the parcels can be planned: {told}."


def _notes(
    travel: DayTravel, inputs: DayInputs, settings: PlanDaySettings
) -> list[str]:
    notes = []
    for dc_id in inputs.distribution_centers["dc_id"]:
        matrix = travel.of(dc_id, settings.batches[0].name).matrix
        earliest = settings.batches[0].earliest
        never = ~travel.clock(dc_id).there_and_back(earliest)
        lost = sorted(matrix.places.ids[j] for j in np.flatnonzero(never))
        if lost:
            shown = ", ".join(lost[:5]) + (" ..." if len(lost) > 5 else "")  # noqa: PLR2004
            notes.append(f"{dc_id}: {len(lost)} stores cannot be reached: {shown}.")
        snap = matrix.snap_report
        if snap is not None:
            notes.append(
                f"{dc_id}: places stand up to {snap.max_km:.2f} km from the road "
                f"network (median {snap.median_km:.2f} km, limit {snap.limit_km:g} km)."
            )
    return notes
