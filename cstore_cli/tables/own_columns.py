"""
Names of an order's own columns in a plan, where some are the plan's already.

``store_id`` becomes ``order_store_id``; a column that was called so already becomes
``order_order_store_id``, so that taking one prefix off always gives the name back.
"""

import polars as pl

from cstore_cli.tables.plan import CONTRACTS

_PREFIX = "order_"
_PLAN_COLUMNS = frozenset(CONTRACTS["parcels"].column_names()) - {"order_id"}


def shown_name(own: str) -> str:
    """The name in the plan of an order's own column."""
    return _PREFIX + own if _bare(own) in _PLAN_COLUMNS else own


def own_name(shown: str) -> str | None:
    """The order's own name of a plan's column; None when the column is the plan's."""
    if shown in _PLAN_COLUMNS:
        return None
    return shown.removeprefix(_PREFIX) if _bare(shown) in _PLAN_COLUMNS else shown


def with_phone_masked(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with only the ends of each phone; a short one is hidden whole."""
    if "phone" not in rows.columns:
        return rows
    digits = pl.col("phone").str
    stars = pl.lit("****")
    return rows.with_columns(
        pl.when(digits.len_chars() > 5)  # noqa: PLR2004
        .then(digits.head(2) + stars + digits.tail(2))
        .otherwise(pl.when(digits.len_chars() > 0).then(stars))
    )


def _bare(name: str) -> str:
    while name.startswith(_PREFIX):
        name = name.removeprefix(_PREFIX)
    return name
