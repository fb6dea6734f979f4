"""`cstore partners share --computed` plans a day for each coalition of an alliance."""

import datetime as dt
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.plan_day_publish import refuse_own
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.day_plan import DayPlan, Watcher
from cstore_cli.dayplan.dc_search import Search
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.dayplan.summary import TAKEN_AS_GIVEN
from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.errors import InfeasibleError, InputError, NoPlanError, UsageError
from cstore_cli.partners.amounts import UNITS
from cstore_cli.partners.share.coalitions import Known
from cstore_cli.report.live import watching
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.read_day import read_day
from cstore_cli.travel.of_day import DayTravel

MOST_MEMBERS = 6
"""Members whose coalitions are planned at most: 63 days."""

GIVEN = (
    *TAKEN_AS_GIVEN,
    "each coalition's stores are those its own plan chose",
    "returns, hand-ins and locks are left out",
    "two plans merged have vans and room in stores for both",
)
"""What the coalitions' costs and bounds do not question."""


@dataclass(frozen=True, eq=False)
class PlannedDays:
    """
    What each coalition's day comes to.

    ``days`` has members, planned, unserved and deferred parcels of each. ``num_left``
    orders are nobody's, ``num_rejected`` could not be read; ``num_unbounded`` searches
    ended without a bound, which counts as 0.
    """

    members: tuple[str, ...]
    known: Mapping[int, Known]
    days: pl.DataFrame
    num_left: int
    num_rejected: int
    num_unbounded: int

    @property
    def of_other_work(self) -> tuple[str, ...]:
        """Coalitions that leave more or fewer parcels than their members do alone."""
        left = dict(self.days.select("members", "unserved").iter_rows())
        return tuple(
            name
            for name in left
            if left[name] != sum(left[one] for one in name.split("+"))
        )


def plan_coalitions(
    settings: PartnersSettings,
    day: str,
    now: str | None,
    seconds: float,
    iterations: int | None,
    seed: int,
    *,
    quiet: bool,
) -> PlannedDays:
    """
    Plan the day's orders of each coalition by itself, on the whole network.

    Every coalition has all vans of the network. Returns, hand-ins and locks are
    nobody's and are left out; what stores hold already stays there.

    Parameters
    ----------
    settings
        Who the members are, and where the settings of plan-day stand.
    day, now
        The day, YYYY-MM-DD, and the instant it is planned at; None: its cut-off.
    seconds
        Of each plan's search; does not count where ``iterations`` are told.
    iterations
        Of each route search; None: as many as there is time for.
    seed
        Of the route searches.
    quiet
        Show no progress.

    Raises
    ------
    UsageError
        When the settings name no plan-day, or not 2 to 6 members.
    InputError
        With the faults of the day, or when a member has no order.
    InfeasibleError, NoPlanError
        As plan-day ends, with the coalition's name.
    """
    day_settings = _settings_of_day(settings)
    members = tuple(settings.share.members)
    zone = day_settings.network.time_zone
    date, _ = day_and_instant(day, None, zone, "--computed")
    wall = dt.datetime.combine(date, dt.time())
    cut_off = wall + dt.timedelta(minutes=day_settings.cut_off)
    _, instant = day_and_instant(day, now or cut_off.isoformat(), zone)
    read = read_day(day_settings, date, instant, given={})
    owners = _owners(read.inputs, settings)
    known: dict[int, Known] = {}
    rows, num_unbounded = [], 0
    with (
        watching(Console(stderr=True), quiet) as watcher,
        executor(os.cpu_count() or 1) as pool,
    ):
        count = (1 << len(members)) - 1
        for mask in range(1, count + 1):
            inside = [name for i, name in enumerate(members) if mask >> i & 1]
            name = "+".join(inside)
            inputs = _of(read.inputs, owners, inside)
            until = Deadline() if iterations else Deadline.after(seconds)
            told = _within(watcher, f"coalition {mask} of {count}, {name}")
            with _named(f"{date} of {name}"):
                travel = DayTravel(inputs, day_settings)
                search = Search(until, iterations, seed)
                plan = plan_day(inputs, day_settings, travel, pool, search, told)
                refuse_own(check(plan.tables, inputs, day_settings, travel), None)
            known[mask] = _interval(plan)
            rows.append({"members": name, **_counts(plan)})
            bounds = [search.bound_all_routes for search in plan.searches]
            num_unbounded += bounds.count(None)
    return PlannedDays(
        members,
        known,
        pl.DataFrame(rows),
        num_left=owners.null_count(),
        num_rejected=len(read.rejected["orders"]),
        num_unbounded=num_unbounded,
    )


