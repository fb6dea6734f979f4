"""
Step 5, collections: returns and hand-ins fetched on the vans' trips.

Deliveries come first. They are routed as if there was nothing to collect; then each of
them that found a van must keep one, no later than before, and collections are added:
at once where a van stops anyway and has room, then by a search that may change every
route. What no van can fetch besides is left.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.find_routes import without_due_times
from cstore_cli.dayplan.routes import DcProblem
from cstore_cli.routing.assemble import assemble
from cstore_cli.routing.columns import Order
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import RELOAD
from cstore_cli.routing.result import Progress, Result, Stop
from cstore_cli.routing.route import Route
from cstore_cli.routing.search import solve
from cstore_cli.routing.trips import clients_of


def add_collections(
    whole: DcProblem,
    delivered: Sequence[Route],
    windows: dict[str, Window],
    stop: Stop,
    seeds: Sequence[int],
    executor: Executor,
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[DcProblem, Result] | None:
    """
    Routes of one DC that fetch collections too, and the problem they are routes of.

    ``delivered`` are routes of ``whole`` without any collection. A delivery that they
    leave out may still be served, and counts for more than all collections together.
    None where ``delivered`` is not a plan of ``whole``, whose hours are other ones.
    """
    task = _deliveries_first(whole, delivered, windows)
    plain: list[Order] = [(route.kind, route.visits) for route in delivered]
    # With what is fetched on the way a door may come short.
    starts = (assemble(task.problem, o) for o in (_on_the_way(task, delivered), plain))
    start = min((s for s in starts if s), key=lambda s: s.cost, default=None)
    if start is None:
        return None
    return task, solve(
        task.problem,
        stop,
        seeds,
        executor,
        start=start,
        on_progress=on_progress,
        resume=True,
    )


def _deliveries_first(
    whole: DcProblem, delivered: Sequence[Route], windows: dict[str, Window]
) -> DcProblem:
    """``whole`` with deliveries served as they must be from now on."""
    served = {k for route in delivered for k in route.visits}
    left_out = [
        k
        for k, client in enumerate(whole.clients)
        if k not in served and not client.collects
    ]
    task = without_due_times(whole, left_out, windows)
    clients = list(task.problem.clients)
    collected = sum(
        client.penalty or 0
        for client, of_store in zip(clients, task.clients, strict=True)
        if of_store.collects
    )
    for k in left_out:
        clients[k] = replace(clients[k], penalty=(clients[k].penalty or 0) + collected)
    for route in delivered:
        for k, starts in zip(route.visits, route.service_times, strict=True):
            if k == RELOAD:
                continue
            late = max(clients[k].tw_late, starts)
            clients[k] = replace(clients[k], penalty=None, tw_late=late)
    return replace(task, problem=replace(task.problem, clients=tuple(clients)))


def _on_the_way(task: DcProblem, delivered: Sequence[Route]) -> list[Order]:
    """The routes, each fetching what it can where it stops to deliver."""
    orders: list[Order] = [(route.kind, route.visits) for route in delivered]
    at_store: dict[str, list[int]] = {}
    for r, (_, visits) in enumerate(orders):
        stores = (task.clients[k].store_id for k in clients_of(visits))
        for store_id in dict.fromkeys(stores):
            at_store.setdefault(store_id, []).append(r)
    for k, client in enumerate(task.clients):
        if not client.collects:
            continue
        for r in at_store.get(client.store_id, ()):
            kind, visits = orders[r]
            last = max(
                place
                for place, other in enumerate(visits)
                if other != RELOAD and task.clients[other].store_id == client.store_id
            )
            longer = (*visits[: last + 1], k, *visits[last + 1 :])
            if evaluate(task.problem, kind, longer) is not None:
                orders[r] = kind, longer
                break
    return orders
