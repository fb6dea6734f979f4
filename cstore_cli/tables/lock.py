"""A lock that one run holds alone; it is gone with the process, however that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from cstore_cli.errors import LockedError
from cstore_cli.tables.write import environment_fault


@contextmanager
def locked(file: Path, said: str) -> Iterator[None]:
    """
    Hold ``file``, beside what it guards, for this run alone; made if it is not there.

    Raises
    ------
    LockedError
        At once, with ``said``, when another run holds it.
    EnvironmentFaultError
        When the file cannot be made.
    """
    try:
        lock = FileLock(file)
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(said) from None
    except OSError as error:
        raise environment_fault(error, file) from error
    try:
        yield
    finally:
        lock.release()
