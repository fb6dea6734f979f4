"""
Plans on disk: OUT/plans/<date>-<run>/, and OUT/current.json that alone publishes one.

A plan is staged in a folder of its own, synced, renamed to its final name, and then
the pointer is replaced. Whenever the machine stops, the pointer names a whole plan:
the last one or the new one.
"""

import datetime as dt
import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cstore_cli.errors import EnvironmentFaultError, InputError
from cstore_cli.interrupt import heed, publishing, uninterrupted
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.plan import CONTRACTS, PlanTables
from cstore_cli.tables.read import read_table, whole
from cstore_cli.tables.write import environment_fault, sync_folder, write_whole

POINTER = "current.json"
_STAGED = ".staged-"
_DAYS_REMEMBERED = 14
_SYNCED_AT_ONCE = 4
"""A disk syncs a few files in the time of one: a quarter of a second per thousand."""


@dataclass(frozen=True)
class Staged:
    """A plan written whole but not published."""

    folder: Path
    out: Path
    date: dt.date


def stage(out: Path, date: dt.date, files: Mapping[str, bytes]) -> Staged:
    """
    Write a plan's files into a folder that nobody reads yet, and sync them.

    Folders left over by runs that were stopped are removed. Call under `folder_locked`.

    Raises
    ------
    EnvironmentFaultError
        When the disk is full or not writable; nothing published changes.
    """
    plans = out / "plans"
    folder = _folder_of(out, date)
    path = folder
    try:
        plans.mkdir(exist_ok=True)
        for leftover in plans.glob(f"{_STAGED}*"):
            shutil.rmtree(leftover)
        folders = {folder, *(folder / Path(name).parent for name in files)}
        for path in sorted(folders):
            path.mkdir(exist_ok=True)
        with ThreadPoolExecutor(_SYNCED_AT_ONCE) as pool:
            list(pool.map(_write_synced, map(folder.joinpath, files), files.values()))
        for path in sorted(folders, reverse=True):
            sync_folder(path)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise environment_fault(error, path) from error
    except EnvironmentFaultError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Staged(folder, out, date)


def _write_synced(path: Path, data: bytes) -> None:
    try:
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise environment_fault(error, path) from error


def add(staged: Staged, files: Mapping[str, bytes]) -> None:
    """Write and sync files that came late into the folder of a staged plan."""
    for name, data in files.items():
        _write_synced(staged.folder / name, data)
    sync_folder(staged.folder)


def _folder_of(out: Path, date: dt.date) -> Path:
    return out / "plans" / f"{_STAGED}{date.isoformat()}"


@contextmanager
def staged(out: Path, date: dt.date, files: Mapping[str, bytes]) -> Iterator[Staged]:
    """
    Stage a plan for the block to publish; a Ctrl-C that comes before leaves none of it.

    Raises
    ------
    EnvironmentFaultError
        As `stage`.
    """
    with uninterrupted():
        try:
            yield stage(out, date, files)
        except KeyboardInterrupt:
            shutil.rmtree(_folder_of(out, date), ignore_errors=True)
            raise


def publish(
    staged: Staged,
    record: Callable[[str], None] | None = None,
    taken: Collection[str] = (),
) -> Path:
    """
    Give the staged plan its name and point OUT/current.json at it; the plan's folder.

    Parameters
    ----------
    staged
        The plan as written and checked.
    record
        Called with the plan's name before the pointer moves: what it commits makes the
        plan hold, and `finish` moves the pointer should this run not live to do it.
    taken
        Names of plans that are not to be used again.

    Raises
    ------
    InputError
        When OUT/current.json is broken; the plan stays staged.
    EnvironmentFaultError
        When the machine refuses; the last published plan stands.
    """
    heed()
    with publishing():
        plans = staged.out / "plans"
        _published(staged.out)
        final = plans
        try:
            final = plans / _next_name(plans, staged.date, taken)
            staged.folder.rename(final)
            sync_folder(plans)
        except OSError as error:
            raise environment_fault(error, final) from error
        if record:
            try:
                record(final.name)
            except Exception:
                # Nothing was committed: the name is free again.
                final.rename(staged.folder)
                raise
        _point(staged.out, staged.date.isoformat(), final.name)
        return final


def finish(out: Path, recorded: Iterable[tuple[str, str]]) -> Path | None:
    """
    Publish the plan that was recorded last, if its run was stopped before it could.

    Parameters
    ----------
    out
        The folder of plans, held by this run.
    recorded
        Dates and names of recorded plans, the last one first; those of other folders
        are passed over.

    Returns
    -------
    Path | None
        The plan published now; None when there was nothing to finish.
    """
    for date, name in recorded:
        if not (out / "plans" / name).is_dir():
            continue
        published = _published(out).get(date, "")
        if _run_number(Path(published).name) >= _run_number(name):
            return None
        _point(out, date, name)
        return out / "plans" / name
    return None


