"""Reading routing instances: VRPLIB and Solomon files, told apart by content."""

import gzip
import re
from collections import Counter
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from instances import Instance, Route
from numpy.typing import NDArray


@dataclass(frozen=True)
class Convention:
    """Numbers are taken times ``scale``, legs then rounded to the nearest or down."""

    family: str
    scale: int = 1
    down: bool = False


PLAIN = Convention("cvrp_xxl")
CONVENTIONS = {
    "MTVRPTWR": Convention("multi_trip", 10, down=True),
    "MDVRPTW": Convention("multi_depot", 1000),
}


def read(path: Path) -> Instance:
    """Read a VRPLIB or Solomon file, packed or not; told apart by content."""
    packed = path.suffix == ".gz"
    text = gzip.decompress(path.read_bytes()).decode() if packed else path.read_text()
    if re.search(r"^\s*DIMENSION", text, re.MULTILINE):
        return _vrplib(path, text)
    return _solomon(path, text)


def read_solution(path: Path, instance: Instance) -> list[Route]:
    """Read a .sol: line k is vehicle k, in order of depots, and may be empty."""
    found = re.findall(r"^Route #\d+:(.*)$", path.read_text(), re.MULTILINE)
    depots = [d for d, count in enumerate(instance.vehicles) for _ in range(count)]
    return [
        [depot, *map(int, line.split()), depot]
        for depot, line in zip(depots, found, strict=False)
        if line.split()
    ]


def _euclid(points: NDArray[np.float64]) -> NDArray[np.float64]:
    difference = points[:, None, :] - points[None, :, :]
    return np.sqrt((difference**2).sum(axis=2))


def _vrplib(path: Path, text: str) -> Instance:
    fields, sections = _parts(text)
    convention = CONVENTIONS.get(fields["TYPE"], PLAIN)
    scale = convention.scale
    size = int(fields["DIMENSION"])
    if fields["EDGE_WEIGHT_TYPE"] == "EXPLICIT":
        flat = [x for row in sections["EDGE_WEIGHT_SECTION"] for x in row]
        legs = np.array(flat, dtype=np.int64).reshape(size, size)
    else:
        points = np.array(sections["NODE_COORD_SECTION"])[:, 1:]
        half = 0.0 if convention.down else 0.5
        legs = np.floor(scale * _euclid(points) + half).astype(np.int64)

    def column(name: str, number: int = 1) -> list[int] | None:
        rows = sections.get(name)
        return [int(row[number]) for row in rows] if rows else None

    def times(name: str, number: int = 1) -> list[int] | None:
        found = column(name, number)
        return found and [scale * time for time in found]

    of_vehicle = column("VEHICLES_DEPOT_SECTION")
    vehicles = [int(fields.get("VEHICLES", size - 1))]
    if of_vehicle is not None:
        count = Counter(of_vehicle)
        vehicles = [count[depot] for depot in sorted(count)]
    uniform = int(fields.get("SERVICE_TIME", 0)) * scale
    everywhere = [0] * len(vehicles) + [uniform] * (size - len(vehicles))
    longest = fields.get("VEHICLES_MAX_DURATION")
    return Instance(
        name=fields["NAME"],
        family=_family(fields["NAME"], convention),
        path=path,
        scale=1,
        legs=legs,
        exact=None,
        demand=column("DEMAND_SECTION") or [0] * size,
        capacity=int(fields["CAPACITY"]),
        vehicles=vehicles,
        tw_early=times("TIME_WINDOW_SECTION", 1),
        tw_late=times("TIME_WINDOW_SECTION", 2),
        service=times("SERVICE_TIME_SECTION") or everywhere,
        best_known=_published(path.with_suffix(".sol")),
        reloads="VEHICLES_RELOAD_DEPOT_SECTION" in sections,
        release=times("RELEASE_TIME_SECTION"),
        max_duration=int(longest) * scale if longest else None,
    )


def _family(name: str, convention: Convention) -> str:
    if "ORTEC" in name:
        return "ortec"
    return "x" if name.startswith("X-") else convention.family


def _parts(text: str) -> tuple[dict[str, str], dict[str, list[list[float]]]]:
    """Return the fields of a VRPLIB file and its sections."""
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
    return fields, sections


def _published(solution: Path) -> float | None:
    if not solution.exists():
        return None
    found = re.search(r"Cost:?\s+([\d.]+)", solution.read_text())
    return float(found[1]) if found else None


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
        path=path,
        scale=scale,
        legs=legs.astype(np.int64),
        exact=straight if double else None,
        demand=[int(x) for x in rows[:, 3]],
        capacity=capacity,
        vehicles=[vehicles],
        tw_early=[int(scale * x) for x in rows[:, 4]],
        tw_late=[int(scale * x) for x in rows[:, 5]],
        service=[int(scale * x) for x in rows[:, 6]],
        best_known=known,
    )


def _numeric(words: list[str]) -> bool:
    return all(re.fullmatch(r"-?\d+(\.\d+)?", word) for word in words)
