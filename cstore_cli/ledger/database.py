"""
Opening the ledger: SQLite through SQLAlchemy Core, as careful as SQLite can be.

The journal is DELETE and synchronous EXTRA: what a commit acknowledged survives a power
cut. A writer takes the whole ledger at once (BEGIN IMMEDIATE), so that what it read is
still true when it writes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from cstore_cli.errors import (
    CstoreError,
    EnvironmentFaultError,
    InputError,
    LockedError,
    NoLedgerError,
)
from cstore_cli.ledger.schema import STEPS, version

_BUSY_S = 20
_CACHE_KIB = 128 * 1024
"""Pages kept in memory: SQLite's 2 MB make a large change read and write them anew."""
_WRITES = "cstore_writes"
_SAID: tuple[tuple[str, type[CstoreError], str], ...] = (
    ("is locked", LockedError, "another command is writing to it; try again"),
    ("disk is full", EnvironmentFaultError, "the disk is full; nothing was changed"),
    ("readonly", EnvironmentFaultError, "cannot be written; check its permissions"),
    ("unable to open", EnvironmentFaultError, "cannot be opened; check permissions"),
    ("disk i/o", EnvironmentFaultError, "the disk failed; nothing was changed"),
    ("not a database", InputError, "is not a ledger; check `ledger:` in the YAML"),
    ("malformed", InputError, "is damaged; restore it from a backup"),
)


class Ledger:
    """An opened ledger; `reading` and `writing` give connections."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self._engine = sa.create_engine(self.url, poolclass=sa.pool.NullPool)
        if self.url.get_backend_name() == "sqlite":
            sa.event.listen(self._engine, "connect", _careful)
            sa.event.listen(self._engine, "begin", _begin)

    @property
    def path(self) -> Path:
        """The file of the ledger."""
        return Path(self.url.database or "")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one moment of the ledger and writes nothing."""
        with _told(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """
        Give a connection whose changes are committed together, or not at all.

        Raises
        ------
        LockedError
            When another command goes on writing.
        EnvironmentFaultError
            When the disk is full or the file cannot be written.
        """
        engine = self._engine.execution_options(**{_WRITES: True})
        with _told(self.path), engine.begin() as connection:
            yield connection


def open_ledger(url: str, *, create: bool = False, upgrade: bool = True) -> Ledger:
    """
    Open the ledger; an older one is brought to this version first.

    Parameters
    ----------
    url
        As `ledger:` in the network's YAML has it.
    create
        Whether to begin a ledger where there is none.
    upgrade
        Whether an older one may be changed; if not, it is refused.

    Raises
    ------
    NoLedgerError
        When there is none and ``create`` does not ask for one.
    InputError
        When the file is no ledger, or one of a newer cstore.
    """
    ledger = Ledger(url)
    if not ledger.path.exists() and not create:
        raise NoLedgerError(
            f"{ledger.path}: there is no ledger here. `cstore track import` and "
            "`cstore plan-day` begin one; check `ledger:` in the network's YAML."
        )
    if not create and not ledger.path.stat().st_size:
        raise InputError(
            f"{ledger.path}: is empty, no ledger any more. Restore it from a backup, "
            "or remove the file to begin a new one."
        )
    if not ledger.path.parent.is_dir():
        raise EnvironmentFaultError(
            f"{ledger.path.parent}: no such folder for the ledger; make it, or change "
            "`ledger:` in the network's YAML."
        )
    found = _version_of(ledger)
    if found > len(STEPS):
        raise InputError(
            f"{ledger.path}: is of version {found}, this cstore knows {len(STEPS)}. "
            "Install the newer cstore."
        )
    if found < len(STEPS) and not upgrade:
        raise InputError(
            f"{ledger.path}: is of version {found}, this cstore works on {len(STEPS)}. "
            "Any command that writes brings it there, `cstore track verify` too."
        )
    if found < len(STEPS):
        _upgrade(ledger)
    return ledger


def _version_of(ledger: Ledger) -> int:
    """0 of a file that is empty or not there."""
    if not ledger.path.exists() or not ledger.path.stat().st_size:
        return 0
    with ledger.reading() as connection:
        return _read_version(connection, ledger.path)


def _read_version(connection: sa.Connection, path: Path) -> int:
    tables = sa.inspect(connection).get_table_names()
    if version.name in tables:
        return int(connection.execute(sa.select(version.c.version)).scalar_one())
    if tables:
        raise InputError(
            f"{path}: is a database of another program, no ledger (tables: "
            f"{', '.join(tables[:5])}). Check `ledger:` in the network's YAML."
        )
    return 0


def _upgrade(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        # Another command may have done it while this one waited.
        found = _read_version(connection, ledger.path)
        for step in STEPS[found:]:
            step(connection)
        connection.execute(sa.delete(version))
        connection.execute(sa.insert(version).values(version=len(STEPS)))


def _careful(connection: Any, _: Any) -> None:
    """Give SQLAlchemy the transactions, and SQLite its most careful ways."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_S * 1000}",
        "journal_mode = DELETE",
        "synchronous = EXTRA",
        "foreign_keys = ON",
        f"cache_size = -{_CACHE_KIB}",
        # A phone that was replaced or purged is gone from the file's free space too.
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the database refused, as errors that name the ledger."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        said = str(error.orig)
        for part, kind, what in _SAID:
            if part in said.lower():
                raise kind(f"{path}: {what}.") from error
        raise
