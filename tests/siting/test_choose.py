"""Tests of choosing sites: each model against trying every choice by hand."""

from itertools import combinations, product

import numpy as np
import polars as pl
import pytest
from small_city import areas, city, settings, sites, stores

from cstore_cli.errors import InfeasibleError
from cstore_cli.milp import Limits
from cstore_cli.settings.site_choice import ChooseSettings, NewStoreSettings
from cstore_cli.siting.choose import choose_sites

RENT = {"rent_twd_month": (1, "min")}


def asked(*, demand=1000.0, capacity=60.0, running=0.0, own=("ours",), **choose):
    """Settings under which an area has ``demand`` parcels per 1,000 people."""
    return settings(
        RENT,
        own=own,
        demand={"parcels_per_1000": demand},
        new_store=NewStoreSettings(
            capacity_parcels_day=capacity, running_cost_twd_day=running
        ),
        choose=ChooseSettings(**choose),
    )


def chosen(inputs, wanted):
    plan, _ = choose_sites(inputs, wanted, Limits())
    new = plan.sites.filter(pl.col("kind") == "new")
    return plan, sorted(new["site_id"])


def test_the_median_lies_between_its_parcels():
    """Areas at 0 and 4 km with 1 and 3 parcels: B at 3 km has 3 + 3 = 6 parcel-km."""
    inputs = city(
        areas=areas(("west", 0, 1), ("east", 4, 3)),
        sites=sites(("A", 1), ("B", 3)),
    )

    plan, new = chosen(inputs, asked(stores=1))

    assert new == ["B"]
    assert plan.objective == pytest.approx(6)
    assert (plan.gap, plan.proven) == (0, True)
    assert plan.assignment["walk_m"].to_list() == pytest.approx([3000, 1000])


def test_covering_names_the_radius_that_who_is_left_out_needs():
    inputs = city(
        areas=areas(("near", 0, 2), ("far", 9, 5)),
        sites=sites(("A", 0.5), ("B", 5)),
    )

    plan, new = chosen(inputs, asked(model="covering", stores=1, radius_km=1))

    assert new == ["A"]
    assert plan.objective == pytest.approx(2)
    far = plan.assignment.row(1, named=True)
    assert far["status"] == "beyond_every_site"
    assert far["needs_radius_km"] == pytest.approx(4)
    assert far["site_id"] is None
    assert far["nearest_walk_m"] == pytest.approx(8500)


def test_a_store_of_ours_that_stays_serves_too():
    """The own store at 4 serves east; the new one is best in the west."""
    inputs = city(
        areas=areas(("west", 0, 1), ("east", 4, 3)),
        sites=sites(("A", 1), ("B", 3)),
        stores=stores(("S", "ours", 4), ("R", "theirs", 0)),
    )

    plan, new = chosen(inputs, asked(stores=1))

    assert new == ["A"]
    assert plan.objective == pytest.approx(1)
    assert plan.assignment["site_id"].to_list() == ["A", "S"]
    kinds = dict(plan.sites.select("site_id", "kind").rows())
    assert kinds == {"A": "new", "S": "existing"}

    _, alone = chosen(inputs, asked(stores=1, existing="ignore"))
    assert alone == ["B"]


def test_a_rival_that_is_nearer_takes_the_customer():
    """West walks 0 to R, whatever opens, so that A is of no use and B is."""
    inputs = city(
        areas=areas(("west", 0, 3), ("east", 4, 1)),
        sites=sites(("A", 0.5), ("B", 3)),
        stores=stores(("R", "theirs", 0)),
    )
    assert chosen(inputs, asked(stores=1))[1] == ["A"]

    plan, new = chosen(inputs, asked(stores=1, rivals="capture"))

    assert new == ["B"]
    assert plan.assignment["status"].to_list() == ["to_rival", "served"]
    assert plan.objective == pytest.approx(1)


def test_capacity_sends_an_area_on_and_one_area_has_one_site():
    """Both areas prefer A, which holds 5; rent 30 a day each, 20 TWD per km."""
    inputs = city(
        areas=areas(("one", 0, 4), ("two", 0.1, 3)),
        sites=sites(("A", 0), ("B", 1), rent_twd_month=[365 / 12 * 30] * 2),
    )
    wanted = asked(model="fixed_charge", capacity=5, walk_cost_twd_per_km=20)

    plan, new = chosen(inputs, wanted)

    assert new == ["A", "B"]
    assert plan.assignment["site_id"].to_list() == ["A", "B"]
    assert plan.objective == pytest.approx(60 + 20 * 3 * 0.9)


