"""expire-holds on a CSV alone: OUT/holds_state.csv remembers, the other files tell."""

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import IO

import polars as pl

from cstore_cli.commands.expire_holds_judge import Judge
from cstore_cli.errors import Fault, InputError, StaleInputError
from cstore_cli.holds.outcome import Outcome
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.day import HeldParcels
from cstore_cli.tables.formula_guard import unguarded
from cstore_cli.tables.holds_memory import (
    ROW_COLUMNS,
    Memory,
    append,
    no_memory,
    read_memory,
)
from cstore_cli.tables.lock import locked
from cstore_cli.tables.read import read_batches
from cstore_cli.tables.write import csv_bytes, environment_fault, write_whole

_ISO = "%Y-%m-%dT%H:%M:%S%.f%:z"
MEMORY = "holds_state.csv"
_HOLD = ("parcel_id", "ready_at")


def expire_in_csv(
    source: TableSource, judge: Judge, out: Path | None, *, dry_run: bool, strict: bool
) -> tuple[Outcome, str | None, tuple[Fault, ...]]:
    """
    Mark what has lapsed in OUT/holds_state.csv, then list it for people and plan-day.

    Returns
    -------
    tuple
        What became of the holds; the run that it is remembered under, None where
        nothing changed or ``dry_run`` forbade it; faults of the rows put aside.

    Raises
    ------
    InputError, LockedError, GuardError, StaleInputError
        Before anything is written; of a dry run, the guard is not asked.
    """
    with _alone(out, dry_run):
        memory = _memory(out)
        last = memory.runs["recorded_at"].max()
        judge.follow(last if isinstance(last, dt.datetime) else None)
        found, faults, rejected = _look(source, judge, memory)
        if not found.held and len(memory.holds):
            raise StaleInputError(
                f"{source.path}: holds no parcel, though {len(memory.holds)} are "
                "remembered. Is the export whole? Nothing was decided."
            )
        if strict and faults:
            raise InputError(f"{len(faults)} faulty row(s):", faults)
        if dry_run or out is None:
            return found, None, faults
        judge.guard(found)
        run_id = _remember(out, memory, found, judge)
        _list(out, found, rejected, judge.settings.network.time_zone)
        return found, run_id, faults


