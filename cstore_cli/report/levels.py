"""The objective's levels, most important first."""

from rich.console import Console

from cstore_cli.dayplan.day_plan import Levels
from cstore_cli.report.figures import whole
from cstore_cli.report.grid import figures, print_grid, words


def print_levels(console: Console, levels: Levels, currency: str) -> None:
    """Print a row per level; each counts only where those above it tie."""
    print_grid(
        console,
        "Objective, most important first",
        (*words("level", "counts"), *figures("value")),
        (
            (
                "1",
                "unserved parcels, weighted by priority",
                whole(levels.unserved_weight),
            ),
            ("2", "late minutes x parcels", whole(levels.late_min_parcels)),
            ("3", "parcels redirected to another store", whole(levels.redirections)),
            ("", "then metres that customers walk", whole(levels.walk_m)),
            ("4", f"money, {currency}", whole(levels.money)),
        ),
    )
