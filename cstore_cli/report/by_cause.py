"""Parcels that do not go out today, by cause."""

import polars as pl
from rich.console import Console

from cstore_cli.report.figures import whole
from cstore_cli.report.grid import figures, print_grid, words


def print_causes(console: Console, title: str, parcels: pl.DataFrame) -> None:
    """Print a row per reason code, the commonest first, with one parcel's sentence."""
    causes = (
        parcels.with_columns(pl.col("reason_code").fill_null("unknown"))
        .group_by("reason_code")
        .agg(pl.len(), pl.col("order_id").first(), pl.col("reason").first())
        .sort(["len", "reason_code"], descending=[True, False])
    )
    print_grid(
        console,
        title,
        (*words("cause"), *figures("parcels"), *words("for example")),
        (
            (code, whole(count), f"{order_id}: {reason or 'no reason given'}")
            for code, count, order_id, reason in causes.iter_rows()
        ),
    )
