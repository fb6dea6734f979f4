"""Step 5, routes: those of one DC, nobody late who need not be."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.routes import DcProblem, latest_start
from cstore_cli.deadline import Deadline
from cstore_cli.routing.columns import Columns
from cstore_cli.routing.result import Progress, Result, Stop
from cstore_cli.routing.route import Solution
from cstore_cli.routing.search import solve

# Share of a DC's search time kept for clients that can only be served late.
_KEPT_FOR_LATE = 0.03


def find_routes(
    task: DcProblem,
    parts: Sequence[Sequence[int]],
    windows: dict[str, Window],
    stop: Stop,
    seeds: Sequence[int],
    executor: Executor,
    on_progress: Callable[[Progress], None] | None = None,
    start: Solution | None = None,
    known: Columns | None = None,
) -> tuple[DcProblem, Result]:
    """
    Routes of one DC: nobody unserved who can be served, then in time, then cheapest.

    Parcels are first taken as due on the shelf when their customer comes. Only
    clients that cannot be served so are tried again without that limit, and are late;
    the problem that is returned is without it for them. ``start`` are routes to go on
    from, ``known`` more of them.
    """
    relaxed = without_due_times(task, range(len(task.clients)), windows)
    has_due_times = relaxed.problem.clients != task.problem.clients
    left_s = stop.deadline.left_s()
    first = stop
    if has_due_times and math.isfinite(left_s):
        kept = max(1.0, _KEPT_FOR_LATE * left_s)
        first = replace(stop, deadline=Deadline(stop.deadline.end_s - kept))
    result = solve(
        task.problem,
        first,
        seeds,
        executor,
        parts=parts,
        start=start,
        on_progress=on_progress,
        resume=start is not None,
        known=known,
    )
    lost = [
        k
        for k in result.unserved
        if relaxed.problem.clients[k] != task.problem.clients[k]
    ]
    if not lost:
        return task, result
    late = without_due_times(task, lost, windows)
    found = Solution(result.routes, tuple(result.unserved), result.cost)
    return late, solve(
        late.problem,
        stop,
        seeds,
        executor,
        start=found,
        on_progress=on_progress,
        known=result.columns,
    )


def without_due_times(
    task: DcProblem, lost: Sequence[int], windows: dict[str, Window]
) -> DcProblem:
    """The task with the due times of the clients ``lost`` taken off."""
    clients = list(task.problem.clients)
    for k in lost:
        window = windows[task.clients[k].store_id]
        clients[k] = replace(clients[k], tw_late=latest_start(window, window.end_min))
    return replace(task, problem=replace(task.problem, clients=tuple(clients)))
