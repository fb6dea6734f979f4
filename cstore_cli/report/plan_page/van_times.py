"""The time line of vans: what each route does from its first loading to its return."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from cstore_cli.report.figures import whole


class Block(NamedTuple):
    """Minutes after midnight, the kind that style.css colours, and the words on it."""

    begins: int
    minutes: int
    kind: str
    told: str


class Hours(NamedTuple):
    """The whole hours that a time line spans, in minutes after midnight."""

    begins: int
    ends: int

    @property
    def minutes(self) -> int:
        """How long it is."""
        return self.ends - self.begins

    @property
    def marks(self) -> list[tuple[float, str]]:
        """Where an hour begins, in percent of the width, and its name."""
        return [
            ((hour * 60 - self.begins) / self.minutes * 100, clock(hour * 60))
            for hour in range(self.begins // 60, self.ends // 60)
        ]


def clock(minutes: float | None) -> str:
    """HH:MM as the CSVs have it; empty where there is none."""
    if minutes is None:
        return ""
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def hours_of(routes: pl.DataFrame, loading_min: int) -> Hours:
    """The hours of all routes, their loading included."""
    if routes.is_empty():
        return Hours(0, 24 * 60)
    first = int(routes["departs"].min()) - loading_min  # type: ignore[arg-type]
    last = int(routes["returns"].max())  # type: ignore[arg-type]
    return Hours(max(0, first) // 60 * 60, (last // 60 + 1) * 60)


def blocks_by_route(stops: pl.DataFrame, loading_min: int) -> dict[str, list[Block]]:
    """
    Route: its loadings, waits and stops, in order; what is between is driving.

    What is collected while the van delivers is of the kind "collect too".
    """
    blocks: dict[str, list[Block]] = {}
    columns = (
        "route_id",
        "trip",
        "sequence",
        "kind",
        "location_id",
        "arrives",
        "starts",
        "leaves",
        "dropped_parcels",
        "collected_parcels",
    )
    for route, *row in stops.select(columns).iter_rows():
        so_far = blocks.setdefault(route, [])
        for block in _blocks(loading_min, *row):
            shares = so_far and block.kind == "collect" and _same(so_far[-1], block)
            so_far.append(block._replace(kind="collect too") if shares else block)
    return blocks


def _same(before: Block, block: Block) -> bool:
    """Whether a delivery and what is collected take the same minutes."""
    return before.kind == "deliver" and before[:2] == block[:2]


def _blocks(
    loading_min: int,
    trip: int,
    sequence: int,
    kind: str,
    place: str,
    arrives: int,
    starts: int,
    leaves: int,
    dropped: int,
    collected: int,
) -> Iterator[Block]:
    if kind == "end":
        return
    if kind in ("depart", "reload"):
        loads = leaves - loading_min
        if kind == "reload":
            told = f"back at {place} {clock(arrives)}, leaves {clock(leaves)}"
            yield Block(arrives, max(leaves - arrives, 1), "home", told)
        if loading_min:
            told = f"loads trip {trip} at {place}: {clock(loads)} to {clock(leaves)}"
            yield Block(loads, loading_min, "load", told)
        return
    if starts > arrives and kind == "deliver":
        told = f"waits at {place} from {clock(arrives)} to {clock(starts)}"
        yield Block(arrives, starts - arrives, "wait", told)
    what = (
        f"{whole(collected)} collected"
        if kind == "collect"
        else f"{whole(dropped)} dropped"
    )
    told = f"{sequence}. {place}: {clock(starts)} to {clock(leaves)}, {what}"
    yield Block(starts, max(leaves - starts, 1), kind, told)
