"""All tables that stores are sited from, and whether they fit what is asked."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.site_score import FLOW_CRITERIA
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.settings.yaml_file import did_you_mean
from cstore_cli.tables.network import (
    DistributionCenters,
    RoadLinks,
    RoadNodes,
    TravelLegs,
)
from cstore_cli.tables.opening_hours import unread_hours
from cstore_cli.tables.reader import Reader, sources_of
from cstore_cli.tables.rules import Known
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.tables.sites import FLOWS, Forecast, SiteAreas, Sites, SiteStores

TOTAL = "*"
"""The area of a forecast's rows that are totals."""
_NEEDED = ("areas", "intersections", "stores")


def read_sites(
    settings: SiteStoresSettings, day: dt.date, given: Mapping[str, Path]
) -> SiteInputs:
    """
    Read every table that the settings or ``given`` paths name; all must be whole.

    ``day`` stands in for ``{date}`` in a path.

    Raises
    ------
    InputError
        With the faults of all tables at once, and what they lack for what is asked.
    """
    sources = sources_of(settings.network.tables, settings.tables, given, day)
    needed = {*_NEEDED, *_tables_of(settings)}
    reader = Reader(sources, settings.network.time_zone, needed)
    areas = reader.whole("areas", SiteAreas, key="area_id")
    area_ids = reader.ids("areas", "area_id")
    inputs = SiteInputs(
        areas=areas,
        sites=reader.whole("intersections", Sites, key="site_id"),
        stores=reader.whole("stores", SiteStores, key="store_id"),
        distribution_centers=reader.whole(
            "distribution_centers", DistributionCenters, key="dc_id"
        ),
        forecast=_forecast(reader, area_ids),
        road_nodes=reader.optional("road_nodes", RoadNodes, key="node"),
        road_links=reader.optional("road_links", RoadLinks),
        travel_matrix=reader.optional("travel_matrix", TravelLegs),
        areas_raw=reader.raw("areas"),
        sites_raw=reader.raw("intersections"),
    )
    filled = {
        "areas": areas,
        "intersections": inputs.sites,
        "distribution_centers": inputs.distribution_centers,
    }
    for name, frame in filled.items():
        if name in needed and reader.was_read(name) and frame.is_empty():
            reader.say(f"{reader.path(name)}: has no good row; one at least is needed.")
    for faults in (
        _shared_ids(reader, inputs),
        unread_hours(reader.path("intersections"), inputs.sites),
        _empty_cells(reader, inputs, settings),
        _strange_names(reader, inputs, settings),
        _strange_chains(reader, inputs, settings),
        _dear_sites(reader, inputs, settings),
    ):
        reader.blame(faults)
    reader.refuse()
    return inputs


def _tables_of(settings: SiteStoresSettings) -> Iterator[str]:
    """Tables that are needed because of what is asked."""
    drives = "goods_access_min" in settings.score.names or settings.dc is not None
    if settings.walk.source == "roads" or (
        drives and settings.travel.source == "roads"
    ):
        yield from ("road_nodes", "road_links")
    if drives and settings.travel.source == "matrix":
        yield "travel_matrix"
    if "goods_access_min" in settings.score.names or (
        settings.dc is not None and settings.dc.candidates == "distribution_centers"
    ):
        yield "distribution_centers"


def _forecast(reader: Reader, area_ids: Mapping[str, Known]) -> pl.DataFrame | None:
    """Return the forecast without its totals."""
    forecast = reader.optional("forecast", Forecast)
    if forecast is None:
        return None
    reader.refuse_twice("forecast", forecast, ("area_id", "date"))
    forecast = forecast.filter(pl.col("area_id") != TOTAL)
    if reader.was_read("forecast") and forecast.is_empty():
        reader.say(f"{reader.path('forecast')}: has no row of an area.")
    reader.refuse_unknown("forecast", forecast, "area_id", area_ids)
    return forecast


def _shared_ids(reader: Reader, inputs: SiteInputs) -> Iterator[Fault]:
    """Yield sites, stores and DCs of one id: plans could not tell them apart."""
    tables = {
        "intersections": inputs.sites.select("line", "site_id"),
        "stores": inputs.stores.select("line", "store_id"),
        "distribution_centers": inputs.distribution_centers.select("line", "dc_id"),
    }
    for one, other in combinations(tables, 2):
        (_, ours), (_, theirs) = tables[one].columns, tables[other].columns
        taken = pl.col(ours).is_in(tables[other][theirs].implode())
        for line, place in tables[one].filter(taken).iter_rows():
            what = f"{place!r} is a {theirs} too"
            yield Fault(reader.path(one), line, ours, what, "rename one of them")


