"""
Many rows at a go: the statement compiled once, the rows as the driver takes them.

SQLAlchemy's own way builds a dictionary of parameters for each row, which costs several
times what the database needs to store it.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

import polars as pl
import sqlalchemy as sa

from cstore_cli.tables.records import collector_at_rest

_KEY = "this_key"
_BATCH = 50_000


def insert_many(
    connection: sa.Connection,
    table: sa.Table,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Insert ``rows``, each with the values of the columns ``names``."""
    _execute(connection, sa.insert(table), names, rows)


def update_many(
    connection: sa.Connection,
    table: sa.Table,
    key: str,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Change rows by their ``key``, which stands first in ``names``."""
    wanted: sa.BindParameter[Any] = sa.bindparam(_KEY)
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names if name != key}
    statement = sa.update(table).where(table.c[key] == wanted).values(values)
    _execute(connection, statement, [_KEY, *names[1:]], rows)


def _execute(
    connection: sa.Connection,
    statement: sa.Insert | sa.Update,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    columns = [name for name in names if name != _KEY]
    compiled: Any = statement.compile(dialect=connection.dialect, column_keys=columns)
    if compiled.positional:
        order = [names.index(name) for name in compiled.positiontup]
        parameters: list[Any] = list(map(itemgetter(*order), rows))
    else:
        parameters = [dict(zip(names, row, strict=True)) for row in rows]
    if parameters:
        connection.exec_driver_sql(str(compiled), parameters)


def among(column: sa.Column[str], values: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether the column holds one of very many values, all of them one parameter."""
    many: sa.BindParameter[Any] = sa.bindparam(
        None, list(values), type_=column.type, expanding=True
    )
    return column.in_(many)


@collector_at_rest()
def table_of(
    connection: sa.Connection,
    chosen: sa.Select[tuple[object, ...]],
    schema: dict[str, type[pl.DataType]],
) -> pl.DataFrame:
    """The rows as a table, in parts, so that a million of them fit."""
    result = connection.execution_options(yield_per=_BATCH).execute(chosen)
    parts = [_part(rows, schema) for rows in result.partitions()]
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _part(
    rows: Sequence[sa.Row[tuple[object, ...]]], schema: dict[str, type[pl.DataType]]
) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True))
    return pl.DataFrame(
        [
            pl.Series(name, values, dtype=kind, strict=False)
            for (name, kind), values in zip(schema.items(), columns, strict=True)
        ]
    )
