"""The trips of a route: its visits between one reload and the next."""

from collections.abc import Collection, Sequence
from itertools import groupby

from cstore_cli.routing.problem import RELOAD


def trips(visits: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return the clients of each trip, in order."""
    parts = groupby(visits, key=lambda i: i == RELOAD)
    return tuple(tuple(part) for is_reload, part in parts if not is_reload)


def clients_of(visits: Sequence[int]) -> tuple[int, ...]:
    """Return the clients of all trips, in order."""
    return tuple(i for i in visits if i != RELOAD)


def joined(parts: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Return the visits of a route of these trips, those without clients left out."""
    visits: list[int] = []
    for part in parts:
        if part:
            visits += [RELOAD, *part] if visits else part
    return tuple(visits)


def without(visits: Sequence[int], dropped: Collection[int]) -> tuple[int, ...]:
    """Return the visits without these clients."""
    return joined([[i for i in trip if i not in dropped] for trip in trips(visits)])
