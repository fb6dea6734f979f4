"""Tests of choosing, calibrating and adding up, on evidence made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from panels import made_grid, made_history

from cstore_cli.demand.choice import step_group, taken, winners
from cstore_cli.demand.evidence import Evidence, asked_of, evidence_of
from cstore_cli.demand.intervals import calibrated
from cstore_cli.demand.method import method_from
from cstore_cli.demand.origins import origins_of
from cstore_cli.demand.outlook import CANDIDATES, Outlook
from cstore_cli.demand.scores import scores
from cstore_cli.demand.total import PastTotals, past_totals, total_quantiles

NAN = float("nan")
NAIVE, MEAN, CROSS, GLOBAL, QUANTILES = CANDIDATES


def evidence(orders, *, step=None, level=1.0, outlook=0, quantiles=NAN, **means):
    """Evidence of these orders; candidates that are not given tell nothing."""
    orders = np.array(orders, dtype=float)
    size = len(orders)
    every = {name: np.full(size, NAN) for name in CANDIDATES}
    every |= {name: np.array(told, dtype=float) for name, told in means.items()}
    return Evidence(
        outlook=np.full(size, outlook) if np.isscalar(outlook) else np.array(outlook),
        area=np.arange(size),
        step=np.ones(size, dtype=int) if step is None else np.array(step),
        special=np.zeros(size, dtype=bool),
        orders=orders,
        means=every,
        quantiles=np.full((3, size), quantiles),
        per_person=np.ones(size),
        level=np.full(size, level) if np.isscalar(level) else np.array(level),
    )


def test_steps_go_by_weeks_and_weeks_by_eight_at_most():
    assert step_group(np.array([1, 7, 8, 28]), 28, 1).tolist() == [0, 0, 1, 3]
    assert step_group(np.array([1, 2, 8]), 8, 7).tolist() == [0, 1, 7]
    assert step_group(np.array([1, 2, 3, 9]), 9, 7).tolist() == [0, 0, 1, 4]


def test_least_sum_of_errors_wins_in_each_group():
    """Group 0: naive errs by 1 + 1, mean by 0 + 3; group 1: by 5 and 1."""
    rows = evidence(
        [10, 10, 10], seasonal_naive=[11, 9, 5], mean=[10, 13, 11], **{CROSS: [0, 0, 0]}
    )

    assert winners(rows, np.array([0, 0, 1]), 2) == (NAIVE, MEAN)


def test_only_rows_that_all_tell_count():
    """Naive is right where the trees tell nothing, and far off elsewhere."""
    rows = evidence(
        [10, 10], seasonal_naive=[10, 20], mean=[90, 90], **{GLOBAL: [NAN, 11]}
    )

    assert winners(rows, np.array([0, 0]), 1) == (GLOBAL,)


def test_group_without_evidence_takes_its_neighbours():
    rows = evidence([10, 10], seasonal_naive=[10, 0], mean=[0, 10])

    assert winners(rows, np.array([1, 3]), 5) == (NAIVE, NAIVE, NAIVE, MEAN, MEAN)


def test_without_any_evidence_the_mean_is_taken():
    assert winners(evidence([]), np.zeros(0, dtype=int), 2) == (MEAN, MEAN)


def test_what_is_not_told_is_told_by_the_next():
    """Trees, mean, naive, cross-section, in this order."""
    means = {
        NAIVE: np.array([1, NAN, 1, 1, NAN]),
        MEAN: np.array([2, 2, NAN, 2, NAN]),
        CROSS: np.array([3.0, 3, 3, 3, 3]),
        GLOBAL: np.array([NAN, 4, NAN, 4, NAN]),
        QUANTILES: np.full(5, NAN),
    }

    mean, number = taken(means, np.array([0, 0, 0, 1, 1]), (NAIVE, GLOBAL))

    assert mean.tolist() == [1, 4, 1, 4, 3]
    assert [CANDIDATES[k] for k in number] == [NAIVE, GLOBAL, NAIVE, GLOBAL, CROSS]


def outlook(origin, means, level):
    table = np.array(means, dtype=float)
    return Outlook(
        origin=origin,
        means={MEAN: table},
        quantiles=None,
        per_person=table,
        level=np.array(level, dtype=float),
        likeness=np.ones(len(table)),
        credible=np.ones(2),
        pace=None,
        special=np.zeros(table.shape[1], dtype=bool),
        trees=None,
    )


def test_evidence_is_what_is_known_before_a_period():
    """From origin 2, 3 steps; before 4 only steps 1 and 2 are known, one not at all."""
    grid = made_grid(made_history([[1, 2, 3, 4, 5], [6, 7, NAN, 9, 10]], 3))
    told = outlook(2, [[30, 40, 50], [80, 90, 100]], [1, 7])

    found = evidence_of(grid, [told], 4)

    assert found.orders.tolist() == [3, 4, 9]
    assert found.means[MEAN].tolist() == [30, 40, 90]
    assert np.isnan(found.means[GLOBAL]).all()
    assert found.step.tolist() == [1, 2, 2]
    assert found.area.tolist() == [0, 0, 1]
    assert len(evidence_of(grid, [told], 2).orders) == 0
    assert len(asked_of(told).orders) == 6


def shares(orders, quantiles):
    return [float(np.mean(orders <= q)) for q in quantiles]


def simulated(size, factor, seed):
    """Means of 20 to 80 and orders around them, ``factor`` times as far as told."""
    dice = np.random.default_rng(seed)
    mean = dice.uniform(20, 80, size)
    orders = np.maximum(0, mean + factor * np.sqrt(mean) * dice.normal(size=size))
    base = mean + np.array([[-1.2816], [0], [1.2816]]) * np.sqrt(mean)
    return orders, mean, base


@pytest.mark.parametrize("factor", [0.5, 1, 2])
@pytest.mark.parametrize("with_base", [True, False])
def test_corrected_quantiles_hold_their_share(factor, with_base):
    """However wrong the base was; 3 standard errors of 4,000 in each group."""
    orders, mean, base = simulated(8000, factor, 1)
    base = base if with_base else np.full_like(base, NAN)
    group = np.arange(8000) % 2
    new_orders, new_mean, new_base = simulated(8000, factor, 2)
    new_base = new_base if with_base else np.full_like(base, NAN)

    found = calibrated(orders, mean, base, group, 2)

    told = found.quantiles(new_mean, new_base, group)
    assert (np.diff(told, axis=0) >= 0).all()
    for number in range(2):
        held = shares(new_orders[group == number], told[:, group == number])
        assert held == pytest.approx([0.1, 0.5, 0.9], abs=0.025)


def test_every_third_of_volume_is_corrected_by_itself():
    """Small areas err by half of what is told, large ones by twice as much."""
    _, mean, base = simulated(6000, 1, 3)
    dice = np.random.default_rng(4)
    off = np.where(mean < 40, 0.5, 2) * np.sqrt(mean)
    orders, new = (np.maximum(0, mean + off * dice.normal(size=6000)) for _ in range(2))
    group = np.zeros(6000, dtype=int)

    told = calibrated(orders, mean, base, group, 1).quantiles(mean, base, group)

    for part in (mean < 35, mean > 65):
        assert shares(new[part], told[:, part]) == pytest.approx(
            [0.1, 0.5, 0.9], abs=0.035
        )


def test_correction_is_the_one_at_q_of_one_more():
    """
    Of 99 errors 1, 2, ..., 99 those at 0.1, 0.5 and 0.9 of 100: 10, 50 and 90.

    The scale of a mean 1 with dispersion 10, the most there is, is sqrt(11).
    """
    orders = 1000 + np.arange(1.0, 100)
    mean, base = np.ones(99), np.full((3, 99), 1000.0)
    group = np.zeros(99, dtype=int)

    told = calibrated(orders, mean, base, group, 1).quantiles(
        mean[:1], base[:, :1], group[:1]
    )

    assert told[:, 0] == pytest.approx([1010, 1050, 1090])


def test_group_of_few_rows_takes_the_correction_of_all():
    """Group 1 has 5 rows, all far above; alone they would be corrected upwards."""
    orders, mean, base = simulated(905, 1, 5)
    group = np.repeat([0, 1], [900, 5])
    orders[900:] += 500

    found = calibrated(orders, mean, base, group, 2)
    expected = plain_of_all(orders, mean, base)
    np.testing.assert_allclose(found.corrections[1], [expected] * 3)


def plain_of_all(orders, mean, base):
    """Errors of all rows, sorted, at q (n + 1), between two neighbours."""
    beyond = np.sum((orders - mean) ** 2 - mean) / np.sum(mean**2)
    scale = np.sqrt(mean + np.clip(beyond, 1e-3, 10) * mean**2)
    found = []
    for q, told in zip((0.1, 0.5, 0.9), base, strict=True):
        errors = np.sort((orders - told) / scale)
        place = q * (len(errors) + 1) - 1
        low = int(place)
        found.append(errors[low] + (place - low) * (errors[low + 1] - errors[low]))
    return found


@examples(max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 80), st.integers(1, 3))
def test_quantiles_rise_and_none_is_negative(seed, size, num_groups):
    dice = np.random.default_rng(seed)
    mean = dice.gamma(1, 5, size)
    base = np.where(dice.random((3, size)) < 0.3, NAN, dice.gamma(1, 5, (3, size)))
    group = dice.integers(0, num_groups, size)
    orders = dice.poisson(mean).astype(float)

    found = calibrated(orders, mean, base, group, num_groups)

    asked = dice.gamma(1, 20, 9)
    told = found.quantiles(asked, np.full((3, 9), NAN), np.arange(9) % num_groups)
    assert np.isfinite(told).all()
    assert (told >= 0).all()
    assert (np.diff(told, axis=0) >= 0).all()


def test_without_evidence_quantiles_are_a_normal_distributions():
    """Of a mean 100 with dispersion 0.1: deviation sqrt(100 + 1000)."""
    nothing = np.zeros(0)
    found = calibrated(nothing, nothing, np.zeros((3, 0)), nothing.astype(int), 1)

    told = found.quantiles(np.array([100.0]), np.full((3, 1), NAN), np.array([0]))

    away = 1.2815516 * np.sqrt(1100)
    assert told[:, 0] == pytest.approx([100 - away, 100, 100 + away])


def test_areas_without_history_have_intervals_of_their_own():
    """History tells to within 1; likeness only to within 50."""
    dice = np.random.default_rng(6)
    like = dice.uniform(90, 110, 600)
    orders = like + dice.uniform(-50, 50, 600)
    mean = orders + dice.uniform(-1, 1, 600)
    rows = evidence(orders, mean=mean, **{CROSS: like})

    method = method_from(rows, 7, 1)
    asked = evidence([0, 0], level=[1.0, NAN], mean=[100, NAN], **{CROSS: [100, 100]})
    expected = method.expected(asked)

    width = expected.quantiles[2] - expected.quantiles[0]
    assert width[0] < 2
    assert width[1] == pytest.approx(80, rel=0.2)
    assert [CANDIDATES[k] for k in expected.model] == [MEAN, CROSS]


def test_totals_are_sums_by_outlook_and_step():
    rows = evidence([1, 2, 3, 4, 5], step=[1, 2, 1, 1, 2], outlook=[0, 0, 0, 1, 1])

    found = past_totals(rows, np.array([10.0, 20, 30, 40, 50]))

    assert found.outlook.tolist() == [0, 0, 1, 1]
    assert found.orders.tolist() == [4, 2, 4, 5]
    assert found.mean.tolist() == [40, 20, 40, 50]


def test_quantiles_of_a_total_are_told_by_outlooks_and_periods():
    """
    Shares of 0.8, 1.0 and 1.1, 1.3 in two outlooks.

    Between them (0.9, 1.2) the variance is 0.045, half as much more for the next one;
    within 0.01. Student's t of one degree is at 3.0776837.
    """
    past = PastTotals(
        np.array([3, 3, 5, 5, 5]),
        np.array([False, False, False, False, True]),
        np.array([80.0, 50, 110, 130, 300]),
        np.array([100.0, 50, 100, 100, 200]),
    )
    special = np.array([False, True])

    sums = np.array([[1.0, 1], [2, 2], [3, 3]])

    found = total_quantiles(past, np.array([200.0, 10]), sums, special)

    away = 3.0776837 * np.sqrt(0.045 * 1.5 + 0.01)
    assert found[:, 0] == pytest.approx(
        [max(0, 200 * (1.05 - away)), 210, 200 * (1.05 + away)]
    )
    assert found[:, 1].tolist() == [1, 2, 3]


@pytest.mark.parametrize("outlooks", [[], [0, 0]])
def test_of_one_outlook_the_sums_stand(outlooks):
    size = len(outlooks)
    usual = np.zeros(size, dtype=bool)
    past = PastTotals(
        np.array(outlooks, dtype=int), usual, np.ones(size), np.ones(size)
    )
    sums = np.array([[1.0], [2], [3]])

    assert total_quantiles(past, np.array([2.0]), sums, np.array([False])) is sums


@pytest.mark.parametrize(
    ("num_past", "horizon", "season", "wanted", "expected"),
    [
        (120, 28, 7, 3, (36, 64, 92)),
        (1000, 28, 7, 2, (944, 972)),
        (70, 28, 7, 6, (17, 22, 27, 32, 37, 42)),  # five apart: windows overlap
        (100, 7, 1, 2, (86, 93)),
        (15, 28, 7, 6, (14,)),  # one day to see
        (14, 28, 7, 6, ()),
        (3, 28, 7, 6, ()),
        (1, 1, 1, 2, ()),
        (60, 4, 52, 3, (48, 52, 56)),  # weeks: half a year is enough
        (20, 400, 7, 2, (14,)),
    ],
)
def test_origins_are_horizons_apart_where_they_fit(
    num_past, horizon, season, wanted, expected
):
    assert origins_of(num_past, horizon, season, wanted) == expected


@given(
    st.integers(1, 900), st.integers(1, 400), st.integers(1, 400), st.integers(2, 60)
)
def test_origins_rise_and_lie_in_the_past(num_past, horizon, season, wanted):
    found = origins_of(num_past, horizon, season, wanted)

    assert len(found) <= wanted
    assert all(1 <= origin < num_past for origin in found)
    assert list(found) == sorted(set(found))


def test_errors_in_the_figures_of_the_field():
    """Errors of +2, -1 and +1 on 10, 20 and 0 orders; quantiles hold two of three."""
    orders, mean = np.array([10.0, 20, 0]), np.array([12.0, 19, 1])
    quantiles = np.array([[9.0, 21, 0], [12, 21, 1], [13, 30, 2]])

    found = scores(orders, mean, quantiles)

    assert found["wape_pct"] == pytest.approx(400 / 30)
    assert found["mape_pct"] == pytest.approx((20 + 5) / 2)
    assert found["bias_pct"] == pytest.approx(200 / 30)
    assert found["coverage_80_pct"] == pytest.approx(200 / 3)
    # p10: .1 * 1, .9 * 1, 0; p50: .5 * 2, .5 * 1, .5 * 1; p90: .1 * 3, .1 * 10, .1 * 2
    assert found["pinball"] == pytest.approx((1.0 + 2.0 + 1.5) / 9)


def test_of_no_orders_at_all_no_share_is_told():
    assert scores(np.zeros(2), np.ones(2), None) == {"periods": 2}
