"""Choose routes among all columns found: set partitioning with what couples routes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, hstack, vstack

from cstore_cli.errors import NoPlanError
from cstore_cli.milp import (
    MAX_COLUMNS,
    TOLERANCE,
    BinaryProgram,
    Floats,
    Limits,
    solve_binary,
)
from cstore_cli.routing.columns import Columns, Ints
from cstore_cli.routing.docks import Interval, overfull, within
from cstore_cli.routing.problem import Problem


@dataclass(frozen=True, eq=False)
class Choice:
    """
    The chosen columns; no choice among them all costs less than ``bound``.

    ``intervals`` are those that have a row (4); ``duals`` are the relaxation's, they
    make the next one quicker and are its prices.
    """

    chosen: Ints
    bound: float
    proven: bool
    intervals: tuple[Interval, ...]
    duals: "Duals | None"


@dataclass(frozen=True, eq=False)
class Duals:
    """Duals of the rows of a master, in the order of its rows."""

    clients: Floats
    vehicles: Floats
    rooms: Floats
    locks: Floats
    docks: Floats

    @property
    def couple(self) -> bool:
        """Whether anything but vehicles has a price: docks, rooms or locks."""
        return any(
            np.any(part < -TOLERANCE) for part in (self.docks, self.rooms, self.locks)
        )

    @property
    def rows(self) -> Floats:
        """All of them."""
        parts = (self.clients, self.vehicles, self.rooms, self.locks, self.docks)
        return np.concatenate(parts)


def choose(
    problem: Problem,
    columns: Columns,
    served: Sequence[int],
    limits: Limits,
    incumbent: Ints | None,
    max_columns: int = MAX_COLUMNS,
    duals: Duals | None = None,
    intervals: Sequence[Interval] = (),
) -> Choice:
    """
    Choose the cheapest set of routes that visits each client at most once.

    Column r has cost c_r and visits the clients a_r; p_i is the penalty of leaving
    client i out, infinite for one that must be served. V are the limits on vehicles: a
    kind by itself, or the kinds that share a pool. e_i is what client i needs of a room
    q. Trip k of column r may leave a dock, which has o doors, in the slots h_rk; H are
    intervals of slots.

        min   sum_r c_r x_r + sum_i p_i u_i                                    (1)
        s.t.  sum_{r: i in a_r} x_r + u_i = 1     served once or left out,
                                                  each client i                (2)
              sum_{r of a kind in v} x_r <= n_v   vehicles, each limit v       (3)
              sum_r |{k: h_rk in H}| x_r <= o |H| trips leave one by one per
                                                  door, each interval H        (4)
              sum_{r, i in a_r} e_i x_r <= q      room, each room              (5)
              sum_{r: a_r meets l} x_r <= 1       one vehicle, each lock l     (6)
              x_r, u_i in {0, 1}                                               (7)

    With all intervals (4) says exactly that there is a door for every trip (`docks`);
    ``intervals`` are those known to bind, and the ones that a choice exceeds are added
    until none is. ``served`` are the clients of (2); all others are left out and not in
    the bound. ``incumbent`` are the columns of a solution known. At most
    ``max_columns`` take part in the integer program. ``duals`` are those of an earlier
    choice for the same clients.

    Raises
    ------
    InfeasibleError
        When no choice of columns serves all that must be.
    NoPlanError
        When time ran out before the first choice.

    References
    ----------
    Balinski and Quandt (1964), doi:10.1287/opre.12.2.300; as the last step of a
    heuristic Rochat and Taillard (1995), doi:10.1007/BF02430370.
    """
    known = list(intervals)
    choice: Choice | None = None
    while True:
        try:
            choice = _choose(
                problem, columns, served, limits, incumbent, max_columns, duals, known
            )
        except NoPlanError:
            if choice is None:
                raise
            return choice
        if choice.duals is None and duals is not None:
            choice = replace(choice, duals=_padded(duals, len(known)))
        duals = choice.duals
        exceeded = [
            interval
            for interval in overfull(problem, columns.take(choice.chosen))
            if interval not in known
        ]
        if not exceeded:
            return choice
        known += exceeded


def _choose(
    problem: Problem,
    columns: Columns,
    served: Sequence[int],
    limits: Limits,
    incumbent: Ints | None,
    max_columns: int,
    duals: Duals | None,
    intervals: Sequence[Interval],
) -> Choice:
    parts = _parts(problem, columns, served, intervals)
    optional = [
        k for k, i in enumerate(served) if problem.clients[i].penalty is not None
    ]
    num_routes, num_rows = len(columns), sum(len(part.upper) for part in parts)
    left_out = csc_array(
        (np.ones(len(optional)), (optional, range(len(optional)))),
        shape=(num_rows, len(optional)),
    )
    penalties = [float(problem.clients[served[k]].penalty or 0) for k in optional]
    program = BinaryProgram(
        cost=np.concatenate([columns.costs.astype(float), penalties]),
        rows=csc_array(hstack([vstack([part.rows for part in parts]), left_out])),
        row_lower=np.concatenate([part.lower for part in parts]),
        row_upper=np.concatenate([part.upper for part in parts]),
        row_names=[part.name for part in parts for _ in part.upper],
    )
    start = None
    if incumbent is not None:
        visited, _ = columns.take(incumbent).served()
        missing = ~np.isin([served[k] for k in optional], visited)
        start = np.concatenate([incumbent, num_routes + np.flatnonzero(missing)])
    answer = solve_binary(
        program,
        limits,
        start,
        max_columns,
        None if duals is None else _padded(duals, len(intervals)).rows,
    )
    return Choice(
        chosen=answer.chosen[answer.chosen < num_routes],
        bound=answer.bound,
        proven=answer.proven,
        intervals=tuple(intervals),
        duals=None if answer.row_duals is None else _split(answer.row_duals, parts),
    )


@dataclass(frozen=True, eq=False)
class _Part:
    """Rows of one meaning."""

    name: str
    rows: csc_array
    lower: Floats
    upper: Floats


def _parts(
    problem: Problem,
    columns: Columns,
    served: Sequence[int],
    intervals: Sequence[Interval],
) -> list[_Part]:
    """Return rows (2), (3), (5), (6) and (4): those that grow in number come last."""
    visits, owner = columns.served()
    once = np.zeros((len(served),))
    row_of = np.full(len(problem.clients), -1, dtype=np.int64)
    row_of[list(served)] = np.arange(len(served))
    limits = problem.vehicle_rows()
    limit_of = np.zeros(len(problem.kinds), dtype=np.int64)
    for number, (_, kinds) in enumerate(limits):
        limit_of[list(kinds)] = number
    everyone = np.arange(len(columns))
    return [
        _Part(
            "once",
            _rows(row_of[visits], owner, np.ones(len(owner)), len(served), columns),
            once + 1,
            once + 1,
        ),
        _at_most(
            "vehicles",
            limit_of[columns.kinds],
            everyone,
            np.ones(len(columns)),
            [count for count, _ in limits],
            columns,
        ),
        _rooms(problem, visits, owner, columns),
        _locks(problem, visits, owner, columns),
        _docks(problem, intervals, columns),
    ]


def _rooms(problem: Problem, visits: Ints, owner: Ints, columns: Columns) -> _Part:
    rows, cols, values = [], [], []
    for number, room in enumerate(problem.rooms):
        need = np.zeros(len(problem.clients))
        for i, amount in room.needs:
            need[i] = amount
        here = np.flatnonzero(need[visits])
        rows.append(np.full(len(here), number))
        cols.append(owner[here])
        values.append(need[visits[here]])
    room_for = [room.capacity for room in problem.rooms]
    return _at_most(
        "room", _joined(rows), _joined(cols), _joined(values), room_for, columns
    )


def _locks(problem: Problem, visits: Ints, owner: Ints, columns: Columns) -> _Part:
    rows, cols = [], []
    for number, lock in enumerate(problem.locks):
        carry = np.unique(owner[np.isin(visits, lock.clients)])
        rows.append(np.full(len(carry), number))
        cols.append(carry)
    row, column = _joined(rows), _joined(cols)
    ones = [1] * len(problem.locks)
    return _at_most("lock", row, column, np.ones(len(row)), ones, columns)


def _docks(problem: Problem, intervals: Sequence[Interval], columns: Columns) -> _Part:
    rows, cols, values, room = [], [], [], []
    for number, interval in enumerate(intervals):
        dock, first, last = interval
        leave = within(problem, interval, columns)
        here = np.flatnonzero(leave)
        rows.append(np.full(len(here), number))
        cols.append(here)
        values.append(leave[here])
        room.append(problem.docks[dock].doors * max(0, last - first + 1))
    return _at_most(
        "docks", _joined(rows), _joined(cols), _joined(values), room, columns
    )


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _at_most(
    name: str,
    row: np.ndarray,
    column: np.ndarray,
    value: np.ndarray,
    upper: Sequence[int],
    columns: Columns,
) -> _Part:
    return _Part(
        name,
        _rows(row, column, value, len(upper), columns),
        np.full(len(upper), -np.inf),
        np.array(upper, dtype=float),
    )


def _rows(
    row: np.ndarray, column: np.ndarray, value: np.ndarray, count: int, columns: Columns
) -> csc_array:
    values = np.asarray(value, dtype=np.float64)
    return csc_array((values, (row, column)), shape=(count, len(columns)))


def _split(row_duals: Floats, parts: Sequence[_Part]) -> Duals:
    ends = np.cumsum([len(part.upper) for part in parts])[:-1]
    return Duals(*np.split(row_duals, ends))


def _padded(duals: Duals, num_intervals: int) -> Duals:
    """Return the duals with nothing for the intervals that are new."""
    docks = np.zeros(num_intervals)
    docks[: len(duals.docks)] = duals.docks[:num_intervals]
    return replace(duals, docks=docks)
