"""Clients that no vehicle can serve even alone, and why."""

from cstore_cli.errors import InfeasibleError
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import UNREACHABLE, Client, Problem, VehicleKind

CAUSES = {
    "no_skill": "no vehicle has the skills",
    "too_large": "the load exceeds every vehicle that has the skills",
    "unreachable": "no such vehicle can go there and back",
    "window": "no such vehicle can be there in time",
}


def impossible(problem: Problem) -> dict[int, str]:
    """
    Return the cause code of each client that cannot be served at all.

    The cause is the first in ``CAUSES`` that leaves no kind of vehicle, each test
    being made on the kinds that passed those before.

    Raises
    ------
    InfeasibleError
        When such a client must be served.
    """
    causes = {}
    for number in range(len(problem.clients)):
        cause = _cause(problem, number)
        if cause is not None:
            causes[number] = cause
    required = [i for i in causes if problem.clients[i].penalty is None]
    if required:
        first = required[0]
        raise InfeasibleError(
            f"{len(required)} clients must be served and cannot be; "
            f"client {first}: {CAUSES[causes[first]]}."
        )
    return causes


def _cause(problem: Problem, number: int) -> str | None:
    client = problem.clients[number]
    kinds = [
        k
        for k, kind in enumerate(problem.kinds)
        if kind.count > 0 and client.skills <= kind.skills
    ]
    if any(evaluate(problem, k, (number,)) for k in kinds):
        return None
    if not kinds:
        return "no_skill"
    kinds = [k for k in kinds if _fits(client, problem.kinds[k])]
    if not kinds:
        return "too_large"
    if not any(_reachable(problem, client, problem.kinds[k]) for k in kinds):
        return "unreachable"
    return "window"


def _fits(client: Client, kind: VehicleKind) -> bool:
    return all(a <= b for a, b in zip(client.load, kind.capacity, strict=True))


def _reachable(problem: Problem, client: Client, kind: VehicleKind) -> bool:
    matrices = problem.distance[kind.profile], problem.duration[kind.profile]
    legs = [
        matrix[leg]
        for matrix in matrices
        for leg in (
            (kind.start_depot, client.location),
            (client.location, kind.end_depot),
        )
    ]
    return bool(max(legs) < UNREACHABLE)
