"""A partner's table of events in our words."""

import polars as pl

from cstore_cli.settings.track import Partner
from cstore_cli.tables.events import Contacts, ParcelEvents
from cstore_cli.tables.read import Table
from cstore_cli.tracking.told import OWN_WORDS, UNKNOWN, Told, fingerprint

_SAYS = (
    "parcel_id",
    "code",
    "event_time",
    "location_id",
    "extension_days",
    "corrects",
)
"""What makes two rows without event_id the same event."""


def from_table(table: Table, partner: Partner, name: str) -> Told:
    """
    What the rows of ``table`` (contract `PartnerEvents`) say.

    A code is looked up in the partner's ``codes``, then among our own words; one found
    in neither is put aside. A row that names an event in ``corrects`` takes it back,
    whatever its code.

    Parameters
    ----------
    table
        As `read_table` gives it.
    partner, name
        Who tells it, and under which name in the settings.
    """
    told = table.frame.with_columns(pl.col("code").str.strip_chars())
    takes_back = pl.col("corrects").is_not_null()
    mapped = pl.col("code").replace_strict(
        partner.codes, default=None, return_dtype=pl.String
    )
    own = pl.when(pl.col("code").is_in(OWN_WORDS)).then(pl.col("code"))
    inferred = pl.col("code").is_in(partner.inferred) & ~takes_back
    told = told.with_columns(
        pl.Series("source_event_id", _ids(told, name), dtype=pl.String),
        ours=pl.when(takes_back)
        .then(pl.lit("withdrawn"))
        .otherwise(pl.coalesce(mapped, own)),
        evidence=pl.when(inferred).then(pl.lit("inference")).otherwise(pl.lit("scan")),
    )
    is_known = pl.col("ours").is_not_null()
    known = told.filter(is_known).with_columns(code="ours")
    return Told(
        events=known.select(ParcelEvents.column_names()),
        contacts=_contacts(known),
        unknown=told.filter(~is_known).select(*UNKNOWN),
    )


def _ids(told: pl.DataFrame, name: str) -> list[str]:
    """The partner's ids; ours where it gives none, or that of the event taken back."""
    ids = told.select("event_id", "corrects")
    parts = told.select(_SAYS).with_columns(pl.col("event_time").dt.epoch("us"))
    return [
        event_id if event_id and event_id != corrects else fingerprint(name, *says)
        for (event_id, corrects), says in zip(
            ids.iter_rows(), parts.iter_rows(), strict=True
        )
    ]


def _contacts(known: pl.DataFrame) -> pl.DataFrame:
    """The last name and the last phone told of each parcel."""
    last = (pl.col(part).drop_nulls().last() for part in ("recipient", "phone"))
    named = pl.col("recipient").is_not_null() | pl.col("phone").is_not_null()
    parcels = known.filter(named).group_by("parcel_id", maintain_order=True).agg(last)
    return parcels.select(Contacts.column_names())
