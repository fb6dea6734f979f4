"""What does not go out today: by cause, what would serve it, and the rows."""

from dataclasses import dataclass

import polars as pl

from cstore_cli.report.shown_plan import ShownPlan

ROWS = 200
"""Rows listed; unserved.csv has all."""
_GROUP = ("reason_code", "remedy", "remedy_serves", "verified")
_ROW = ("order_id", "task", "channel", "store_id", "dc_id", "reason_code", "reason")


@dataclass(frozen=True, eq=False)
class Unserved:
    """
    The parcels that stay behind.

    ``groups`` are a row per cause and remedy, the largest first; ``parcels`` say of
    each unserved one its group, and the DC and region that it names; ``rows`` are the
    first of them. ``deferred`` is a row per cause.
    """

    groups: pl.DataFrame
    parcels: pl.DataFrame
    rows: pl.DataFrame
    deferred: pl.DataFrame


def unserved(shown: ShownPlan) -> Unserved:
    """The unserved in groups, and the deferred by cause."""
    rows = shown.unserved.with_columns(
        pl.col("reason_code", "verified").fill_null(""),
        pl.col("reason").fill_null("no reason given"),
        pl.col("remedy").fill_null(""),
    )
    groups = (
        rows.group_by(_GROUP, maintain_order=True)
        .agg(pl.len().alias("parcels"), pl.col("reason").first())
        .sort("parcels", descending=True, maintain_order=True)
        .with_row_index("group")
    )
    numbered = rows.join(
        groups.select(*_GROUP, "group"), on=_GROUP, how="left", nulls_equal=True
    )
    deferred = shown.tables.parcels.filter(status="deferred")
    return Unserved(
        groups,
        numbered.select("group", "dc_id", "region_id"),
        numbered.select(_ROW).head(ROWS),
        deferred.with_columns(pl.col("reason_code").fill_null("unknown"))
        .group_by("reason_code", maintain_order=True)
        .agg(pl.len().alias("parcels"), pl.col("reason").first())
        .sort("parcels", "reason_code", descending=[True, False]),
    )
