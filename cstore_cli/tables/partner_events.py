"""The contract of a partner's CSV of parcel events."""

import dataframely as dy
import polars as pl

from cstore_cli.tables import columns as c

LONGEST_ID = 500
"""Characters; what is longer than this is a mistake and no id."""


class PartnerEvents(dy.Schema):
    """
    What a partner's file says, in the partner's own codes.

    ``recipient`` and ``phone`` end up apart from the events, where they can be deleted.
    """

    parcel_id = c.identity()
    code = c.identity()
    event_time = c.instant()
    event_id = c.text(optional=True)
    """The partner's own; without it the row is known by what it says."""
    location_id = c.text(optional=True)
    platform = c.text(optional=True)
    channel = c.text(optional=True)
    goods_class = c.text(optional=True)
    litres = c.number(optional=True, min=0)
    weight_kg = c.number(optional=True, min=0)
    cod_twd = c.number(optional=True, min=0)
    extension_days = c.count(optional=True, min=0)
    corrects = c.text(optional=True)
    """The event_id that this row takes back."""
    reason = c.text(optional=True)
    recipient = c.text(optional=True)
    phone = c.text(optional=True)

    @dy.rule()
    def ids_and_codes_are_short(cls) -> pl.Expr:
        """No id or code has more than 500 characters."""
        ids = ("parcel_id", "code", "event_id", "location_id", "corrects")
        return pl.all_horizontal(
            pl.col(name).str.len_chars().fill_null(0) <= LONGEST_ID for name in ids
        )

    @dy.rule()
    def withdrawal_says_of_what(cls) -> pl.Expr:
        """A row that says `withdrawn` names in `corrects` the event_id taken back."""
        return (pl.col("code") != "withdrawn") | pl.col("corrects").is_not_null()

    @dy.rule()
    def extension_says_how_long(cls) -> pl.Expr:
        """A row that says `extended` names the days in `extension_days`."""
        return (pl.col("code") != "extended") | pl.col("extension_days").is_not_null()

    @dy.rule()
    def happened_in_our_time(cls) -> pl.Expr:
        """No event is of a year before 1900 or after 2199."""
        return pl.col("event_time").dt.year().is_between(c.FIRST_YEAR, c.LAST_YEAR)
