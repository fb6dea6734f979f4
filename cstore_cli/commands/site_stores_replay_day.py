"""Which day is replayed, with which settings, on which networks."""

import datetime as dt
from pathlib import Path

import polars as pl

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.errors import Fault, InfeasibleError, InputError, UsageError
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.replay_tables import (
    NetworkInputs,
    chosen_stores,
    inputs_on,
    own_stores,
)
from cstore_cli.tables.columns import FIRST_YEAR, LAST_YEAR
from cstore_cli.tables.day_inputs import DayInputs


def settings_of_day(settings: SiteStoresSettings) -> PlanDaySettings:
    """
    Return the settings of plan-day that the YAML of site-stores names.

    Raises
    ------
    UsageError
        When it names none.
    InputError
        With their faults, or when they are of a network other than that of the sites.
    """
    if settings.replay is None:
        raise UsageError(
            "--replay needs the settings of plan-day: write `replay: plan_day.yaml` in "
            "the YAML of site-stores; the path is relative to that YAML."
        )
    day = read_config(Path(settings.replay), PlanDaySettings)
    ours = _shared(settings.network)
    faults = [
        Fault(
            settings.replay,
            None,
            "network",
            f"{key} is {value}, but {ours[key]} in the network of site-stores",
            "name the same network in both YAML files",
        )
        for key, value in _shared(day.network).items()
        if value != ours[key]
    ]
    if faults:
        raise InputError("The day's network is not that of the sites:", faults)
    return day


def day_and_instant_of(
    day: str, now: str | None, settings: PlanDaySettings
) -> tuple[dt.date, dt.datetime]:
    """
    Return the day, and the instant it is planned at: as told, else its cut-off.

    Raises
    ------
    UsageError
        When one of them cannot be read.
    """
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"--replay {day!r} is not a date; write 2026-11-23.") from None
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise UsageError(f"--replay {day!r} is of no year in which parcels are.")
    if now is None:
        wall = dt.datetime.combine(date, dt.time())
        now = (wall + dt.timedelta(minutes=settings.cut_off)).isoformat()
    _, instant = day_and_instant(None, now, settings.network.time_zone)
    return date, instant


def networks_of(
    inputs: DayInputs,
    chosen: pl.DataFrame,
    settings: SiteStoresSettings,
    day_settings: PlanDaySettings,
) -> dict[str, NetworkInputs]:
    """
    Return the day on the network ``now`` and on the one ``chosen``.

    Raises
    ------
    InputError
        When a site has the id of a store of the day.
    InfeasibleError
        When one of the networks has no store.
    """
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
                f"Replay of {inputs.date}: the network {name} has no store of its own, "
                "so no parcel can be planned on it."
            )
    kinds = day_settings.goods_classes.items()
    chilled = [goods for goods, kind in kinds if kind.chilled]
    return {name: inputs_on(inputs, frame, chilled) for name, frame in stores.items()}


def _shared(network: NetworkSettings) -> dict[str, str]:
    """What the sites' network and the day's must agree on."""
    chains = ", ".join(sorted(network.own_chains)) or "all"
    return {"own_chains": chains, "currency": network.currency}
