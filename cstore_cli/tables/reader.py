"""Reading several tables, and refusing the faults of all of them at once."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import dataframely as dy
import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.read import Table, read_table
from cstore_cli.tables.rules import Known


class Reader:
    """
    Reads table after table and keeps the faults, to refuse them all at once.

    A table without a source is empty; one that is ``needed`` is asked for.
    """

    def __init__(
        self,
        sources: Mapping[str, TableSource],
        time_zone: str,
        needed: Collection[str],
    ) -> None:
        self._sources = sources
        self._time_zone = time_zone
        self._needed = needed
        self._tables: dict[str, Table] = {}
        self._messages: list[str] = []
        self._faults: list[Fault] = []

    def filtered(
        self,
        name: str,
        contract: type[dy.Schema],
        key: str | None,
        known: Mapping[str, Known] | None = None,
    ) -> Table:
        """Return a table whose faulty rows are put aside."""
        source = self._sources.get(name)
        if source is None:
            if name in self._needed:
                self._messages.append(
                    f"No {name} table: name it under `tables:` in the YAML, or with "
                    f"--{name.replace('_', '-')}."
                )
            return empty_table(contract)
        try:
            self._tables[name] = read_table(
                source, contract, self._time_zone, key=key, known=known or {}
            )
            return self._tables[name]
        except InputError as error:
            self._messages.append(str(error))
            return empty_table(contract)

    def whole(
        self,
        name: str,
        contract: type[dy.Schema],
        *,
        key: str | None = None,
        known: Mapping[str, Known] | None = None,
    ) -> pl.DataFrame:
        """Return a table that must have no fault."""
        table = self.filtered(name, contract, key, known)
        self._faults += table.faults
        return table.frame

    def ids(self, name: str, column: str, alias: str = "") -> dict[str, Known]:
        """
        The ids of a table, for the column of other tables that refers to them.

        Rows put aside count too, and a table that could not be read allows anything:
        its own faults are told, not the same once more for every row that refers to it.
        """
        if name not in self._tables:
            return {}
        return {alias or column: Known(self.told_ids(name, column), name)}

    def told_ids(self, name: str, column: str) -> tuple[str, ...]:
        """Return the ids of a table, those of rows put aside among them."""
        table = self._tables[name]
        values = [*table.frame[column], *table.rejected.get_column(column, default=())]
        return tuple(value for value in values if value)

    def was_read(self, name: str) -> bool:
        """Whether the table is there and its structure is sound."""
        return name in self._tables

    def optional(
        self, name: str, contract: type[dy.Schema], *, key: str | None = None
    ) -> pl.DataFrame | None:
        """Return a whole table, None where none is named or needed."""
        if name not in {*self._sources, *self._needed}:
            return None
        return self.whole(name, contract, key=key)

    def refuse_unknown(
        self, name: str, frame: pl.DataFrame, column: str, known: Mapping[str, Known]
    ) -> None:
        """Keep a fault for each row whose value is not known."""
        if column not in known:
            return
        values, where = known[column].values, known[column].where
        strange = frame.filter(
            pl.col(column).is_not_null() & ~pl.col(column).is_in(list(values))
        )
        path = self.path(name)
        for line, value in strange.select("line", column).iter_rows():
            what = f"{value!r} is not in {where}"
            self._faults.append(Fault(path, line, column, what))

    def refuse_twice(
        self, name: str, frame: pl.DataFrame, columns: tuple[str, ...]
    ) -> None:
        """Keep a fault for each row that repeats one above in these columns."""
        twice = frame.filter(~pl.struct(columns).is_first_distinct())
        path = self.path(name)
        for line in twice["line"]:
            what = f"repeats the {' and '.join(columns)} of a row above"
            self._faults.append(Fault(path, line, columns[-1], what, "join the rows"))

    def raw(self, name: str) -> pl.DataFrame:
        """Return the good rows of a table as text, in the file's own columns."""
        return self._tables[name].raw if name in self._tables else pl.DataFrame()

    def path(self, name: str) -> str:
        """Where a table stands; its name where none is named."""
        return self._sources[name].path if name in self._sources else name

    def say(self, message: str) -> None:
        """Keep what is wrong beside the faults of rows."""
        self._messages.append(message)

    def blame(self, faults: Iterable[Fault]) -> None:
        """Keep faults found elsewhere."""
        self._faults += faults

    def refuse(self) -> None:
        """
        Refuse all that was kept; nothing: do nothing.

        Raises
        ------
        InputError
            With the faults of all tables at once.
        """
        if self._messages or self._faults:
            count = len(self._faults)
            title = f"{count} fault(s) in the tables:" if count else ""
            raise InputError(
                "\n".join([*self._messages, title]).strip(), sorted(self._faults)
            )


def sources_of(
    network: Mapping[str, TableSource],
    command: Mapping[str, TableSource],
    given: Mapping[str, Path],
    day: dt.date,
) -> dict[str, TableSource]:
    """
    Where each table stands: options win, then the command, then the network.

    ``{date}`` in a path becomes the day.
    """
    sources = {**network, **command}
    for name, path in given.items():
        source = sources.get(name, TableSource(path=""))
        sources[name] = source.model_copy(update={"path": str(path)})
    return {
        name: source.model_copy(
            update={"path": source.path.replace("{date}", day.isoformat())}
        )
        for name, source in sources.items()
    }


def empty_table(contract: type[dy.Schema]) -> Table:
    """Return a table of the contract without rows."""
    frame = contract.create_empty().insert_column(0, pl.Series("line", [], pl.Int64))
    raw = pl.DataFrame(
        schema={
            name: pl.String
            for name, column in contract.columns().items()
            if not (column.metadata or {}).get("optional")
        }
    )
    rejected = pl.DataFrame(schema={"line": pl.Int64, "reason": pl.String})
    return Table(frame, raw, rejected, ())
