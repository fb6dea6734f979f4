"""Locks: stores promised to a van, a route or a batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.plan_day import Batch, PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs


@dataclass(frozen=True)
class Promise:
    """
    Clients that one van carries: that with the number, on the route of the id.

    ``uncooled`` where it has no cooling: the van with cooling that has the number then
    carries their chilled goods, which are another promise.
    """

    clients: tuple[int, ...]
    vehicle_no: int | None
    route_id: str | None
    uncooled: bool = False


def check_locks(
    inputs: DayInputs, settings: PlanDaySettings, dc_of: Mapping[str, str]
) -> None:
    """
    Refuse locks that no plan can keep.

    Raises
    ------
    InputError
        Naming each unknown store, batch and vehicle number, each lock that fixes
        nothing, stores locked to two vans or batches at once, and routes locked for
        stores of two DCs or named like those of another.
    """
    faults = [
        *_unknown(inputs, settings, dc_of),
        *_contrary(inputs, dc_of),
        *_elsewhere(inputs, dc_of),
    ]
    if faults:
        raise InputError("Locks cannot be kept.", faults)


def _unknown(
    inputs: DayInputs, settings: PlanDaySettings, dc_of: Mapping[str, str]
) -> Iterator[Fault]:
    """Locks to what there is not, or to nothing."""
    stores = set(inputs.stores["store_id"])
    batches = {batch.name for batch in settings.batches}
    most_of: dict[str, int] = {}
    for dc_id, count in inputs.vehicles.select("dc_id", "count").rows():
        most_of[dc_id] = max(count, most_of.get(dc_id, 0))
    for row in inputs.locks.iter_rows(named=True):
        store, number, batch = row["store_id"], row["vehicle_no"], row["batch"]
        if store not in stores:
            yield _fault("store_id", f"{store!r} is not in stores")
        if batch is not None and batch not in batches:
            known = ", ".join(sorted(batches))
            yield _fault("batch", f"of {store!r}: {batch!r} is not one of {known}")
        dc_id = dc_of.get(store)
        most = most_of.get(dc_id or "", 0)
        numbers = {str(number) for number in range(1, most + 1)}
        if dc_id is not None and number is not None and number not in numbers:
            what = f"of {store!r}: {number!r} is not a vehicle number from 1 to {most}"
            yield _fault("vehicle_no", f"{what} of {dc_id}")
        if number is None and batch is None and row["route_id"] is None:
            what = f"the lock of {store!r} names no van, route or batch"
            yield _fault("vehicle_no", what, "fill one of them in")


def _contrary(inputs: DayInputs, dc_of: Mapping[str, str]) -> Iterator[Fault]:
    """Stores locked to two batches, or to go together on two vans or routes."""
    batches: dict[str, set[str]] = {}
    for store, batch in inputs.locks.select("store_id", "batch").drop_nulls().rows():
        batches.setdefault(store, set()).add(batch)
    for store, names in batches.items():
        if len(names) > 1:
            said = f"{store!r} is locked to batches {' and '.join(sorted(names))}"
            yield _fault("batch", said, "keep one of these locks")
    for group in _groups(inputs, dc_of):
        for named, what in ((group.numbers, "vehicles"), (group.routes, "routes")):
            if len(named) > 1:
                said = f"{', '.join(group.stores)} go together, but are locked to "
                said += f"{what} {' and '.join(named)}"
                yield _fault("vehicle_no", said, "keep one of these locks")


def _elsewhere(inputs: DayInputs, dc_of: Mapping[str, str]) -> Iterator[Fault]:
    """A route is one DC's; so is the name that routes without a lock get."""
    owner = {
        row["route_id"]: dc_of[row["store_id"]]
        for row in reversed(inputs.locks.rows(named=True))
        if row["route_id"] is not None and row["store_id"] in dc_of
    }
    for store, route in inputs.locks.select("store_id", "route_id").drop_nulls().rows():
        if (mine := dc_of.get(store)) is None:
            continue
        name, _, number = route.rpartition("-")
        named = name if number.isdecimal() and name in dc_of.values() else mine
        for theirs in sorted({owner[route], named} - {mine}):
            said = f"{store!r} of {mine} is locked to {route!r}, a route of {theirs}"
            yield _fault("route_id", said, "lock it to a route of its own DC")


