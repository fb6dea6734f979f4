"""settlement.html: what is owed for what, and why an invoice asks for other money."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from cstore_cli.partners.settle.reconcile import Reconciled, cause_told
from cstore_cli.partners.settle.reconcile_files import by_cause
from cstore_cli.partners.settle.settlement import Settlement
from cstore_cli.report.page.page import page
from cstore_cli.report.partners_page.rows import MOST_ROWS
from cstore_cli.report.partners_reconcile import doubt_told, invoice_told
from cstore_cli.report.partners_settle import (
    KINDS_TOLD,
    money,
    months_told,
    payment_told,
)

NAME = "settlement.html"


def settlement_page(
    settlement: Settlement,
    summary: Mapping[str, Any],
    reconciled: Reconciled | None,
    currency: str,
) -> bytes:
    """
    Return settlement.html: sums by partner, the invoice's differences, every sum.

    ``summary`` is that of summary.json; ``reconciled`` is None without an invoice.
    """
    totals = settlement.totals
    return page(
        "partners_settlement.html",
        title=f"Settlement of {months_told(settlement)}",
        currency=currency,
        money=money,
        rows=summary["rows"],
        total=int(totals["amount"].sum()),
        partners=_partners(settlement, summary, currency),
        later=settlement.later,
        notes=settlement.notes,
        invoice=None if reconciled is None else _invoice(reconciled, currency),
        sums=[
            row | {"kind_told": KINDS_TOLD[row["kind"]]}
            for row in totals.head(MOST_ROWS).to_dicts()
        ],
        num_sums=len(totals),
        months=totals["month"].unique().sort().to_list(),
        kinds=_kinds(totals),
        most=MOST_ROWS,
    )


def _partners(
    settlement: Settlement, summary: Mapping[str, Any], currency: str
) -> list[dict[str, Any]]:
    totals = {name: settlement.total_of(name) for name in settlement.partners()}
    most = max(map(abs, totals.values()), default=0) or 1
    rows = []
    for name, total in totals.items():
        told = summary["partners"][name]
        rows.append(
            {
                "name": name,
                "parcels": told["parcels"],
                "total": total,
                "share": max(total, 0) / most,
                "payment": payment_told(told, currency),
                "agreements": ", ".join(
                    f"{it['agreement']} version {it['version']}"
                    for it in told["agreements"]
                ),
            }
        )
    return rows


def _kinds(totals: pl.DataFrame) -> list[tuple[str, str]]:
    known = set(totals["kind"])
    return [(kind, told) for kind, told in KINDS_TOLD.items() if kind in known]


def _invoice(reconciled: Reconciled, currency: str) -> dict[str, Any]:
    causes = by_cause(reconciled).to_dicts()
    most = max((abs(it["difference"]) for it in causes), default=0) or 1
    largest = reconciled.differences.sort(
        pl.col("difference").abs(), descending=True, maintain_order=True
    ).head(MOST_ROWS)
    return {
        "told": invoice_told(reconciled, currency),
        "doubt": doubt_told(reconciled),
        "expected": reconciled.expected,
        "invoiced": reconciled.invoiced,
        "gap": reconciled.invoiced - reconciled.expected,
        "num_lines": reconciled.num_lines,
        "num_differences": len(reconciled.differences),
        "causes": [
            it
            | {
                "told": cause_told(it["cause"]),
                "share": abs(it["difference"]) / most,
            }
            for it in causes
        ],
        "cause_names": [(it["cause"], cause_told(it["cause"])) for it in causes],
        "charges": reconciled.differences["charge"].unique().sort().to_list(),
        "differences": [
            row | {"told": cause_told(row["cause"])} for row in largest.to_dicts()
        ],
    }
