"""
Instances of location problems from the literature, told apart by their names.

``pmedK.txt``: OR-Library, a graph whose shortest paths are the costs. ``.tsp``: TSPLIB,
floor(Euclid). ``.dat``: the capacitated p-medians of Lorena and Senne. ``pK``: the
single-source facility locations of Holmberg, Rönnqvist and Yuan.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import shortest_path

from cstore_cli.location.siting import Floats, SitingProblem

NAMES = re.compile(r"pmed\d+\.txt|.+\.tsp|.+\.dat|p\d+")


@dataclass(frozen=True, eq=False)
class SitingInstance:
    """Every point is served by one of the sites, at ``cost`` (n, m); no other rule."""

    name: str
    cost: Floats
    demand: Floats
    capacity: Floats
    fixed_cost: Floats
    num_open: int | None
    best_known: float | None

    def problem(self) -> SitingProblem:
        """Return it as the engine takes it."""
        n, m = self.cost.shape
        order = np.argsort(self.cost, axis=1, kind="stable")
        return SitingProblem(
            start=np.arange(n + 1) * m,
            site=order.ravel(),
            cost=np.take_along_axis(self.cost, order, axis=1).ravel(),
            unserved_cost=np.full(n, np.inf),
            fixed_cost=self.fixed_cost,
            demand=self.demand,
            capacity=self.capacity,
            must_open=np.zeros(m, dtype=bool),
            may_open=np.ones(m, dtype=bool),
            num_open=self.num_open,
            spend=np.zeros(m),
            budget=np.inf,
            too_near=np.zeros((0, 2), dtype=np.int64),
        )


def files(paths: list[Path]) -> list[Path]:
    """Return ``paths`` with the instances below it in place of each folder."""
    found = []
    for path in paths:
        below = [file for file in path.rglob("*") if NAMES.fullmatch(file.name)]
        found += sorted(below, key=_in_order) if path.is_dir() else [path]
    return found


def read(path: Path, p: int | None = None) -> Iterator[SitingInstance]:
    """
    Yield the instances of a file, ``p`` in place of its own number of sites.

    A TSPLIB file has none: without ``p`` it is one instance for each published p.
    """
    if not NAMES.fullmatch(path.name):
        raise ValueError(f"{path}: not named like an instance of a known family.")
    if path.suffix == ".txt":
        yield _pmed(path, p)
    elif path.suffix == ".tsp":
        yield from _tsplib(path, p)
    elif path.suffix == ".dat":
        yield _cpmp(path, p)
    else:
        yield _sscflp(path, p)


def median(
    name: str, cost: Floats, p: int, best_known: float | None = None
) -> SitingInstance:
    """Return the p-median of ``cost`` (n, m), its points counting alike."""
    n, m = cost.shape
    return SitingInstance(
        name, cost, np.ones(n), np.full(m, np.inf), np.zeros(m), p, best_known
    )


def scattered(num: int, seed: int = 0) -> SitingInstance:
    """Return ``num`` points in a square, every one a site, p one in twenty."""
    x = np.random.default_rng(seed).random((num, 2)) * 1_000
    return median(f"random{num}", np.round(_distance(x)), max(num // 20, 1))


def _distance(x: Floats) -> Floats:
    return np.asarray(np.hypot(*(x[:, None] - x).transpose(2, 0, 1)))


def _in_order(path: Path) -> list[str | int]:
    """p9 before p11."""
    return [int(s) if s.isdigit() else s for s in re.split(r"(\d+)", str(path))]


def _pmed(path: Path, p: int | None) -> SitingInstance:
    """``n edges p``, then edges both ways; the last of edges told twice counts."""
    figures = [int(word) for word in path.read_text().split()]
    n, known_p = figures[0], figures[2]
    length = np.full((n, n), np.inf)
    edges = zip(figures[3::3], figures[4::3], figures[5::3], strict=True)
    for one, other, cost in edges:
        length[one - 1, other - 1] = length[other - 1, one - 1] = cost
    known = dict(
        line.split()
        for line in path.with_name("pmedopt.txt").read_text().splitlines()[1:]
    )
    best = float(known[path.stem]) if p in {None, known_p} else None
    return median(path.stem, shortest_path(length, method="D"), p or known_p, best)


def _tsplib(path: Path, p: int | None) -> Iterator[SitingInstance]:
    """Points that are clients and sites, floor(Euclid) apart."""
    text = path.read_text().split("NODE_COORD_SECTION")[1].split("EOF")[0]
    x = np.array(text.split(), dtype=float).reshape(-1, 3)[:, 1:]
    cost = np.floor(_distance(x))
    known = {}
    if (published := path.with_name(f"{path.stem}_known.csv")).exists():
        with published.open(encoding="utf-8") as file:
            rows = csv.DictReader(file)
            known = {int(row["p"]): float(row["our_opt_proven"]) for row in rows}
    for each in known if p is None else [p]:
        yield median(f"{path.stem}-{each}", cost, each, known.get(each))


def _cpmp(path: Path, p: int | None) -> SitingInstance:
    """``n p``, then lines ``x y capacity demand``; Euclid, as it is."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    n, known_p = (int(word) for word in lines[0])
    x, y, capacity, demand = np.array(lines[1 : n + 1], dtype=float).T
    with path.with_name("BKS_cpmp.csv").open(encoding="utf-8") as file:
        known = {row["instance"]: row["best_known"] for row in csv.DictReader(file)}
    best = float(known[path.stem]) if p is None and path.stem in known else None
    cost = _distance(np.column_stack([x, y]))
    return SitingInstance(
        path.stem, cost, demand, capacity, np.zeros(n), p or known_p, best
    )


def _sscflp(path: Path, p: int | None) -> SitingInstance:
    """Sites and points, capacities, fixed costs, demands, then costs (n, m)."""
    words = path.read_text().split()
    m, n = int(words[0]), int(words[1])
    figures = np.array(words[2 : 2 + 2 * m + n + n * m], dtype=float)
    capacity, fixed_cost, demand, cost = np.split(figures, [m, 2 * m, 2 * m + n])
    known = path.with_name("os").read_text().split()
    best = float(known[int(path.name[1:]) - 1]) if p is None else None
    cost = cost.reshape(n, m)
    return SitingInstance(path.name, cost, demand, capacity, fixed_cost, p, best)
