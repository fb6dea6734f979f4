"""Instances as the engine's problem, and its routes as nodes of the file."""

from instance_problem import RELOAD, nodes_of, problem_of
from instances import cost, feasible
from test_instances import instance

from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.route import Route


def route(kind, visits):
    return Route(kind, visits, 0, 0, 0, 0, 0, 0, ())


def test_each_depot_is_a_kind_and_clients_follow_the_depots():
    """0-2-3-0 and 1-4-1 are 8 and 4 long, and so for the engine."""
    tiny = instance(max_duration=10)
    problem = problem_of(tiny)
    found = [evaluate(problem, 0, (0, 1)), evaluate(problem, 1, (2,))]

    assert nodes_of(tiny, found) == [[0, 2, 3, 0], [1, 4, 1]]
    assert sum(of_engine.cost for of_engine in found) == 12
    assert cost(tiny, nodes_of(tiny, found)) == 12
    assert feasible(tiny, nodes_of(tiny, found))
    assert evaluate(problem_of(instance(max_duration=9)), 0, (0, 1)) is None


def test_a_reload_is_a_visit_to_the_routes_own_depot():
    routes = [route(0, (0, RELOAD, 1)), route(1, (2,))]

    assert nodes_of(instance(), routes) == [[0, 2, 0, 3, 0], [1, 4, 1]]


def test_only_vehicles_that_may_reload_have_several_trips():
    kinds = problem_of(instance(reloads=True)).kinds

    assert [kind.max_trips for kind in kinds] == [3, 3]
    assert [kind.max_trips for kind in problem_of(instance()).kinds] == [1, 1]
