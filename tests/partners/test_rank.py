"""Tests of a ranking as a whole."""

import datetime as dt

import polars as pl
import pytest
from equator import KM
from ranked_partners import BASKET, by, clause, parcels, settings
from small_agreements import agreements, rate, version

from cstore_cli.errors import InputError
from cstore_cli.partners.rank.files import rank_files, rank_summary
from cstore_cli.partners.rank.rank import rank_partners
from cstore_cli.tables.rank_inputs import RankInputs
from cstore_cli.tables.write import BOM

DAY = dt.date(2026, 3, 31)
NO_PARCELS = parcels()
PRICE = ("price", 1, "min")


def ranked(asked, *versions, told=NO_PARCELS, **tables):
    return rank_partners(asked, agreements(*versions), RankInputs(told, **tables), DAY)


def logistics(partners, *criteria, gates=(), judgements=(), **rank):
    return settings(
        partners,
        {"logistics": by(*criteria, gates=gates, judgements=judgements)},
        **rank,
    )


def row(ranking, partner, kind=0):
    table = ranking.kinds[kind].table
    return table.filter(pl.col("partner") == partner).row(0, named=True)


def at(price, partner, **terms):
    return version(partner, [rate((1, price))], **terms)


def test_cheaper_of_two_is_first_by_both_methods():
    ranking = ranked(logistics({"p": {}, "q": {}}, PRICE), at(60, "p"), at(50, "q"))

    assert ranking.kinds[0].ranked["partner"].to_list() == ["q", "p"]
    assert row(ranking, "q")["topsis"] == row(ranking, "q")["weighted_sum"] == 1
    assert row(ranking, "p")["weighted_sum_rank"] == 2
    assert row(ranking, "p")["price"] == 60


def test_who_fails_a_gate_is_listed_and_not_ranked():
    """Though it is the cheapest by far."""
    asked = logistics(
        {"p": {"facts": {"insured": True}}, "q": {"facts": {"insured": False}}},
        PRICE,
        gates=[{"of": "insured", "equals": True}],
    )

    ranking = ranked(asked, at(60, "p"), at(1, "q"))

    failed = row(ranking, "q")
    assert (failed["gate"], failed["topsis_rank"]) == ("failed", None)
    assert failed["gate_reason"] == "insured is false, not true"
    assert ranking.kinds[0].ranked["partner"].to_list() == ["p"]


def test_failed_partner_moves_nobody():
    """As if it were not there: the spread of prices is that of those ranked."""
    kinds = [PRICE, ("rating", 1, "max")]
    facts = {"p": 4, "q": 3, "r": 3.4}
    partners = {name: {"facts": {"rating": of}} for name, of in facts.items()}
    versions = at(60, "p"), at(50, "q"), at(51, "r")
    alone = ranked(logistics(partners, *kinds), *versions)
    partners |= {"bad": {"facts": {"rating": 1}}}
    asked = logistics(partners, *kinds, gates=[{"of": "rating", "at_least": 2}])

    beside = ranked(asked, *versions, at(1, "bad"))

    for name in facts:
        assert row(beside, name)["topsis"] == row(alone, name)["topsis"]


def test_partner_without_terms_is_not_ranked_by_price():
    ranking = ranked(logistics({"p": {}, "q": {}}, PRICE), at(60, "p"))

    assert row(ranking, "q")["gate_reason"] == "no agreement or offer is open"


def test_partner_who_carries_none_of_the_basket_is_not_ranked_by_price():
    only_west = version("q", [rate((1, 50), zones=["west"])])

    ranking = ranked(logistics({"p": {}, "q": {}}, PRICE), at(60, "p"), only_west)

    assert row(ranking, "q")["gate_reason"] == "q_main prices none of the basket"


def promising(partner, on_time):
    level = {"measure": "on_time", "promised": on_time, "credit_percent": 1}
    return at(50, partner, service_levels=[level | {"most_percent": 5}])


def test_too_few_parcels_leave_the_promise_then_what_all_show():
    """
    30 parcels of p, all in time but 3; 29 and a promise of q; 1 and none of r.

    All together: 30 + 29 + 1, of which 3 were late.
    """
    late = {"done_h": 7}
    table = parcels(
        *[("p", 1, {})] * 27,
        *[("p", 1, late)] * 3,
        *[("q", 1, {})] * 29,
        ("r", 1, {}),
    )
    asked = logistics({"p": {}, "q": {}, "r": {}}, ("on_time", 1, "max"))

    ranking = ranked(
        asked, promising("p", 0.99), promising("q", 0.98), at(50, "r"), told=table
    )

    found = {name: row(ranking, name) for name in "pqr"}
    assert [found[name]["on_time_from"] for name in "pqr"] == [
        "measured",
        "promised",
        "all_partners",
    ]
    assert [found[name]["on_time"] for name in "pqr"] == [0.9, 0.98, 57 / 60]
    levels = ranking.levels.filter(pl.col("measure") == "on_time")
    assert levels["samples"].to_list() == [30, 29, 1]
    assert levels["promised"].to_list() == [0.99, 0.98, None]


