"""
Many rows at a go: the statement compiled once, the rows as the driver takes them.

SQLAlchemy's own way builds a dictionary of parameters for each row, which costs several
times what the database needs to store it.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

_KEY = "this_key"


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
