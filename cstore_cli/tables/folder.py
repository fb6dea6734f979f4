"""A folder of results that one run at a time writes, file by file whole."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from cstore_cli.interrupt import publishing
from cstore_cli.tables.lock import locked
from cstore_cli.tables.write import environment_fault, write_whole


@contextmanager
def folder_locked(out: Path | None, command: str) -> Iterator[None]:
    """
    Hold the folder for this run of ``command`` alone; it is made if there is none.

    A run that writes nothing has no folder, and holds none.

    Raises
    ------
    LockedError
        At once, when another run holds it.
    EnvironmentFaultError
        When it cannot be made.
    """
    if out is None:
        yield
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise environment_fault(error, out) from error
    busy = f"{out}: another {command} is at work here. Wait, or choose another --out."
    with locked(out / ".lock", busy):
        yield


def write_files(out: Path, files: Mapping[str, bytes], known: Collection[str]) -> None:
    """
    Write the files in their order, then take away those ``known`` not among them.

    Ctrl-C comes before all of it, or waits until it is done.

    Raises
    ------
    EnvironmentFaultError
        When the disk is full or a file cannot be replaced: those before it are new,
        it and those after it are the old ones.
    """
    with publishing():
        for name, data in files.items():
            write_whole(out / name, partial(_put, data))
        for name in known:
            if name not in files:
                try:
                    (out / name).unlink(missing_ok=True)
                except OSError as error:
                    raise environment_fault(error, out / name) from error


def _put(data: bytes, file: IO[bytes]) -> None:
    file.write(data)