def test_what_costs_more_than_it_brings_is_lost_and_told():
    inputs = city(
        areas=areas(("town", 0, 9), ("farm", 8, 1)),
        sites=sites(("A", 0), rent_twd_month=[300.0]),
    )
    wanted = asked(model="fixed_charge", walk_cost_twd_per_km=20, lost_parcel_twd=100)

    plan, _ = chosen(inputs, wanted)

    assert dict(plan.assignment.select("area_id", "status").rows())["farm"] == "lost"
    lost = plan.totals["parcels_day_by_status"]["lost"]
    assert lost == pytest.approx(1)
    assert plan.totals["cost_twd_day"]["lost"] == pytest.approx(100)
    assert plan.totals["mean_walk_m"] == 0


def random_case(seed):
    """A line of up to 7 areas and 6 sites, with options of every kind."""
    rng = np.random.default_rng(seed)

    def flip():
        return bool(rng.random() < 0.5)

    n, m = int(rng.integers(2, 7)), int(rng.integers(2, 6))
    at, people = rng.uniform(0, 6, n), rng.integers(0, 9, n).astype(float)
    site_at, rent = rng.uniform(0, 6, m), rng.integers(1, 9, m) * 365 / 12 * 10.0
    own = [(f"S{k}", "ours", x) for k, x in enumerate(rng.uniform(0, 6, 2))]
    rival = [(f"R{k}", "theirs", x) for k, x in enumerate(rng.uniform(0, 6, 2))]
    model = ["p_median", "covering", "fixed_charge"][seed % 3]
    names = [f"X{j}" for j in range(m)]
    keep = [names[0]] if flip() and flip() else []
    near = model == "covering" or flip()
    choose = {
        "model": model,
        "stores": int(rng.integers(1, m + 1))
        if model != "fixed_charge" or flip()
        else None,
        "radius_km": float(rng.uniform(1, 4)) if near else None,
        "existing": "keep" if flip() else "ignore",
        "rivals": "capture" if flip() else "ignore",
        "must_keep": keep,
        "must_not": [names[-1]] if flip() and flip() and names[-1] not in keep else [],
        "budget_twd_month": float(rng.uniform(0.5, 1) * rent.sum()) if flip() else None,
        "min_spacing_km": 0.7 if flip() and flip() else None,
        "walk_cost_twd_per_km": 5.0,
        "lost_parcel_twd": 12.0 if model == "fixed_charge" and flip() else None,
    }
    if model == "fixed_charge" and choose["lost_parcel_twd"] is None:
        choose["rivals"] = "ignore"
    inputs = city(
        areas=areas(*((f"A{i}", at[i], people[i]) for i in range(n))),
        sites=sites(*zip(names, site_at, strict=True), rent_twd_month=rent),
        stores=stores(*own, *rival),
    )
    capacity = float(rng.integers(6, 30))
    facts = (at, people, site_at, rent, [x for *_, x in own], [x for *_, x in rival])
    return inputs, choose, capacity, facts


def best_by_trying(choose, capacity, facts):
    """The least cost (covering: missed) of all choices, by definition, or None."""
    _, _, site_at, rent, own, rival = facts
    names = [f"X{j}" for j in range(len(site_at))]
    if choose["existing"] == "ignore":
        own = []
    allowed = [j for j, x in enumerate(names) if x not in choose["must_not"]]
    sizes = range(len(allowed) + 1) if choose["stores"] is None else [choose["stores"]]
    best = None
    for size in sizes:
        for new in combinations(allowed, size):
            if any(names.index(name) not in new for name in choose["must_keep"]):
                continue
            if choose["budget_twd_month"] is not None and (
                sum(rent[j] for j in new) > choose["budget_twd_month"] + 1e-9
            ):
                continue
            if choose["min_spacing_km"] is not None and (
                any(
                    abs(site_at[j] - x) < choose["min_spacing_km"]
                    for j in new
                    for x in [*own, *(site_at[k] for k in new if k != j)]
                )
            ):
                continue
            cost = cost_of(choose, capacity, facts, new, own, rival)
            if cost is not None and (best is None or cost < best):
                best = cost
    return best


