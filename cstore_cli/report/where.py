"""Where the results of a run are."""

from pathlib import Path

from rich.console import Console

from cstore_cli.report.sentence import print_sentence


def print_where(console: Console, where: Path | None) -> None:
    """Print where it was written."""
    console.print()
    nothing = "Nothing was written (--out names a folder)"
    told = nothing if where is None else f"Written to {where}"
    print_sentence(console, told, "bold")
