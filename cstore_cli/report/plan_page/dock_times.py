"""The time line of dock doors: which trips load when at each DC."""

from collections import defaultdict
from typing import NamedTuple

import polars as pl

from cstore_cli.report.plan_page.van_times import Block, clock
from cstore_cli.report.shown_plan import ShownPlan


class Lane(NamedTuple):
    """A door and what loads at it; each block with the route's name."""

    dc_id: str
    door: str
    blocks: tuple[tuple[str, Block], ...]


_MARK_MIN = 2
"""How wide a departure is drawn where loading takes no time."""


def lanes(shown: ShownPlan) -> list[Lane]:
    """
    A lane per door; where loading takes no time, one per DC with its departures.

    The plan says when a trip loads, not at which door: each takes the lowest that is
    free. What finds none, in a plan that breaks the rule, is in a lane of its own.
    """
    minutes = shown.settings.loading_min
    leaves: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    dc_of = dict(shown.tables.routes.select("route_id", "dc_id").iter_rows())
    at_dc = shown.tables.stops.filter(pl.col("kind").is_in(["depart", "reload"]))
    for route, trip, leave in at_dc.select("route_id", "trip", "leaves").iter_rows():
        leaves[dc_of[route]].append((leave, route, trip))
    dcs = shown.inputs.distribution_centers.select("dc_id", "dock_doors").sort("dc_id")
    return [
        lane
        for dc_id, doors in dcs.iter_rows()
        for lane in (
            _doors(dc_id, doors, sorted(leaves[dc_id]), minutes)
            if minutes
            else [_departures(dc_id, doors, sorted(leaves[dc_id]))]
        )
    ]


def _doors(
    dc_id: str, doors: int, leaves: list[tuple[int, str, int]], minutes: int
) -> list[Lane]:
    free = [0] * doors
    at: list[list[tuple[str, Block]]] = [[] for _ in range(doors + 1)]
    for leave, route, trip in leaves:
        loads = leave - minutes
        door = next((k for k, since in enumerate(free) if since <= loads), doors)
        if door < doors:
            free[door] = leave
        told = f"{route} trip {trip}: {clock(loads)} to {clock(leave)}"
        at[door].append((route, Block(loads, minutes, "load", told)))
    names = [f"door {k + 1} of {doors}" for k in range(doors)] + ["no door free"]
    return [
        Lane(dc_id, name, tuple(blocks))
        for name, blocks in zip(names, at, strict=True)
        if blocks or name != "no door free"
    ]


def _departures(dc_id: str, doors: int, leaves: list[tuple[int, str, int]]) -> Lane:
    return Lane(
        dc_id,
        f"{doors} door{'' if doors == 1 else 's'}",
        tuple(
            (route, Block(t, _MARK_MIN, "leave", f"{route} trip {trip}: {clock(t)}"))
            for t, route, trip in leaves
        ),
    )
