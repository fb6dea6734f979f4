"""The first faults of rejected rows, one to a line."""

from collections.abc import Sequence

from rich.console import Console

from cstore_cli.errors import Fault
from cstore_cli.report.figures import whole
from cstore_cli.report.sentence import print_sentence


def print_rejected(
    faults: Sequence[Fault], limit: int, file: str | None, console: Console
) -> None:
    """Print at most ``limit`` faults, and that ``file``, if any, holds all of them."""
    for fault in faults[:limit]:
        print_sentence(console, str(fault))
    more = len(faults) - limit
    if more > 0:
        all_of_them = f"; all are in {file}" if file else "."
        print_sentence(console, f"... and {whole(more)} more{all_of_them}")
