"""Tiny routing problems drawn at random, and their answers by trying everything."""

from collections import Counter
from itertools import permutations, product

import numpy as np
from hypothesis import strategies as st

from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import (
    FOREVER,
    UNREACHABLE,
    Client,
    Dock,
    Lock,
    Problem,
    Room,
    VehicleKind,
)
from cstore_cli.routing.trips import clients_of, joined, trips

HORIZON = 400
"""Slots up to here are tried: by then every trip of a tiny problem has left."""


@st.composite
def problems(
    draw,
    max_clients=4,
    penalties=True,
    pools=True,
    pickups=False,
    reloads=False,
    windows=2,
    rooms=False,
    locks=False,
    docks=False,
):
    """Locations 0 and 1 are depots; every feature may occur, the later where asked."""
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
                leave_late=draw(st.sampled_from([FOREVER, FOREVER, 30, 70]))
                if reloads
                else FOREVER,
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
                **(draw(reloading(windows)) if reloads else {}),
            )
        )
    return Problem(
        tuple(clients),
        tuple(kinds),
        (matrix(), matrix()),
        (matrix(), matrix()),
        docks=draw(some_docks()) if docks else (),
        rooms=draw(some_rooms(n)) if rooms else (),
        locks=draw(some_locks(n)) if locks else (),
    )


