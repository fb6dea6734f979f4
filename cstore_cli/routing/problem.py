"""A routing problem: clients, kinds of vehicle, matrices; whole numbers only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FOREVER = int(np.iinfo(np.int64).max)
"""No limit, for an instant or a duration."""

UNREACHABLE = 1_000_000_000
"""A distance or duration from which on a pair of locations cannot be travelled."""

RELOAD = -1
"""Among visits: back at the depot, between two trips of one vehicle."""

Matrix = NDArray[np.int64]


@dataclass(frozen=True)
class Client:
    """
    A stop; ``tw_early`` and ``tw_late`` bound the start of its service.

    ``load``, what is brought, has a number per dimension of capacity, and so has
    ``pickup``, what is taken along to the end depot once the load is off; empty for
    nothing. The trip with this client leaves the depot from ``release_time`` to
    ``leave_late``. ``penalty`` is the cost of leaving the client out; without one it
    must be served.
    """

    location: int
    load: tuple[int, ...]
    tw_early: int = 0
    tw_late: int = FOREVER
    service_duration: int = 0
    release_time: int = 0
    leave_late: int = FOREVER
    skills: frozenset[int] = frozenset()
    penalty: int | None = None
    pickup: tuple[int, ...] = ()


@dataclass(frozen=True)
class VehicleKind:
    """
    Like vehicles, ``count`` of them; depots are locations.

    A route leaves from ``tw_early`` to ``start_late`` and is back by ``tw_late``, at
    most ``max_duration`` later. It serves clients whose skills are all among
    ``skills``, with matrices number ``profile``. Kinds with the same ``pool`` number
    are the same vehicles (in another departure wave, say): the kinds of a pool have
    equal counts and at most that many routes together.

    Of its ``max_trips`` each but the first begins with a reload at the start depot,
    which takes ``reload_duration``, and leaves within one of ``trip_windows`` (in
    ascending order; none: at any time).
    """

    count: int
    capacity: tuple[int, ...]
    start_depot: int = 0
    end_depot: int = 0
    fixed_cost: int = 0
    unit_distance_cost: int = 1
    unit_duration_cost: int = 0
    tw_early: int = 0
    tw_late: int = FOREVER
    start_late: int | None = None
    max_duration: int = FOREVER
    skills: frozenset[int] = frozenset()
    profile: int = 0
    pool: int | None = None
    max_trips: int = 1
    reload_duration: int = 0
    trip_windows: tuple[tuple[int, int], ...] = ()

    @property
    def latest_start(self) -> int:
        """The latest departure."""
        return self.tw_late if self.start_late is None else self.start_late


@dataclass(frozen=True)
class Dock:
    """
    The doors of a depot: at most ``doors`` trips load there at a time.

    A trip loads for ``loading_duration`` before it leaves. Trips leave at
    ``first_time`` and each loading time after it, so that doors are never half free.
    """

    depot: int
    doors: int
    loading_duration: int
    first_time: int


@dataclass(frozen=True)
class Room:
    """Clients that share room where they are: served, they need no more than it."""

    capacity: int
    needs: tuple[tuple[int, int], ...]
    """Client and what it needs."""


@dataclass(frozen=True)
class Lock:
    """Clients promised one vehicle: at most one route of a pool carries any of them."""

    clients: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Problem:
    """
    Serve the clients at least cost.

    ``distance[p]`` and ``duration[p]`` are the matrices of profile p, a row per
    location from, a column per location to. ``docks``, ``rooms`` and ``locks`` couple
    the routes; no route carries clients of two locks.
    """

    clients: tuple[Client, ...]
    kinds: tuple[VehicleKind, ...]
    distance: tuple[Matrix, ...]
    duration: tuple[Matrix, ...]
    docks: tuple[Dock, ...] = ()
    rooms: tuple[Room, ...] = ()
    locks: tuple[Lock, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would be read past the end or read wrongly."""
        dimensions = {len(c.load) for c in self.clients}
        dimensions |= {len(c.pickup) for c in self.clients if c.pickup}
        dimensions |= {len(k.capacity) for k in self.kinds}
        if len(dimensions) > 1:
            raise ValueError(
                f"Loads, pickups and capacities differ in length: {dimensions}."
            )
        if len(self.distance) != len(self.duration):
            raise ValueError("Each profile needs a distance and a duration matrix.")
        shapes = {m.shape for m in (*self.distance, *self.duration)}
        if len(shapes) > 1 or any(rows != columns for rows, columns in shapes):
            raise ValueError(f"Matrices are not square and alike: {shapes}.")
        if any(k.profile >= len(self.distance) for k in self.kinds):
            raise ValueError("A kind of vehicle names a profile without matrices.")
        for dock in self.docks:
            if dock.doors < 1 or dock.loading_duration < 1:
                raise ValueError(f"The dock at {dock.depot} lets nobody leave.")
        pools: dict[int, int] = {}
        for kind in self.kinds:
            pool = kind.pool
            if pool is not None and pools.setdefault(pool, kind.count) != kind.count:
                raise ValueError(f"Kinds of pool {pool} differ in count.")

    def vehicle_rows(self) -> list[tuple[int, tuple[int, ...]]]:
        """Return each limit on vehicles: how many routes, over which kinds."""
        rows: dict[tuple[str, int], list[int]] = {}
        for number, kind in enumerate(self.kinds):
            key = ("kind", number) if kind.pool is None else ("pool", kind.pool)
            rows.setdefault(key, []).append(number)
        return [(self.kinds[ks[0]].count, tuple(ks)) for ks in rows.values()]

    def lock_of(self) -> dict[int, int]:
        """Return the lock of each client that has one."""
        return {i: k for k, lock in enumerate(self.locks) for i in lock.clients}

    def unserved_cost(self, clients: "tuple[int, ...] | list[int]") -> int:
        """Return the penalties of leaving these optional clients out."""
        return sum(self.clients[i].penalty or 0 for i in clients)
