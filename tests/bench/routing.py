"""
Measure the routing engine on instances of the literature, beside its peers.

    python tests/bench/routing.py FILE... --seconds S [--seeds N]
        [--peers pyvrp,ortools,vroom]

Prints a JSON object per instance, solver and seed (1 to N); routing_table.py sums them
up. The multi-trip and multi-depot files get 2 S seconds, all others S. core.txt stands
for the files it lists. All solvers have the same two cores:

pyvrp    its own solve, the better of two seeds run at the same time
ortools  guided local search, the better of two first solutions at the same time
vroom    exploration level 5 on two threads; it stops by itself, mostly earlier

The last two take no seed and run once per instance. Cost and feasibility are computed
again from the file for each; where a peer cannot express the file, ``note`` says so.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from instance_files import read
from instance_problem import nodes_of, problem_of
from instances import Instance, Route, cost, feasible

from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.errors import NoPlanError

CORES = 2
RUNS = {"pyvrp": CORES, "ortools": CORES, "vroom": 1}
"""Runs of each peer at the same time; VROOM has threads of its own."""
SEEDLESS = ("ortools", "vroom")
TWICE_AS_LONG = ("multi_trip", "multi_depot")

Answer = tuple[list[Route] | None, dict[str, object]]
"""Routes, None if none were found, and what else the solver tells."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--peers", default="")
    chosen = parser.parse_args()
    peers = [peer for peer in chosen.peers.split(",") if peer]
    if unknown := set(peers) - set(RUNS):
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}")
    with ExitStack() as stack:
        # Workers of its own for each: not all libraries load into one process.
        pools = {
            solver: stack.enter_context(executor(CORES))
            for solver in ("cstore", *peers)
        }
        for solver, pool in pools.items():
            list(pool.map(_warm, [solver] * CORES))
        for path in _expand(chosen.files):
            instance = read(path)
            twice = instance.family in TWICE_AS_LONG
            seconds = 2 * chosen.seconds if twice else chosen.seconds
            for found in _rows(instance, seconds, chosen.seeds, pools):
                print(json.dumps(found), flush=True)


def _rows(
    instance: Instance, seconds: float, num_seeds: int, pools: dict[str, Executor]
) -> Iterator[dict[str, object]]:
    for solver, pool in pools.items():
        for seed in (None,) if solver in SEEDLESS else range(1, num_seeds + 1):
            seeds = [100 * (seed or 1) + core for core in range(CORES)]
            began = time.monotonic()
            if solver == "cstore":
                routes, told = ours(instance, seconds, seeds, pool)
            else:
                of_runs = seeds[: RUNS[solver]]
                routes, told = theirs(solver, instance, seconds, of_runs, pool)
            took = time.monotonic() - began
            if solver == "cstore":
                told |= {"bound_all_routes": bound_of(instance)}
            yield row(instance, solver, seed, routes, took) | told


def bound_of(instance: Instance) -> float | None:
    """Return the bound over all routes; its second or two are not the search's."""
    from cstore_cli.routing.bound import bound

    found = bound(problem_of(instance), Deadline.after(10))
    return None if found is None else found.value / instance.scale


def ours(
    instance: Instance, seconds: float, seeds: Sequence[int], pool: Executor
) -> Answer:
    """Return the engine's routes and how its search ended."""
    # Here, not above: the workers of the peers import this file.
    from cstore_cli.routing.search import Stop, solve

    try:
        stop = Stop(Deadline.after(seconds))
        result = solve(problem_of(instance), stop, seeds, pool)
    except NoPlanError:
        return None, {}
    return nodes_of(instance, result.routes), {
        "gap_columns": result.gap_columns,
        "columns": len(result.columns),
        "iterations": result.iterations,
    }


def theirs(
    peer: str, instance: Instance, seconds: float, seeds: Sequence[int], pool: Executor
) -> Answer:
    """Return the best of a peer's runs, one per seed at the same time."""
    runs = [pool.submit(_run, peer, instance, seconds, seed) for seed in seeds]
    answers: list[Answer] = [run.result() for run in runs]
    found = [answer for answer in answers if answer[0] is not None]
    return min(found, key=lambda it: cost(instance, it[0]), default=answers[0])


def _run(peer: str, instance: Instance, seconds: float, seed: int) -> Answer:
    return import_module(f"routing_{peer}").run(instance, seconds, seed)


def row(
    instance: Instance,
    solver: str,
    seed: int | None,
    routes: list[Route] | None,
    seconds: float,
) -> dict[str, object]:
    """Return what every solver prints, its routes judged from the file."""
    return {
        "instance": instance.name,
        "family": instance.family,
        "solver": solver,
        "seed": seed,
        "cost": None if routes is None else cost(instance, routes),
        "vehicles": None if routes is None else len(routes),
        "gap_columns": None,
        "bound_all_routes": None,
        "seconds": round(seconds, 2),
        "feasible": routes is not None and feasible(instance, routes),
        "best_known": instance.best_known,
    }


def _expand(files: Sequence[Path]) -> list[Path]:
    """Replace core.txt by the shared files it lists."""
    found = []
    for file in files:
        if file.name == "core.txt":
            root = Path(__file__).parents[2]
            lines = file.read_text().split()
            found += [root / "../shared/data/routing" / line for line in lines]
        else:
            found.append(file)
    return found


def _warm(solver: str) -> None:
    """Have a worker start and load its solver before the clock does."""
    if solver == "cstore":
        import_module("cstore_cli.routing.find")
    else:
        import_module(f"routing_{solver}")
    time.sleep(0.5)


if __name__ == "__main__":
    main()
