"""Visits of vans: delivering and collecting at a place while the van stands is one."""

import polars as pl


def with_visits(stops: pl.DataFrame) -> pl.DataFrame:
    """
    Return stops.csv, each route in order, with the ``visit`` of a row: 1, 2, ...

    Visits are counted along a route; rows at the DC have none.
    """
    stops = stops.sort("route_id", "sequence", maintain_order=True)
    goes_on = (
        (pl.col("kind") == "collect")
        & (pl.col("kind").shift().over("route_id") == "deliver")
        & (pl.col("location_id").shift().over("route_id") == pl.col("location_id"))
    )
    at_store = pl.col("kind").is_in(["deliver", "collect"])
    begins = at_store & ~goes_on.fill_null(value=False)
    visit = begins.cast(pl.Int64).cum_sum().over("route_id")
    return stops.with_columns(pl.when(at_store).then(visit).alias("visit"))