def _settings_of_day(settings: PartnersSettings) -> PlanDaySettings:
    """Return the settings of plan-day that the YAML names."""
    if settings.plan_day is None:
        raise UsageError(
            "--computed needs the settings of plan-day: write `plan_day: "
            "plan_day.yaml` in the YAML of partners; the path is relative to that YAML."
        )
    if not 2 <= len(settings.share.members) <= MOST_MEMBERS:  # noqa: PLR2004
        raise UsageError(
            f"--computed plans the coalitions of 2 to {MOST_MEMBERS} members; "
            f"`share.members` in the YAML names {len(settings.share.members)}."
        )
    return read_config(Path(settings.plan_day), PlanDaySettings)


def _owners(inputs: DayInputs, settings: PartnersSettings) -> pl.Series:
    """Return the member that each order belongs to; null: nobody's."""
    column = settings.share.orders_by
    tables = (inputs.orders, inputs.orders_raw)
    values = next((table[column] for table in tables if column in table.columns), None)
    if values is None:
        raise InputError(
            f"orders: have no column {column!r}; `share.orders_by` in the YAML names "
            "the one that tells whose an order is."
        )
    owner_of: dict[str, str] = {}
    for member, names in settings.share.members.items():
        for name in names:
            if owner_of.setdefault(name, member) != member:
                raise InputError(
                    f"share.members: {name!r} belongs to {owner_of[name]} and to "
                    f"{member}; an order has one owner."
                )
    owners = values.cast(pl.String).replace_strict(
        owner_of, default=None, return_dtype=pl.String
    )
    for member, names in settings.share.members.items():
        if not (owners == member).any():
            raise InputError(
                f"share.members: {member} has no order on {inputs.date} ({column} "
                f"{', '.join(names) or 'of none'}); take it out, or name another day."
            )
    return owners


def _of(inputs: DayInputs, owners: pl.Series, inside: Sequence[str]) -> DayInputs:
    """Return the day with the orders of some members alone."""
    mine = owners.is_in(inside).fill_null(value=False)
    return replace(
        inputs,
        orders=inputs.orders.filter(mine),
        orders_raw=inputs.orders_raw.filter(mine),
        collections=inputs.collections.clear(),
        locks=inputs.locks.clear(),
    )


def _interval(plan: DayPlan) -> Known:
    """Return the money of the plan's routes and the bound of all routes, in units."""
    cost = round(plan.levels.money * UNITS)
    bounds = [search.bound_all_routes or 0.0 for search in plan.searches]
    return Known(min(cost, math.floor(math.fsum(bounds) * UNITS)), cost)


def _counts(plan: DayPlan) -> dict[str, int]:
    status = plan.tables.parcels["status"]
    return {
        name: int((status == name).sum())
        for name in ("planned", "unserved", "deferred")
    }


def _within(watcher: Watcher, name: str) -> Watcher:
    """Return a watcher that is told the coalition with each stage."""
    return Watcher(
        stage=lambda stage: watcher.stage(f"{name}, {stage}"), search=watcher.search
    )


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Put before an error whose plan it is."""
    try:
        yield
    except NoPlanError as error:
        raise NoPlanError(f"{what}: {error} Give more --seconds.") from error
    except (InputError, InfeasibleError) as error:
        raise type(error)(f"{what}: {error}") from error
