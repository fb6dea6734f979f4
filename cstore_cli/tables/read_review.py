"""The tables that partners are reviewed from: what they did, and the stores."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.tables.network import Stores
from cstore_cli.tables.partners import PartnerParcels
from cstore_cli.tables.reader import Reader, sources_of
from cstore_cli.tables.rules import Known

KEY = ("partner", "parcel_id", "service")
"""What a row of partner_parcels is of, once."""


def read_review(
    settings: PartnersSettings,
    day: dt.date,
    given: Mapping[str, Path],
    parcels: pl.DataFrame | None,
) -> tuple[pl.DataFrame, pl.DataFrame, tuple[Fault, ...]]:
    """
    Read what partners did, and the stores.

    Parameters
    ----------
    settings, day, given
        Where the tables stand; ``day`` stands in for ``{date}`` in a path.
    parcels
        What partners did, out of the ledger; None: out of the table partner_parcels.

    Returns
    -------
    The parcels with their ``line``, those that repeat one above left out, the stores,
    and the faults of rows that are left out.

    Raises
    ------
    InputError
        When there is no table of parcels, or the stores have a fault.
    """
    sources = sources_of(settings.network.tables, settings.tables, given, day)
    needed = ["partner_parcels"] if parcels is None else []
    reader = Reader(sources, settings.network.time_zone, needed)
    faults: tuple[Fault, ...] = ()
    if parcels is None:
        partners = Known(tuple(settings.partners), "partners of the YAML")
        table = reader.filtered(
            "partner_parcels", PartnerParcels, None, {"partner": partners}
        )
        parcels, faults = table.frame, table.faults
    stores = reader.whole("stores", Stores, key="store_id")
    reader.refuse()
    twice = ~pl.struct(KEY).is_first_distinct()
    path = reader.path("partner_parcels")
    faults += tuple(
        Fault(
            path, line, "parcel_id", f"{parcel_id!r} is repeated", "the first is kept"
        )
        for line, parcel_id in parcels.filter(twice).select("line", "parcel_id").rows()
    )
    return parcels.filter(~twice), stores, faults
