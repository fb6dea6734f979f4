"""Faults as they are told: the first of rejected rows, or all of them as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from cstore_cli.errors import Fault, InputError
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


def as_json(error: InputError) -> dict[str, Any]:
    """What is wrong with an input, every fault with its place."""
    faults = [asdict(fault) for fault in error.faults]
    return {"sound": False, "message": error.message, "faults": faults}
