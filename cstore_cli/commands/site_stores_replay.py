"""How `cstore site-stores --replay` plans a day on the network now and as chosen."""

import datetime as dt
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.plan_day_publish import refuse_own
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.day_plan import DayPlan, Watcher
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.dayplan.van_search import Search
from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.errors import (
    CstoreError,
    Fault,
    InfeasibleError,
    InputError,
    NoPlanError,
    UsageError,
)
from cstore_cli.report.live import watching
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.replay import NetworkDay, Replay
from cstore_cli.siting.replay_tables import (
    NetworkInputs,
    chosen_stores,
    inputs_on,
    own_stores,
)
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
    asked = _date(day)
    day_settings = _settings_of_day(settings)
    instant = _instant(asked, now, day_settings)
    read = read_day(day_settings, asked, instant, given={})
    networks = _networks(settings, day_settings, read, chosen)
    deadline = Deadline(started + time_limit_s)
    planned: dict[str, NetworkDay] = {}
    with (
        watching(Console(stderr=True), quiet) as watcher,
        executor(os.cpu_count() or 1) as pool,
    ):
        for name, network in networks.items():
            share_s = deadline.left_s() / (len(networks) - len(planned))
            kept_s = _KEPT_S + _KEPT_S_PER_ORDER * len(network.inputs.orders)
            search = Search(
                Deadline() if iterations else Deadline.after(share_s - kept_s),
                iterations,
                seed,
            )
            with _named(f"Replay of {asked} on the network {name}"):
                travel = DayTravel(network.inputs, day_settings)
                plan = plan_day(
                    network.inputs,
                    day_settings,
                    travel,
                    pool,
                    search,
                    _within(watcher, name),
                )
            watcher.stage(f"network {name}, check")
            found = check(plan.tables, network.inputs, day_settings, travel)
            refuse_own(found, None)
            planned[name] = _figures(plan, network)
    _refuse_empty(asked, planned, read)
    return Replay(
        date=asked,
        now=planned["now"],
        chosen=planned["chosen"],
        num_new=chosen.filter(pl.col("kind") == "new").height,
        num_rejected=len(read.rejected["orders"]),
    )


def _date(day: str) -> dt.date:
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"--replay {day!r} is not a date; write 2026-11-23.") from None


def _settings_of_day(settings: SiteStoresSettings) -> PlanDaySettings:
    """Return the settings of plan-day that the YAML names, once they fit its own."""
    if settings.replay is None:
        raise UsageError(
            "--replay needs the settings of plan-day: write `replay: plan_day.yaml` in "
            "the YAML of site-stores, a path from that file."
        )
    day = read_config(Path(settings.replay), PlanDaySettings)
    mend = "name the network that site-stores names"
    faults = []
    for key in ("own_chains", "currency"):
        theirs, ours = getattr(day.network, key), getattr(settings.network, key)
        if (set(theirs) if key == "own_chains" else theirs) != (
            set(ours) if key == "own_chains" else ours
        ):
            what = f"{key} is {theirs}, but in the network of site-stores {ours}"
            faults.append(Fault(settings.replay, None, "network", what, mend))
    if faults:
        raise InputError("The day's network is not that of the sites:", faults)
    return day


def _instant(date: dt.date, now: str | None, settings: PlanDaySettings) -> dt.datetime:
    """Return the instant that is told, else the day's cut-off: no clock is asked."""
    zone = settings.network.time_zone
    if now is None:
        wall = dt.datetime.combine(date, dt.time())
        wall += dt.timedelta(minutes=settings.cut_off)
        now = wall.isoformat()
    return day_and_instant(None, now, zone)[1]


def _networks(
    settings: SiteStoresSettings,
    day_settings: PlanDaySettings,
    read: DayRead,
    chosen: pl.DataFrame,
) -> dict[str, NetworkInputs]:
    """Return the day on the network now, and on the chosen one."""
    inputs = read.inputs
    stores = {
        "now": own_stores(inputs.stores, settings.network.own_chains),
        "chosen": chosen_stores(
            inputs.stores,
            chosen,
            settings,
            keep_existing=settings.choose.existing == "keep",
        ),
    }
    for name, frame in stores.items():
        if frame.is_empty():
            raise InfeasibleError(
                f"Replay of {inputs.date}: the network {name} has no store of its own."
            )
    kinds = day_settings.goods_classes.items()
    chilled = [goods for goods, kind in kinds if kind.chilled]
    return {name: inputs_on(inputs, frame, chilled) for name, frame in stores.items()}


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Put before an error whose plan it is."""
    try:
        yield
    except (InputError, InfeasibleError, NoPlanError) as error:
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
    if any(network.planned for network in planned.values()):
        return
    orders = read.inputs.orders
    told = f"of its {len(orders)} orders {planned['now'].deferred} are deferred"
    if len(orders):
        placed = orders["placed_at"].dt.convert_time_zone(read.inputs.time_zone)
        told += (
            f"; they were placed {placed.dt.date().min()} to {placed.dt.date().max()}"
        )
    raise InputError(
        f"--replay {date}: nothing is to be planned on that day ({told}). Name another "
        "day, or other orders in the YAML of plan-day."
    )
