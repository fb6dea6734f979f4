"""Balanced districts as one MILP; for small cases, to proof."""

from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import NDArray

from cstore_cli.location.district_search import Division
from cstore_cli.milp import Limits, solve

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ModelAnswer:
    """``candidate_of`` (n,) is the hub of each point; ``bound`` is on (1)."""

    candidate_of: Ints
    bound: float
    proven: bool


def solve_districts(division: Division, limits: Limits) -> ModelAnswer:
    """
    Open p hubs and give each point one.

        min   sum_ij w_i d_ij x_ij                                                (1)
        s.t.  sum_j x_ij = 1                    one hub for each point i          (2)
              sum_j y_j = p                     p hubs                            (3)
              L y_j <= sum_i w_i x_ij <= H y_j  work of each district j           (4)
              x_ij <= y_j                       only hubs serve                   (5)
              x_jj = y_j                        a hub serves itself               (6)
              x_ij, y_j in {0, 1}               i and j in reach of each other

    Raises
    ------
    InfeasibleError
        When no p hubs can serve everyone within the limits.
    NoPlanError
        When time ran out before the first plan.
    """
    model, x, y = _hubs_and_points(division, "districts")
    for j, open_j in y.items():
        load = _load(division, x, j)
        model += load <= division.high * open_j, f"work_at_most_{j}"  # (4)
        model += load >= division.low * open_j, f"work_at_least_{j}"  # (4)
    model.setObjective(
        pulp.lpSum(
            division.weight[i] * division.distance_km[i, j] * x[i, j] for i, j in x
        )
    )  # (1)
    answer = solve(model, limits)
    return ModelAnswer(_chosen(division, x), answer.bound, answer.proven)


def smallest_tolerance(division: Division, limits: Limits) -> float:
    """
    Return the least t at which a division exists.

    Every district's work is within (1 - t) and (1 + t) times the mean q.

        min   t
        s.t.  q (y_j - t) <= sum_i w_i x_ij <= q (y_j + t)   each j               (7)
              (2), (3), (5), (6)

    Raises
    ------
    InfeasibleError
        When no p hubs reach everyone.
    """
    model, x, y = _hubs_and_points(division, "smallest_tolerance")
    tolerance = model.add_variable("tolerance", lowBound=0)
    mean = division.work_h.sum() / division.num_districts
    for j, open_j in y.items():
        load = _load(division, x, j)
        model += load <= mean * (open_j + tolerance), f"work_at_most_{j}"  # (7)
        model += load >= mean * (open_j - tolerance), f"work_at_least_{j}"  # (7)
    model.setObjective(tolerance)
    solve(model, limits)
    return float(tolerance.value())


def _hubs_and_points(
    division: Division, name: str
) -> tuple[
    pulp.LpProblem, dict[tuple[int, int], pulp.LpVariable], dict[int, pulp.LpVariable]
]:
    """Return a model of (2), (3), (5) and (6), with its x and y."""
    model = pulp.LpProblem(name, pulp.LpMinimize)
    pairs = [(int(i), int(j)) for i, j in np.argwhere(division.reachable)]
    x = {(i, j): model.add_variable(f"x_{i}_{j}", cat=pulp.LpBinary) for i, j in pairs}
    num_candidates = len(division.point_of)
    y = model.add_variable_dict("y", range(num_candidates), cat=pulp.LpBinary)
    for i in range(len(division.work_h)):
        mine = [x[i, j] for j in y if (i, j) in x]
        model += pulp.lpSum(mine) == 1, f"one_hub_{i}"  # (2)
    model += pulp.lpSum(y.values()) == division.num_districts, "open_p"  # (3)
    for i, j in pairs:
        if division.point_of[j] == i:
            model += x[i, j] == y[j], f"serves_itself_{j}"  # (6)
        else:
            model += x[i, j] <= y[j], f"only_hubs_{i}_{j}"  # (5)
    return model, x, y


def _load(
    division: Division, x: dict[tuple[int, int], pulp.LpVariable], j: int
) -> pulp.LpAffineExpression:
    """Work of district j."""
    mine = [i for i in range(len(division.work_h)) if (i, j) in x]
    return pulp.lpSum(division.work_h[i] * x[i, j] for i in mine)


def _chosen(division: Division, x: dict[tuple[int, int], pulp.LpVariable]) -> Ints:
    """The candidate that serves each point."""
    value = np.zeros(division.reachable.shape)
    for (i, j), variable in x.items():
        value[i, j] = variable.value()
    chosen: Ints = value.argmax(axis=1)
    return chosen
