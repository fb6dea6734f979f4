"""
Measure siting on instances of the literature and on random points, beside its peers.

    python tests/bench/siting.py FILE... [--p P] [--seconds S] [--peers spopt]
    python tests/bench/siting.py --random 100 200 500 --peers spopt

Prints a JSON object per instance and solver. A FILE is an instance of OR-Library
(pmedK.txt), TSPLIB (.tsp; --p, or every p with a published cost), Lorena and Senne
(.dat) or Holmberg (pK), a folder all of those below it; --random N is N random points,
one in twenty opened. Seconds are from the matrix of costs to the plan: building and
solving. The peer spopt is its PMedian with the same HiGHS, one thread, no gap;
``ratio`` is its seconds to cstore's. It knows neither capacities nor fixed costs.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pulp
from siting_instances import SitingInstance, files, read, scattered

from cstore_cli.deadline import Deadline
from cstore_cli.errors import NoPlanError
from cstore_cli.location.solve_siting import solve_siting
from cstore_cli.milp import Limits

Row = dict[str, object]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--p", type=int)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--peers", default="")
    parser.add_argument("--random", nargs="+", type=int, default=[], metavar="N")
    chosen = parser.parse_args()
    peers = [peer for peer in chosen.peers.split(",") if peer]
    if unknown := set(peers) - {"spopt"}:
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}")
    if not chosen.files and not chosen.random:
        parser.error("give a FILE or --random N")
    paths = files(chosen.files)
    instances = [instance for path in paths for instance in read(path, chosen.p)]
    for instance in instances + [scattered(num) for num in chosen.random]:
        row, seconds = ours(instance, chosen.seconds)
        print(json.dumps(row), flush=True)
        if "spopt" in peers and not instance.problem().capacitated:
            row = peer_spopt(instance, chosen.seconds, seconds)
            print(json.dumps(row), flush=True)


def ours(instance: SitingInstance, seconds: float) -> tuple[Row, float]:
    """Return our answer, its cost computed again from the instance, and its seconds."""
    began = time.perf_counter()
    problem = instance.problem()
    limits = Limits(deadline=Deadline.after(seconds))
    try:
        siting = solve_siting(problem, limits)
    except NoPlanError:
        taken = time.perf_counter() - began
        return _row(instance, "cstore", None, None, False, taken), taken
    taken = time.perf_counter() - began
    is_open = np.zeros(problem.num_sites, dtype=bool)
    is_open[siting.open_sites] = True
    cost = problem.cost_of(is_open, siting.site_of)
    return _row(instance, "cstore", cost, siting.bound, siting.proven, taken), taken


def peer_spopt(instance: SitingInstance, seconds: float, our_seconds: float) -> Row:
    """Return what spopt makes of a p-median; its bound is not to be had."""
    from spopt.locate import PMedian

    solver = pulp.HiGHS(
        msg=False, threads=1, gapRel=0.0, gapAbs=1e-6, timeLimit=seconds
    )
    began = time.perf_counter()
    model = PMedian.from_cost_matrix(
        instance.cost, np.ones(len(instance.cost)), instance.num_open
    )
    model = model.solve(solver, results=False)
    taken = time.perf_counter() - began
    opened = [y.value() > 0.5 for y in model.fac_vars]
    cost = float(instance.cost[:, opened].min(axis=1).sum())
    proven = model.problem.sol_status == pulp.LpSolutionOptimal
    row = _row(instance, "spopt", cost, None, proven, taken)
    return row | {"ratio": round(taken / our_seconds, 1)}


def _row(
    instance: SitingInstance,
    solver: str,
    cost: float | None,
    bound: float | None,
    proven: bool,
    seconds: float,
) -> Row:
    return {
        "instance": instance.name,
        "solver": solver,
        "cost": None if cost is None else round(cost, 2),
        "bound": None if bound is None else round(bound, 2),
        "proven": proven,
        "seconds": round(seconds, 2),
        "best_known": instance.best_known,
    }


if __name__ == "__main__":
    main()