def test_nothing_measured_nor_promised_is_the_worst_of_the_others():
    """As the 0.9 of p, not as the 0.99 of r; one parcel of all is no level."""
    asked = logistics({"p": {}, "q": {}, "r": {}}, ("on_time", 1, "max"), PRICE)

    ranking = ranked(
        asked,
        promising("p", 0.9),
        at(50, "q"),
        promising("r", 0.99),
        told=parcels(("q", 1, {})),
    )

    assert row(ranking, "q")["on_time_from"] == "unknown"
    assert row(ranking, "q")["topsis"] == row(ranking, "p")["topsis"] == 0
    assert row(ranking, "r")["topsis"] == 1
    assert any("on_time of q is not known" in note for note in ranking.notes)


def test_days_of_a_storm_are_not_measured():
    """The day on which a clause suspends service levels."""
    table = parcels(("p", 1, {}), ("p", 2, {}), ("p", 3, {}))
    storm = clause("p_main", 2, 2, "service_levels")
    signed = agreements(at(50, "p"), clauses=[storm])

    ranking = rank_partners(logistics({"p": {}}, PRICE), signed, RankInputs(table), DAY)

    assert ranking.num_parcels == 2


def test_parcels_of_other_days_are_not_measured():
    """Of the days 2 to 31 March (30 of them) the first and the last count."""
    table = parcels(("p", 0, {}), ("p", 1, {}), ("p", 30, {}), ("p", 31, {}))

    ranking = ranked(
        logistics({"p": {}}, PRICE, measured_days=30), at(50, "p"), told=table
    )

    assert (ranking.since, ranking.num_parcels) == (dt.date(2026, 3, 2), 2)


def test_parcel_told_twice_counts_once():
    table = parcels(("p", 1, {"parcel_id": "A"}), ("p", 2, {"parcel_id": "A"}))

    assert ranked(logistics({"p": {}}, PRICE), at(50, "p"), told=table).num_parcels == 1


def test_terms_and_exchange_are_criteria():
    asked = logistics(
        {"p": {"exchange": "epcis"}, "q": {}},
        ("exchange", 1, "max"),
        ("payment_days", 1, "max"),
        ("deposit", 1, "min"),
        ("coverage", 1, "max"),
    )
    paid = {"within_days": 45, "deposit": 2000}

    ranking = ranked(
        asked,
        at(50, "p", payment=paid, quantities={"maximum": 25}),
        at(50, "q", signed=False),
    )

    p, q = row(ranking, "p"), row(ranking, "q")
    names = ("exchange", "payment_days", "deposit", "coverage")
    assert [p[name] for name in names] == [2, 45, 2000, 0.25]
    assert [q[name] for name in names] == [0, 30, 0, 1]
    assert (p["deposit_from"], q["deposit_from"]) == ("agreement", "offer")


def test_judgements_give_the_weights():
    judged = [{"of": "price", "over": "rating", "times": 3}]
    facts = {"facts": {"rating": 4}}
    asked = logistics(
        {"p": facts}, ("price", None, "min"), ("rating", None, "max"), judgements=judged
    )

    ranking = ranked(asked, at(50, "p"))

    assert ranking.kinds[0].weights == pytest.approx((0.75, 0.25))
    assert ranking.kinds[0].weighing.ratio == 0


def test_fact_that_nobody_tells_is_refused_with_the_nearest():
    asked = logistics(
        {"p": {"facts": {"rating": 4, "grade": "A"}}},
        ("ratign", 1, "max"),
        ("grade", 1, "max"),
        gates=[{"of": "insurd", "equals": True}],
    )

    with pytest.raises(InputError) as refused:
        ranked(asked, at(50, "p"))

    told = str(refused.value)
    assert "rank.kinds.logistics.criteria.0.name" in told
    assert 'did you mean "rating"?' in told
    assert "grade is a text ('A'), which nothing is ranked by" in told
    assert "rank.kinds.logistics.gates.0.of" in told


def test_nothing_to_rank_by_is_refused():
    with pytest.raises(InputError, match="write `kinds:` under `rank:`"):
        ranked(settings({"p": {}}, {}))


def test_each_kind_is_ranked_by_itself():
    """Chains by the places of their stores, carriers by their price."""
    chain = {"kind": "store_chain"}
    asked = settings(
        {"p": {}, "lamp": chain, "fox": chain},
        {"logistics": by(PRICE), "store_chain": by(("site_score", 1, "max"))},
    )
    stores = pl.DataFrame(
        {"chain": ["lamp", "fox"], "lat": [0.0, 0.0], "lon": [0.0, 9 * KM]}
    )
    sites = pl.DataFrame(
        {"score": [20.0, 70.0], "lat": [0.0, 0.0], "lon": [0.1 * KM, 9.1 * KM]}
    )

    ranking = ranked(asked, at(50, "p"), stores=stores, site_scores=sites)

    carriers, chains = ranking.kinds
    assert carriers.ranked["partner"].to_list() == ["p"]
    assert chains.ranked["partner"].to_list() == ["fox", "lamp"]
    assert chains.ranked["site_score"].to_list() == [70, 20]


