"""The table of routing.py's rows, on rows written by hand."""

from routing_table import table


def row(solver, seed, cost, instance="a", best_known=100.0):
    return {
        "family": "x",
        "instance": instance,
        "solver": solver,
        "seed": seed,
        "cost": cost,
        "vehicles": 2,
        "feasible": cost is not None,
        "best_known": best_known,
    }


def test_ratios_pair_instance_and_seed():
    """99 to 110 is -0.1 and 110 to 100 is 0.1; unpaired they would not cancel."""
    rows = [row("cstore", 1, 99), row("cstore", 2, 110)]
    rows += [row("pyvrp", 1, 110), row("pyvrp", 2, 100)]

    ours, peer = table(rows)

    assert ours["over_pyvrp"] == 0.0
    assert ours["over_best_known"] == 0.045
    assert peer["over_pyvrp"] == 0.0


def test_a_solver_without_seeds_is_held_against_each_of_pyvrp():
    """120 is 0.2 over 100 and 0 over 120."""
    rows = [row("vroom", None, 120), row("pyvrp", 1, 100), row("pyvrp", 2, 120)]

    assert next(table(rows))["over_pyvrp"] == 0.1


def test_rows_without_a_plan_are_counted_not_averaged():
    rows = [row("cstore", 1, None), row("cstore", 1, 105, "b"), row("pyvrp", 1, 100)]

    ours = next(table(rows))

    assert (ours["instances"], ours["without_plan"]) == (2, 1)
    assert ours["over_pyvrp"] is None
    assert ours["over_best_known"] == 0.05


def test_what_has_no_best_known_is_compared_with_pyvrp_alone():
    rows = [row("cstore", 1, 90, best_known=None), row("pyvrp", 1, 100)]

    ours = next(table(rows))

    assert (ours["over_pyvrp"], ours["over_best_known"]) == (-0.1, None)
