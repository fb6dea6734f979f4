"""
What the runs of expire-holds did, remembered in OUT/holds_state.csv.

A run is appended whole or not at all; nothing is ever rewritten. See `holds_state` for
how the lines tell which runs are whole.
"""

import csv
import datetime as dt
import io
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cstore_cli.errors import InputError
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.blocks import blocks_of
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.holds_state import (
    COMMITTED,
    ESCAPED,
    HEADER,
    PLAIN,
    STOPPED,
    HoldsState,
    has_header,
    run_lines,
)
from cstore_cli.tables.read import Table, joined, typed_blocks
from cstore_cli.tables.write import environment_fault, sync_folder

_TAIL_BYTES = 2**16
_HOLD = ("parcel_id", "ready_at")
_REMEDY = (
    "It was changed after it was written: restore it from a backup, or move it away to "
    "begin with an empty memory (what has lapsed already then lapses once more)."
)


ROW_COLUMNS = tuple(HoldsState.column_names()[1:-1])
"""What a row to append has; the instants with a time zone, in which they are shown."""


@dataclass(frozen=True)
class Memory:
    """
    What the committed runs did.

    ``rows`` are their rows in the file's order, without the `committed` ones. ``holds``
    has a row per (parcel_id, ready_at) among them: ``standing`` is its last act other
    than a reminder (null if there was none), with the run_id, store_id, deadline,
    litres and detail of that act, and ``reminders`` the details of its reminders in the
    order given. ``runs`` has run_id, recorded_at and num_rows, the oldest run first.
    """

    rows: pl.DataFrame
    holds: pl.DataFrame
    runs: pl.DataFrame


def append(path: Path, run_id: str, rows: pl.DataFrame, now: dt.datetime) -> None:
    """
    Remember a run: all of ``rows`` (`ROW_COLUMNS`) or, whatever happens, none of them.

    Call under the lock of the output folder.

    Raises
    ------
    InputError
        When the file there was not written by expire-holds.
    EnvironmentFaultError
        When the machine refuses; the run is not remembered.
    """
    data = run_lines(run_id, rows, now)
    try:
        is_new = not path.exists()
        joint = HEADER if is_new else _joint(path)
        with path.open("ab", buffering=0) as file:
            length = file.tell()
            try:
                left = memoryview(joint + data)
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    file.truncate(length)
                    os.fsync(file.fileno())
                raise
        if is_new:
            sync_folder(path.parent)
    except OSError as error:
        raise environment_fault(error, path) from error


def no_memory() -> Memory:
    """The memory before the first run."""
    return _memory(HEADER, Path())


