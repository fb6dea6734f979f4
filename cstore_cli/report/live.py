"""What is being done just now, on a terminal while one waits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from cstore_cli.dayplan.day_plan import SearchState, Watcher
from cstore_cli.report.figures import percent, whole
from cstore_cli.report.plain import plain

_TIMES_PER_S = 2


@contextmanager
def watching(
    console: Console, quiet: bool, doing: str = "Planning"
) -> Iterator[Watcher]:
    """
    Show the stage and each DC's search while the block runs; nothing remains of it.

    ``doing`` is the one word for all of it; beside it stand the seconds it has taken.

    Off a terminal, with NO_COLOR set, or when quiet, nothing is shown at all. The
    cursor stays visible, so that a run that is killed leaves the terminal as it was.
    """
    if quiet or not is_live(console):
        yield Watcher(stage=lambda _: None, search=lambda _: None)
        return
    scene = _Scene(doing)
    live = Live(
        console=console,
        get_renderable=scene.drawn,
        refresh_per_second=_TIMES_PER_S,
        transient=True,
        redirect_stdout=False,
    )
    with live:
        console.show_cursor()
        yield Watcher(stage=scene.at, search=scene.searched)


def is_live(console: Console) -> bool:
    """Whether what is shown may move: on a terminal that erases, and not NO_COLOR."""
    return console.is_interactive and not console.no_color


class _Scene:
    """The latest of all that was told; drawing it is left to the display's own pace."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._since = time.monotonic()
        self._stage = ""
        self._searches: dict[str, SearchState] = {}

    def at(self, stage: str) -> None:
        self._stage = stage

    def searched(self, state: SearchState) -> None:
        self._searches[state.dc_id] = state

    def drawn(self) -> Group:
        seconds = f", {whole(time.monotonic() - self._since)} s"
        told = f"{self._doing}: {self._stage}" if self._stage else self._doing
        stage = plain(told).append(seconds, "dim")
        searches = list(self._searches.values())
        return Group(stage, _table(searches)) if searches else Group(stage)


def _table(searches: list[SearchState]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    for _ in range(4):
        table.add_column(justify="right")
    for state in searches:
        left = state.seconds_left
        table.add_row(
            plain(f"  {state.dc_id}"),
            f"cost {whole(state.money)}",
            f"{whole(state.unserved_clients)} unserved",
            _gap(state.gap_columns),
            "" if left is None else f"{whole(max(0.0, left))} s left",
        )
    return table


def _gap(fraction: float | None) -> str:
    return "" if fraction is None else f"gap_columns {percent(fraction)}"
