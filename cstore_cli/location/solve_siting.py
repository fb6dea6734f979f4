"""One way to every siting problem, with or without capacities."""

import numpy as np

from cstore_cli.location.capacitated import site_capacitated
from cstore_cli.location.siting import Siting, SitingProblem
from cstore_cli.location.uncapacitated import site_uncapacitated
from cstore_cli.milp import Limits


def solve_siting(
    problem: SitingProblem, limits: Limits, start: Siting | None = None
) -> Siting:
    """
    Solve (1) to (8) of ``SitingProblem``; ``start`` answers one much alike.

    Raises
    ------
    InfeasibleError
        When no plan meets (2) to (8).
    NoPlanError
        When time ran out before the first plan.
    """
    if not problem.capacitated:
        return site_uncapacitated(problem, limits, start)
    if start is None:
        return site_capacitated(problem, limits)
    is_open = np.zeros(problem.num_sites, dtype=np.bool_)
    is_open[start.open_sites] = True
    return site_capacitated(problem, limits, (is_open, start.site_of))
