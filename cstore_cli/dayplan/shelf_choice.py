"""
Parcels to stores where shelves are short: a transportation problem with shelf rows.

    min   sum_o c_o x_o                      unserved, redirected, then walked     (1)
    s.t.  sum_{o of parcel i} x_o = 1        one option for each parcel i          (2)
          sum_{o at store s} l_i x_o <= r_s  the litres that arrive fit the room   (3)
          x_o in {0, 1}                      option o of its parcel is taken

An option is a (parcel, store) pair or the parcel's way outside the stores. Rows (3) are
added only for stores that overflow without them, and only parcels that prefer such a
store are free to move: a parcel at its cheapest option, in a store whose row is slack,
cannot improve the optimum, so the answer is that of the whole model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array

from cstore_cli.milp import BinaryProgram, Limits, lp, solve_binary

OUTSIDE = -1
_SLACK = 1e-6
# Once a shelf overflows, those fuller than this get their rows at once: fewer rounds.
_NEARLY = 0.6
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Options:
    """
    Options o of n parcels: ``parcel[o]`` below n, ``store[o]`` or OUTSIDE, ``cost[o]``.

    Every parcel has an option OUTSIDE, so that there is always an answer.
    """

    parcel: Ints
    store: Ints
    cost: Floats


@dataclass(frozen=True, eq=False)
class ShelfChoice:
    """``option[i]`` is what parcel i takes; ``contended`` are the stores with (3)."""

    option: Ints
    contended: tuple[int, ...]
    proven: bool


def choose_with_room(
    options: Options, litres: Sequence[float], room: Sequence[float], limits: Limits
) -> ShelfChoice:
    """
    The cheapest option of each parcel such that no store holds more than its room.

    ``litres`` are l_i of each parcel, ``room`` r_s of each store, none negative.
    """
    size, space = np.asarray(litres, float), np.asarray(room, float)
    fits = (options.store == OUTSIDE) | (
        size[options.parcel] <= space[options.store] + _SLACK
    )
    usable = np.flatnonzero(fits)
    order = usable[
        np.lexsort(
            (options.store[usable], options.cost[usable], options.parcel[usable])
        )
    ]
    best = order[np.unique(options.parcel[order], return_index=True)[1]]
    contended = _loads(options, best, size, len(space)) > space + _SLACK
    chosen, proven = best, True
    while contended.any():
        free = contended[options.store[best]] & (options.store[best] != OUTSIDE)
        columns = _worth_while(options, order[free[options.parcel[order]]], contended)
        program = _program(options, columns, size, space, contended)
        relaxed = lp(program)
        # Rows are found with the relaxation, which is quick, then with the model.
        loads = _relaxed_loads(options, columns, relaxed.x, best[~free], size, space)
        over = loads > (_NEARLY * space if (loads > space).any() else space)
        if not (over & ~contended).any():
            start = _rounded(options, columns, relaxed.x, size, space, contended)
            answer = solve_binary(program, limits, start, row_duals=relaxed.row_duals)
            taken, proven = columns[answer.chosen], answer.proven
            chosen = best.copy()
            chosen[options.parcel[taken]] = taken
            over = _loads(options, chosen, size, len(space)) > space + _SLACK
            if not (over & ~contended).any():
                break
        contended |= over
    return ShelfChoice(chosen, tuple(map(int, np.flatnonzero(contended))), proven)


def _worth_while(options: Options, columns: Ints, contended: NDArray[np.bool_]) -> Ints:
    """
    The columns without those that cost more than one of the same parcel with no row.

    ``columns`` are in the order of parcels, the cheapest first.
    """
    at, parcel = options.store[columns], options.parcel[columns]
    at_ease = (at == OUTSIDE) | ~contended[at]
    cheaper = np.cumsum(at_ease) - at_ease
    starts, of_parcel = np.unique(parcel, return_index=True, return_inverse=True)[1:]
    kept: Ints = columns[cheaper == cheaper[starts][of_parcel]]
    return kept


def _loads(options: Options, chosen: Ints, size: Floats, num_stores: int) -> Floats:
    inside = chosen[options.store[chosen] != OUTSIDE]
    at, litres = options.store[inside], size[options.parcel[inside]]
    return np.bincount(at, litres, minlength=num_stores).astype(np.float64)


def _program(
    options: Options,
    columns: Ints,
    size: Floats,
    space: Floats,
    contended: NDArray[np.bool_],
) -> BinaryProgram:
    parcels, row_of_column = np.unique(options.parcel[columns], return_inverse=True)
    stores = np.flatnonzero(contended)
    store_row = np.full(len(space), -1)
    store_row[stores] = len(parcels) + np.arange(len(stores))
    at = options.store[columns]
    shelved = np.flatnonzero((at != OUTSIDE) & contended[at])
    rows = np.concatenate([row_of_column, store_row[at[shelved]]])
    cols = np.concatenate([np.arange(len(columns)), shelved])
    values = np.concatenate(
        [np.ones(len(columns)), size[options.parcel[columns[shelved]]]]
    )
    shape = (len(parcels) + len(stores), len(columns))
    return BinaryProgram(
        cost=options.cost[columns],
        rows=csc_array(coo_array((values, (rows, cols)), shape=shape)),
        row_lower=np.concatenate(
            [np.ones(len(parcels)), np.full(len(stores), -np.inf)]
        ),
        row_upper=np.concatenate([np.ones(len(parcels)), space[stores]]),
        row_names=[f"one_option_{i}" for i in parcels]  # (2)
        + [f"shelf_holds_{s}" for s in stores],  # (3)
    )


def _relaxed_loads(
    options: Options, columns: Ints, x: Floats, fixed: Ints, size: Floats, space: Floats
) -> Floats:
    """Litres at each store when the columns are taken as far as ``x`` says."""
    inside = options.store[columns] != OUTSIDE
    at, parcel = options.store[columns[inside]], options.parcel[columns[inside]]
    free = np.bincount(at, size[parcel] * x[inside], minlength=len(space))
    return free + _loads(options, fixed, size, len(space)) - _SLACK


def _rounded(
    options: Options,
    columns: Ints,
    x: Floats,
    size: Floats,
    space: Floats,
    contended: NDArray[np.bool_],
) -> Ints:
    """
    A first answer near the relaxation ``x``, as positions in ``columns``.

    Parcels that the relaxation does not divide go first, then the others, large ones
    before small; each takes the option it has most of and for which there is room.
    """
    parcel = options.parcel[columns]
    liked = np.lexsort((options.cost[columns], -x.round(6), parcel))
    starts = np.unique(parcel[liked], return_index=True)[1]
    ends = np.append(starts[1:], len(columns))
    left = np.where(contended, space, np.inf)
    picked = []
    sure = x[liked[starts]].round(6) == 1
    for k in np.lexsort((-size[parcel[liked[starts]]], ~sure)):
        litres = size[parcel[liked[starts[k]]]]
        for position in liked[starts[k] : ends[k]]:
            store = options.store[columns[position]]
            if store == OUTSIDE:
                picked.append(position)
                break
            if litres <= left[store] + _SLACK:
                left[store] -= litres
                picked.append(position)
                break
    return np.array(sorted(picked), dtype=np.int64)