def read_memory(path: Path) -> Memory:
    """
    What the runs committed to ``path`` did; nothing if there is no such file.

    Raises
    ------
    InputError
        When the file cannot be read, expire-holds did not write it, or a line of it
        was changed.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        data = b""
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error}).") from error
    if not has_header(data[: len(HEADER) + 1], path):
        data = HEADER
    return _memory(data, path)


def _joint(path: Path) -> bytes:
    """What goes before the lines of a run: the header, or the mark of one stopped."""
    with path.open("rb") as file:
        start = file.read(len(HEADER) + 1)
        if not has_header(start, path):
            return HEADER[len(start) :]
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
        *lines, torn = file.read().split(b"\n")
    if torn:
        # An open quote would swallow what follows, in other programs at least.
        return b'"' * (torn.count(b'"') % 2) + f",{STOPPED}\n".encode()
    last = next(csv.reader([lines[-1].decode(errors="replace")]), [])
    whole = COMMITTED in last[1:2] or last[-1:] == [STOPPED]
    is_header = lines[-1].startswith(HEADER[:-1])
    return b"" if whole or is_header else f",{STOPPED}\n".encode()


def _memory(data: bytes, path: Path) -> Memory:
    rows, runs = _committed(_table(data, path), path)
    return Memory(rows, _holds(rows), runs)


def _table(data: bytes, path: Path) -> Table:
    """The whole lines of the file; one that is torn has no end and is none."""
    whole = data[3 : data.rindex(b"\n") + 1]
    source = TableSource(path=str(path))
    try:
        whole.decode()
    except UnicodeDecodeError:
        whole = b"\n".join(_readable(whole.split(b"\n"), path))
    blocks = blocks_of(io.BytesIO(whole), path, source)
    table = joined(list(typed_blocks(blocks, source, HoldsState, "UTC", own_file=True)))
    stray = table.rejected.filter(~_is_stopped()).get_column(LINE)
    if len(stray):
        faults = [fault for fault in table.faults if fault.line in set(stray)]
        raise InputError(f"{path}: has lines that no run wrote. {_REMEDY}", faults)
    return table


def _readable(lines: list[bytes], path: Path) -> list[bytes]:
    """The lines, what was torn within a letter left out."""
    mark = f",{STOPPED}".encode()
    for k, line in enumerate(lines):
        try:
            line.decode()
        except UnicodeDecodeError:
            if not line.endswith(mark):
                raise InputError(f"{path}:{k + 1}: is not utf-8. {_REMEDY}") from None
            lines[k] = mark
    return lines


def _is_stopped() -> pl.Expr:
    """Whether a line that does not read ends with the mark of a stopped run."""
    unsplit = pl.col("text").str.ends_with(f",{STOPPED}")
    return unsplit.fill_null(pl.col("recorded_at") == STOPPED).fill_null(value=False)


def _committed(table: Table, path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    The rows of the runs that are whole, and those runs.

    A run's rows follow one another, and what stands before them is the end of another
    run, whole or stopped, or the header.
    """
    is_end = pl.col("act") == COMMITTED
    ends = table.frame.filter(is_end).select(
        LINE, "run_id", "recorded_at", num_rows=pl.col("detail").cast(pl.Int64)
    )
    others = table.rejected.select(LINE)
    header = pl.DataFrame({LINE: [1]})
    before = pl.concat([ends.select(LINE), others, header]).sort(LINE)
    ends = ends.join_asof(
        before.with_columns(start=LINE), on=LINE, allow_exact_matches=False
    )
    whose = ends.select(LINE, "start", run="run_id", end=LINE)
    rows = table.frame.filter(~is_end).join_asof(whose, on=LINE, strategy="forward")
    rows = rows.filter(pl.col(LINE) > pl.col("start"))
    own = rows.filter(pl.col("run_id") == pl.col("run")).group_by("end").len("num_own")
    ends = ends.join(own, left_on=LINE, right_on="end", how="left").with_columns(
        pl.col("num_own").fill_null(0)
    )
    num_lines = pl.col(LINE) - pl.col("start") - 1
    told = pl.col("num_rows")
    broken = ends.filter((told != num_lines) | (told != pl.col("num_own"))).sort(LINE)
    if len(broken):
        line, run_id, num_rows = broken.select(LINE, "run_id", "num_rows").row(0)
        raise InputError(
            f"{path}:{line}: run {run_id} tells of {num_rows} rows, but others stand "
            f"above. {_REMEDY}"
        )
    runs = ends.sort(LINE).select("run_id", "recorded_at", "num_rows")
    return _unescaped(rows.select(HoldsState.column_names())), _unescaped(runs)


def _unescaped(frame: pl.DataFrame) -> pl.DataFrame:
    held = [
        column.name
        for column in frame.select(pl.col(pl.String))
        if column.str.contains("\\", literal=True).any()
    ]
    return frame.with_columns(pl.col(held).str.replace_many(ESCAPED, PLAIN))


def _holds(rows: pl.DataFrame) -> pl.DataFrame:
    """The standing of each hold; see `Memory`."""
    is_reminder = pl.col("act") == "reminded"
    acts, reminders = rows.filter(~is_reminder), rows.filter(is_reminder)
    latest = [
        told.unique(_HOLD, keep="last", maintain_order=True)
        for told in (acts, reminders.join(acts, on=_HOLD, how="anti"))
    ]
    given = reminders.group_by(_HOLD, maintain_order=True).agg(reminders="detail")
    standing = pl.when(~is_reminder).then("act").alias("standing")
    more = ("run_id", "store_id", "deadline", "litres", "detail")
    holds = pl.concat(latest).select(*_HOLD, standing, *more)
    holds = holds.join(given, on=_HOLD, how="left", maintain_order="left")
    return holds.with_columns(pl.col("reminders").fill_null([]))
