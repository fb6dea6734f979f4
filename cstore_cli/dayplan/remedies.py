"""
For a group of unserved parcels the smallest single change that serves most of it.

Each change of the menu is made in the inputs, and the group's clients are put into the
vehicle days as they stand. Of the changes that serve most, that with the cheapest
routes is made a plan and checked; the next one where that fails.
"""

import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from cstore_cli.dayplan.ability import windows
from cstore_cli.dayplan.changes import Change, changed, menu
from cstore_cli.dayplan.doors import earliest_goods
from cstore_cli.dayplan.draft import Draft
from cstore_cli.dayplan.explained import Check, Group, Remedy
from cstore_cli.dayplan.joining import cleared, only, waiting
from cstore_cli.dayplan.rounds import compose_rounds
from cstore_cli.dayplan.shelf import shelves
from cstore_cli.dayplan.van_tables import route_cost
from cstore_cli.deadline import Deadline
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
    served = int((draft.status == "planned").sum())
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
    return Tried(
        change,
        new,
        int((new.status[list(group.rows)] == "planned").sum()),
        _money(new) - _money(draft),
    )


def _money(draft: Draft) -> float:
    return sum(route_cost(route, draft.inputs) for route in draft.routes)


def with_change(
    draft: Draft, group: Group, change: Change, deadline: Deadline
) -> Draft:
    """The day with the change made and the group put in where that lets it."""
    inputs, settings = changed(change, draft.inputs, draft.settings)
    draft, asked = replace(draft, inputs=inputs, settings=settings), set(group.rows)
    if change.kind in ("shelf", "receive_from"):
        draft = replace(draft, rooms=shelves(inputs, settings.dwell))
    if change.kind == "shelf":
        draft = replace(draft, orders=_at_shelf(draft, group))
    if change.kind == "couriers":
        draft, asked = _with_rounds(draft, group)
    joining = waiting(draft, group.dc_id or "", asked)
    found = {of_dc.task.dc_id: of_dc for of_dc in draft.found}
    found[joining.task.dc_id], left = joining.joined(deadline)
    taken = asked - set(left)
    return replace(
        draft,
        orders=_planned(draft.orders, taken),
        collections=cleared(
            draft.collections, {row - len(draft.orders) for row in taken}
        ),
        found=tuple(found.values()),
    )


def _planned(orders: pl.DataFrame, rows: Collection[int]) -> pl.DataFrame:
    """The orders with these rows to be planned; who is sent elsewhere is told so."""
    away = pl.col("redirected").fill_null(value=False)
    away &= pl.Series(range(len(orders)), dtype=pl.Int64).is_in(sorted(rows))
    said = pl.format("{} cannot take it; sent to {}.", "store_id", "at_store")
    return cleared(orders, rows).with_columns(
        pl.when(away)
        .then(pl.lit("redirected"))
        .otherwise("reason_code")
        .alias("reason_code"),
        pl.when(away).then(said).otherwise("reason").alias("reason"),
    )


def _at_shelf(draft: Draft, group: Group) -> pl.DataFrame:
    """The orders with those of the group at its store."""
    store = draft.inputs.stores.filter(store_id=group.store_id or "").row(0, named=True)
    mine = pl.Series(range(len(draft.orders))).is_in(list(group.rows))
    lat, lon = draft.orders["customer_lat"], draft.orders["customer_lon"]
    km = straight_km(lat.to_numpy(), lon.to_numpy(), store["lat"], store["lon"])
    new: dict[str, pl.Expr] = {
        "at_store": pl.lit(group.store_id),
        "redirected": (pl.col("store_id") != group.store_id).fill_null(value=False),
        "walk_m": pl.lit(pl.Series(km * 1000)),
    }
    return draft.orders.with_columns(
        pl.when(mine).then(value).otherwise(pl.col(name)).alias(name)
        for name, value in new.items()
    )


def _with_rounds(draft: Draft, group: Group) -> tuple[Draft, set[int]]:
    """The rounds of the group's store composed anew; those of the group in them."""
    inputs, settings, store_id = draft.inputs, draft.settings, group.store_id or ""
    planned = draft.orders["status"].is_null() & (draft.orders["at_store"] == store_id)
    doors = only(draft.orders, {*planned.arg_true(), *group.rows})
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
    brought = {row for tour in rounds[store_id].rounds for row in tour.parcels}
    new = replace(
        draft,
        rounds={**draft.rounds, **rounds},
        by_van=draft.by_van | set(goods_from),
    )
    return new, brought & set(group.rows)
