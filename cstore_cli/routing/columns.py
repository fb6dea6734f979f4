"""Routes as columns of a set partitioning, in flat arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cstore_cli.routing.problem import RELOAD

Ints = NDArray[np.int64]

Order = tuple[int, tuple[int, ...]]
"""A kind of vehicle and its visits in order: clients, and reloads between trips."""


MANY = 65_536
"""More clients or kinds than any problem has."""


@dataclass(frozen=True, eq=False)
class Columns:
    """
    Column j is a route of kind ``kinds[j]`` costing ``costs[j]``.

    Its visits are ``visits[starts[j]:starts[j + 1]]``, in that order. Where docks
    matter, ``leaves`` is the ``Timetable``'s of departures (n, trips, 2); else it has
    no trips.
    """

    kinds: Ints
    costs: Ints
    starts: Ints
    visits: Ints
    leaves: Ints

    @classmethod
    def of(cls, orders: Sequence[Order], costs: Sequence[int]) -> "Columns":
        """Return the columns of these routes."""
        lengths = [len(visits) for _, visits in orders]
        return cls(
            leaves=np.zeros((len(orders), 0, 2), dtype=np.int64),
            kinds=np.array([kind for kind, _ in orders], dtype=np.int64),
            costs=np.array(costs, dtype=np.int64),
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            visits=np.array(
                [i for _, visits in orders for i in visits], dtype=np.int64
            ),
        )

    def __len__(self) -> int:
        return len(self.kinds)

    def order(self, j: int) -> Order:
        """Return kind and visits of column j."""
        visits = self.visits[self.starts[j] : self.starts[j + 1]]
        return int(self.kinds[j]), tuple(visits.tolist())

    def served(self) -> tuple[Ints, Ints]:
        """Return the clients visited, and the column of each."""
        columns = np.repeat(np.arange(len(self)), self.lengths())
        clients = self.visits != RELOAD
        return self.visits[clients], columns[clients]

    def lengths(self) -> Ints:
        """Return the number of visits of each column."""
        return np.diff(self.starts)

    def take(self, chosen: Ints) -> "Columns":
        """Return columns ``chosen``, in that order."""
        lengths = self.lengths()[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        shift = np.repeat(self.starts[:-1][chosen] - starts[:-1], lengths)
        return Columns(
            kinds=self.kinds[chosen],
            costs=self.costs[chosen],
            starts=starts,
            visits=self.visits[np.arange(starts[-1]) + shift],
            leaves=self.leaves[chosen],
        )

    def renumbered(self, clients: Sequence[int]) -> "Columns":
        """Return the same with client i called ``clients[i]``."""
        names = np.array([*clients, RELOAD], dtype=np.int64)
        return replace(self, visits=names[self.visits])


def together(parts: Sequence[Columns]) -> Columns:
    """
    Return all columns, of those with the same kind and clients the cheapest.

    Those that leave a dock at other times are others.
    """
    lengths = np.concatenate([p.lengths() for p in parts])
    whole = Columns(
        kinds=np.concatenate([p.kinds for p in parts]),
        costs=np.concatenate([p.costs for p in parts]),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        visits=np.concatenate([p.visits for p in parts]),
        leaves=_stacked([p.leaves for p in parts]),
    )
    if not len(whole):
        return whole
    keys = _keys(whole)
    by_key = np.lexsort((np.arange(len(whole)), whole.costs, keys))
    first = np.concatenate([[True], keys[by_key][1:] != keys[by_key][:-1]])
    return whole.take(np.sort(by_key[first]))


def _stacked(parts: Sequence[Ints]) -> Ints:
    """Return departures one below the other, trips that are not there as none."""
    trips = max(part.shape[1] for part in parts)
    whole = np.zeros((sum(len(part) for part in parts), trips, 2), dtype=np.int64)
    whole[:, :, 1] = -1
    begins = 0
    for part in parts:
        whole[begins : begins + len(part), : part.shape[1]] = part
        begins += len(part)
    return whole


def places(wanted: Columns, among: Columns) -> Ints:
    """Return which column of ``among`` has the kind and clients of each wanted."""
    keys = _keys(among)
    order = np.argsort(keys, kind="stable")
    return order[np.searchsorted(keys[order], _keys(wanted))]


def _keys(columns: Columns) -> NDArray[np.uint64]:
    """
    Return a number for each kind and set of clients: the sum of their random bits.

    The number of reloads counts as well, and so do departures where docks matter.

    With 64 bits per client, two different ones among a million columns coincide with
    a chance of 3e-8.
    """
    if not len(columns):
        return np.zeros(0, dtype=np.uint64)
    bits = np.random.default_rng(0).integers(0, 2**64, (2, MANY), dtype=np.uint64)
    keys = np.add.reduceat(bits[0][columns.visits], columns.starts[:-1])
    keys += bits[1][columns.kinds]
    there = columns.leaves[:, :, :1] <= columns.leaves[:, :, 1:]
    leaves = np.where(there, columns.leaves, 0).reshape(
        len(columns), 2 * columns.leaves.shape[1]
    )
    leaves = leaves.astype(np.uint64)
    for number in range(leaves.shape[1]):
        keys += leaves[:, number] * (bits[1][MANY - 1 - number] | np.uint64(1))
    return np.asarray(keys, dtype=np.uint64)
