"""
What binds where vans leave parcels behind, and unserved parcels grouped by it.

A client is put into the vehicle days as they stand with one thing at a time without
limit: room, time, receive window, dock doors, batches. What alone lets it in binds.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from cstore_cli.dayplan.draft import Draft
from cstore_cli.dayplan.drive import DcDay
from cstore_cli.dayplan.explained import Group
from cstore_cli.dayplan.insertion import doors_of, insert, spare_vans
from cstore_cli.dayplan.joining import MOST_CLIENTS, Joining, waiting
from cstore_cli.dayplan.locks import lock_told
from cstore_cli.deadline import Deadline
from cstore_cli.tables.plan import PlanTables
from cstore_cli.travel.near import nearest

_ENDLESS_MIN = 2 * 24 * 60
_ENDLESS = 10**6
_LEFT_BY_VANS = ("no_van_left", "window_missed")
_AT_STORE = frozenset(
    {
        *("window_missed", "no_van_large_enough", "unreachable"),
        *("no_courier_time", "too_far_for_courier", "too_large_for_courier"),
    }
)
_AT_DC = frozenset(
    {
        *("vans_full", "no_time_left", "no_dock_door", "batch_missed"),
        *("no_van_left", "no_vans", "no_chilled_van"),
    }
)


def with_causes(draft: Draft, tables: PlanTables, deadline: Deadline) -> PlanTables:
    """The tables with what binds named where a van could have come."""
    marks: dict[int, tuple[str, str]] = {}
    for dc_id, rows in _by_dc(draft, _LEFT_BY_VANS).items():
        if deadline.left_s():
            marks |= _marks(waiting(draft, dc_id, rows), tables, deadline)
    if not marks:
        return tables
    new = pl.DataFrame(
        [(row, code, reason) for row, (code, reason) in sorted(marks.items())],
        schema={"row": pl.UInt32, "reason_code": pl.String, "reason": pl.String},
        orient="row",
    )
    parcels = tables.parcels.with_row_index("row").update(new, on="row").drop("row")
    return replace(tables, parcels=parcels)


def _by_dc(draft: Draft, codes: Collection[str]) -> dict[str, list[int]]:
    """DC: rows of the plan's parcels with such a code."""
    mine = draft.fates["reason_code"].is_in(codes) & (draft.status == "unserved")
    stores = _stores(draft)
    found: dict[str, list[int]] = {}
    for row in mine.fill_null(value=False).arg_true().to_list():
        found.setdefault(draft.travel.dc_of[stores[row]], []).append(row)
    return found


def _stores(draft: Draft) -> list[str]:
    """The store of each row, where it has one."""
    return [*draft.orders["at_store"], *draft.collections["store_id"]]


def _marks(
    joining: Joining, tables: PlanTables, deadline: Deadline
) -> dict[int, tuple[str, str]]:
    """Row of the plan's parcels: code and sentence of what binds."""
    marks: dict[int, tuple[str, str]] = {}
    for k in joining.wait[:MOST_CLIENTS]:
        if not deadline.left_s():
            break
        binding = [cause for cause in _CAUSES if _lets_in(joining, cause[2], k)]
        codes = [code for code, _, _ in binding]
        rows, client = joining.rows(k), joining.task.clients[k]
        known = tables.parcels["reason_code"][rows[0]]
        if not binding or codes == [known]:
            continue
        ways = " or ".join(way for _, way, _ in binding)
        sentence = f"No van of {client.dc_id} can take in {client.store_id} without "
        lock = lock_told(k, joining.task.promises, joining.task.clients)
        marks |= dict.fromkeys(rows, (codes[0], f"{sentence}{ways}.{lock}"))
    return marks


def _lets_in(joining: Joining, relax: Callable[[DcDay, int], DcDay], k: int) -> bool:
    day, driven = relax(joining.day, k), joining.driven
    spare = spare_vans(day, driven)
    return insert(day, driven, doors_of(day, driven), spare, k) is not None


