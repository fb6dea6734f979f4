"""
For a group of unserved parcels the smallest single change that serves most of it.

Each change of the menu is made in the inputs, and the group's clients are put into the
vehicle days as they stand. Of the changes that serve most, that with the cheapest
routes is made a plan and checked; the next one where that fails.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from cstore_cli.dayplan.ability import windows
from cstore_cli.dayplan.causes import MOST_CLIENTS, rows_of
from cstore_cli.dayplan.changes import Change, changed, menu
from cstore_cli.dayplan.clients import store_clients
from cstore_cli.dayplan.dc_day import dc_day
from cstore_cli.dayplan.doors import earliest_goods
from cstore_cli.dayplan.draft import Draft
from cstore_cli.dayplan.explained import Check, Group, Remedy
from cstore_cli.dayplan.insertion import insert_all
from cstore_cli.dayplan.outcome import lost_doors
from cstore_cli.dayplan.rounds import compose_rounds
from cstore_cli.dayplan.routes import dc_problem, without_due_times
from cstore_cli.dayplan.schedule import schedule
from cstore_cli.dayplan.shelf import shelves
from cstore_cli.dayplan.van_search import DcRoutes
from cstore_cli.dayplan.van_tables import route_cost
from cstore_cli.deadline import Deadline
from cstore_cli.routing.columns import Columns
from cstore_cli.routing.result import Result
from cstore_cli.travel.geodesic import straight_km

_MOST_CHECKS = 3
_SEED = 1
_CHECK_S, _CHECK_S_PER_ORDER = 0.2, 2e-4


@dataclass(frozen=True, eq=False)
class Tried:
    """A change, the day planned under it, and what that brings."""

    change: Change
    draft: Draft
    serves: int
    cost: float


@dataclass
class Checker:
    """The check, and how long it last took: no new one begins without that time."""

    check: Check
    deadline: Deadline
    last_s: float | None = None

    def passes(self, draft: Draft, rows: Sequence[int], served: int) -> int | None:
        """How many of the rows a plan serves; None for one that is not legal."""
        begun = time.monotonic()
        tables = draft.tables()
        faults = self.check(tables, draft.inputs, draft.settings, draft.travel)
        self.last_s = time.monotonic() - begun
        planned = tables.parcels["status"] == "planned"
        serves = int(planned[list(rows)].sum())
        # Nobody is dropped for it.
        kept = int(planned.sum()) >= served + serves
        return serves if not faults and kept else None

    def in_time(self, num_orders: int) -> bool:
        """Whether there is time for one more."""
        needed = self.last_s or _CHECK_S + _CHECK_S_PER_ORDER * num_orders
        return self.deadline.left_s() > needed


def remedy(draft: Draft, group: Group, checker: Checker) -> Group:
    """The group with what serves most of it, as far as time allows."""
    found, whole = [], True
    for steps in menu(draft, group):
        best = _smallest(draft, group, steps, checker.deadline)
        found += [best] if best else []
        whole = whole and checker.deadline.left_s() > 0
    group = replace(group, searched=whole)
    found.sort(key=lambda tried: (-tried.serves, round(tried.cost, 2)))
    served = int((pl.concat([o["status"] for o in draft.outcome]) == "planned").sum())
    for tried in found[:_MOST_CHECKS]:
        if not checker.in_time(len(draft.orders)):
            return replace(group, remedy=_told(tried, tried.serves, verified=False))
        serves = checker.passes(tried.draft, group.rows, served)
        if serves:
            return replace(group, remedy=_told(tried, serves, verified=True))
    return group


def _smallest(
    draft: Draft, group: Group, steps: Sequence[Change], deadline: Deadline
) -> Tried | None:
    """The first step that serves as many as the last does; None if that serves none."""
    if not deadline.left_s():
        return None
    most = _try(draft, group, steps[-1], deadline)
    if not most.serves:
        return None
    for change in steps[:-1]:
        if not deadline.left_s():
            break
        tried = _try(draft, group, change, deadline)
        if tried.serves >= most.serves:
            return tried
    return most


def _told(tried: Tried, serves: int, *, verified: bool) -> Remedy:
    change = tried.change
    return Remedy(
        kind=change.kind,
        of=change.of,
        dc_id=change.dc_id,
        by=change.by,
        sentence=change.sentence,
        serves=serves,
        cost=round(tried.cost, 2),
        verified=verified,
    )


def _try(draft: Draft, group: Group, change: Change, deadline: Deadline) -> Tried:
    new = with_change(draft, group, change, deadline)
    status = pl.concat([part["status"] for part in new.outcome])
    return Tried(
        change,
        new,
        int((status[list(group.rows)] == "planned").sum()),
        _money(new) - _money(draft),
    )


def _money(draft: Draft) -> float:
    return sum(route_cost(route, draft.inputs) for route in draft.routes)


def with_change(
    draft: Draft, group: Group, change: Change, deadline: Deadline
) -> Draft:
    """The day with the change made and the group put in where that lets it."""
    inputs, settings = changed(change, draft.inputs, draft.settings)
    draft = replace(draft, inputs=inputs, settings=settings)
    if change.kind in ("shelf", "receive_from"):
        draft = replace(draft, rooms=shelves(inputs, settings.dwell))
    if change.kind == "shelf":
        draft = replace(draft, orders=_at_shelf(draft, group))
    if change.kind == "couriers":
        draft = _with_rounds(draft, group)
    found = {of_dc.task.dc_id: of_dc for of_dc in draft.found}
    dc_id = group.dc_id or ""
    mine = found.get(dc_id) or _idle(draft, dc_id)
    found[dc_id] = _again(draft, mine, group.rows, deadline)
    return replace(draft, found=tuple(found.values()))


def _idle(draft: Draft, dc_id: str) -> DcRoutes:
    """A DC whose vans had nowhere to go."""
    inputs, settings, travel = draft.inputs, draft.settings, draft.travel
    task = dc_problem(dc_id, [], draft.windows, inputs, settings, travel)
    day = dc_day(task, draft.windows, inputs, settings, travel)
    none = Result((), (), {}, 0, None, None, None, 0, Columns.of([], []), 0.0)
    return DcRoutes(task, none, day, [], [], ())


def _at_shelf(draft: Draft, group: Group) -> pl.DataFrame:
    """The orders with those of the group at its store, to be planned."""
    store = draft.inputs.stores.filter(store_id=group.store_id or "").row(0, named=True)
    mine = pl.Series(range(len(draft.orders))).is_in(list(group.rows))
    lat, lon = draft.orders["customer_lat"], draft.orders["customer_lon"]
    km = straight_km(lat.to_numpy(), lon.to_numpy(), store["lat"], store["lon"])
    redirected = (pl.col("store_id") != group.store_id).fill_null(value=False)
    moved = pl.lit(f"Its store cannot take it; sent to {group.store_id}.")
    new: dict[str, pl.Expr] = {
        "status": pl.lit(None),
        "at_store": pl.lit(group.store_id),
        "redirected": redirected,
        "walk_m": pl.lit(pl.Series(km * 1000)),
        "reason_code": pl.when(redirected).then(pl.lit("redirected")),
        "reason": pl.when(redirected).then(moved),
    }
    return draft.orders.with_columns(
        pl.when(mine).then(value).otherwise(pl.col(name)).alias(name)
        for name, value in new.items()
    )


def _with_rounds(draft: Draft, group: Group) -> Draft:
    """The rounds of the group's store composed anew, with its doors among them."""
    inputs, settings = draft.inputs, draft.settings
    mine = pl.Series(range(len(draft.orders))).is_in(list(group.rows))
    orders = draft.orders.with_columns(
        pl.when(mine).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("status", "reason_code", "reason")
    )
    here = pl.when(pl.col("at_store") == group.store_id).then(pl.col("status"))
    doors = orders.with_columns(here.otherwise(pl.lit("other")).alias("status"))
    goods_from = earliest_goods(doors, windows(inputs), inputs, settings, draft.travel)
    with ThreadPoolExecutor(1) as here_and_now:
        rounds = compose_rounds(
            doors,
            draft.regions,
            inputs,
            settings.courier,
            goods_from,
            here_and_now,
            _SEED,
        )
    return replace(
        draft,
        orders=lost_doors(orders, rounds.values(), settings.courier),
        rounds={**draft.rounds, **rounds},
        by_van=draft.by_van | set(goods_from),
    )


