"""Writing whole files: a reader sees the old file or the new one, never a part."""

import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import polars as pl

from cstore_cli.errors import EnvironmentFaultError
from cstore_cli.interrupt import publishing
from cstore_cli.tables.formula_guard import guarded, guarded_name

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def environment_fault(error: OSError, path: Path) -> EnvironmentFaultError:
    """What the machine refused at ``path``, in words a dispatcher can act on."""
    if error.errno in _FULL:
        return EnvironmentFaultError(
            f"{path}: the disk is full. Free some space and run again; "
            "what was written before is untouched."
        )
    if isinstance(error, PermissionError):
        return EnvironmentFaultError(
            f"{path}: cannot be written (permission denied). Is it open in another "
            "program, such as Excel? Close it and run again."
        )
    return EnvironmentFaultError(f"{path}: cannot be written ({error.strerror}).")


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """
    Write ``path`` through a temporary file beside it, synced, then replace it.

    Raises
    ------
    EnvironmentFaultError
        When the disk is full or the file cannot be replaced; the old one stands.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        with publishing():
            part.replace(path)
            sync_folder(path.parent)
    except OSError as error:
        raise environment_fault(error, path) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the folder's entries last through a power cut (where the system can)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


BOM = b"\xef\xbb\xbf"
"""Tells Excel that a file is UTF-8."""


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """The frame as CSV: UTF-8 with BOM for Excel, formula-like text made harmless."""
    return BOM + csv_part(frame, header=True)


def csv_bytes_by(keys: pl.Series, frame: pl.DataFrame) -> Iterator[tuple[Any, bytes]]:
    """Each key and the CSV of its rows; rows of one key stand together."""
    safe = _safe(frame)
    header, *lines = (line + "\n" for line in safe.write_csv().split("\n")[:-1])
    is_cut = len(lines) != len(frame)  # a cell holds a line break
    first = 0
    for key, num in keys.rle().struct.unnest().select("value", "len").iter_rows():
        mine = slice(first, first + num)
        text = safe[mine].write_csv() if is_cut else header + "".join(lines[mine])
        yield key, BOM + text.encode()
        first += num


def csv_part(frame: pl.DataFrame, *, header: bool) -> bytes:
    """Some rows of a CSV that is written bit by bit; the BOM is the file's own."""
    return _safe(frame).write_csv(include_header=header).encode()


def _safe(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with formula-like text made harmless."""
    text = [name for name, kind in frame.schema.items() if kind == pl.String]
    safe = frame.with_columns(guarded(pl.col(name)) for name in text)
    safe.columns = [guarded_name(name) for name in safe.columns]
    return safe


def clock_text(column: pl.Expr) -> pl.Expr:
    """Minutes after midnight as HH:MM text; a part of a minute is cut off."""
    minutes = column.floor().cast(pl.Int64)
    hour = (minutes // 60).cast(pl.String).str.zfill(2)
    minute = (minutes % 60).cast(pl.String).str.zfill(2)
    return hour + ":" + minute


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """JSON for people and programs: indented, Chinese as it is; NaN is refused."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()
