"""
Sum up what routing.py printed: a JSON object per family and solver.

    python tests/bench/routing_table.py FILE...

``over_pyvrp`` is the mean ratio of cost to PyVRP's on the same instance and seed, less
1; a solver without seeds is held against each of PyVRP's. ``over_best_known`` is the
mean over the best known cost, where there is one. Rows that are not feasible count in
neither and are counted in ``without_plan``.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from statistics import fmean


def table(rows):
    """A row per family and solver, in the order in which they first come."""
    groups = defaultdict(list)
    pyvrp = defaultdict(dict)
    for row in rows:
        groups[row["family"], row["solver"]].append(row)
        if row["solver"] == "pyvrp" and row["feasible"]:
            pyvrp[row["instance"]][row["seed"]] = row["cost"]
    for (family, solver), group in groups.items():
        found = [row for row in group if row["feasible"]]
        ratios = [
            row["cost"] / cost
            for row in found
            for seed, cost in pyvrp[row["instance"]].items()
            if row["seed"] in {None, seed}
        ]
        known = [row["cost"] / row["best_known"] for row in found if row["best_known"]]
        yield {
            "family": family,
            "solver": solver,
            "instances": len({row["instance"] for row in group}),
            "rows": len(group),
            "without_plan": len(group) - len(found),
            "over_pyvrp": _mean_over(ratios),
            "over_best_known": _mean_over(known),
            "mean_vehicles": round(fmean(r["vehicles"] for r in found), 2)
            if found
            else None,
        }


def _mean_over(ratios):
    return round(fmean(ratios) - 1, 5) if ratios else None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    lines = [
        line
        for file in parser.parse_args().files
        for line in file.open()
        if "{" in line
    ]
    for row in table(map(json.loads, lines)):
        print(json.dumps(row))


if __name__ == "__main__":
    main()
