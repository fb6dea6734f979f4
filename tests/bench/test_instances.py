"""Instances read from the shared files, and routes judged by them."""

from pathlib import Path

import numpy as np
import pytest
import pyvrp
from instance_files import read, read_solution
from instances import Instance, cost, feasible

ROUTING = Path(__file__).resolve().parents[3] / "shared/data/routing"
SOLVED = sorted(ROUTING.glob("*/*.sol"))
shared = pytest.mark.skipif(not SOLVED, reason="../shared/data/routing is absent")
# Nodes 0 and 1 are depots, clients stand at 2, 4 and 12: 10 km apart on a line.
PLACE = np.array([0, 10, 2, 4, 12])


def instance(**given):
    tiny = {
        "name": "tiny",
        "family": "tiny",
        "path": Path("tiny"),
        "scale": 1,
        "legs": np.abs(PLACE[:, None] - PLACE[None, :]),
        "exact": None,
        "demand": [0, 0, 1, 1, 1],
        "capacity": 2,
        "vehicles": [1, 1],
        "tw_early": [0, 0, 0, 0, 0],
        "tw_late": [100, 100, 100, 100, 100],
        "service": [0, 0, 1, 1, 1],
        "best_known": None,
    }
    return Instance(**(tiny | given))


def home(path):
    return path.with_suffix(".vrp")


@shared
@pytest.mark.parametrize("solution", SOLVED, ids=lambda path: path.stem)
def test_the_best_known_solution_is_feasible_and_costs_what_is_published(solution):
    of_file = read(home(solution))
    routes = read_solution(solution, of_file)

    assert feasible(of_file, routes)
    assert cost(of_file, routes) == of_file.best_known


@shared
@pytest.mark.parametrize("folder", ["multi_trip", "multi_depot"])
def test_a_best_known_solution_is_refused_once_it_is_worse_than_allowed(folder):
    """A client lost, served twice, all routes one, one vehicle more, trips merged."""
    for solution in sorted((ROUTING / folder).glob("*.sol")):
        of_file = read(home(solution))
        routes = read_solution(solution, of_file)
        first, *others = routes
        client = next(node for node in first if node in of_file.clients)
        merged = [node for node in first[1:] if node in of_file.clients]
        for other in others:
            merged += [node for node in other if node in of_file.clients]

        assert not feasible(of_file, [[n for n in first if n != client], *others])
        assert not feasible(of_file, [[*first[:-1], client, first[-1]], *others])
        assert not feasible(of_file, [[first[0], *merged, first[0]]])
        assert not feasible(of_file, [first, *others, *[[0, 0]] * len(routes)])


@shared
def test_a_best_known_trip_leaves_after_its_releases_only():
    """A third of the day later, no file's best known solution can be driven."""
    for solution in sorted((ROUTING / "multi_trip").glob("*.sol")):
        of_file = read(home(solution))
        routes = read_solution(solution, of_file)
        put_off = [time + of_file.tw_late[0] // 3 for time in of_file.release]
        late = Instance(**(vars(of_file) | {"release": put_off}))

        assert not feasible(late, routes)


@shared
@pytest.mark.parametrize(
    ("file", "rounding"),
    [
        ("multi_trip/R204R0.5.vrp", "dimacs"),
        ("multi_depot/PR12A.vrp", "exact"),
        ("cvrp_x/X-n101-k25.vrp", "round"),
    ],
)
def test_the_reader_agrees_with_that_of_pyvrp(file, rounding):
    ours, theirs = read(ROUTING / file), pyvrp.read(ROUTING / file, rounding)

    release = ours.release or [0] * len(ours.demand)
    assert np.array_equal(ours.legs, theirs.distance_matrix(0))
    assert theirs.num_depots == len(ours.vehicles)
    assert [theirs.vehicle_type(d).num_available for d in range(theirs.num_depots)] == (
        ours.vehicles
    )
    for client in theirs.clients() if ours.tw_late else ():
        node = client.location
        assert client.tw_early == ours.tw_early[node]
        assert client.tw_late == ours.tw_late[node]
        assert client.service_duration == ours.service[node]
        assert client.release_time == release[node]


def test_two_depots_each_with_its_own_vehicle():
    """0-2-3-0 is 8 and 1-4-1 is 4; both from depot 0 is a vehicle too many."""
    routes = [[0, 2, 3, 0], [1, 4, 1]]

    assert cost(instance(), routes) == 12
    assert feasible(instance(), routes)
    assert not feasible(instance(), [[0, 2, 3, 0], [0, 4, 0]])
    assert not feasible(instance(), [[0, 2, 3, 1], [1, 4, 1]])
    assert not feasible(instance(), [[0, 2, 1, 3, 0], [1, 4, 1]])


def test_a_route_may_wait_outside_but_not_within_its_longest_duration():
    """
    8 driven and 2 served; nothing is waited for 50, because it may leave at 48. Where
    the one is served at 50 and the other opens at 60, the vehicle waits 7 between.
    """
    routes = [[0, 2, 3, 0], [1, 4, 1]]
    one = {"tw_early": [0, 0, 50, 0, 0]}
    two = {"tw_early": [0, 0, 50, 60, 0], "tw_late": [100, 100, 50, 100, 100]}

    assert feasible(instance(**one, max_duration=10), routes)
    assert not feasible(instance(**one, max_duration=9), routes)
    assert feasible(instance(**two, max_duration=17), routes)
    assert not feasible(instance(**two, max_duration=16), routes)


def test_loads_count_per_trip_and_only_where_vehicles_may_reload():
    several = [[0, 2, 0, 3, 0], [1, 4, 1]]
    small = {"capacity": 1}

    assert feasible(instance(reloads=True, **small), several)
    assert not feasible(instance(**small), several)
    assert not feasible(instance(reloads=True, **small), [[0, 2, 3, 0], [1, 4, 1]])


def test_a_trip_waits_for_its_latest_release():
    """Released at 92, the trip to 4 and back needs 9 more: home at 101, not by 100."""
    several = [[0, 2, 0, 3, 0], [1, 4, 1]]

    assert feasible(instance(reloads=True, release=[0, 0, 0, 91, 0]), several)
    assert not feasible(instance(reloads=True, release=[0, 0, 0, 92, 0]), several)
    assert not feasible(instance(release=[0, 0, 0, 92, 0]), [[0, 2, 3, 0], [1, 4, 1]])


def test_an_earlier_trip_does_not_wait_for_a_later_release():
    """The trip to 2 closes at 10; only the trip to 3 leaves at 50."""
    closing = {"tw_late": [100, 100, 10, 100, 100], "release": [0, 0, 0, 50, 0]}

    assert feasible(instance(reloads=True, **closing), [[0, 2, 0, 3, 0], [1, 4, 1]])
    assert not feasible(instance(**closing), [[0, 2, 3, 0], [1, 4, 1]])
