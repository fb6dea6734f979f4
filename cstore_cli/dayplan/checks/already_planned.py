"""What an earlier plan sent out is not planned again."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault


def already_planned_is_kept(day: PlanDay) -> Iterator[Fault]:
    """The status is given to just those orders that an earlier plan has out."""
    ids = pl.Series("ids", sorted(day.inputs.already_planned), dtype=pl.String)
    out = pl.col("order_id").is_in(ids.implode())
    said = (pl.col("status") == "already_planned").fill_null(value=False)
    yield from faulty(
        "parcels.csv",
        day.parcels.filter(out, ~said, pl.col("delivery")),
        "status",
        "{order_id} is out by an earlier plan, but its status is {status}",
        "set it to already_planned",
    )
    yield from faulty(
        "parcels.csv",
        day.parcels.filter(said, ~out, pl.col("delivery")),
        "status",
        "{order_id} is already_planned, but no earlier plan has it out",
    )
    yield from faulty(
        "parcels.csv",
        day.parcels.filter(said, ~pl.col("delivery")),
        "status",
        "{order_id}, to {task}, is already_planned; that is for orders only",
        "plan it, or set it unserved or deferred with a reason",
    )
