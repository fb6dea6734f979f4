"""What plan-day finds: the plan's tables and what is said about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from cstore_cli.dayplan.explained import Group
from cstore_cli.tables.plan import PlanTables


@dataclass(frozen=True)
class Levels:
    """The objective, most important first; a level counts where those above tie."""

    unserved_weight: float
    late_min_parcels: float
    redirections: int
    walk_m: float
    money: float


@dataclass(frozen=True)
class DcSearch:
    """
    How the route search of one DC ended.

    ``gap_columns`` is to the best choice among the routes found. No routes that serve
    the same clients cost less money than ``bound_all_routes``, which holds with a
    ``relaxation``; ``gap_all_routes`` is the distance to it relative to ``money``. All
    three None without proof.
    """

    dc_id: str
    clients: int
    routes: int
    columns: int
    iterations: int
    money: float
    gap_columns: float | None
    bound_all_routes: float | None
    gap_all_routes: float | None
    relaxation: str | None


@dataclass(frozen=True, eq=False)
class DayPlan:
    """
    A day planned: tables to write, objective levels, and how the search ended.

    ``regions_gap`` is of each DC's work-kilometres to their proven bound; ``groups``
    are the unserved by cause, where that was asked.
    """

    tables: PlanTables
    unserved: pl.DataFrame
    levels: Levels
    searches: tuple[DcSearch, ...]
    stores_proven: bool
    regions_gap: Mapping[str, float]
    notes: tuple[str, ...]
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class SearchState:
    """Where the route search of one DC stands; ``money`` counts routes only."""

    dc_id: str
    money: float
    unserved_clients: int
    gap_columns: float | None
    seconds_left: float | None


@dataclass(frozen=True)
class Watcher:
    """Told what happens while planning: the stage, and each DC's search."""

    stage: Callable[[str], None]
    search: Callable[[SearchState], None]
