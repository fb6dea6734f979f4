"""The tables that partners are ranked from."""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.agreement import Service
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.tables.partners import PartnerParcels, Volumes
from cstore_cli.tables.rank_inputs import RankInputs
from cstore_cli.tables.reader import Reader, sources_of
from cstore_cli.tables.rules import Known
from cstore_cli.tables.sites import ScoredSites, SiteStores


def read_rank(
    settings: PartnersSettings,
    day: dt.date,
    given: Mapping[str, Path],
    parcels: pl.DataFrame | None,
) -> tuple[RankInputs, tuple[Fault, ...]]:
    """
    Read the tables that the settings or ``given`` paths name.

    Parameters
    ----------
    settings, day, given
        Where the tables stand; ``day`` stands in for ``{date}`` in a path.
    parcels
        What partners did, out of the ledger; None: out of the table partner_parcels,
        and nothing where none is named.

    Returns
    -------
    The tables, and the faults of rows of partner_parcels, which are left out.

    Raises
    ------
    InputError
        With all faults of the others, which must be whole; so when there are no
        volumes and the settings give no basket.
    """
    sources = sources_of(settings.network.tables, settings.tables, given, day)
    needed = set() if settings.rank.basket else {"volumes"}
    reader = Reader(sources, settings.network.time_zone, needed)
    zones = Known(tuple(settings.zones), "zones of the YAML")
    services = Known(get_args(Service), "services")
    partners = Known(tuple(settings.partners), "partners of the YAML")
    faults: tuple[Fault, ...] = ()
    if parcels is None:
        table = reader.filtered(
            "partner_parcels",
            PartnerParcels,
            None,
            {"partner": partners, "service": services},
        )
        parcels, faults = table.frame, table.faults
    volumes = None
    if needed:
        volumes = reader.whole("volumes", Volumes)
        reader.refuse_unknown("volumes", volumes, "zone", {"zone": zones})
        reader.refuse_unknown("volumes", volumes, "service", {"service": services})
    reader.blame(strange_basket(settings))
    scored = reader.optional("site_scores", ScoredSites, key="site_id")
    stores = None
    if scored is not None:
        stores = reader.whole("stores", SiteStores, key="store_id")
    reader.refuse()
    return RankInputs(parcels, volumes, stores, scored), faults


def strange_basket(settings: PartnersSettings) -> Iterator[Fault]:
    """Yield the rows of the settings' basket whose zone there is not."""
    for k, row in enumerate(settings.rank.basket):
        if row.zone not in settings.zones:
            known = f"known: {', '.join(settings.zones)}"
            what = f"{row.zone!r} is none of the zones"
            yield Fault("the YAML", None, f"rank.basket.{k}.zone", what, known)
