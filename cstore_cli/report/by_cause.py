"""Parcels that do not go out today, by cause, and what would serve them."""

from collections.abc import Sequence

import polars as pl
from rich.console import Console

from cstore_cli.dayplan.explained import Group
from cstore_cli.report.figures import whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_SHOWN_GROUPS = 12


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


def print_remedies(console: Console, groups: Sequence[Group], currency: str) -> None:
    """Print a row per group of unserved parcels, the largest: what would serve it."""
    print_grid(
        console,
        "What would serve them",
        (
            *words("cause", "where"),
            *figures("parcels"),
            *words("change"),
            *figures("serves", f"costs\n{currency}"),
            *words("verified"),
        ),
        (
            (
                group.code,
                group.place,
                whole(len(group.rows)),
                group.told,
                whole(group.remedy.serves) if group.remedy else "",
                whole(group.remedy.cost) if group.remedy else "",
                _verified(group),
            )
            for group in groups[:_SHOWN_GROUPS]
        ),
    )
    if len(groups) > _SHOWN_GROUPS:
        more = len(groups) - _SHOWN_GROUPS
        print_sentence(console, f"{more} smaller groups: see unserved.csv")


def _verified(group: Group) -> str:
    if group.remedy is None:
        return ""
    return "yes" if group.verified else "not verified"
