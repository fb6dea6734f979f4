"""Tests of opening a ledger: versions, strange files, careful settings."""

import pytest
import sqlalchemy as sa

from cstore_cli.errors import InputError, LockedError, NoLedgerError
from cstore_cli.ledger import database
from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.schema import STEPS, _metadata, version


def shape(path):
    """Tables and columns of a file as SQLite tells them."""
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.pool.NullPool)
    inspector = sa.inspect(engine)
    return {
        name: sorted((c["name"], str(c["type"])) for c in inspector.get_columns(name))
        for name in inspector.get_table_names()
        if not name.startswith("sqlite_")
    }


def of_version(path, number, monkeypatch):
    """A ledger as an older cstore left it."""
    with monkeypatch.context() as patched:
        patched.setattr(database, "STEPS", STEPS[:number])
        return open_ledger(f"sqlite:///{path}", create=True)


def test_no_ledger_is_said_so(tmp_path):
    with pytest.raises(NoLedgerError, match="there is no ledger here"):
        open_ledger(f"sqlite:///{tmp_path}/ledger.db")

    assert list(tmp_path.iterdir()) == []


def test_a_new_ledger_has_all_tables(tmp_path):
    open_ledger(f"sqlite:///{tmp_path}/a.db", create=True)

    assert set(shape(tmp_path / "a.db")) == set(_metadata.tables)


def test_an_older_ledger_is_upgraded(tmp_path, monkeypatch):
    of_version(tmp_path / "old.db", 1, monkeypatch)
    assert "notice" not in shape(tmp_path / "old.db")

    open_ledger(f"sqlite:///{tmp_path}/old.db")

    open_ledger(f"sqlite:///{tmp_path}/new.db", create=True)
    assert shape(tmp_path / "old.db") == shape(tmp_path / "new.db")


def test_a_newer_ledger_is_refused(tmp_path, ledger):
    with ledger.writing() as connection:
        connection.execute(sa.update(version).values(version=len(STEPS) + 1))

    with pytest.raises(InputError, match=r"is of version 3, this cstore knows 2"):
        open_ledger(str(ledger.url))


def test_another_program_s_database_is_refused(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/other.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE songs (title TEXT)")
    engine.dispose()

    with pytest.raises(InputError, match=r"another program.*songs"):
        open_ledger(f"sqlite:///{tmp_path}/other.db")


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "ledger.db").write_text("parcel_id,store_id\n" * 100)

    with pytest.raises(InputError, match="is not a ledger"):
        open_ledger(f"sqlite:///{tmp_path}/ledger.db")


def test_sqlite_is_as_careful_as_it_can_be(ledger):
    with ledger.writing() as connection:
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys")
        }
        strict = connection.exec_driver_sql(
            "SELECT min(strict) FROM pragma_table_list WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite_%'"
        ).scalar()

    assert found == {"journal_mode": "delete", "synchronous": 3, "foreign_keys": 1}
    assert strict == 1


def test_a_writer_keeps_others_out_from_its_start(ledger, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_S", 0)
    other = open_ledger(str(ledger.url))

    with (
        ledger.writing(),
        pytest.raises(LockedError, match="another command is writing"),
        other.writing(),
    ):
        pass


def test_reading_writes_nothing(ledger):
    with (
        pytest.raises(database.EnvironmentFaultError, match="cannot be written"),
        ledger.reading() as connection,
    ):
        connection.execute(sa.delete(version))


def test_every_table_suits_postgresql():
    """Its dialect compiles each of them."""
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    for table in _metadata.sorted_tables:
        assert "CREATE TABLE" in str(
            CreateTable(table).compile(dialect=postgresql.dialect())
        )