def test_kind_that_nothing_is_asked_of_is_told():
    asked = logistics({"p": {}, "lamp": {"kind": "store_chain"}}, PRICE)

    assert any("no store_chain" in note for note in ranked(asked, at(50, "p")).notes)


def test_swap_is_told_with_whom():
    """
    One is dear and good, one cheap and bad: points 0, 1 and 1, 0, weights 3/4 and 1/4.

    They are level where both weigh a half.
    """
    facts = {"p": {"facts": {"rating": 5}}, "q": {"facts": {"rating": 1}}}
    asked = logistics(facts, ("price", 3, "min"), ("rating", 1, "max"))

    swaps = ranked(asked, at(60, "p"), at(50, "q")).kinds[0].swaps

    down = swaps.filter(method="weighted_sum", criterion="price", change="down").row(
        0, named=True
    )
    assert down["weight"] == 0.75
    assert down["swap_weight"] == pytest.approx(0.5)
    assert (down["first"], down["becomes"]) == ("q", "p")


def test_trial_is_what_the_cap_and_the_partner_allow():
    """
    60 of the 100 parcels a month by the stage, at the price of so many.

    Steps: 50, and 40 from the 61st of all; 60 reach only the first.
    """
    asked = logistics(
        {"p": {}, "new": {"stage": "trial", "since": "2026-03-01"}}, PRICE
    )
    steps = version("new", [rate((1, 50), (61, 40))], signed=False)

    trial = ranked(asked, at(60, "p"), steps).trial

    assert (trial.partner, trial.rank, trial.of) == ("new", 1, 2)
    assert (trial.most, trial.share, trial.cost) == (60, 0.6, pytest.approx(3000))
    assert (trial.notice_days, trial.switching_cost) == (14, 500)


def test_trial_takes_no_more_than_the_partner_does():
    asked = logistics({"new": {"stage": "trial", "since": "2026-03-01"}}, PRICE)

    trial = ranked(asked, at(50, "new", quantities={"maximum": 20})).trial

    assert (trial.most, trial.cost) == (20, pytest.approx(1000))


def test_nobody_on_trial_is_no_trial():
    assert ranked(logistics({"p": {}}, PRICE), at(50, "p")).trial is None


def test_stage_tells_cap_notice_and_what_leaving_costs():
    """A regular partner since 2024: 3,000 and two years of 800."""
    [stage] = ranked(logistics({"p": {}}, PRICE), at(50, "p")).stages.to_dicts()

    assert stage["years"] == 2
    assert stage["most_parcels_per_month"] is None
    assert (stage["notice_days"], stage["switching_cost"]) == (60, 4600)


def test_levels_that_may_differ_by_chance_are_told():
    """1 of 40 lost against 2 of 40; but none against half of them."""
    table = parcels(
        *[("p", 1, {})] * 39,
        ("p", 1, {"outcome": "lost"}),
        *[("q", 1, {})] * 38,
        *[("q", 1, {"outcome": "lost"})] * 2,
    )
    asked = logistics({"p": {}, "q": {}}, ("lost", 1, "min"), ("on_time", 1, "max"))
    late = table.with_columns(
        done_at=pl.when(partner="q").then(None).otherwise("done_at"),
        outcome=pl.when(partner="q").then(pl.lit("lost")).otherwise("outcome"),
    )

    alike = ranked(asked, at(50, "p"), at(50, "q"), told=table).notes
    apart = ranked(asked, at(50, "p"), at(50, "q"), told=late).notes

    assert any("in lost, on_time may be chance" in note for note in alike)
    assert not any("chance" in note for note in apart)


def test_nobody_carries_a_sort_is_told():
    west = {"zone": "west", "service": "return", "weight_kg": 1, "parcels": 3}
    only_east = version("p", [rate((1, 50), zones=["east"])])

    ranking = ranked(logistics({"p": {}}, PRICE, basket=[*BASKET, west]), only_east)

    assert ranking.notes[-1].startswith("Nobody carries return of 1 kg, any, to west")


def test_files_are_the_same_bytes_again_and_name_where_values_are_from():
    asked = logistics({"p": {}, "q": {}}, PRICE, ("on_time", 1, "max"))
    twice = [ranked(asked, at(60, "p"), at(50, "q")) for _ in range(2)]

    first, again = (rank_files(one, rank_summary(one, "TWD")) for one in twice)

    assert first == again
    head = first["ranking.csv"].removeprefix(BOM).decode().splitlines()[0]
    assert head == (
        "kind,partner,stage,gate,gate_reason,topsis,topsis_rank,weighted_sum,"
        "weighted_sum_rank,price,price_from,on_time,on_time_from"
    )
