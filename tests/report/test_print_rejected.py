"""Tests of rejected rows as they are listed."""

import io

import pytest
from rich.console import Console

from cstore_cli.errors import Fault
from cstore_cli.report.faults import print_rejected


def shown(faults, limit, **of_console):
    console = Console(file=io.StringIO(), width=80, **of_console)
    print_rejected(faults, limit, "rejected_orders.csv", console)
    return console.file.getvalue().splitlines()


def fault(line, what="'x' is not a number"):
    return Fault("orders.csv", line, "weight_kg", what, "digits and '.', no unit")


def test_first_faults_then_how_many_more():
    assert shown([fault(k) for k in range(2, 1097)], 2) == [
        "orders.csv:2: weight_kg: 'x' is not a number (digits and '.', no unit)",
        "orders.csv:3: weight_kg: 'x' is not a number (digits and '.', no unit)",
        "... and 1,093 more; all are in rejected_orders.csv",
    ]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_nothing_more_when_all_are_shown(number):
    assert len(shown([fault(k) for k in range(number)], 2)) == number


def test_fault_in_a_pipe_is_one_line_however_long():
    assert len(shown([fault(2, "long words " * 30)], 5)) == 1


def test_fault_on_a_terminal_wraps_at_words():
    lines = shown([fault(2, "long words " * 20)], 5, force_terminal=True)
    assert len(lines) > 1
    assert all(line.startswith("  ") for line in lines[1:])
    assert all(line.endswith(("long", "words")) for line in lines[:-1])


@pytest.mark.parametrize("terminal", [False, True])
def test_cell_cannot_forge_a_fault(terminal):
    """A line break, an escape sequence and markup are shown as they are."""
    evil = "[red]1[/red]\n\x1b[1Aorders.csv:9: all good"
    (line,) = shown([fault(2, evil)], 5, force_terminal=terminal, color_system=None)[:1]
    assert r"[red]1[/red]\n\x1b[1Aorders.csv:9:" in line
