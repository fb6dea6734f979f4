"""summary.json: counts that balance, objective levels, gaps, what moved."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from cstore_cli.dayplan.day_plan import DayPlan, Levels
from cstore_cli.dayplan.explained import Group
from cstore_cli.dayplan.moved import KINDS, Moved
from cstore_cli.tables.plan import PlanTables

TAKEN_AS_GIVEN = ("channels", "stores", "regions' hubs", "who is served")
"""What the bounds of the routes do not question."""


def summary_of(
    plan: DayPlan, counts: Mapping[str, int], moved: Moved | None = None
) -> dict[str, Any]:
    """
    What summary.json says of a plan.

    ``counts`` are read, carried_in and rejected rows; with the plan's own they balance.
    ``moved`` is told where there is a previous plan.
    """
    return {
        **_told(plan.tables, plan.levels, counts, moved),
        "edited": False,
        "regions_gap": {
            dc_id: round(gap, 6) for dc_id, gap in plan.regions_gap.items()
        },
        "stores_proven": plan.stores_proven,
        "searches": [asdict(search) for search in plan.searches],
        "explain": [_group(group) for group in plan.groups],
        "taken_as_given": TAKEN_AS_GIVEN,
        "notes": plan.notes,
    }


def summary_of_edited(
    tables: PlanTables,
    priority: pl.Series,
    counts: Mapping[str, int],
    moved: Moved | None = None,
) -> dict[str, Any]:
    """What summary.json says of a plan edited by hand: figures without any bound."""
    return {
        **_told(tables, levels_of(tables, priority), counts, moved),
        "edited": True,
        "regions_gap": {},
        "stores_proven": False,
        "searches": [],
        "explain": [],
        "taken_as_given": TAKEN_AS_GIVEN,
        "notes": ["Edited by hand; no bound is known."],
    }


def levels_of(tables: PlanTables, priority: pl.Series) -> Levels:
    """The objective levels of a plan; ``priority`` of its orders, row by row."""
    parcels = tables.parcels.filter(pl.col("task") == "deliver")
    return Levels(
        unserved_weight=float(priority.filter(parcels["status"] == "unserved").sum()),
        late_min_parcels=float(parcels["late_min"].sum()),
        redirections=int(parcels["redirected"].sum()),
        walk_m=round(float(parcels["walk_m"].sum()), 1),
        money=round(float(tables.routes["cost"].sum()), 2),
    )


def _told(
    tables: PlanTables,
    levels: Levels,
    counts: Mapping[str, int],
    moved: Moved | None,
) -> dict[str, Any]:
    delivers = pl.col("task") == "deliver"
    parcels = tables.parcels.filter(delivers)
    collections = tables.parcels.filter(~delivers)
    status = _counts(parcels, "status")
    states = ("planned", "deferred", "unserved", "already_planned")
    planned = parcels.filter(pl.col("status") == "planned")
    return {
        "balance": {**counts, **{name: status.get(name, 0) for name in states}},
        **({"collections": _collected(collections)} if len(collections) else {}),
        "channels": _counts(planned, "channel"),
        "reasons": _counts(parcels, "reason_code"),
        "dcs": _counts(planned, "dc_id"),
        "objective": asdict(levels),
        "routes": len(tables.routes),
        "rounds": tables.rounds["round_id"].n_unique(),
        "regions": len(tables.regions),
        "stores_nearer_to_another_hub": len(
            tables.assignment["nearer_hub"].drop_nulls()
        ),
        **({"moved": _moved(moved)} if moved else {}),
    }


def _group(group: Group) -> dict[str, Any]:
    """A group of unserved parcels, its cause and what would serve it."""
    return {
        "cause": group.code,
        "dc_id": group.dc_id,
        "store_id": group.store_id,
        "parcels": len(group.rows),
        "searched": group.searched,
        "remedy": asdict(group.remedy) if group.remedy else None,
    }


def _moved(moved: Moved) -> dict[str, Any]:
    """How much moved, and the figures of both plans."""
    return {
        "previous": moved.previous,
        **{what: moved.count(what) for what in KINDS},
        "before": asdict(moved.before),
        "after": asdict(moved.after),
        "money_difference": round(moved.after.money - moved.before.money, 2),
    }


def _collected(collections: pl.DataFrame) -> dict[str, Any]:
    """Of the returns and hand-ins, how many are planned; and why the others wait."""
    status = _counts(collections, "status")
    return {
        **{name: status.get(name, 0) for name in ("planned", "deferred", "unserved")},
        "reasons": _counts(collections, "reason_code"),
    }


def _counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    counted = frame.filter(pl.col(column).is_not_null())[column].value_counts()
    return dict(counted.sort(column).rows())
