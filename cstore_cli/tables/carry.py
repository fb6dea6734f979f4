"""Orders that an earlier plan left: its deferred and unserved rows, as orders again."""

from dataclasses import replace
from pathlib import Path

from cstore_cli.errors import InputError
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.own_columns import own_name
from cstore_cli.tables.records import Records, read_records

_COMES_BACK = ("deferred", "unserved")


def carried_records(plan: Path) -> tuple[Records, TableSource]:
    """
    The rows of the plan's parcels.csv that come back, in the orders' own columns.

    Raises
    ------
    InputError
        When the folder holds no parcels.csv of a plan.
    """
    path = plan / "parcels.csv" if plan.is_dir() else plan
    source = TableSource(path=str(path))
    records = read_records(path, source)
    if "status" not in records.header or "order_id" not in records.header:
        raise InputError(
            f"{path}: is not the parcels.csv of a plan (no order_id, status columns)."
        )
    status = records.header.index("status")
    own = [
        (place, name)
        for place, shown in enumerate(records.header)
        if (name := own_name(shown)) is not None
    ]
    # A return or hand-in comes back from its own table, not as an order.
    task = records.header.index("task") if "task" in records.header else None
    kept = [
        number
        for number, cells in enumerate(records.cells)
        if cells[status] in _COMES_BACK and (task is None or cells[task] == "deliver")
    ]
    return (
        replace(
            records,
            header=tuple(name for _, name in own),
            cells=[[records.cells[k][place] for place, _ in own] for k in kept],
            lines=[records.lines[k] for k in kept],
        ),
        source,
    )
