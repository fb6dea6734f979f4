"""
Measure the routing engine on instances of the literature, beside its peers.

    python tests/bench/routing.py FILE... --seconds S [--peers pyvrp] [--seed N]

Prints a JSON object per instance and solver. The peer pyvrp is PyVRP's own solve, the
better of two seeds run at the same time on the same two cores for the same seconds.
A FILE ending in .txt whose lines are paths, such as core.txt, stands for those files.
"""

import argparse
import json
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

import pyvrp
from instances import Instance, cost, feasible, read
from pyvrp.stop import MaxRuntime

from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.errors import NoPlanError
from cstore_cli.routing.problem import FOREVER, Client, Problem, VehicleKind
from cstore_cli.routing.pyvrp_data import translate
from cstore_cli.routing.search import Stop, solve

CORES = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--peers", default="")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    peers = [peer for peer in chosen.peers.split(",") if peer]
    if unknown := set(peers) - {"pyvrp"}:
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}")
    with executor(CORES) as pool:
        list(pool.map(_warm, range(CORES)))
        for path in _expand(chosen.files):
            instance = read(path)
            seeds = [chosen.seed * 100 + n for n in range(CORES)]
            _print(ours(instance, chosen.seconds, seeds, pool))
            if "pyvrp" in peers:
                _print(peer_pyvrp(instance, chosen.seconds, seeds, pool))


def problem_of(instance: Instance) -> Problem:
    """Return the engine's problem; client i is node i + 1."""
    windows = instance.tw_early is not None and instance.tw_late is not None
    early = instance.tw_early or [0] * len(instance.demand)
    late = instance.tw_late or [FOREVER] * len(instance.demand)
    clients = [
        Client(
            location=node,
            load=(instance.demand[node],),
            tw_early=early[node],
            tw_late=late[node],
            service_duration=instance.service[node],
        )
        for node in range(1, len(instance.demand))
    ]
    kind = VehicleKind(
        count=instance.vehicles,
        capacity=(instance.capacity,),
        tw_early=early[0],
        tw_late=late[0],
    )
    duration = instance.legs if windows else 0 * instance.legs
    return Problem(tuple(clients), (kind,), (instance.legs,), (duration,))


def ours(
    instance: Instance, seconds: float, seeds: Sequence[int], pool: Executor
) -> dict[str, object]:
    problem = problem_of(instance)
    began = time.monotonic()
    try:
        result = solve(problem, Stop(Deadline.after(seconds)), seeds, pool)
    except NoPlanError:
        return _row(instance, "cstore", None, time.monotonic() - began)
    took = time.monotonic() - began
    routes = [[i + 1 for i in route.visits] for route in result.routes]
    return _row(instance, "cstore", routes, took) | {
        "gap_columns": result.gap_columns,
        "bound_all_routes": result.bound_all_routes,
        "columns": result.columns,
        "iterations": result.iterations,
    }


def peer_pyvrp(
    instance: Instance, seconds: float, seeds: Sequence[int], pool: Executor
) -> dict[str, object]:
    began = time.monotonic()
    answers = [pool.submit(_pyvrp, instance, seconds, seed) for seed in seeds]
    plans = [answer.result() for answer in answers]
    took = time.monotonic() - began
    found = [plan for plan, _ in plans if plan is not None]
    best = min(found, key=lambda plan: cost(instance, plan), default=None)
    iterations = sum(count for _, count in plans)
    return _row(instance, "pyvrp", best, took) | {"iterations": iterations}


def _pyvrp(
    instance: Instance, seconds: float, seed: int
) -> tuple[list[list[int]] | None, int]:
    data = translate(problem_of(instance)).data
    result = pyvrp.solve(data, MaxRuntime(seconds), seed, collect_stats=False)
    if not result.is_feasible():
        return None, result.num_iterations
    routes = [[int(s[1:]) + 1 for s in str(r).split()] for r in result.best.routes()]
    return routes, result.num_iterations


def _row(
    instance: Instance, solver: str, routes: list[list[int]] | None, seconds: float
) -> dict[str, object]:
    return {
        "instance": instance.name,
        "family": instance.family,
        "solver": solver,
        "cost": None if routes is None else cost(instance, routes),
        "vehicles": None if routes is None else len(routes),
        "gap_columns": None,
        "bound_all_routes": None,
        "seconds": round(seconds, 2),
        "feasible": routes is not None and feasible(instance, routes),
        "best_known": instance.best_known,
    }


def _expand(files: Sequence[Path]) -> list[Path]:
    """Replace lists of files, paths relative to the list's own repository root."""
    found = []
    for file in files:
        if file.name == "core.txt":
            root = Path(__file__).parents[2]
            lines = file.read_text().split()
            found += [root / "../shared/data/routing" / line for line in lines]
        else:
            found.append(file)
    return found


def _warm(_: int) -> None:
    """Have a worker start and load PyVRP before the clock does."""
    time.sleep(0.5)


def _print(row: dict[str, object]) -> None:
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
