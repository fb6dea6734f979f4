"""What `cstore check` looks at, by the command whose settings they are."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from typer import echo

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.expire_holds_judge import judge_of, source_of
from cstore_cli.commands.partners_agreements import checked_agreements
from cstore_cli.commands.track_settings import stores_source
from cstore_cli.dayplan.locks import check_locks
from cstore_cli.demand.calendar import calendar_of
from cstore_cli.demand.cleaning.clean import history_of
from cstore_cli.demand.cleaning.examples import many
from cstore_cli.errors import DONE, Fault, InputError
from cstore_cli.ledger.database import open_ledger
from cstore_cli.partners.rank.faults import rank_faults
from cstore_cli.report import faults
from cstore_cli.settings.agreement import Service
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.settings.base import Settings
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.expire_holds import ExpireHoldsSettings
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.settings.track import TrackSettings
from cstore_cli.settings.yaml_file import did_you_mean, read_yaml, validated
from cstore_cli.siting.asked import asked_of
from cstore_cli.siting.refusals import impossible
from cstore_cli.tables.day import HeldParcels
from cstore_cli.tables.network import DistributionCenters, Stores
from cstore_cli.tables.partners import PartnerParcels, Volumes
from cstore_cli.tables.read import read_table, whole
from cstore_cli.tables.read_day import read_day
from cstore_cli.tables.read_demand import read_demand
from cstore_cli.tables.read_rank import strange_basket
from cstore_cli.tables.read_sites import read_sites
from cstore_cli.tables.read_volumes import strange_rules
from cstore_cli.tables.reader import Reader, sources_of
from cstore_cli.tables.rules import Known
from cstore_cli.tables.sites import ScoredSites
from cstore_cli.tables.write import json_bytes
from cstore_cli.travel.of_day import DayTravel


@dataclass(frozen=True)
class Asked:
    """The command line of check."""

    config: Path
    date: str | None
    now: str | None
    as_json: bool


def run(asked: Asked) -> int:
    """
    Check the settings and all they name; the exit code.

    Raises
    ------
    InputError
        With every fault, once it stands on stdout where JSON was asked for.
    """
    config = asked.config
    told: dict[str, Any] = {"config": str(config)}
    try:
        found = _CHECKS[_command_of(config)](config, asked.date, asked.now)
    except InputError as error:
        if asked.as_json:
            sys.stdout.write(json_bytes(told | faults.as_json(error)).decode())
        raise
    echo(f"{config}: no faults; {found}.", err=True)
    if asked.as_json:
        told |= {"sound": True, "message": found, "faults": []}
        sys.stdout.write(json_bytes(told).decode())
    return DONE


def _network(config: Path, date: str | None, now: str | None) -> str:
    network, faults = validated(NetworkSettings, *read_yaml(config), str(config))
    if network is None:
        raise InputError(f"{len(faults)} fault(s) in the settings:", faults)
    day_and_instant(date, now, network.time_zone)
    return f"{len(network.tables)} tables named; check the other configs for those"


def _look_into(ledger: str | None) -> None:
    """A ledger that is there must be one, and one of this version or older."""
    if ledger and Path(ledger.removeprefix("sqlite:///")).exists():
        open_ledger(ledger, upgrade=False)


def _plan_day(config: Path, date: str | None, now: str | None) -> str:
    settings = read_config(config, PlanDaySettings)
    _look_into(settings.network.ledger)
    day, instant = day_and_instant(date, now, settings.network.time_zone)
    read = read_day(settings, day, instant, given={})
    if read.faults:
        raise InputError(f"{len(read.faults)} faulty row(s):", read.faults)
    travel = DayTravel(read.inputs, settings)
    for dc_id in read.inputs.distribution_centers["dc_id"]:
        travel.clock(dc_id)  # refuses places and roads that cannot be used
    check_locks(read.inputs, settings, travel.dc_of)
    return f"{read.num_read} orders"


def _expire_holds(config: Path, date: str | None, now: str | None) -> str:
    settings = read_config(config, ExpireHoldsSettings)
    _look_into(settings.network.ledger)
    day, instant = day_and_instant(date, now, settings.network.time_zone)
    judge_of(settings, day, instant, None)
    if settings.network.ledger:
        return "the holds are those of the ledger"
    source = source_of(settings, "held_parcels", day)
    zone = settings.network.time_zone
    holds = whole(read_table(source, HeldParcels, zone, key="parcel_id"), "holds")
    return f"{len(holds)} holds"


def _track(config: Path, date: str | None, now: str | None) -> str:
    settings = read_config(config, TrackSettings)
    _look_into(settings.network.ledger)
    zone = settings.network.time_zone
    day_and_instant(date, now, zone)
    stores = stores_source(settings)
    if stores:
        whole(read_table(stores, Stores, zone, key="store_id"), "stores")
    if settings.hold_policy:
        read_config(Path(settings.hold_policy), ExpireHoldsSettings)
    if settings.epcis_schema:
        _read_schema(Path(settings.epcis_schema))
    return f"{len(settings.partners)} partners"


def _site_stores(config: Path, date: str | None, now: str | None) -> str:
    settings = read_config(config, SiteStoresSettings)
    day, _ = day_and_instant(date, now, settings.network.time_zone)
    inputs = read_sites(settings, day, {})
    if said := impossible(asked_of(inputs, settings), inputs, settings):
        raise InputError("\n".join(["No choice of sites can do this.", *said]))
    return f"{len(inputs.sites)} sites, {len(inputs.areas)} areas"


def _analyze_demand(config: Path, date: str | None, now: str | None) -> str:
    settings = read_config(config, AnalyzeDemandSettings)
    day, _ = day_and_instant(date, now, settings.network.time_zone)
    inputs = read_demand(settings, day, {}, strict=True)
    history = history_of(inputs, settings, day)
    calendar_of(
        history.dates, history.period_days, settings.holidays, settings.special_days
    )
    found = many(len(history.anomalies), "anomaly", "anomalies")
    return f"{len(inputs.areas)} areas, {inputs.num_read} rows, {found}"


def _partners(config: Path, date: str | None, now: str | None) -> str:
    settings = read_config(config, PartnersSettings)
    _look_into(settings.network.ledger)
    zone = settings.network.time_zone
    day, _ = day_and_instant(date, now, zone)
    agreements, warnings = checked_agreements(settings)
    for warning in warnings:
        echo(f"Warning: {warning}", err=True)
    sources = sources_of(settings.network.tables, settings.tables, {}, day)
    reader = Reader(sources, zone, ())
    reader.whole("stores", Stores, key="store_id")
    known = {
        "partner": Known(tuple(settings.partners), "the partners of the YAML"),
        "zone": Known(tuple(settings.zones), "the zones of the YAML"),
        "service": Known(get_args(Service), "the services"),
        **reader.ids("stores", "store_id", "location_id"),
    }
    parcels = reader.whole("partner_parcels", PartnerParcels, known=known)
    volumes = reader.whole("volumes", Volumes, known=known)
    reader.whole("distribution_centers", DistributionCenters, key="dc_id")
    places = {
        "dc": reader.ids("distribution_centers", "dc_id").get("dc_id"),
        "store": known.get("location_id"),
    }
    reader.optional("site_scores", ScoredSites, key="site_id")
    reader.blame(_strange_places(config, settings, places))
    reader.blame(rank_faults(settings))
    reader.blame(strange_basket(settings))
    reader.blame(strange_rules(settings))
    reader.refuse()
    return (
        f"{len(settings.partners)} partners, {len(agreements.versions)} versions of "
        f"agreements, {len(parcels)} parcels, {len(volumes)} volumes"
    )


def _strange_places(
    config: Path, settings: PartnersSettings, places: Mapping[str, Known | None]
) -> Iterator[Fault]:
    """Yield DCs and stores of zones that their tables do not have."""
    for name, zone in settings.zones.items():
        for key, known in places.items():
            for k, place in enumerate(getattr(zone, key)):
                if known is not None and place not in known.values:
                    what = f"{place!r} is not in {known.where}"
                    mend = did_you_mean(place, list(known.values))
                    yield Fault(
                        str(config), None, f"zones.{name}.{key}.{k}", what, mend
                    )


def _read_schema(path: Path) -> None:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: cannot be read ({error}). `epcis_schema:` names the JSON schema "
            "of EPCIS 2.0, from GS1."
        ) from None


_CHECKS: dict[str, Callable[[Path, str | None, str | None], str]] = {
    "plan_day": _plan_day,
    "expire_holds": _expire_holds,
    "track": _track,
    "site_stores": _site_stores,
    "analyze_demand": _analyze_demand,
    "partners": _partners,
    "network": _network,
}
_SETTINGS: dict[str, type[Settings]] = {
    "plan_day": PlanDaySettings,
    "expire_holds": ExpireHoldsSettings,
    "track": TrackSettings,
    "site_stores": SiteStoresSettings,
    "analyze_demand": AnalyzeDemandSettings,
    "partners": PartnersSettings,
    "network": NetworkSettings,
}


def _command_of(config: Path) -> str:
    """The command in the file's name, else the one that knows most of its keys."""
    named = [command for command in _CHECKS if command in config.stem]
    if named:
        return named[0]
    keys = set(read_yaml(config)[1])
    return max(
        _SETTINGS, key=lambda name: len(keys & set(_SETTINGS[name].model_fields))
    )
