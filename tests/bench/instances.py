"""Routing instances from the literature: reading them, and checking routes by them."""

import gzip
import re
from collections.abc import Sequence
from csv import DictReader
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SLACK = 0.005
"""Double precision files are solved in 1/10,000: 60 legs round to within 0.003."""


@dataclass(frozen=True, eq=False)
class Instance:
    """
    Node 0 is the depot; all numbers are in the file's unit times ``scale``.

    ``exact`` are the legs before rounding, which the double precision families are
    judged by; None where the rounded legs are the convention.
    """

    name: str
    family: str
    scale: int
    legs: NDArray[np.int64]
    exact: NDArray[np.float64] | None
    demand: list[int]
    capacity: int
    vehicles: int
    tw_early: list[int] | None
    tw_late: list[int] | None
    service: list[int]
    best_known: float | None


def read(path: Path) -> Instance:
    """Read a VRPLIB or Solomon file, packed or not; told apart by content."""
    packed = path.suffix == ".gz"
    text = gzip.decompress(path.read_bytes()).decode() if packed else path.read_text()
    if re.search(r"^\s*DIMENSION", text, re.MULTILINE):
        return _vrplib(path, text)
    return _solomon(path, text)


def cost(instance: Instance, routes: Sequence[Sequence[int]]) -> float:
    """Return the distance in the file's unit, by the family's own convention."""
    if instance.exact is not None:
        return round(sum(float(instance.exact[a, b]) for a, b in _legs(routes)), 3)
    total = sum(int(instance.legs[a, b]) for a, b in _legs(routes))
    return total / instance.scale if instance.scale > 1 else total


def feasible(instance: Instance, routes: Sequence[Sequence[int]]) -> bool:
    """Whether the routes serve each node once within capacity, windows and fleet."""
    nodes = sorted(node for route in routes for node in route)
    if nodes != list(range(1, len(instance.demand))):
        return False
    if len(routes) > instance.vehicles:
        return False
    return all(_route_feasible(instance, route) for route in routes)


def _route_feasible(instance: Instance, route: Sequence[int]) -> bool:
    if sum(instance.demand[node] for node in route) > instance.capacity:
        return False
    if instance.tw_early is None or instance.tw_late is None:
        return True
    exact = instance.exact is not None
    scale = instance.scale if exact else 1
    legs = instance.exact if instance.exact is not None else instance.legs
    time, place = instance.tw_early[0] / scale, 0
    for node in [*route, 0]:
        time += float(legs[place, node])
        time = max(time, instance.tw_early[node] / scale)
        if time > instance.tw_late[node] / scale + (SLACK if exact else 0):
            return False
        time += instance.service[node] / scale
        place = node
    return True


def _legs(routes: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for route in routes:
        stops = [0, *route, 0]
        pairs += pairwise(stops)
    return pairs


def _euclid(points: NDArray[np.float64]) -> NDArray[np.float64]:
    difference = points[:, None, :] - points[None, :, :]
    return np.sqrt((difference**2).sum(axis=2))


def _vrplib(path: Path, text: str) -> Instance:
    fields: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    current = ""
    for line in text.splitlines():
        words = line.replace(":", " : ").split()
        if not words or words[0] == "EOF":
            continue
        if words[0].endswith("_SECTION"):
            current = words[0]
            sections[current] = []
        elif words[0][0].isalpha():
            fields[words[0]] = " ".join(words[2:])
        else:
            sections[current].append([float(word) for word in words])
    size = int(fields["DIMENSION"])
    if fields["EDGE_WEIGHT_TYPE"] == "EXPLICIT":
        flat = [x for row in sections["EDGE_WEIGHT_SECTION"] for x in row]
        legs = np.array(flat, dtype=np.int64).reshape(size, size)
    else:
        points = np.array(sections["NODE_COORD_SECTION"])[:, 1:]
        legs = np.floor(_euclid(points) + 0.5).astype(np.int64)

    def column(name: str, number: int = 1) -> list[int]:
        rows = sections.get(name)
        return [int(row[number]) for row in rows] if rows else [0] * size

    windows = "TIME_WINDOW_SECTION" in sections
    solution = path.with_suffix(".sol")
    known = None
    if solution.exists():
        found = re.search(r"Cost:?\s+([\d.]+)", solution.read_text())
        known = float(found[1]) if found else None
    return Instance(
        name=fields["NAME"],
        family="ortec" if "ORTEC" in fields["NAME"] else "x",
        scale=1,
        legs=legs,
        exact=None,
        demand=column("DEMAND_SECTION"),
        capacity=int(fields["CAPACITY"]),
        vehicles=int(fields.get("VEHICLES", size - 1)),
        tw_early=column("TIME_WINDOW_SECTION", 1) if windows else None,
        tw_late=column("TIME_WINDOW_SECTION", 2) if windows else None,
        service=column("SERVICE_TIME_SECTION"),
        best_known=known,
    )


def _solomon(path: Path, text: str) -> Instance:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    numbers = [[float(w) for w in words] for words in lines if _numeric(words)]
    vehicles, capacity = (int(x) for x in numbers[0])
    rows = np.array(numbers[1:])
    straight = _euclid(rows[:, 1:3])
    optima = path.with_name("solomon_distance.csv")
    known, double = None, True
    if optima.exists():
        with optima.open() as file:
            found = {
                r["instance"].upper(): r["optimum_trunc1"] for r in DictReader(file)
            }
        if path.stem.upper() in found:
            known, double = float(found[path.stem.upper()]), False
    scale = 10_000 if double else 10
    legs = np.round(scale * straight) if double else np.floor(10 * straight)
    return Instance(
        name=path.stem,
        family="gh" if double else "solomon",
        scale=scale,
        legs=legs.astype(np.int64),
        exact=straight if double else None,
        demand=[int(x) for x in rows[:, 3]],
        capacity=capacity,
        vehicles=vehicles,
        tw_early=[int(scale * x) for x in rows[:, 4]],
        tw_late=[int(scale * x) for x in rows[:, 5]],
        service=[int(scale * x) for x in rows[:, 6]],
        best_known=known,
    )


def _numeric(words: list[str]) -> bool:
    return all(re.fullmatch(r"-?\d+(\.\d+)?", word) for word in words)