def _empty_cells(
    reader: Reader, inputs: SiteInputs, settings: SiteStoresSettings
) -> list[Fault]:
    """Cells that may be empty in general, but not for what is asked."""
    faults: list[Fault] = []
    flow = next((name for name in settings.score.names if name in FLOW_CRITERIA), None)
    if flow:
        mend = "write 0 where no road comes in, or take the criterion out"
        faults += _empty(reader, "intersections", inputs.sites, FLOWS, flow, mend)
    areas, forecast = inputs.areas, inputs.forecast
    column = settings.demand.forecast_column
    if forecast is not None:
        asker = f"demand.forecast_column: {column}"
        mend = "fill it in, or name another column"
        faults += _empty(reader, "forecast", forecast, (column,), asker, mend)
    asker = "people_in_walk"
    if asker not in settings.score.names:
        asker = "demand of an area without a forecast"
        if forecast is not None:
            known = pl.col("area_id").is_in(forecast["area_id"].implode())
            areas = areas.filter(~known)
    faults += _empty(reader, "areas", areas, ("population",), asker, "fill it in")
    return faults


def _empty(
    reader: Reader,
    name: str,
    frame: pl.DataFrame,
    columns: Iterable[str],
    asker: str,
    mend: str,
) -> Iterator[Fault]:
    """Yield a fault for each empty cell, or one for a column that is empty."""
    path = reader.path(name)
    for column in columns:
        lines = frame.filter(pl.col(column).is_null())["line"]
        what = f"is empty, but {asker} needs it"
        if len(lines) == len(frame) > 1:
            what = f"is not there, but {asker} needs it"
            yield Fault(path, 1, column, what, mend)
        else:
            yield from (Fault(path, line, column, what, mend) for line in lines)


def _strange_names(
    reader: Reader, inputs: SiteInputs, settings: SiteStoresSettings
) -> Iterator[Fault]:
    """Names in the YAML that no table has."""
    if reader.was_read("intersections"):
        known = reader.told_ids("intersections", "site_id")
        for key in ("must_keep", "must_not"):
            for k, site in enumerate(getattr(settings.choose, key)):
                if site not in known:
                    what = f"{site!r} is no site_id of {reader.path('intersections')}"
                    mend = did_you_mean(site, known)
                    yield Fault("the YAML", None, f"choose.{key}.{k}", what, mend)
    if reader.was_read("stores"):
        chains = sorted({*inputs.stores["chain"], *settings.network.own_chains})
        for chain in settings.score.huff.attraction:
            if chain not in chains:
                what = f"{chain!r} is the chain of no store"
                mend = did_you_mean(chain, chains) or f"known: {', '.join(chains)}"
                place = f"score.huff.attraction.{chain}"
                yield Fault("the YAML", None, place, what, mend)


def _strange_chains(
    reader: Reader, inputs: SiteInputs, settings: SiteStoresSettings
) -> Iterator[Fault]:
    """Yield own chains of no store, where own stores stay: their stores are rivals."""
    if not reader.was_read("stores") or settings.choose.existing == "ignore":
        return
    chains = sorted(set(inputs.stores["chain"]))
    for k, chain in enumerate(settings.network.own_chains):
        if chain not in chains:
            what = f"{chain!r} is the chain of no store"
            mend = did_you_mean(chain, chains) or f"known: {', '.join(chains)}"
            yield Fault("the YAML", None, f"own_chains.{k}", what, mend)


def _dear_sites(
    reader: Reader, inputs: SiteInputs, settings: SiteStoresSettings
) -> Iterator[Fault]:
    """Yield the fault of a budget that rents no site although one must open."""
    choose = settings.choose
    sites = inputs.sites.filter(~pl.col("site_id").is_in(choose.must_not))
    if choose.budget_twd_month is None or not choose.stores or sites.is_empty():
        return
    cheapest = sites.sort("rent_twd_month", "site_id").row(0, named=True)
    rent = cheapest["rent_twd_month"]
    if rent > choose.budget_twd_month:
        yield Fault(
            "the YAML",
            None,
            "choose.budget_twd_month",
            f"{choose.budget_twd_month:,.0f} is below the rent of every site; the "
            f"cheapest, {cheapest['site_id']}, costs {rent:,.0f} "
            f"({reader.path('intersections')}:{cheapest['line']})",
            "raise the budget, or open no store",
        )