def _until(day: DcDay, k: int, latest: float) -> DcDay:
    by = (*day.start_by[:k], latest, *day.start_by[k + 1 :])
    return replace(day, start_by=by)


def _room(day: DcDay, _k: int) -> DcDay:
    most = {"capacity_litres": math.inf, "capacity_kg": math.inf}
    return replace(day, vehicles=[{**van, **most} for van in day.vehicles])


def _time(day: DcDay, _k: int) -> DcDay:
    most = {"shift_to": math.inf, "max_route_min": math.inf}
    return replace(day, vehicles=[{**van, **most} for van in day.vehicles])


def _window(day: DcDay, k: int) -> DcDay:
    store_id = day.clients[k].store_id
    always = replace(day.windows[store_id], start_min=0)
    day = replace(day, windows={**day.windows, store_id: always})
    return _until(day, k, math.inf)


def _doors(day: DcDay, _k: int) -> DcDay:
    return replace(day, doors=_ENDLESS)


def _batches(day: DcDay, k: int) -> DcDay:
    by = (*day.leave_by[:k], math.inf, *day.leave_by[k + 1 :])
    late = [b.model_copy(update={"latest": _ENDLESS_MIN}) for b in day.batches]
    return replace(day, batches=tuple(late), leave_by=by)


_CAUSES: tuple[tuple[str, str, Callable[[DcDay, int], DcDay]], ...] = (
    ("vans_full", "more room", _room),
    ("no_time_left", "more time on the way", _time),
    ("window_missed", "a wider receive window", _window),
    ("no_dock_door", "another dock door", _doors),
    ("batch_missed", "a later batch", _batches),
)
"""Code, what would help, and the day on which that thing has no limit."""


def groups_of(draft: Draft, tables: PlanTables) -> list[Group]:
    """The unserved by cause and place, the largest group first."""
    parcels = tables.parcels
    rows = np.flatnonzero((parcels["status"] == "unserved").to_numpy()).tolist()
    codes = parcels["reason_code"].to_list()
    full = _full_shelves(draft, [r for r in rows if codes[r] == "no_shelf_room"])
    stores = _stores(draft)
    members: dict[tuple[str, str | None, str | None], list[int]] = {}
    for row in rows:
        dc_id = store_id = None
        code = codes[row] or "unknown"
        if code == "no_shelf_room":
            store_id = full.get(row)
        elif code in _AT_STORE or code in _AT_DC:
            store_id = stores[row]
        if store_id is not None:
            dc_id = draft.travel.dc_of[store_id]
        if code in _AT_DC:
            store_id = None
        members.setdefault((code, dc_id, store_id), []).append(row)
    groups = [Group(*key, tuple(mine)) for key, mine in members.items()]
    return sorted(
        groups,
        key=lambda g: (-len(g.rows), g.code, g.dc_id or "", g.store_id or ""),
    )


def _full_shelves(draft: Draft, rows: Sequence[int]) -> Mapping[int, str]:
    """Row: the store asked for if it takes such goods, else the nearest that does."""
    asked = draft.orders[list(rows)]
    found: dict[int, str] = {}
    for chilled in (False, True):
        able = draft.able.usable & (draft.able.chilled | (not chilled))
        stores = draft.inputs.stores.filter(pl.Series(able))
        ids = set(stores["store_id"])
        mine = asked.with_columns(pl.Series("row", rows)).filter(chilled=chilled)
        index, _ = nearest(
            *(mine[name].to_numpy() for name in ("customer_lat", "customer_lon")),
            *(stores[name].to_numpy() for name in ("lat", "lon")),
        )
        for row, wish, near in zip(mine["row"], mine["store_id"], index, strict=True):
            if wish in ids:
                found[row] = wish
            elif near >= 0:
                found[row] = stores["store_id"][int(near)]
    return found
