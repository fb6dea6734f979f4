"""Choose routes among all columns found: set partitioning with optional clients."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from cstore_cli.milp import MAX_COLUMNS, BinaryProgram, Floats, Limits, solve_binary
from cstore_cli.routing.columns import Columns, Ints
from cstore_cli.routing.problem import Problem


@dataclass(frozen=True, eq=False)
class Choice:
    """
    The chosen columns; no choice among them all costs less than ``bound``.

    ``row_duals`` of the relaxation make the next one quicker.
    """

    chosen: Ints
    bound: float
    proven: bool
    row_duals: Floats | None


def choose(
    problem: Problem,
    columns: Columns,
    served: Sequence[int],
    limits: Limits,
    incumbent: Ints | None,
    max_columns: int = MAX_COLUMNS,
    row_duals: Floats | None = None,
) -> Choice:
    """
    Choose the cheapest set of routes that visits each client at most once.

    Column r has cost c_r and visits the clients a_r; p_i is the penalty of leaving
    client i out, infinite for one that must be served. V are the limits on vehicles:
    a kind by itself, or the kinds that share a pool.

        min   sum_r c_r x_r + sum_i p_i u_i                                    (1)
        s.t.  sum_{r: i in a_r} x_r + u_i = 1     served once or left out,
                                                  each client i                (2)
              sum_{r of a kind in v} x_r <= n_v   vehicles, each limit v       (3)
              x_r, u_i in {0, 1}                                               (4)

    ``served`` are the clients of (2); all others are left out and not in the bound.
    ``incumbent`` are the columns of a solution known. At most ``max_columns`` take
    part in the integer program. ``row_duals`` are those of an earlier choice for the
    same clients.

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
    limits_on_vehicles = problem.vehicle_rows()
    row_of_kind = np.zeros(len(problem.kinds), dtype=np.int64)
    for number, (_, kinds) in enumerate(limits_on_vehicles):
        row_of_kind[list(kinds)] = len(served) + number
    row_of = np.full(len(problem.clients), -1, dtype=np.int64)
    row_of[list(served)] = np.arange(len(served))
    optional = [i for i in served if problem.clients[i].penalty is not None]

    num_routes = len(columns)
    numbers = np.arange(num_routes)
    row = np.concatenate(
        [row_of[columns.visits], row_of_kind[columns.kinds], row_of[optional]]
    )
    column = np.concatenate(
        [
            np.repeat(numbers, columns.lengths()),
            numbers,
            num_routes + np.arange(len(optional)),
        ]
    )
    shape = len(served) + len(limits_on_vehicles), num_routes + len(optional)
    penalties = np.array([problem.clients[i].penalty for i in optional], dtype=float)
    program = BinaryProgram(
        cost=np.concatenate([columns.costs.astype(float), penalties]),
        rows=csc_array((np.ones(len(row)), (row, column)), shape=shape),
        row_lower=np.array([1.0] * len(served) + [-np.inf] * len(limits_on_vehicles)),
        row_upper=np.array(
            [1.0] * len(served) + [float(count) for count, _ in limits_on_vehicles]
        ),
        row_names=["once"] * len(served) + ["vehicles"] * len(limits_on_vehicles),
    )
    start = None
    if incumbent is not None:
        visited = columns.take(incumbent).visits
        left_out = np.flatnonzero(~np.isin(optional, visited))
        start = np.concatenate([incumbent, num_routes + left_out])
    answer = solve_binary(program, limits, start, max_columns, row_duals)
    chosen = answer.chosen[answer.chosen < num_routes]
    return Choice(chosen, answer.bound, answer.proven, answer.row_duals)