def _point(out: Path, day: str, name: str) -> None:
    """Replace OUT/current.json by one that names the plan for its day."""
    others = _published(out)
    others.pop(day, None)
    plan = f"plans/{name}"
    kept = dict(sorted([*sorted(others.items())[1 - _DAYS_REMEMBERED :], (day, plan)]))
    pointer = {"date": day, "plan": plan, "published": kept}
    text = json.dumps(pointer, indent=2, ensure_ascii=False) + "\n"
    write_whole(out / POINTER, lambda file: file.write(text.encode()))


def last_before(out: Path, date: dt.date) -> Path | None:
    """The plan published here for the latest day before ``date``."""
    earlier = [day for day in _published(out) if day < date.isoformat()]
    return out / _published(out)[max(earlier)] if earlier else None


def planned_earlier(out: Path, date: dt.date) -> frozenset[str]:
    """
    Ids of orders planned in plans published here for dates before ``date``.

    Raises
    ------
    InputError
        When the pointer names a plan that is not there.
    """
    found: set[str] = set()
    for day, name in _published(out).items():
        if day < date.isoformat():
            parcels = read_plan_table(out / name, "parcels")
            # A parcel handed in or returned earlier may still be an order to deliver.
            planned = parcels.filter(
                (pl.col("status") == "planned") & (pl.col("task") == "deliver")
            )
            found |= set(planned["order_id"])
    return frozenset(found)


def read_plan(folder: Path) -> PlanTables:
    """
    The tables of a plan in ``folder``, each row with its line.

    Raises
    ------
    InputError
        With every fault of its tables.
    """
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; name a plan, such as OUT/plans/2026-11-23-01."
        )
    if not any((folder / f"{table}.csv").exists() for table in CONTRACTS):
        raise InputError(
            f"{folder}: holds no plan; name one, such as OUT/plans/2026-11-23-01."
        )
    messages, frames = [], {}
    for table in CONTRACTS:
        try:
            frames[table] = read_plan_table(folder, table)
        except InputError as error:
            messages.append(str(error))
    if messages:
        raise InputError("\n".join(messages))
    return PlanTables(**frames)


def read_plan_table(folder: Path, table: str) -> pl.DataFrame:
    """One table of a plan; see `read_plan`. Its times are local, so no zone matters."""
    source = TableSource(path=str(folder / f"{table}.csv"))
    return whole(read_table(source, CONTRACTS[table], "UTC", own_file=True), table)


def plan_named(where: Path) -> Path:
    """The plan's folder: ``where`` itself, or the plan that its current.json names."""
    name = _pointed(where)[0]
    return where / name if name else where


def shown_parcels(folder: Path) -> pl.DataFrame:
    """All columns of a plan's parcels.csv as text, as they were before writing."""
    source = TableSource(path=str(folder / "parcels.csv"))
    return read_table(source, CONTRACTS["parcels"], "UTC", own_file=True).raw


def home_of(plan: Path) -> Path | None:
    """The output folder that a plan's folder stands in; None if it stands alone."""
    out = plan.resolve().parent.parent
    return out if (out / POINTER).is_file() else None


def _published(out: Path) -> dict[str, str]:
    """Date: the plan published for it last."""
    return _pointed(out)[1]


def _pointed(out: Path) -> tuple[str, dict[str, str]]:
    """The plan published last, and by date those that hold; nothing without pointer."""
    path = out / POINTER
    try:
        pointer = json.loads(path.read_text(encoding="utf-8"))
        published = pointer["published"].items()
        return str(pointer["plan"]), {str(day): str(name) for day, name in published}
    except (FileNotFoundError, NotADirectoryError):
        return "", {}
    except OSError as error:
        raise environment_fault(error, path) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: is not a pointer that plan-day wrote. Remove it to start anew."
        ) from error


def _next_name(plans: Path, date: dt.date, taken: Collection[str]) -> str:
    """The date with one more than the highest run of it, published or not."""
    names = [*taken, *(path.name for path in plans.iterdir())]
    runs = [_run_number(name) for name in names if name.startswith(date.isoformat())]
    return f"{date.isoformat()}-{max(runs, default=0) + 1:02d}"


def _run_number(name: str) -> int:
    """The run in a plan's name; 0 of any other name."""
    match = re.fullmatch(r"\d{4}-\d{2}-\d{2}-(\d+)", name)
    return int(match[1]) if match else 0