def revert_in_csv(
    source: TableSource,
    run_id: str,
    time_zone: str,
    now: dt.datetime,
    out: Path,
    *,
    dry_run: bool,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Take back what a run marked, where the parcel is still in the CSV of holds.

    Returns
    -------
    tuple
        The parcels that wait again, and those (parcel_id, state) that do not.

    Raises
    ------
    InputError
        When no such run is remembered.
    """
    with _alone(out, dry_run):
        memory = _memory(out)
        if run_id not in memory.runs["run_id"]:
            latest = ", ".join(memory.runs["run_id"].tail(5)) or "none"
            raise InputError(
                f"{run_id}: no run that {out / MEMORY} remembers. The latest: {latest}."
            )
        acts = memory.rows.filter(
            (pl.col("run_id") == run_id) & (pl.col("act") == "expired")
        ).select(*_HOLD)
        holds = memory.holds.filter(pl.col("run_id") == run_id)
        standing = acts.join(holds, on=_HOLD, maintain_order="left")
        waiting = pl.concat(
            batch.frame.select(*_HOLD)
            for batch in read_batches(source, HeldParcels, time_zone, key="parcel_id")
        )
        here = standing.join(waiting, on=_HOLD, how="semi", maintain_order="left")
        gone = acts.join(here, on=_HOLD, how="anti", maintain_order="left")
        if len(here) and not dry_run:
            rows = _rows(
                here.with_columns(reason=pl.lit(f"{run_id} reverted")), "reverted"
            )
            append(out / MEMORY, _next_run_id(memory, now), rows, now)
            _unlist(out, here["parcel_id"])
        state = pl.lit("not expired any more, or not in the table of holds").alias(
            "state"
        )
        return here, gone.select("parcel_id", state)


def _look(
    source: TableSource, judge: Judge, memory: Memory
) -> tuple[Outcome, tuple[Fault, ...], pl.DataFrame]:
    """What becomes of the CSV's holds, part by part, and the rows put aside."""
    marked = memory.holds.filter(pl.col("standing") == "expired").select(
        *_HOLD,
        pl.lit(value=True).alias("marked"),
        pl.col("deadline").alias("marked_at"),
    )
    reminders = (
        memory.rows.filter(pl.col("act") == "reminded")
        .group_by(*_HOLD, "deadline")
        .agg(pl.col("detail").cast(pl.Float64).min().alias("reminded_h"))
    )
    zone = judge.settings.network.time_zone
    kept, rejected = [], []
    faults: list[Fault] = []
    held, newest = 0, None
    for batch in read_batches(source, HeldParcels, zone, key="parcel_id"):
        holds = batch.frame.join(
            marked, on=_HOLD, how="left", maintain_order="left"
        ).with_columns(
            pl.col("marked").fill_null(value=False),
            pl.lit(value=False).alias("return_hold"),
            pl.lit(None, pl.Datetime("us", "UTC")).alias("resumed_at"),
        )
        kept.append(judge.look_at(holds, reminders))
        held += len(holds)
        newest = _later(newest, holds, judge.now)
        rejected.append(batch.rejected)
        faults += batch.faults
    found = judge.conclude(kept, held, newest)
    return found, tuple(faults), pl.concat(rejected, how="diagonal_relaxed")


def _later(
    newest: dt.datetime | None, holds: pl.DataFrame, now: dt.datetime
) -> dt.datetime | None:
    """The latest instant told of so far that is not after now."""
    latest = holds.filter(pl.col("ready_at") <= now)["ready_at"].max()
    if not isinstance(latest, dt.datetime):
        return newest
    return latest if newest is None else max(latest, newest)


def _remember(out: Path, memory: Memory, found: Outcome, judge: Judge) -> str | None:
    """Commit what changes; the run, None where nothing does."""
    if not found.changes:
        return None
    run_id = _next_run_id(memory, judge.now)
    expired = found.expired
    if judge.allow_mass is not None:
        allowed = f" (mass expiry allowed: {judge.allow_mass})"
        expired = expired.with_columns(pl.col("reason") + allowed)
    reminders = found.reminded.with_columns(reason=pl.col("reminder_h").cast(pl.String))
    rows = [
        _rows(found.reinstated, "reinstated"),
        _rows(expired, "expired"),
        _rows(reminders, "reminded"),
    ]
    append(out / MEMORY, run_id, pl.concat(rows), judge.now)
    return run_id


def _rows(holds: pl.DataFrame, act: str) -> pl.DataFrame:
    """Holds as rows to remember."""
    return holds.with_columns(
        pl.lit(act).alias("act"), pl.col("reason").alias("detail")
    ).select(ROW_COLUMNS)


def _list(out: Path, found: Outcome, rejected: pl.DataFrame, time_zone: str) -> None:
    """
    Write what people and plan-day read: what stands, not only what this run did.

    The files follow from the memory and the CSV, so that a run that was stopped before
    writing them is made good by the next.
    """
    local = pl.col("ready_at", "deadline").dt.convert_time_zone(time_zone)
    lapsed = found.lapsed.with_columns(local.dt.to_string(_ISO))
    collections = lapsed.select(
        "parcel_id",
        pl.col("store_id").alias("location_id"),
        pl.lit("return").alias("kind"),
        "litres",
        pl.col("deadline").alias("ready_at"),
        pl.lit("hold_expired").alias("reason"),
    )
    shown = ("parcel_id", "store_id", "ready_at", "deadline", "rule", "reason")
    warned = found.warned.with_columns(local.dt.to_string(_ISO))
    hours = pl.min_horizontal("reminder_h", "reminded_h").alias("hours_before")
    files = {
        "collections": collections,
        "expired": lapsed.select(shown),
        "reminders": warned.select(*shown, hours),
        "rejected_held_parcels": rejected,
    }
    for name, frame in files.items():
        data = csv_bytes(frame)
        write_whole(out / f"{name}.csv", partial(_write, data))


def _unlist(out: Path, parcels: pl.Series) -> None:
    """Take parcels off the lists: they wait again."""
    for name in ("collections", "expired"):
        path = out / f"{name}.csv"
        if path.exists():
            listed = pl.read_csv(path, infer_schema=False)
            listed = listed.with_columns(unguarded(pl.col(c)) for c in listed.columns)
            kept = listed.filter(~pl.col("parcel_id").is_in(parcels.implode()))
            write_whole(path, partial(_write, csv_bytes(kept)))


def _write(data: bytes, file: IO[bytes]) -> None:
    file.write(data)


def _memory(out: Path | None) -> Memory:
    return read_memory(out / MEMORY) if out else no_memory()


def _next_run_id(memory: Memory, now: dt.datetime) -> str:
    stem = f"expire-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    number = memory.runs["run_id"].str.starts_with(stem).sum() + 1
    return f"{stem}-{number:02d}"


def _alone(out: Path | None, dry_run: bool) -> AbstractContextManager[None]:
    """Keep a second runner out; a dry run needs no lock."""
    if dry_run or out is None:
        return nullcontext()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise environment_fault(error, out) from error
    return locked(
        out / ".expire-holds.lock", f"{out}: another expire-holds is at work here."
    )
