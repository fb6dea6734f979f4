"""
The tables of the ledger, and the steps that brought a ledger to this version.

Only what SQLite and PostgreSQL both know. Instants are microseconds since 1970, UTC.
"""

from collections.abc import Callable

import sqlalchemy as sa

from cstore_cli.ledger.fold import STANDING_COLUMNS

_metadata = sa.MetaData()
_Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Real: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")


def _table(name: str, *parts: sa.schema.SchemaItem, counted: bool = False) -> sa.Table:
    """Return a table that keeps to its types; a number is never used twice."""
    return sa.Table(
        name,
        _metadata,
        *parts,
        sqlite_strict=True,
        sqlite_autoincrement=counted,
    )


def _text(name: str, *, null: bool = True, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null and not key, primary_key=key)


def _whole(name: str, *, null: bool = True, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, _Big, nullable=null and not key, primary_key=key)


def _figure(name: str) -> sa.Column[float]:
    return sa.Column(name, _Real)


def _run_id(*, null: bool = False) -> sa.Column[str]:
    return sa.Column("run_id", sa.Text, sa.ForeignKey("run.run_id"), nullable=null)


version = _table("version", _whole("version", key=True))
"""One row: the version of this ledger's tables."""

run = _table(
    "run",
    _text("run_id", key=True),
    _text("command", null=False),
    _whole("now_us", null=False),
    _whole("recorded_us", null=False),
    _text("plan_date"),
    _text("plan_name"),
    _text("plan_home"),
    _text("detail", null=False),
)
"""What was done to the ledger, one row each; never changed."""

event = _table(
    "event",
    _whole("event_id", key=True),
    _run_id(),
    _text("partner", null=False),
    _text("source_event_id", null=False),
    _text("parcel_id", null=False),
    _text("code", null=False),
    _whole("event_time_us", null=False),
    _text("evidence", null=False),
    _text("location_id"),
    _text("platform"),
    _text("channel"),
    _text("goods_class"),
    _figure("litres"),
    _figure("weight_kg"),
    _figure("cod_twd"),
    _whole("extension_days"),
    _text("corrects"),
    _text("reason"),
    sa.UniqueConstraint("partner", "source_event_id"),
    sa.Index("event_of_parcel", "parcel_id"),
    counted=True,
)
"""What was told, in the order of arrival; never changed, never deleted."""

_KINDS: dict[str, Callable[..., sa.Column[int] | sa.Column[float] | sa.Column[str]]] = {
    **dict.fromkeys(("litres", "weight_kg", "cod_twd"), _figure),
    **dict.fromkeys(
        (
            "extension_days",
            "extended_before",
            "events",
            "contradictions",
            "withdrawals",
            "last_rank",
        ),
        _whole,
    ),
}

parcel_state = _table(
    "parcel_state",
    *(
        _text(name, key=True)
        if name == "parcel_id"
        else _KINDS.get(name, _whole if name.endswith("_us") else _text)(name)
        for name in STANDING_COLUMNS
    ),
    sa.Index("state_of_parcel", "state"),
)
"""The standing of each parcel: folded from its events, and always to be had again."""

contact = _table(
    "contact",
    _text("parcel_id", key=True),
    _text("recipient"),
    _text("phone"),
)
"""Names and phones, here alone; `track purge` deletes them."""

unknown_code = _table(
    "unknown_code",
    _text("partner", key=True),
    _text("source_event_id", key=True),
    _run_id(),
    _text("parcel_id", null=False),
    _text("code", null=False),
    _whole("event_time_us", null=False),
    _text("location_id"),
)
"""What partners said in codes that no mapping knows; gone once the event is read."""

notice = _table(
    "notice",
    _whole("notice_id", key=True),
    _run_id(),
    _text("partner", null=False),
    _text("source_event_id", null=False),
    _text("parcel_id", null=False),
    _text("kind", null=False),
    _whole("ready_at_us", null=False),
    _whole("deadline_us", null=False),
    _figure("hours"),
    sa.UniqueConstraint("partner", "source_event_id"),
    sa.Index("notice_of_parcel", "parcel_id"),
    sa.ForeignKeyConstraint(
        ["partner", "source_event_id"], ["event.partner", "event.source_event_id"]
    ),
    counted=True,
)
"""What a customer is to be told, each with the event that says why."""

_NEVER_CHANGED = ("run", "event")


def _seal(connection: sa.Connection) -> None:
    """Let SQLite itself refuse to change what was recorded."""
    if connection.dialect.name != "sqlite":
        return
    for table in _NEVER_CHANGED:
        for act in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} rows are never changed'); END"
            )


def _first(connection: sa.Connection) -> None:
    tables = [version, run, event, parcel_state, contact, unknown_code]
    _metadata.create_all(connection, tables, checkfirst=False)
    _seal(connection)


def _notices(connection: sa.Connection) -> None:
    _metadata.create_all(connection, [notice], checkfirst=False)


STEPS: tuple[Callable[[sa.Connection], None], ...] = (_first, _notices)
"""Step k brings a ledger of version k to version k + 1; an empty file is version 0."""
