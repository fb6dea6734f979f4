"""Road tables checked row by row: nodes on the earth, links between known nodes."""

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.travel.faults import Rule, broken, refuse, refuse_columns_missing
from cstore_cli.travel.places import MAX_LAT, MAX_LON

NODES, LINKS = "road_nodes", "road_links"
PERIOD_COLUMNS = ("am_time_min", "pm_time_min")


def sound_nodes(nodes: pl.DataFrame) -> pl.DataFrame:
    """Return node (text), lat and lon of every node; InputError names bad rows."""
    refuse_columns_missing(NODES, nodes, ("node", "lon", "lat"))
    nodes = nodes.select(
        pl.col("node").cast(pl.String),
        *(pl.col(c).cast(pl.Float64, strict=False) for c in ("lat", "lon")),
    )
    refuse(
        NODES,
        broken(
            NODES,
            nodes,
            [
                Rule("node", pl.col("node").is_first_distinct(), "comes again"),
                Rule("node", pl.col("node").is_not_null(), "has no id"),
                Rule("lat", pl.col("lat").abs() <= MAX_LAT, "must be a latitude"),
                Rule("lon", pl.col("lon").abs() <= MAX_LON, "must be a longitude"),
            ],
        ),
    )
    return nodes


def sound_links(links: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """
    Return start and end (rows of ``nodes``), length_km and minutes of every link.

    Peak minutes not given are nan. InputError names bad rows.
    """
    ends = ("from_node", "to_node")
    required = ("length_km", "freeflow_min")
    refuse_columns_missing(LINKS, links, (*ends, *required))
    given = [c for c in PERIOD_COLUMNS if c in links.columns]
    links = links.select(
        *(pl.col(c).cast(pl.String) for c in ends),
        *(pl.col(c).cast(pl.Float64, strict=False) for c in (*required, *given)),
    )
    known = nodes["node"].implode()
    faults = broken(
        LINKS,
        links,
        [Rule(c, pl.col(c).is_in(known), "must be a known node") for c in ends]
        + [Rule(c, _is_amount(c), "must be a number from 0") for c in required]
        + [
            Rule(c, _is_amount(c) | pl.col(c).is_null(), "must be a number from 0")
            for c in given
        ],
    )
    if links.is_empty():
        faults.append(Fault(LINKS, None, "", "has no links"))
    refuse(LINKS, faults)
    row_of = pl.Series(range(nodes.height), dtype=pl.Int64)
    return links.select(
        pl.col("from_node")
        .replace_strict(nodes["node"], row_of, return_dtype=pl.Int64)
        .alias("start"),
        pl.col("to_node")
        .replace_strict(nodes["node"], row_of, return_dtype=pl.Int64)
        .alias("end"),
        *required,
        *(
            (pl.col(c) if c in given else pl.lit(None, dtype=pl.Float64))
            .fill_null(float("nan"))
            .alias(c)
            for c in PERIOD_COLUMNS
        ),
    )


def _is_amount(column: str) -> pl.Expr:
    return pl.col(column).is_finite() & (pl.col(column) >= 0)