def _again(
    draft: Draft, found: DcRoutes, rows: Sequence[int], deadline: Deadline
) -> DcRoutes:
    """The vehicle days of a DC with the rows put in as far as they can be."""
    inputs, settings, travel = draft.inputs, draft.settings, draft.travel
    asked, num_orders = set(rows), len(draft.orders)
    old = found.task.clients
    waiting = [k for k in found.unserved if asked & set(rows_of(found, k, num_orders))]
    known = {row for client in old if not client.collects for row in client.parcels}
    new = pl.Series(range(num_orders)).is_in(sorted(asked - known))
    only = pl.when(new).then(pl.col("status")).otherwise(pl.lit("other"))
    clients = [
        *old,
        *store_clients(
            draft.orders.with_columns(only.alias("status")),
            travel.dc_of,
            inputs,
            settings,
        ),
    ]
    waiting = [*waiting, *range(len(old), len(clients))]
    waiting.sort(key=lambda k: (clients[k].collects, -clients[k].priority, k))
    open_windows = draft.windows
    task = dc_problem(found.task.dc_id, clients, open_windows, inputs, settings, travel)
    # Late is better than not at all, and nobody is to be later than he is.
    task = without_due_times(task, waiting, open_windows)
    day = dc_day(task, open_windows, inputs, settings, travel)
    kept = map(max, day.start_by, found.day.start_by)
    day = replace(day, start_by=(*kept, *day.start_by[len(old) :]))
    driven = insert_all(day, found.driven, waiting[:MOST_CLIENTS], deadline)
    served = {k for one in driven for trip in one.duty.trips for k in trip}
    left = [k for k in range(len(clients)) if k not in served]
    routes = schedule(day, driven, task.promises)
    return replace(
        found, task=task, day=day, driven=driven, routes=routes, unserved=tuple(left)
    )
