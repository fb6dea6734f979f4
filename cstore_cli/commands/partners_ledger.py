"""What the ledger knows of the parcels that partners carried."""

import datetime as dt

import polars as pl

from cstore_cli.errors import InputError
from cstore_cli.settings.partners import PartnersSettings

TABLE = "partner_parcels"


def parcels_in_ledger(
    settings: PartnersSettings, first: dt.date, last: dt.date
) -> pl.DataFrame:
    """
    Return the parcels of all partners from the first to the last day.

    Raises
    ------
    InputError
        When the network names no ledger.
    """
    url = settings.network.ledger
    if url is None:
        raise InputError(
            f"No {TABLE} table: name it under `tables:` in the YAML or with "
            "--partner-parcels, or name a `ledger:` in the network's YAML."
        )
    # SQLAlchemy costs a run with a CSV nothing.
    from cstore_cli.ledger.database import open_ledger
    from cstore_cli.ledger.partner_parcels import partner_parcels

    names, zone = list(settings.partners), settings.network.time_zone
    with open_ledger(url, upgrade=False).reading() as connection:
        return partner_parcels(connection, names, first, last, zone)