def cost_of(choose, capacity, facts, new, own, rival):
    at, people, site_at, rent, *_ = facts
    places = [*(site_at[j] for j in new), *own]
    radius = choose["radius_km"] or np.inf
    capture = choose["rivals"] == "capture"
    menus = []
    for x, w in zip(at, people, strict=True):
        r = min(abs(x - y) for y in rival) if capture else np.inf
        reach = [
            (k, abs(x - y))
            for k, y in enumerate(places)
            if abs(x - y) <= min(r, radius)
        ]
        match choose["model"]:
            case "covering":
                menus.append([(None, w), *((k, 0.0) for k, _ in reach)])
            case "p_median":
                menu = [(k, w * d) for k, d in reach]
                menus.append([*menu, *([(None, w * r)] if capture else [])])
            case "fixed_charge":
                menu = [(k, w * d * 5.0) for k, d in reach]
                lost = choose["lost_parcel_twd"]
                menus.append([*menu, *([(None, w * lost)] if lost is not None else [])])
        if w == 0:
            menus[-1].append((None, 0.0))
    if choose["model"] != "fixed_charge":
        if not all(menus):
            return None
        return sum(min(cost for _, cost in menu) for menu in menus)
    rents = sum(rent[j] for j in new) / (365 / 12)
    best = None
    for pick in product(*menus):
        load = {}
        for (k, _), w in zip(pick, people, strict=True):
            load[k] = load.get(k, 0.0) + w
        if any(load.get(k, 0.0) > capacity + 1e-9 for k in range(len(new))):
            continue
        cost = rents + sum(c for _, c in pick)
        best = cost if best is None else min(best, cost)
    return best


def test_every_model_matches_trying_every_choice():
    """240 lines of towns, rules of every kind: the best, or a refusal where none is."""
    refused = 0
    for seed in range(240):
        inputs, choose, capacity, facts = random_case(seed)
        best = best_by_trying(choose, capacity, facts)
        wanted = asked(capacity=capacity, **choose)
        if best is None:
            refused += 1
            with pytest.raises(InfeasibleError):
                choose_sites(inputs, wanted, Limits())
            continue
        plan, _ = choose_sites(inputs, wanted, Limits())
        cost = plan.objective
        if choose["model"] == "covering":
            cost = facts[1].sum() - plan.objective
        assert cost == pytest.approx(best, abs=1e-6), seed
        assert plan.proven, seed
    assert 20 < refused < 160


def test_no_parcel_is_lost_between_areas_and_sites():
    for seed in range(30):
        inputs, choose, capacity, facts = random_case(seed)
        try:
            plan, _ = choose_sites(inputs, asked(capacity=capacity, **choose), Limits())
        except InfeasibleError:
            continue
        assert plan.assignment["area_id"].to_list() == inputs.areas["area_id"].to_list()
        served = plan.assignment.filter(pl.col("status") == "served")
        assert served["parcels_day"].sum() == pytest.approx(
            plan.sites["parcels_day"].sum()
        )
        assert plan.assignment["parcels_day"].sum() == pytest.approx(facts[1].sum())
        if plan.model == "fixed_charge":
            total = plan.totals["cost_twd_day"]["total"]
            assert total == pytest.approx(plan.objective)


def test_a_rival_no_nearer_than_we_does_not_take_the_customer():
    """Site and rival both 1 km away, as far as arithmetic can tell."""
    inputs = city(
        areas=areas(("a", 2, 5)),
        sites=sites(("A", 1)),
        stores=stores(("R", "theirs", 3)),
    )

    plan, _ = chosen(inputs, asked(stores=1, rivals="capture"))

    assert plan.assignment["status"].to_list() == ["served"]


def test_whom_a_rival_is_nearer_to_is_not_beyond_the_radius():
    inputs = city(
        areas=areas(("a", 0, 5), ("b", 3, 9)),
        sites=sites(("A", 0.5), ("B", 3)),
        stores=stores(("R", "theirs", 0.1)),
    )
    wanted = asked(model="covering", stores=2, radius_km=1, rivals="capture")

    plan, _ = chosen(inputs, wanted)

    assert plan.assignment["status"].to_list() == ["to_rival", "served"]
