"""
Measure capacitated siting on instances of the literature.

    python tests/bench/siting_capacitated.py FILE... --seconds S

Prints a JSON object per instance. A FILE ending in .dat is a capacitated p-median of
Lorena and Senne, any other a single-source facility location of Holmberg, Rönnqvist
and Yuan.
"""

import argparse
import csv
import json
import re
import time
from pathlib import Path

import numpy as np

from cstore_cli.deadline import Deadline
from cstore_cli.location.capacitated import site_capacitated
from cstore_cli.location.siting import Floats, SitingProblem
from cstore_cli.milp import Limits


def dense(
    cost: Floats,
    demand: Floats,
    capacity: Floats,
    fixed_cost: Floats,
    num_open: int | None,
) -> SitingProblem:
    """Return the problem of serving every point (n, m), with no other rule."""
    n, m = cost.shape
    order = np.argsort(cost, axis=1, kind="stable")
    return SitingProblem(
        start=np.arange(n + 1) * m,
        site=order.ravel(),
        cost=np.take_along_axis(cost, order, axis=1).ravel(),
        unserved_cost=np.full(n, np.inf),
        fixed_cost=fixed_cost,
        demand=demand,
        capacity=capacity,
        must_open=np.zeros(m, dtype=bool),
        may_open=np.ones(m, dtype=bool),
        num_open=num_open,
        spend=np.zeros(m),
        budget=np.inf,
        too_near=np.zeros((0, 2), dtype=np.int64),
    )


def read_cpmp(path: Path) -> SitingProblem:
    """Read a capacitated p-median: ``n p``, then lines ``x y capacity demand``."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    n, p = (int(word) for word in lines[0])
    x, y, capacity, demand = np.array(lines[1 : n + 1], dtype=float).T
    cost = np.hypot(x[:, None] - x, y[:, None] - y)
    return dense(cost, demand, capacity, np.zeros(n), p)


def read_sscflp(path: Path) -> SitingProblem:
    """Read sites and points, capacities, fixed costs, demands, then costs (n, m)."""
    words = path.read_text().split()
    m, n = int(words[0]), int(words[1])
    figures = np.array(words[2 : 2 + 2 * m + n + n * m], dtype=float)
    capacity, fixed_cost, demand, cost = np.split(figures, [m, 2 * m, 2 * m + n])
    return dense(cost.reshape(n, m), demand, capacity, fixed_cost, None)


def read(path: Path) -> SitingProblem:
    """Read either family, told apart by the file's name."""
    return read_cpmp(path) if path.suffix == ".dat" else read_sscflp(path)


def best_known(path: Path) -> float | None:
    """Return the published cost: of BKS_cpmp.csv, or of line k of ``os`` for p_k."""
    if path.suffix == ".dat":
        with path.with_name("BKS_cpmp.csv").open() as file:
            known = {row["instance"]: row["best_known"] for row in csv.DictReader(file)}
        return float(known[path.stem]) if path.stem in known else None
    number = re.fullmatch(r"p(\d+)", path.name)
    lines = path.with_name("os").read_text().split()
    return float(lines[int(number[1]) - 1]) if number else None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    for path in arguments.files:
        problem = read(path)
        began = time.perf_counter()
        limits = Limits(deadline=Deadline.after(arguments.seconds))
        siting = site_capacitated(problem, limits)
        seconds = time.perf_counter() - began
        is_open = np.zeros(problem.num_sites, dtype=bool)
        is_open[siting.open_sites] = True
        result = {
            "instance": path.stem,
            "solver": "cstore",
            "cost": round(problem.cost_of(is_open, siting.site_of), 2),
            "bound": round(siting.bound, 2),
            "proven": siting.proven,
            "seconds": round(seconds, 1),
            "best_known": best_known(path),
        }
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
