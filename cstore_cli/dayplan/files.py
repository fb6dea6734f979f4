"""A plan's files by name: its tables and what is derived from them."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from cstore_cli.dayplan.explained import Group, unserved_rows
from cstore_cli.dayplan.moved import Moved
from cstore_cli.tables.file_name import file_names
from cstore_cli.tables.own_columns import with_phone_masked
from cstore_cli.tables.plan import CONTRACTS, PlanTables
from cstore_cli.tables.write import clock_text, csv_bytes, csv_bytes_by, json_bytes

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


def plan_files(
    tables: PlanTables,
    shown: pl.DataFrame,
    rejected: Mapping[str, pl.DataFrame],
    summary: Mapping[str, Any],
    moved: Moved | None = None,
    groups: tuple[Group, ...] = (),
) -> dict[str, bytes]:
    """
    Every file of a plan but run_log.json: name, relative to its folder: bytes.

    ``shown`` are the parcels as they are written: clock times as HH:MM, with the
    orders' own columns. With ``moved`` there is a moved.csv too; ``groups`` say what
    would serve the unserved.
    """
    files = {
        f"{table}.csv": table_bytes(tables, table)
        for table in CONTRACTS
        if table != "parcels"
    }
    files["parcels.csv"] = csv_bytes(shown)
    files["unserved.csv"] = csv_bytes(unserved_rows(shown, groups))
    files["handover.csv"] = csv_bytes(shown.filter(handed_over()))
    for name, rows in rejected.items():
        files[f"rejected_{name}.csv"] = csv_bytes(with_phone_masked(rows))
    files |= _store_lists(shown)
    if moved:
        files["moved.csv"] = csv_bytes(moved.rows)
    files["summary.json"] = json_bytes(summary)
    return files


def table_bytes(tables: PlanTables, table: str) -> bytes:
    """A table of a plan but parcels, as its CSV."""
    columns = CONTRACTS[table].column_names()
    return csv_bytes(with_clocks(getattr(tables, table), table).select(columns))


def handed_over() -> pl.Expr:
    """Parcels that leave the network: the seller or the express station has them."""
    handed = pl.col("channel").is_in(["seller_direct", "express_station"])
    return (pl.col("status") == "planned") & handed


def with_clocks(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The table with its clock columns as HH:MM, for writing and showing."""
    columns = CONTRACTS[table].columns()
    clocks = [
        name
        for name, column in columns.items()
        if (column.metadata or {}).get("kind") == "clock" and name in frame.columns
    ]
    return frame.with_columns(clock_text(pl.col(name)).alias(name) for name in clocks)


def coming_to_stores(shown: pl.DataFrame) -> pl.DataFrame:
    """The parcels brought to stores today, those of a store together, soonest first."""
    return shown.filter(
        pl.col("status") == "planned",
        pl.col("task") == "deliver",
        pl.col("store_id").is_not_null(),
    ).sort("store_id", "ready_by", "order_id", nulls_last=True)


def _store_lists(shown: pl.DataFrame) -> dict[str, bytes]:
    """What each store is brought today, a file per store with something coming."""
    columns = [name for name in _STORE_LIST if name in shown.columns]
    coming = coming_to_stores(shown)
    names = file_names(coming["store_id"])
    return {
        f"store_lists/{names[store]}.csv": content
        for store, content in csv_bytes_by(coming["store_id"], coming.select(columns))
    }
