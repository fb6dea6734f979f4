"""Settling against a slow oracle, and what holds for all agreements and parcels."""

import datetime as dt
from collections import Counter
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from settle_cases import all_lines, cases, settled, total
from settle_oracle import Oracle

LAST = dt.date(2026, 7, 31)


def rarely(examples):
    """So many examples: each takes a tenth of a second."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


def units(amount):
    return int(amount * 10_000)


def expected_lines(versions, clauses, rows):
    """All lines of the oracle, as `all_lines` tells ours."""
    for version in versions:
        oracle = Oracle(version, clauses, rows)
        paid = oracle.compensations()
        for ends in oracle.month_ends(min(LAST, version.valid_to)):
            first = oracle.period(ends, "month")[0]
            key = version.version, ends
            for place, row in enumerate(oracle.rows):
                if first <= row["charged_on"] <= ends:
                    who = row["parcel_id"], row["service"]
                    for line, amount in oracle.parcel_lines(row, ends).items():
                        yield *key, *who, *line, units(amount)
                    if place in paid:
                        yield (
                            *key,
                            *who,
                            "compensation",
                            "compensation",
                            units(paid[place]),
                        )
            for line, amount in oracle.period_lines(ends, ends).items():
                yield *key, None, None, *line, units(amount)
            for (_, charge), amount in oracle.corrections(ends).items():
                yield *key, None, None, "correction", charge, units(amount)


@rarely(40)
@given(cases())
def test_every_line_is_the_oracles(case):
    """Each charge of each parcel and each line of a period, to the last decimal."""
    versions, clauses, rows = case

    ours = settled(rows, *versions, clauses=clauses, last=LAST)

    assert Counter(all_lines(ours)) == Counter(expected_lines(versions, clauses, rows))


@rarely(15)
@given(cases())
def test_lines_add_up_to_the_total(case):
    """To the last decimal, by month and charge as well."""
    versions, clauses, rows = case

    ours = settled(rows, *versions, clauses=clauses, last=LAST)

    sums = Counter()
    for version, ends, _, _, kind, charge, amount in all_lines(ours):
        sums[version, f"{ends:%Y-%m}", kind, charge] += amount
    told = {
        tuple(row[:4]): row[4]
        for row in ours.totals.select(
            "version", "month", "kind", "charge", "amount"
        ).iter_rows()
    }
    assert told == dict(sums)
    assert sum(sums.values()) == ours.total_of("ours")


@rarely(10)
@given(cases())
def test_a_range_has_the_lines_of_its_months(case):
    """Settled at once or month by month: nothing is charged twice or forgotten."""
    versions, clauses, rows = case

    at_once = settled(rows, *versions, clauses=clauses, last=LAST)

    lines = Counter()
    for month in range(1, LAST.month + 1):
        first = dt.date(2026, month, 1)
        last = dt.date(2026, month + 1, 1) - dt.timedelta(days=1)
        one = settled(rows, *versions, clauses=clauses, first=first, last=last)
        lines += Counter(all_lines(one))
    assert lines == Counter(all_lines(at_once))


@rarely(30)
@given(cases(), st.data())
def test_a_lower_unit_price_never_raises_the_total(case, data):
    """
    At fixed volumes and terms.

    Where several credits are each rounded by themselves, each but one may round a unit
    of the last decimal the other way.
    """
    versions, clauses, rows = case
    version = data.draw(st.sampled_from(versions))
    rate = data.draw(st.sampled_from(version.rates))
    place = data.draw(st.integers(0, len(rate.prices.steps) - 1))
    less = data.draw(st.integers(0, int(rate.prices.steps[place].price * 100)))
    steps = list(rate.prices.steps)
    steps[place] = steps[place].model_copy(update={"price": Decimal(less) / 100})
    lower = rate.model_copy(
        update={"prices": rate.prices.model_copy(update={"steps": steps})}
    )
    rates = [lower if it is rate else it for it in version.rates]
    cheaper = [
        it.model_copy(update={"rates": rates}) if it is version else it
        for it in versions
    ]

    before = settled(rows, *versions, clauses=clauses)
    after = settled(rows, *cheaper, clauses=clauses)

    credited = sum(
        line.kind in ("rebate", "service_credit")
        for month in before.months
        for line in month.lines
    )
    unit = 10.0 ** -min(it.rounding.decimals for it in versions)
    assert total(after) <= total(before) + max(0, credited - 1) * unit + 1e-9
