"""Tests of what is shown while one waits."""

import io
import os
import sys
import threading
import time

import pytest
from rich.console import Console

from cstore_cli.dayplan.day_plan import SearchState
from cstore_cli.report.live import watching

SEARCHES = [
    SearchState("DC-WG", 312_345.6, 12, 0.0123, 59.6),
    SearchState("[red]\x1b[2J", 20_000.0, 0, None, None),
]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    """Whatever the tests are run in, here is a terminal that moves."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def terminal(**more):
    return Console(
        file=io.StringIO(), width=80, force_terminal=True, color_system=None, **more
    )


def watch(console, quiet=False, error=None):
    """Tell all there is to tell, and end in an error where one is given."""
    with watching(console, quiet) as watcher:
        watcher.stage("routes")
        for state in SEARCHES:
            watcher.search(state)
        if error is not None:
            raise error
    return console.file.getvalue()


def test_stage_and_each_search_are_shown():
    """The last of it is drawn before it goes."""
    text = watch(terminal())
    assert "Planning: routes" in text
    assert "DC-WG" in text
    for figure in ("cost 312,346", "12 unserved", "gap_columns 1.23 %", "60 s left"):
        assert figure in text


def test_what_is_done_and_for_how_long_is_shown():
    """For jobs that plan no day, too."""
    console = terminal()
    with watching(console, quiet=False, doing="Siting") as watcher:
        watcher.stage("choosing 4 stores")
    assert "Siting: choosing 4 stores, 0 s" in console.file.getvalue()


def test_ids_are_shown_as_they_are():
    text = watch(terminal())
    assert r"[red]\x1b[2J" in text
    assert "\x1b[2J" not in text


def test_nothing_is_shown_off_a_terminal():
    assert not watch(Console(file=io.StringIO(), force_terminal=False))


def test_nothing_is_shown_when_quiet():
    assert not watch(terminal(), quiet=True)


def test_nothing_is_shown_on_a_terminal_that_cannot_erase(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert not watch(terminal())


def test_nothing_moves_where_no_colour_is_wanted(monkeypatch):
    """The variable says how a reader wants his terminal: calm."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert not watch(terminal())


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("no")])
def test_error_leaves_the_terminal_clean(error):
    """Lines erased, cursor visible, streams and threads as before."""
    console, streams = terminal(), (sys.stdout, sys.stderr)
    threads = threading.active_count()
    with pytest.raises(type(error)):
        watch(console, error=error)

    text = console.file.getvalue()
    erased_upwards = "\r" + "\x1b[1A\x1b[2K" * 3
    assert text.endswith("\x1b[?25h" + erased_upwards)
    assert (sys.stdout, sys.stderr) == streams
    deadline = time.monotonic() + 5
    while threading.active_count() > threads and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= threads


def test_cursor_stays_visible():
    """So that a run killed outright does not take it along."""
    console = terminal()
    with watching(console, quiet=False):
        text = console.file.getvalue()
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


def test_watching_costs_no_time():
    """Being told is noting it; drawing keeps its own slow pace."""
    start = os.times()
    with watching(terminal(), quiet=False) as watcher:
        for _ in range(50_000):
            watcher.search(SEARCHES[0])
    end = os.times()
    assert end.user - start.user < 1
