"""Where a plan's stops are, as a sheet tells it."""

import polars as pl

from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.tables.write import clock_text

_OWN = ("store_id", "chain", "lat", "lon")


def places(shown: ShownPlan) -> pl.DataFrame:
    """
    Return the stores: id, name (the id where there is none), chain, lat, lon, address.

    ``receives`` is the window in which a delivery may begin, as HH:MM-HH:MM.
    """
    stores = shown.inputs.stores
    address = pl.col("address") if "address" in stores.columns else pl.lit(None)
    window = (clock_text(pl.col(name)) for name in ("receive_from", "receive_by"))
    return stores.select(
        *_OWN,
        pl.coalesce("name", "store_id"),
        address.cast(pl.String).alias("address"),
        pl.concat_str(*window, separator="\u2013").alias("receives"),
    )
