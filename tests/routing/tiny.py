"""Tiny routing problems drawn at random, and their answers by trying everything."""

from itertools import permutations

import numpy as np
from hypothesis import strategies as st

from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import (
    FOREVER,
    UNREACHABLE,
    Client,
    Problem,
    VehicleKind,
)


@st.composite
def problems(draw, max_clients=4, penalties=True, pools=True, pickups=False):
    """Locations 0 and 1 are depots; every feature may occur, pickups where asked."""
    n = draw(st.integers(1, max_clients))
    size = n + 2
    whole = st.integers(0, 20)
    some = st.integers(0, 4)
    loads = st.one_of(st.just(()), st.tuples(some, some))

    def matrix():
        legs = draw(st.lists(whole, min_size=size**2, max_size=size**2))
        found = np.array(legs, dtype=np.int64).reshape(size, size)
        for _ in range(draw(st.integers(0, 2))):
            found[draw(st.integers(0, n)), draw(st.integers(1, n))] = UNREACHABLE
        np.fill_diagonal(found, 0)
        return found

    clients = []
    for number in range(n):
        early = draw(st.integers(0, 60))
        late = draw(st.sampled_from([early, early + 20, early + 60, FOREVER]))
        clients.append(
            Client(
                location=number + 2,
                load=(draw(st.integers(0, 4)), draw(st.integers(0, 4))),
                tw_early=early,
                tw_late=late,
                service_duration=draw(st.integers(0, 5)),
                release_time=min(late, draw(st.sampled_from([0, 0, 10, 40]))),
                skills=draw(st.sampled_from([frozenset(), frozenset({7})])),
                penalty=draw(st.sampled_from([30, 300])) if penalties else None,
                pickup=draw(loads) if pickups else (),
            )
        )
    pool = draw(st.sampled_from([None, 1])) if pools else None
    count = draw(st.integers(1, 2))
    kinds = []
    for _ in range(draw(st.integers(1, 2))):
        early = draw(st.integers(0, 20))
        kinds.append(
            VehicleKind(
                count=count,
                capacity=(draw(st.integers(3, 8)), draw(st.integers(3, 8))),
                start_depot=draw(st.integers(0, 1)),
                end_depot=draw(st.integers(0, 1)),
                fixed_cost=draw(st.integers(0, 10)),
                unit_distance_cost=draw(st.integers(0, 2)),
                unit_duration_cost=draw(st.integers(0, 2)),
                tw_early=early,
                tw_late=draw(st.sampled_from([early + 100, early + 200, FOREVER])),
                start_late=draw(st.sampled_from([None, early, early + 30])),
                max_duration=draw(st.sampled_from([60, 120, FOREVER])),
                skills=draw(st.sampled_from([frozenset(), frozenset({7})])),
                profile=draw(st.integers(0, 1)),
                pool=pool,
            )
        )
    return Problem(
        tuple(clients), tuple(kinds), (matrix(), matrix()), (matrix(), matrix())
    )


def cheapest(problem):
    """The least cost over all sets of routes; None if a required client is left."""
    n = len(problem.clients)
    best_route = {}
    for size in range(1, n + 1):
        for visits in permutations(range(n), size):
            for kind in range(len(problem.kinds)):
                route = evaluate(problem, kind, visits)
                key = kind, frozenset(visits)
                if route and route.cost < best_route.get(key, np.inf):
                    best_route[key] = route.cost
    rows = problem.vehicle_rows()
    row_of = {kind: row for row, (_, kinds) in enumerate(rows) for kind in kinds}

    def search(left, room):
        if not left:
            return 0
        first = min(left)
        penalty = problem.clients[first].penalty
        found = np.inf
        if penalty is not None:
            found = penalty + search(left - {first}, room)
        for (kind, served), cost in best_route.items():
            row = row_of[kind]
            if first in served and served <= left and room[row]:
                after = tuple(r - (k == row) for k, r in enumerate(room))
                found = min(found, cost + search(left - served, after))
        return found

    best = search(frozenset(range(n)), tuple(count for count, _ in rows))
    return None if best == np.inf else best