def locked_batches(inputs: DayInputs, batches: Sequence[Batch]) -> dict[str, Batch]:
    """The batch of each store that is locked to one."""
    named = {batch.name: batch for batch in batches}
    locks = inputs.locks.select("store_id", "batch").drop_nulls().rows()
    return {store_id: named[name] for store_id, name in locks if name in named}


def promises(
    clients: Sequence[StoreClient], inputs: DayInputs, dc_of: Mapping[str, str]
) -> tuple[Promise, ...]:
    """
    The promises to the clients of one DC.

    A number may stand on a van with cooling and on one without. What is locked to it
    goes on both, by temperature, where it is too much for one with cooling.
    """
    made = []
    for group in _groups(inputs, dc_of):
        mine = tuple(k for k, c in enumerate(clients) if c.store_id in group.stores)
        if not mine:
            continue
        number = int(group.numbers[0]) if group.numbers else None
        route_id = next(iter(group.routes), None)
        cold = tuple(k for k in mine if clients[k].chilled)
        vans = inputs.vehicles.filter(
            (pl.col("dc_id") == clients[mine[0]].dc_id)
            & (pl.col("count") >= (number or 0))
        )
        both = vans["chilled"].any() and not vans["chilled"].all()
        if number and not route_id and cold and both and _is_much(mine, clients, vans):
            warm = tuple(k for k in mine if k not in cold)
            made.append(Promise(cold, number, None))
            made.append(Promise(warm, number, None, uncooled=True))
        else:
            made.append(Promise(mine, number, route_id))
    return tuple(made)


def _is_much(
    mine: Sequence[int], clients: Sequence[StoreClient], vans: pl.DataFrame
) -> bool:
    """Whether these clients' goods are too much for every van with cooling."""
    cooled = vans.filter("chilled")
    brought = [clients[k] for k in mine if not clients[k].collects]
    litres, kg = (sum(getattr(c, size) for c in brought) for size in ("litres", "kg"))
    return not any(
        litres <= row["capacity_litres"] * row["max_trips"]
        and kg <= row["capacity_kg"] * row["max_trips"]
        for row in cooled.iter_rows(named=True)
    )


def lock_told(k: int, made: Sequence[Promise], clients: Sequence[StoreClient]) -> str:
    """What is promised to client ``k``, in a sentence; empty where nothing is."""
    mine = next((promise for promise in made if k in promise.clients), None)
    if mine is None:
        return ""
    van = [f"van {mine.vehicle_no}"] if mine.vehicle_no else []
    route = [f"route {mine.route_id}"] if mine.route_id else []
    stores = sorted({clients[other].store_id for other in mine.clients})
    others = [name for name in stores if name != clients[k].store_id]
    beside = f" together with {', '.join(others)}" if others else ""
    what = " as ".join([*van, *route])
    return f" All its goods are locked to {what}{beside}."


class _Group(NamedTuple):
    """Stores that go on one van, and the numbers and route ids they are locked to."""

    stores: tuple[str, ...]
    numbers: tuple[str, ...]
    routes: tuple[str, ...]


def _groups(inputs: DayInputs, dc_of: Mapping[str, str]) -> list[_Group]:
    """Who shares a DC's vehicle number or a route id goes together, and on through."""
    links: dict[tuple[str, str], set[tuple[str, str]]] = {}
    number_of: dict[tuple[str, str], str] = {}
    for row in inputs.locks.iter_rows(named=True):
        names = [("store", str(row["store_id"]))]
        if row["vehicle_no"] is not None:
            van = f"{dc_of.get(row['store_id'])} {row['vehicle_no']}"
            names.append(("van", van))
            number_of["van", van] = row["vehicle_no"]
        if row["route_id"] is not None:
            names.append(("route", row["route_id"]))
        if len(names) > 1:
            for name in names:
                links.setdefault(name, set()).update(names)
    groups, seen = [], set[tuple[str, str]]()
    for name in links:
        if name in seen:
            continue
        whole, ahead = {name}, [name]
        while ahead:
            new = links[ahead.pop()] - whole
            whole |= new
            ahead += new
        seen |= whole
        groups.append(
            _Group(
                tuple(sorted(n for what, n in whole if what == "store")),
                tuple(sorted(number_of[n] for n in whole if n[0] == "van")),
                tuple(sorted(n for what, n in whole if what == "route")),
            )
        )
    return groups


def _fault(column: str, what: str, mend: str = "") -> Fault:
    return Fault("locks", None, column, what, mend)
