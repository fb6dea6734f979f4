"""
PyVRP alone on a DC's whole problem: the vans it sends, and whom to.

PyVRP knows no vans that are counted once for several batches. Each is given to it as
one that first leaves in the earliest of them; its later trips leave in any.
"""

from dataclasses import replace

import pyvrp
from dock_repair import Tour
from pyvrp.stop import MaxRuntime

from cstore_cli.routing.problem import Problem
from cstore_cli.routing.pyvrp_data import translate


def pyvrp_tours(problem: Problem, seconds: float, seed: int) -> list[Tour]:
    """Return a tour per van: its kind in the problem, its trips, when it leaves."""
    pools: dict[object, list[int]] = {}
    earliest = sorted(enumerate(problem.kinds), key=lambda pair: pair[1].tw_early)
    for number, kind in earliest:
        pool = ("alone", number) if kind.pool is None else kind.pool
        pools.setdefault(pool, []).append(number)
    kinds_of = list(pools.values())
    kinds = [problem.kinds[numbers[0]] for numbers in kinds_of]
    translation = translate(replace(problem, kinds=tuple(kinds)))
    # Its own largest penalty is next to nothing beside costs in 1e-5 of the currency.
    params = pyvrp.SolveParams(penalty=pyvrp.PenaltyParams(max_penalty=1e9))
    stop = MaxRuntime(seconds)
    result = pyvrp.solve(
        translation.data, stop, seed=seed, display=False, params=params
    )
    if not result.is_feasible():
        return []
    tours = []
    for route in result.best.routes():
        number = kinds_of[translation.kind(route.vehicle_type())][0]
        trips = tuple(
            tuple(int(visit[1:]) for visit in trip.split())
            for trip in str(route).split("|")
        )
        driven = tuple(trip for trip in trips if trip)
        tours.append((number, driven, route.start_time()))
    return tours
