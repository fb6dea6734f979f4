"""
What couples routes is kept by the master's rows, not by luck.

On a small day whose routes are all written out, one kind of row is dropped. What the
master then chooses is driven as it stands, with no repair after it, and the checker
says which rule is broken; with the rows the same is legal. And what the repair makes
of a choice without the rows serves less than the choice with them.
"""

from dataclasses import replace
from itertools import combinations, permutations

import pytest
from days import LON, day, dc, leg, order, planned, settings, store, van
from duties import task_and_day

from cstore_cli.dayplan import dc_search
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.dock_doors import departures
from cstore_cli.dayplan.drive import Break, at_once, best_leave, drive
from cstore_cli.dayplan.insertion import Driven
from cstore_cli.milp import Limits
from cstore_cli.routing import master
from cstore_cli.routing.assemble import assemble
from cstore_cli.routing.columns import Columns
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.timetable import timed
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.plan import PlanTables

NAMES = [f"S{n}" for n in range(4)]
STORES = [store(name, lon=LON + n / 50) for n, name in enumerate(NAMES)]
ORDERS = [
    order(f"O{n}", customer_lon=LON + n / 50, store_id=name)
    for n, name in enumerate(NAMES)
]
MATRIX = [
    *(leg("DC", name, 10) for name in NAMES),
    *(leg(name, "DC", 10) for name in NAMES),
    *(leg(*pair, 25) for pair in permutations(NAMES, 2)),
]
"""Two stores on one trip are farther than on two trips: 45 km, not 40."""
FREE = {"fixed_cost_twd": 0.0, "capacity_litres": 8.0}
"""It costs nothing to send a van; it holds two stores."""
DAYS = {
    # The rule, and what makes it bind: two vans; a door for two trips; a promise.
    "vehicles": {"vans": [van(count=2, **FREE)]},
    "docks": {"vans": [van(count=4, **FREE)], "loading_min": 30},
    "lock": {
        "vans": [van(count=4, **FREE)],
        "locks": [{"store_id": name, "route_id": "R"} for name in NAMES[:2]],
    },
}
SAID = {
    "vehicles": "DC has 2 of them",
    "docks": "and has 1 dock doors",
    "lock": "has more than one row",
}


def bound_day(rule):
    """Orders, tables and settings of the day on which this rule binds."""
    tables = dict(DAYS[rule])
    chosen = settings(
        travel={"source": "matrix"},
        loading_min=tables.pop("loading_min", 0),
        batches=[{"name": "early", "earliest": "09:30", "latest": "10:00"}],
    )
    tables |= {"matrix": MATRIX, "dcs": [dc(dock_doors=1)]}
    return tables, chosen


def drop(monkeypatch, rule):
    """The rows of this rule bind nobody any more."""
    rows = master._at_most

    def unbound(name, row, column, value, upper, columns):
        if name == rule:
            upper = [1_000_000] * len(upper)
        return rows(name, row, column, value, upper, columns)

    monkeypatch.setattr(master, "_at_most", unbound)


def choice(problem):
    """What the master chooses of all routes with one store or two."""
    clients = range(len(problem.clients))
    routes = [
        (kind, visits)
        for kind in range(len(problem.kinds))
        for size in (1, 2)
        for some in combinations(clients, size)
        for visits in permutations(some)
    ]
    costs = [evaluate(problem, *route) for route in routes]
    sound = [(route, cost) for route, cost in zip(routes, costs, strict=True) if cost]
    columns = timed(
        problem,
        Columns.of([route for route, _ in sound], [cost.cost for _, cost in sound]),
    )
    chosen = master.choose(problem, columns, list(clients), Limits(), None).chosen
    return [columns.order(j) for j in chosen.tolist()]


def served(orders):
    return sorted(k for _, visits in orders for k in visits)


def unrepaired(monkeypatch):
    """The choice becomes the plan as it is: nothing dropped, nothing put elsewhere."""
    search = dc_search.find_routes

    def chosen_routes(task, *args, **more):
        _, result = search(task, *args, **more)
        routes = [evaluate(task.problem, *one) for one in choice(task.problem)]
        visited = {k for route in routes for k in route.visits}
        left = tuple(k for k in range(len(task.clients)) if k not in visited)
        return task, replace(result, routes=tuple(routes), unserved=left)

    def as_they_are(day, duties, *_):
        driven = []
        for one, leaves in zip(duties, departures(day, duties), strict=True):
            if isinstance(leaves, Break):
                # For want of a door: it leaves when it would if it were alone.
                leaves = at_once(day, one, best_leave(day, one)[1:2])  # noqa: PLW2901
            driven.append(Driven(one, tuple(leaves), drive(day, one, leaves)))
        return driven

    monkeypatch.setattr(dc_search, "find_routes", chosen_routes)
    monkeypatch.setattr(dc_search, "mend", as_they_are)


def faults_of(rule):
    tables, chosen = bound_day(rule)
    inputs = day(ORDERS, STORES, **tables)
    plan, travel = planned(inputs, chosen)
    numbered = PlanTables(
        **{
            name: getattr(plan.tables, name).with_row_index(LINE, 2)
            for name in PlanTables.__dataclass_fields__
        }
    )
    return [fault.what for fault in check(numbered, inputs, chosen, travel)]


@pytest.mark.parametrize("rule", DAYS)
def test_with_its_rows_the_choice_of_the_master_is_legal_as_it_stands(
    rule, monkeypatch
):
    unrepaired(monkeypatch)
    assert faults_of(rule) == []


@pytest.mark.parametrize("rule", DAYS)
def test_without_its_rows_the_choice_of_the_master_breaks_the_rule(rule, monkeypatch):
    unrepaired(monkeypatch)
    drop(monkeypatch, rule)
    assert any(SAID[rule] in what for what in faults_of(rule))


@pytest.mark.parametrize("rule", DAYS)
def test_the_rows_serve_more_than_the_repair_of_a_choice_without(rule, monkeypatch):
    """All four stores; dropping leaves two of them, of the promised pair one."""
    tables, chosen = bound_day(rule)
    task, _ = task_and_day(ORDERS, STORES, chosen=chosen, **tables)
    assert served(choice(task.problem)) == [0, 1, 2, 3]

    drop(monkeypatch, rule)
    without = choice(task.problem)
    repaired = assemble(task.problem, without)
    assert served(without) == [0, 1, 2, 3]
    left = {"vehicles": 2, "docks": 2, "lock": 1}
    assert len(repaired.unserved) == left[rule]


@pytest.mark.parametrize("rule", DAYS)
def test_the_plan_of_the_day_serves_all_within_the_rule(rule):
    tables, chosen = bound_day(rule)
    plan, _ = planned(day(ORDERS, STORES, **tables), chosen)
    assert faults_of(rule) == []
    assert set(plan.tables.parcels["status"]) == {"planned"}
