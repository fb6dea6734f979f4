"""The page of expire-holds: written last, and never a reason to doubt what was done."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from rich.console import Console

from cstore_cli.commands.expire_holds_judge import Judge, source_of
from cstore_cli.errors import InputError
from cstore_cli.holds.outcome import Outcome
from cstore_cli.report.board_page.ageing import SHELVED
from cstore_cli.report.board_page.page import Shelves, board_page
from cstore_cli.report.figures import whole
from cstore_cli.report.holds import by_rule, counts_told
from cstore_cli.report.sentence import print_sentence
from cstore_cli.tables.network import Stores
from cstore_cli.tables.read import read_table
from cstore_cli.tables.read import whole as without_fault
from cstore_cli.tables.write import write_whole
from cstore_cli.tracking.by_store import AT_STORES, by_store


def write_page(
    path: Path,
    judge: Judge,
    found: Outcome,
    run_id: str | None,
    day: dt.date,
    *,
    dry_run: bool,
) -> None:
    """Write the page; where that fails, say so on stderr: the holds are done."""
    try:
        made = _page(judge, found, run_id, day, dry_run=dry_run)
        write_whole(path, lambda file: file.write(made))
    except Exception as error:  # noqa: BLE001 (whatever it is, the holds are done)
        why = str(error).partition("\n")[0] or type(error).__name__
        stands = "" if dry_run else " The holds are done and stand."
        said = (
            f"Warning: the page was not written: {why}{stands} To have the page, mend "
            "that and run again: nothing is done twice."
        )
        print_sentence(Console(stderr=True), said)


def _page(
    judge: Judge, found: Outcome, run_id: str | None, day: dt.date, *, dry_run: bool
) -> bytes:
    zone = judge.settings.network.time_zone
    parcels = _shelved(judge, found)
    at_stores = parcels.group_by("store_id").agg(
        pl.col("waits").sum().cast(pl.Int64).alias("held"),
        (~pl.col("waits")).sum().cast(pl.Int64).alias("to_fetch"),
        pl.col("ready_at").min().alias("oldest"),
        pl.col("litres").sum(),
    )
    stores = by_store(at_stores.select(*AT_STORES), _stores(judge, day), judge.now)
    done = f"Recorded as {run_id}." if run_id else "Nothing changed."
    if dry_run:
        done = "What a run would do; nothing was done."
    rules = {
        "caption": "What changes, by rule",
        "columns": [("what", 0), ("rule", 0), ("parcels", 1), ("stores", 1)],
        "rows": [(a, r, whole(n), whole(s)) for a, r, n, s in by_rule(found)],
    }
    return board_page(
        f"Holds at {_local(judge.now, zone)}",
        [counts_told(found), done],
        Shelves(parcels, stores, judge.now, zone, known=True),
        [rules],
        all_in="the table of holds has all",
    )


def _shelved(judge: Judge, found: Outcome) -> pl.DataFrame:
    """Return all holds as they stand after the run."""
    seen = pl.concat(judge.seen or [])
    now_expired = found.expired.select("parcel_id", pl.lit("expired now").alias("act"))
    again = found.reinstated.select("parcel_id", pl.lit("waits again").alias("act"))
    acts = pl.concat([now_expired, again]).unique("parcel_id", keep="first")
    lapsed = pl.col("lapsed")
    stands = pl.when(lapsed).then(pl.lit("expired before")).otherwise(pl.lit("waits"))
    return (
        seen.join(acts, on="parcel_id", how="left", maintain_order="left")
        .with_columns(
            (~lapsed).alias("waits"),
            pl.coalesce("act", stands).alias("standing"),
        )
        .select(*SHELVED)
    )


def _stores(judge: Judge, day: dt.date) -> pl.DataFrame | None:
    """Return the stores with chain and shelf; None where no table is named."""
    settings = judge.settings
    try:
        source = source_of(settings, "stores", day)
    except InputError:
        return None
    table = read_table(source, Stores, settings.network.time_zone)
    return without_fault(table, "stores")


def _local(now: dt.datetime, time_zone: str) -> str:
    return f"{now.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"
