"""How `cstore site-stores --replay` plans a day on the network now and as chosen."""

import datetime as dt
import os
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

import polars as pl
from rich.console import Console

from cstore_cli.commands.plan_day_publish import refuse_own
from cstore_cli.commands.site_stores_replay_day import (
    day_and_instant_of,
    networks_of,
    settings_of_day,
)
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.day_plan import DayPlan, Watcher
from cstore_cli.dayplan.dc_search import Search
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.errors import (
    CstoreError,
    InfeasibleError,
    InputError,
    NoPlanError,
)
from cstore_cli.report.live import watching
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.replay import NetworkDay, Replay
from cstore_cli.siting.replay_tables import NetworkInputs
from cstore_cli.tables.read_day import DayRead, read_day
from cstore_cli.travel.of_day import DayTravel

# Seconds kept of a plan's time for its check: a base, and per order.
_KEPT_S, _KEPT_S_PER_ORDER = 1.0, 2e-4


def replay(
    settings: SiteStoresSettings,
    chosen: pl.DataFrame,
    day: str,
    now: str | None,
    time_limit_s: float,
    iterations: int | None,
    seed: int,
    *,
    quiet: bool,
) -> Replay:
    """
    Plan the day on the network as it is now and on the chosen one, half the time each.

    Both take own stores only, and orders as `replay_tables` tells; nothing is carried
    in, no ledger is asked and nothing is written.

    Parameters
    ----------
    settings
        Those of site-stores; ``replay`` names those of plan-day.
    chosen
        Rows with site_id, kind ("new", ...), lat, lon.
    day, now
        The day, YYYY-MM-DD, and the instant it is planned at; None: its cut-off.
    time_limit_s
        For both plans together; does not count where ``iterations`` are told.
    iterations
        Of each route search; None: as many as there is time for.
    seed
        Of the route searches.
    quiet
        Show no progress.

    Raises
    ------
    UsageError
        When no settings of plan-day are named, or the day is not a date.
    InputError
        With the faults of the day's settings and tables, or when nothing is to be
        planned on that day.
    InfeasibleError, NoPlanError
        When a network has no store, or as plan-day ends; with the network's name.
    """
    started = time.monotonic()
    day_settings = settings_of_day(settings)
    date, instant = day_and_instant_of(day, now, day_settings)
    read = read_day(day_settings, date, instant, given={})
    networks = networks_of(read.inputs, chosen, settings, day_settings)
    left_s = Deadline(started + time_limit_s).left_s()
    kept_s = _KEPT_S + _KEPT_S_PER_ORDER * len(read.inputs.orders)
    share_s = left_s / len(networks) - kept_s
    planned: dict[str, NetworkDay] = {}
    with (
        watching(Console(stderr=True), quiet) as watcher,
        executor(os.cpu_count() or 1, "cstore_cli.dayplan.round_search") as pool,
    ):
        for name, network in networks.items():
            until = Deadline() if iterations else Deadline.after(share_s)
            with _named(f"Replay of {date} on the network {name}"):
                planned[name] = _planned(
                    network,
                    day_settings,
                    pool,
                    Search(until, iterations, seed),
                    _within(watcher, name),
                )
    _refuse_empty(date, planned, read)
    return Replay(
        date=date,
        now=planned["now"],
        chosen=planned["chosen"],
        num_new=chosen.filter(pl.col("kind") == "new").height,
        num_rejected=len(read.rejected["orders"]),
    )


def _planned(
    network: NetworkInputs,
    settings: PlanDaySettings,
    pool: Executor,
    search: Search,
    watcher: Watcher,
) -> NetworkDay:
    """Plan the day on a network, and check the plan as plan-day does."""
    travel = DayTravel(network.inputs, settings)
    plan = plan_day(network.inputs, settings, travel, pool, search, watcher)
    watcher.stage("check")
    refuse_own(check(plan.tables, network.inputs, settings, travel), None)
    return _figures(plan, network)


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Put before an error whose plan it is."""
    try:
        yield
    except NoPlanError as error:
        mend = "Each plan has half of --time-limit, less its check: give more."
        raise NoPlanError(f"{what}: {error} {mend}") from error
    except (InputError, InfeasibleError) as error:
        raise type(error)(f"{what}: {error}") from error


def _within(watcher: Watcher, name: str) -> Watcher:
    """Return a watcher that is told the network with each stage."""
    return Watcher(
        stage=lambda stage: watcher.stage(f"network {name}, {stage}"),
        search=watcher.search,
    )


def _figures(plan: DayPlan, network: NetworkInputs) -> NetworkDay:
    """Return what is told of a plan; no order may be missing in it."""
    routes = plan.tables.routes
    parcels = plan.tables.parcels.filter(pl.col("task") == "deliver")
    came = network.inputs.orders["order_id"].sort()
    if not parcels["order_id"].sort().equals(came):
        raise CstoreError(f"{len(came)} orders came, {len(parcels)} are in the plan.")
    counts = dict(parcels["status"].value_counts().iter_rows())
    fetched = parcels.filter(
        pl.col("status") == "planned", pl.col("channel") == "store_pickup"
    )
    walk_m = fetched["walk_m"].mean()
    return NetworkDay(
        stores=len(network.inputs.stores),
        vans=len(routes),
        km=round(float(routes["km"].sum()), 3),
        van_hours=round(float(routes["minutes"].sum()) / 60, 3),
        money=plan.levels.money,
        planned=counts.get("planned", 0),
        unserved=counts.get("unserved", 0),
        deferred=counts.get("deferred", 0),
        mean_walk_m=round(walk_m, 1) if isinstance(walk_m, float) else None,
        num_moved=network.num_moved,
        left_out=network.left_out,
    )


def _refuse_empty(date: dt.date, planned: dict[str, NetworkDay], read: DayRead) -> None:
    """Refuse a day without work: two empty plans tell nothing of the sites."""
    if any(network.planned or network.vans for network in planned.values()):
        return
    orders = read.inputs.orders
    told = f"of its {len(orders)} orders {planned['now'].deferred} are deferred"
    if len(orders):
        local = orders["placed_at"].dt.convert_time_zone(read.inputs.time_zone)
        days = local.dt.strftime("%Y-%m-%d").sort()
        told += f"; they were placed {days[0]} to {days[-1]}"
    raise InputError(
        f"--replay {date}: nothing is to be planned on that day ({told}). Name another "
        "day, or other orders in the YAML of plan-day."
    )
