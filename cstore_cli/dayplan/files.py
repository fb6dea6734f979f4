"""A plan's files by name: its tables, lists per store, and the summary."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from cstore_cli.dayplan.day_plan import DayPlan
from cstore_cli.tables.plan import CONTRACTS
from cstore_cli.tables.write import clock_text, csv_bytes

_STORE_LIST = (
    "order_id",
    "channel",
    "ready_by",
    "route_id",
    "recipient",
    "phone",
    "cod_twd",
    "reason",
)


def plan_day_files(
    plan: DayPlan, rejected: Mapping[str, pl.DataFrame], summary: Mapping[str, Any]
) -> dict[str, bytes]:
    """Every file of the plan but run_log.json: name, relative to its folder: bytes."""
    files = {
        f"{table}.csv": csv_bytes(with_clocks(getattr(plan.tables, table), table))
        for table in CONTRACTS
    }
    files["unserved.csv"] = csv_bytes(with_clocks(plan.unserved, "parcels"))
    files["handover.csv"] = csv_bytes(with_clocks(plan.handover, "parcels"))
    for name, rows in rejected.items():
        files[f"rejected_{name}.csv"] = csv_bytes(rows)
    files |= _store_lists(plan.tables.parcels)
    files["summary.json"] = json_bytes(summary)
    return files


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """JSON for people and programs: indented, Chinese as it is."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def summary_of(plan: DayPlan, counts: Mapping[str, int]) -> dict[str, Any]:
    """
    What summary.json says.

    ``counts`` are read, carried_in and rejected rows; with the plan's own they balance.
    """
    parcels = plan.tables.parcels
    status = _counts(parcels, "status")
    balance = {
        **counts,
        **{name: status.get(name, 0) for name in ("planned", "deferred", "unserved")},
        "already_planned": status.get("already_planned", 0),
    }
    planned = parcels.filter(pl.col("status") == "planned")
    return {
        "balance": balance,
        "channels": _counts(planned, "channel"),
        "reasons": _counts(
            parcels.filter(pl.col("reason_code").is_not_null()), "reason_code"
        ),
        "dcs": _counts(planned, "dc_id"),
        "objective": asdict(plan.levels),
        "routes": len(plan.tables.routes),
        "rounds": plan.tables.rounds["round_id"].n_unique(),
        "regions": len(plan.tables.regions),
        "regions_gap": plan.regions_gap,
        "stores_proven": plan.stores_proven,
        "searches": [asdict(search) for search in plan.searches],
        "taken_as_given": ["channels", "stores", "regions' hubs"],
        "notes": list(plan.notes),
    }


def with_clocks(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The table with its clock columns as HH:MM, for writing and showing."""
    columns = CONTRACTS[table].columns()
    clocks = [
        name
        for name, column in columns.items()
        if (column.metadata or {}).get("kind") == "clock" and name in frame.columns
    ]
    return frame.with_columns(clock_text(pl.col(name)).alias(name) for name in clocks)


def _counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    counted = frame.filter(pl.col(column).is_not_null())[column].value_counts()
    return dict(counted.sort(column).rows())


def _store_lists(parcels: pl.DataFrame) -> dict[str, bytes]:
    """What each store is brought today, a file per store with something coming."""
    shown = [name for name in _STORE_LIST if name in parcels.columns]
    coming = parcels.filter(
        (pl.col("status") == "planned") & pl.col("store_id").is_not_null()
    ).sort("store_id", "ready_by", "order_id", nulls_last=True)
    lists = with_clocks(coming, "parcels").select("store_id", *shown)
    return {
        f"store_lists/{_file_name(str(store))}.csv": csv_bytes(rows.drop("store_id"))
        for (store,), rows in lists.group_by("store_id", maintain_order=True)
    }


def _file_name(store_id: str) -> str:
    """The id with whatever a file name cannot hold as %XX, so that none collide."""
    return (
        re.sub(
            r"[^\w\-. ]",
            lambda match: "".join(f"%{b:02X}" for b in match[0].encode()),
            store_id,
        ).lstrip(".")
        or "%2E"
    )
