"""allocation.html: who carries what at which cost, and what the split keeps to."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from cstore_cli.partners.amounts import UNITS
from cstore_cli.report.page.colours import distinct
from cstore_cli.report.page.page import page
from cstore_cli.report.partners_allocate import (
    beside_today_told,
    money_told,
    proof_told,
    split_told,
)
from cstore_cli.report.partners_page.rows import MOST_ROWS

NAME = "allocation.html"
_MARGINALS = (
    ("commitment", "What each commitment costs a month", "agreement: commitment"),
    ("one_more_parcel", "What a parcel costs when a partner gets one more a day", ""),
)


def allocation_page(
    summary: Mapping[str, Any],
    classes: pl.DataFrame,
    costs: pl.DataFrame,
    rules: pl.DataFrame,
) -> bytes:
    """
    Return allocation.html.

    ``summary`` is that of summary.json, ``classes`` and ``costs`` are the tables of
    allocation.csv and allocation_costs.csv, ``rules`` what the split keeps to.
    """
    kinds = costs.columns[costs.columns.index("version") + 1 : -1]
    partners = list(summary["partners"])
    colour_of = dict(zip(partners, distinct(len(partners)), strict=True))
    return page(
        "partners_allocation.html",
        title=f"Allocation on {dt.date.fromisoformat(summary['date'])}",
        split=split_told(summary),
        proof=proof_told(summary),
        beside_today=beside_today_told(summary),
        currency=summary["currency"],
        parcels=summary["parcels"],
        partners=list(_partners(summary)),
        whole_cost=money_told(summary["cost"]),
        each=f"{Decimal(summary['cost']) / summary['parcels']:,.2f}",
        carried=sum(its["today"] for its in summary["partners"].values()),
        colour_of=colour_of,
        months=list(_months(classes, partners)),
        limits=list(_rules(rules)),
        marginals=[
            (told, of, [it for it in summary["marginal"] if it["kind"] == kind])
            for kind, told, of in _MARGINALS
        ],
        all_closed=summary["gap_closed"] and summary["marginal_gaps_closed"],
        kinds=[kind.replace("_", " ") for kind in kinds],
        costs=list(_costs(costs.head(MOST_ROWS), kinds)),
        classes=list(_classes(classes.head(MOST_ROWS))),
        num_classes=len(classes),
        zones=classes["zone"].unique().sort().to_list(),
        notes=summary["taken_as_given"],
        most=MOST_ROWS,
    )


def _partners(summary: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    total = summary["parcels"]
    carried = sum(its["today"] for its in summary["partners"].values())
    for name, its in summary["partners"].items():
        cost = Decimal(its["cost"])
        yield {
            "name": name,
            "today": its["today"],
            "parcels": its["parcels"],
            "share": its["parcels"] / total,
            "share_today": its["today"] / carried if carried else 0.0,
            "cost": money_told(cost),
            "each": f"{cost / its['parcels']:,.2f}" if its["parcels"] else "-",
        }


def _months(
    classes: pl.DataFrame, partners: Sequence[str]
) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """Yield each month, its parcels, and the part of each partner."""
    for (month,), rows in classes.group_by("month", maintain_order=True):
        total = int(rows["parcels"].sum())
        before, parts = 0, []
        for partner in partners:
            number = int(rows.filter(partner=partner)["parcels"].sum())
            parts.append(
                {
                    "partner": partner,
                    "parcels": number,
                    "begins": before / total if total else 0.0,
                    "share": number / total if total else 0.0,
                }
            )
            before += number
        yield str(month), total, parts


def _rules(rules: pl.DataFrame) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield each rule: at least, at most, what the split has; those that bind first."""
    for name, least, most, has, binds in rules.sort(
        "binds", descending=True, maintain_order=True
    ).iter_rows():
        yield (
            name,
            f"{least:,}" if least else "",
            "" if most is None else f"{most:,}",
            f"{has:,}",
            "at its limit" if binds else "",
        )


def _costs(costs: pl.DataFrame, kinds: Sequence[str]) -> Iterator[dict[str, Any]]:
    for row in costs.to_dicts():
        yield {
            "partner": row["partner"],
            "month": row["month"],
            "agreement": f"{row['agreement']} version {row['version']}"
            if row["agreement"]
            else "-",
            "amounts": [f"{row[kind]:,.2f}" if row[kind] else "" for kind in kinds],
            "total": f"{row['total']:,.2f}",
            "units": _units(row["total"]),
        }


def _classes(classes: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in classes.to_dicts():
        yield row | {
            "weight_kg": f"{row['weight_kg']:g}",
            "unit_price": f"{row['unit_price']:,.2f}" if row["parcels"] else "",
            "cost": f"{row['cost']:,.2f}",
            "units": _units(row["cost"]),
        }


def _units(amount: Decimal) -> int:
    return int(amount * UNITS)