@st.composite
def reloading(draw, windows):
    """What a kind has for several trips: windows do not overlap."""
    bounds = draw(st.lists(st.integers(0, 120), max_size=windows * 2, unique=True))
    bounds = sorted(bounds[: len(bounds) // 2 * 2])
    return {
        "max_trips": draw(st.integers(1, 3)),
        "reload_duration": draw(st.sampled_from([0, 5, 15])),
        "trip_windows": tuple(zip(bounds[::2], bounds[1::2], strict=True)),
    }


@st.composite
def some_docks(draw):
    return tuple(
        Dock(depot, draw(st.integers(1, 2)), draw(st.sampled_from([10, 25])), first)
        for depot, first in enumerate(draw(st.lists(st.integers(0, 30), max_size=2)))
    )


@st.composite
def some_rooms(draw, n):
    who = st.lists(st.integers(0, n - 1), min_size=1, unique=True)
    return tuple(
        Room(draw(st.integers(0, 6)), tuple((i, draw(st.integers(1, 4))) for i in here))
        for here in draw(st.lists(who, max_size=2))
    )


@st.composite
def some_locks(draw, n):
    """A client stands in one lock at most."""
    of = draw(st.lists(st.sampled_from([None, 0, 0, 1]), min_size=n, max_size=n))
    members = [tuple(i for i in range(n) if of[i] == k) for k in (0, 1)]
    return tuple(Lock(mine) for mine in members if mine)


def ways(visits):
    """Every way of putting reloads between visits."""
    for cuts in product([False, True], repeat=len(visits) - 1):
        parts = [[visits[0]]]
        for cut, i in zip(cuts, visits[1:], strict=True):
            if cut:
                parts.append([])
            parts[-1].append(i)
        yield joined(parts)


def drives(problem, kind, visits, leaves):
    """Whether a route whose trips leave at ``leaves`` keeps every rule on time."""
    vehicle = problem.kinds[kind]
    legs = problem.duration[vehicle.profile]
    time = leaves[0]
    if not vehicle.tw_early <= time <= vehicle.latest_start:
        return False
    place = vehicle.start_depot
    for number, (trip, leave) in enumerate(zip(trips(visits), leaves, strict=True)):
        if number > 0:
            time += int(legs[place, vehicle.start_depot]) + vehicle.reload_duration
            place = vehicle.start_depot
            windows = vehicle.trip_windows
            open_ = not windows or any(a <= leave <= b for a, b in windows)
            if time > leave or not open_:
                return False
            time = leave
        for i in trip:
            client = problem.clients[i]
            if not client.release_time <= leave <= client.leave_late:
                return False
            time = max(time + int(legs[place, client.location]), client.tw_early)
            if time > client.tw_late:
                return False
            time += client.service_duration
            place = client.location
    time += int(legs[place, vehicle.end_depot])
    return time <= vehicle.tw_late and time - leaves[0] <= vehicle.max_duration


def slot_choices(problem, kind, visits):
    """All the slots at which its trips can leave, of a route from a dock."""
    depot = problem.kinds[kind].start_depot
    dock = next((dock for dock in problem.docks if dock.depot == depot), None)
    if dock is None:
        return None, [()]
    times = range(dock.first_time, HORIZON, dock.loading_duration)
    num = len(trips(visits))
    choices = [
        leaves
        for leaves in product(times, repeat=num)
        if list(leaves) == sorted(leaves) and drives(problem, kind, visits, leaves)
    ]
    return dock, choices


def can_leave(problem, orders, memo=None):
    """Whether there are doors for all trips of these routes at once."""
    memo = {} if memo is None else memo
    choices = []
    for order in orders:
        if order not in memo:
            memo[order] = slot_choices(problem, *order)
        choices.append(memo[order])

    def search(number, taken):
        if number == len(choices):
            return True
        dock, mine = choices[number]
        for leaves in mine:
            after = taken + Counter((dock, time) for time in leaves)
            fits = all(used <= d.doors for (d, _), used in after.items())
            if fits and search(number + 1, after):
                return True
        return False

    return search(0, Counter())


def share_what_there_is(problem, orders):
    """Whether routes keep to rooms and locks together."""
    served = [set(clients_of(visits)) for _, visits in orders]
    everyone = set().union(*served)
    return (
        all(
            sum(need for i, need in room.needs if i in everyone) <= room.capacity
            for room in problem.rooms
        )
        and all(
            sum(1 for mine in served if mine & set(lock.clients)) <= 1
            for lock in problem.locks
        )
        and all(
            sum(1 for lock in problem.locks if mine & set(lock.clients)) <= 1
            for mine in served
        )
    )


def all_routes(problem):
    """Every route there is: its cost by kind and visits."""
    n = len(problem.clients)
    found = {}
    for size in range(1, n + 1):
        for order in permutations(range(n), size):
            for visits in ways(order):
                for kind in range(len(problem.kinds)):
                    route = evaluate(problem, kind, visits)
                    if route:
                        found[kind, visits] = route.cost
    return found


def cheapest(problem):
    """The least cost over all sets of routes; None if a required client is left."""
    n = len(problem.clients)
    routes = all_routes(problem)
    if not problem.docks:
        least = {}
        for (kind, visits), cost in routes.items():
            key = kind, frozenset(visits) - {-1}
            if key not in least or cost < routes[least[key]]:
                least[key] = kind, visits
        routes = {order: routes[order] for order in least.values()}
    rows = problem.vehicle_rows()
    row_of = {kind: row for row, (_, kinds) in enumerate(rows) for kind in kinds}
    penalties = [client.penalty for client in problem.clients]
    memo = {}
    best = np.inf
    by_first = {i: [] for i in range(n)}
    for order, cost in sorted(routes.items(), key=lambda item: item[1]):
        for i in clients_of(order[1]):
            by_first[i].append((order, frozenset(clients_of(order[1])), cost))

    def search(left, room, chosen, spent):
        nonlocal best
        if spent >= best:
            return
        if not left:
            if share_what_there_is(problem, chosen) and can_leave(
                problem, chosen, memo
            ):
                best = spent
            return
        first = min(left)
        for order, served, cost in by_first[first]:
            row = row_of[order[0]]
            if served <= left and room[row]:
                after = tuple(r - (k == row) for k, r in enumerate(room))
                search(left - served, after, (*chosen, order), spent + cost)
        if penalties[first] is not None:
            search(left - {first}, room, chosen, spent + penalties[first])

    search(frozenset(range(n)), tuple(count for count, _ in rows), (), 0)
    return None if best == np.inf else best
