"""How a partner's invoice differs from what is owed, on the manager's terminal."""

from rich.console import Console

from cstore_cli.partners.settle.reconcile import Reconciled, cause_told
from cstore_cli.partners.settle.reconcile_files import by_cause
from cstore_cli.report.figures import whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.partners_settle import money
from cstore_cli.report.sentence import print_sentence

_MOST_LISTED = 30


def print_reconciled(console: Console, reconciled: Reconciled, currency: str) -> None:
    """Print the difference, its causes, and the differences one by one."""
    console.print()
    gap = reconciled.invoiced - reconciled.expected
    print_sentence(console, invoice_told(reconciled, currency), "bold")
    rows = [
        (cause_told(cause), whole(lines), money(units))
        for cause, lines, units in by_cause(reconciled).iter_rows()
    ]
    if not rows:
        print_sentence(console, "Every line agrees.")
    if doubt := doubt_told(reconciled):
        print_sentence(console, doubt, "bold")
    print_grid(
        console,
        "Why they differ",
        (*words("cause"), *figures("lines", currency)),
        rows,
        ("difference", whole(len(reconciled.differences)), money(gap)),
    )
    shown = reconciled.differences.head(_MOST_LISTED)
    left = len(reconciled.differences) - len(shown)
    more = f", the first {len(shown)}; all are in differences.csv" if left else ""
    lines = [
        (
            row["line_id"] or "-",
            row["parcel_id"] or "-",
            f"{row['charge']}: {row['detail']}",
            money(row["expected"]),
            money(row["invoiced"]),
        )
        for row in shown.iter_rows(named=True)
    ]
    columns = (
        *words("line", "parcel", "charge, and why"),
        *figures("owed", "invoiced"),
    )
    print_grid(console, f"Differences{more}", columns, lines)


def invoice_told(reconciled: Reconciled, currency: str) -> str:
    """Return what the invoice asks for beside what is owed."""
    gap = reconciled.invoiced - reconciled.expected
    side = "as much as" if gap == 0 else f"{money(abs(gap))} {currency}"
    if gap:
        side += " more than" if gap > 0 else " less than"
    return (
        f"The invoice of {reconciled.partner} asks for {money(reconciled.invoiced)} "
        f"{currency}, {side} the {money(reconciled.expected)} that are owed."
    )


def doubt_told(reconciled: Reconciled) -> str:
    """Return what makes one doubt whose invoice it is, or nothing."""
    strange = sum(reconciled.differences["cause"] == "not_ours")
    if 2 * strange <= reconciled.differences["line_id"].count():
        return ""
    return (
        f"{strange} of its lines are of parcels that {reconciled.partner} did not "
        "carry for us. Is it this partner's invoice?"
    )
