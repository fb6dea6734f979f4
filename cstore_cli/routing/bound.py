"""A bound on the cost of all plans, over all routes there are, in a second or two."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment, linprog

from cstore_cli.deadline import Deadline
from cstore_cli.routing.bound_cuts import connect
from cstore_cli.routing.bound_legs import Floats, Legs, legs, uses
from cstore_cli.routing.problem import Problem

Ints = NDArray[np.int64]

RELAXATION = "legs assigned and connected; load and duration shared by all routes"
"""In a bound, a leg may be any kind's, and what a route cannot take another may."""

ROUNDS = 20
"""Assignments solved to find prices, at most."""

ENOUGH = 1e-3
"""Prices are good when others raise the assignment by less than this share."""

DUAL_STEPS = 200
"""Steps towards the assignment's duals, at most; cut short they make a weak bound."""

SAFETY = 1e-9
"""Share taken off the bound for sums of floats."""


@dataclass(frozen=True)
class Bound:
    """No plan costs less than ``value``, in the problem's cost; what was relaxed."""

    value: float
    relaxation: str


def bound(problem: Problem, deadline: Deadline) -> Bound | None:
    """
    Return a bound on the cost of every plan; None when there is none in time.

    x_ij is 1 where a route goes from i to j, u_i where client i is unserved at its
    penalty p_i; the depot stands for each vehicle, m at most. With c^k_ij the cost and
    d^k_ijr the use of resource r (loads, pickups, duration), f_k the fixed cost and
    b_kr the most a route of kind k may use, any prices y >= 0 give

        c_ij(y) = min_k  c^k_ij + sum_r y_r d^k_ijr,
                  from the depot also + f_k - sum_r y_r b_kr                   (1)
        L(y) = min  sum_ij c_ij(y) x_ij + sum_i p_i u_i                        (2)
               s.t. sum_j x_ij + u_i = 1, sum_j x_ji + u_i = 1 each client i   (3)
                    at most m legs from the depot, as many to it               (4)

    no greater than the cost of any plan: a route of kind k uses at most b_k. Legs that
    windows, releases, skills or two loads forbid are left out. The greatest L(y) is
    found by cutting planes (Kelley 1960, doi:10.1137/0108053); then legs at their
    reduced costs must connect the depot to each client, and each client to the
    depot, which adds to it (Fischetti and Toth 1992, doi:10.1007/BF01585701).
    Waiting, docks and trip windows cost nothing in it.
    """
    if not problem.clients:
        return Bound(0.0, RELAXATION)
    relaxed = _Relaxed(problem)
    if not relaxed.legs:
        return None
    try:
        prices = relaxed.best_prices(deadline)
        value = None if prices is None else relaxed.value(prices)
    except ValueError:  # linear_sum_assignment: no assignment is finite
        return None
    if value is None or math.isinf(value):
        return None
    return Bound(value - SAFETY * abs(value), RELAXATION)


