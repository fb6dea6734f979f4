"""Why parcels stay behind: groups with one cause, and what would serve them."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.plan import CONTRACTS, PlanTables
from cstore_cli.travel.of_day import DayTravel

Check = Callable[[PlanTables, DayInputs, PlanDaySettings, DayTravel], tuple[Fault, ...]]
"""What finds the faults of a plan."""


@dataclass(frozen=True)
class Remedy:
    """
    A single change of the day, and how many parcels of its group it serves.

    ``kind`` is what changes ``of`` a store, batch, type of van or DC, ``by`` how many
    minutes, litres, doors, couriers or vans; ``sentence`` says so. ``cost`` is money
    that the routes cost more. ``verified``: a plan of the changed day that serves so
    many and keeps all that this plan serves has passed the check.
    """

    kind: str
    of: str
    dc_id: str | None
    by: int
    sentence: str
    serves: int
    cost: float
    verified: bool


@dataclass(frozen=True)
class Group:
    """
    Unserved parcels with one cause at one place, by row of the plan's parcels.

    ``remedy`` is None where no single change of the menu serves any of them or, if not
    ``searched``, where there was no time to look.
    """

    code: str
    dc_id: str | None
    store_id: str | None
    rows: tuple[int, ...]
    remedy: Remedy | None = None
    searched: bool = False

    @property
    def place(self) -> str:
        """The store or DC where it binds; empty where it is neither."""
        return self.store_id or self.dc_id or ""

    @property
    def told(self) -> str:
        """What helps, in words."""
        if self.remedy is not None:
            return self.remedy.sentence
        return "no single change of the menu" if self.searched else "no time to look"

    @property
    def verified(self) -> bool:
        """Whether what is told has been verified."""
        return self.remedy is not None and self.remedy.verified


@dataclass(frozen=True, eq=False)
class Explained:
    """The plan's tables with the causes that bind, and the groups, largest first."""

    tables: PlanTables
    groups: tuple[Group, ...]


def unserved_rows(shown: pl.DataFrame, groups: tuple[Group, ...]) -> pl.DataFrame:
    """
    The unserved rows of the parcels with what would serve them, then their own columns.

    An own column of such a name gets the prefix `order_`.
    """
    told = {row: group for group in groups for row in group.rows}
    rows = shown.with_row_index("row").filter(pl.col("status") == "unserved")
    mine = [told.get(row) for row in rows["row"]]
    serves = [group.remedy.serves if group and group.remedy else None for group in mine]
    verified = [
        ("yes" if group.verified else "no") if group else None for group in mine
    ]
    new = [
        pl.Series(
            "remedy", [group.told if group else None for group in mine], pl.String
        ),
        pl.Series("remedy_serves", serves, pl.Int64),
        pl.Series("verified", verified, pl.String),
    ]
    kept = rows.drop("row")
    taken = [series.name for series in new if series.name in kept.columns]
    kept = kept.rename({name: f"order_{name}" for name in taken})
    plan = CONTRACTS["parcels"].column_names()
    return pl.DataFrame(
        [
            *(series for series in kept if series.name in plan),
            *new,
            *(series for series in kept if series.name not in plan),
        ]
    )
