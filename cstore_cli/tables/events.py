"""Parcel events as tables: what partners, plan-day and expire-holds tell the ledger."""

import dataframely as dy
import polars as pl

from cstore_cli.settings.parcel_states import ACTS, EVIDENCE, STATES
from cstore_cli.tables import columns as c


class ParcelEvents(dy.Schema):
    """
    Events of one partner, ready to be recorded.

    ``source_event_id`` is the partner's own, so that the same event told twice is
    recorded once. ``code`` is a state or an act. Whatever an event does not say is null
    and leaves what was known before.
    """

    source_event_id = c.identity()
    parcel_id = c.identity()
    code = c.code(*STATES, *ACTS)
    event_time = c.instant()
    evidence = c.code(*EVIDENCE)
    location_id = c.text(nullable=True)
    platform = c.text(nullable=True)
    channel = c.text(nullable=True)
    goods_class = c.text(nullable=True)
    litres = c.number(nullable=True, min=0)
    weight_kg = c.number(nullable=True, min=0)
    cod_twd = c.number(nullable=True, min=0)
    extension_days = c.count(nullable=True, min=0)
    corrects = c.text(nullable=True)
    """With `withdrawn`: the source_event_id of the same partner that is taken back."""
    reason = c.text(nullable=True)


class Contacts(dy.Schema):
    """Names and phones, kept apart so that they can be deleted."""

    parcel_id = c.identity()
    recipient = c.text(nullable=True)
    phone = c.text(nullable=True)


def as_events(said: pl.DataFrame) -> pl.DataFrame:
    """Events under `ParcelEvents`; columns that ``said`` does not have are null."""
    unsaid = [
        pl.lit(None).alias(name)
        for name in ParcelEvents.column_names()
        if name not in said.columns
    ]
    return ParcelEvents.cast(said.with_columns(unsaid))