class _Relaxed:
    """The relaxation (2) to (4)."""

    def __init__(self, problem: Problem) -> None:
        self.legs: list[Legs] = legs(problem)
        self.use = uses(problem)
        self.penalty = np.array(
            [np.inf if c.penalty is None else c.penalty for c in problem.clients]
        )
        self.num_clients = len(problem.clients)
        vehicles = sum(count for count, _ in problem.vehicle_rows())
        self.vehicles = min(vehicles, self.num_clients)

    def best_prices(self, deadline: Deadline) -> Floats | None:
        """Return the best prices found for (2); None without time for any."""
        most = self._most_prices()
        unit = np.where(most > 0, most, 1.0)
        fixed = np.mean([way.fixed_cost for way in self.legs])
        prices = np.minimum(fixed * most / max(1.0, self._dearest()), most) / len(most)
        planes: list[Floats] = []
        heights: list[float] = []
        best, found = -math.inf, None
        for _ in range(ROUNDS):
            if deadline.left_s() == 0:
                break
            value, slope = self._assigned(prices)
            if value > best:
                best, found = value, prices
            planes.append(np.append(1.0, -slope * unit))
            heights.append(value - float(slope @ prices))
            scale = max(1.0, float(np.abs(planes).max()))
            answer = linprog(
                np.append(-1.0, np.zeros(len(prices))),
                A_ub=np.array(planes) * np.append(1.0, np.full(len(prices), 1 / scale)),
                b_ub=np.array(heights) / scale,
                bounds=[(None, None), *((0.0, float(m > 0)) for m in most)],
            )
            if answer.x is None or answer.fun is None:
                break
            if -answer.fun * scale - best < ENOUGH * abs(best):
                break
            prices = answer.x[1:] * unit
        return found

    def value(self, prices: Floats) -> float:
        """Return (2) at ``prices``, and what connecting adds."""
        size = self.num_clients
        cost = self._square(self._priced(prices))
        rows, columns = _duals(cost, linear_sum_assignment(cost)[1])
        cost = cost - rows[:, None] - columns
        reduced = np.full((size + 1, size + 1), np.inf)
        reduced[:size, :size] = cost[:size, :size]
        reduced[:size, size] = cost[:size, size:].min(axis=1)
        reduced[size, :size] = cost[size:, :size].min(axis=0)
        unserved = np.diag(reduced)[:size].copy()
        np.fill_diagonal(reduced, np.inf)
        value = float(rows.sum() + columns.sum()) + connect(reduced, unserved)
        return value + connect(reduced.T.copy(), unserved)

    def _dearest(self) -> float:
        """Return more than a price can be worth a route: a leg out, one home, a fee."""
        dearest = max(
            way.fixed_cost + 2 * way.cost.max(initial=0, where=np.isfinite(way.cost))
            for way in self.legs
        )
        penalty = self.penalty.max(initial=0, where=np.isfinite(self.penalty))
        return float(dearest + penalty)

    def _most_prices(self) -> Floats:
        limit = np.min([way.limit for way in self.legs], axis=0)
        wanted = np.append(self.use.sum(axis=0), 1) > 0
        return np.where((limit > 0) & wanted, self._dearest() / np.maximum(limit, 1), 0)

    def _priced(self, prices: Floats) -> Floats:
        """Return (1)."""
        cost = self.legs[0].priced(self.use, prices)
        for way in self.legs[1:]:
            np.minimum(cost, way.priced(self.use, prices), out=cost)
        return cost

    def _square(self, cost: Floats) -> Floats:
        """Return the assignment's costs: a row and column per client and vehicle."""
        size = self.num_clients
        square = np.zeros((size + self.vehicles,) * 2)
        square[:size, :size] = cost[:-1, :-1]
        square[:size, size:] = cost[:-1, -1:]
        square[size:, :size] = cost[-1:, :-1]
        np.fill_diagonal(square[:size, :size], self.penalty)
        return square

    def _assigned(self, prices: Floats) -> tuple[float, Floats]:
        """Return (2) and how it changes with the prices."""
        size = self.num_clients
        costs = [way.priced(self.use, prices) for way in self.legs]
        square = self._square(np.minimum.reduce(costs))
        rows, columns = linear_sum_assignment(square)
        value = float(square[rows, columns].sum())
        idle = (rows >= size) & (columns >= size)
        driven = ~idle & ((rows != columns) | (rows >= size))
        rows, columns = (
            np.minimum(rows[driven], size),
            np.minimum(columns[driven], size),
        )
        cheapest = np.argmin([cost[rows, columns] for cost in costs], axis=0)
        slope = np.zeros(len(prices))
        for k, way in enumerate(self.legs):
            mine = cheapest == k
            slope += way.used(self.use, rows[mine], columns[mine])
        return value, slope


def _duals(cost: Floats, column_of: Ints) -> tuple[Floats, Floats]:
    """
    Return duals of the assignment: u_i + v_j <= c_ij for all i and j.

    v_j <= v_m(i) + c_ij - c_im(i), with m(i) the column of row i, by Bellman and Ford;
    u follows from v, so that they are allowed wherever that stops.
    """
    apart = cost[np.argsort(column_of)]
    apart = apart - np.diag(apart)[:, None]
    columns = np.zeros(len(cost))
    for _ in range(DUAL_STEPS):
        shorter = np.minimum(columns, (columns[:, None] + apart).min(axis=0))
        if np.array_equal(shorter, columns):
            break
        columns = shorter
    return (cost - columns).min(axis=1), columns
