"""Invoices with errors planted in them, each explained."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from settle_cases import (
    agreements_of,
    all_lines,
    clause_of,
    matched_parcels,
    one_rate,
    parcel,
    parcels_on,
    version_of,
)

from cstore_cli.partners.settle.matching import FAULT
from cstore_cli.partners.settle.reconcile import Known, reconcile
from cstore_cli.partners.settle.settle import settle

EARLY, LATE = dt.date(2026, 1, 10), dt.date(2026, 1, 20)
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
VERSIONS = (
    version_of(
        valid_to="2026-01-15",
        rates=[
            {**one_rate((1, 50), (4, 45), name="store"), "to_kg": 5, "zones": ["near"]},
            {**one_rate((1, 90), name="heavy"), "over_kg": 5, "zones": ["near"]},
            {**one_rate((1, 70), name="far"), "zones": ["far"]},
        ],
        surcharges=[
            {"name": "cod", "when": "cod", "amount": 10},
            {"name": "fuel", "when": "always", "percent_of_price": 10},
            {"name": "storage", "when": "storage", "amount": 4, "free_days": 2},
        ],
        promotions=[
            {
                "name": "new_year",
                "valid_from": "2026-01-10",
                "valid_to": "2026-01-10",
                "percent": 20,
            }
        ],
        risk={"partner_share": 50},
        service_levels=[
            {
                "measure": "lost",
                "promised": 0.05,
                "credit_percent": 1,
                "most_percent": 5,
            }
        ],
    ),
    version_of(
        version=2,
        valid_from="2026-01-16",
        rates=[one_rate((1, 48), (5, 44.4), name="store")],
        surcharges=[{"name": "cod", "when": "cod", "amount": 12}],
        commitments=[{"name": "promised", "parcels": 31, "shortfall_fee": 3}],
        rebates=[{"name": "any", "from_parcels": 1, "per": "month", "percent": 5}],
    ),
)
LATE_PARCELS = {f"P{number:04}" for number in range(11, 17)}
STORM = clause_of("commitments", first="2026-01-16", last="2026-01-17")
ROWS = [
    *parcels_on(EARLY, 5, cod_twd=100.0),
    parcel(6, EARLY, zone="far", storage_days=5),
    parcel(7, EARLY, weight_kg=8.0, outcome="lost", value_twd=400.0),
    *parcels_on(LATE, 6, first=11, cod_twd=100.0),
]


def settlements(rows=ROWS, versions=VERSIONS):
    found, terms = matched_parcels(rows, agreements_of(*versions))
    assert found[FAULT].null_count() == len(found)
    sound = found.drop(FAULT, "line")
    for held in ([STORM], []):
        agreements = agreements_of(*versions, clauses=held)
        yield settle(sound, terms, agreements, FIRST, LAST)


def true_invoice(settlement):
    """What a partner without errors would write."""
    lines = []
    for _, day, parcel_id, service, _, charge, amount in all_lines(settlement):
        lines.append(
            {
                "line_id": f"L{len(lines):03}",
                "parcel_id": parcel_id,
                "service": service,
                "charge": charge,
                "charged_on": day,
                "amount": amount,
            }
        )
    return lines


def compared(lines, rows=ROWS, set_aside=(), versions=VERSIONS):
    settlement, unsuspended = settlements(rows, versions)
    schema = {
        **dict.fromkeys(("line_id", "parcel_id", "service", "charge"), pl.String),
        "charged_on": pl.Date,
        "amount": pl.Int64,
    }
    known = pl.DataFrame(
        [
            (it["parcel_id"], it["partner"], it["service"], it["charged_on"])
            for it in rows
        ]
        + [
            ("P0901", "others", "store_delivery", EARLY),
            ("P0902", "ours", "store_delivery", dt.date(2025, 12, 30)),
        ],
        schema={
            **dict.fromkeys(("parcel_id", "partner", "service"), pl.String),
            "charged_on": pl.Date,
        },
        orient="row",
    )
    return reconcile(
        settlement,
        unsuspended,
        "ours",
        pl.DataFrame(lines, schema=schema),
        versions,
        [STORM],
        Known(known, dict(set_aside)),
    )


def told(found):
    """(parcel, charge): (cause, detail, difference in the currency)."""
    assert found.differences["difference"].sum() == found.invoiced - found.expected
    return {
        (row["parcel_id"], row["charge"]): (
            row["cause"],
            row["detail"],
            row["difference"] / 10_000,
        )
        for row in found.differences.iter_rows(named=True)
    }


def invoice_with(parcel_id, charge, **changed):
    """The true invoice with one line changed, or left out: an amount of None."""
    settlement, _ = settlements()
    lines = true_invoice(settlement)
    [line] = [
        it for it in lines if (it["parcel_id"], it["charge"]) == (parcel_id, charge)
    ]
    if changed.get("amount", 0) is None:
        lines.remove(line)
        return lines
    if "amount" in changed:
        changed["amount"] = round(changed["amount"] * 10_000)
    line.update(changed)
    return lines


def extra(parcel_id, charge, amount, service="store_delivery", day=EARLY):
    settlement, _ = settlements()
    line = {
        "line_id": "X",
        "parcel_id": parcel_id,
        "service": service,
        "charge": charge,
        "charged_on": day,
        "amount": round(amount * 10_000),
    }
    return [*true_invoice(settlement), line]


def test_a_true_invoice_has_no_difference():
    """Neither where the service of a line is left out."""
    settlement, _ = settlements()
    lines = [{**line, "service": None} for line in true_invoice(settlement)]

    found = compared(lines)

    assert told(found) == {}
    assert found.invoiced == found.expected == settlement.total_of("ours")


@pytest.mark.parametrize(
    ("parcel_id", "charge", "amount", "cause", "detail"),
    [
        ("P0001", "store", 50, "tier", "from parcel 1 on; due: from 4 on"),
        ("P0001", "store", 48, "version", "main version 2, 2026-01-16 to"),
        ("P0011", "store", 45, "version", "main version 1, 2026-01-01 to"),
        ("P0001", "store", 90, "weight_band", "the price of heavy from parcel 1"),
        ("P0001", "store", 70, "zone", "the price of far from parcel 1"),
        ("P0011", "store", 44.4, "rounding", "rounded in another way"),
        ("P0001", "store", 33, "unexplained", "no price of the agreements"),
        ("P0001", "cod", 12, "version", "the amount of version 2"),
        ("P0001", "cod", 13, "surcharge_amount", "another amount than agreed"),
        ("P0006", "storage", 16, "surcharge_amount", "4 days charged, 3 due"),
        ("P0006", "fuel", 5.6, "rounding", "rounded in another way"),
        ("P0001", "new_year", None, "missing_promotion", "20 % off"),
        ("P0007", "compensation", None, "missing_compensation", "lost: 50 %"),
        ("P0001", "cod", None, "missing_line", "cash on delivery"),
        (None, "any", None, "missing_rebate", "6 parcels came"),
        (None, "lost", None, "missing_credit", "9 whole points missed: 5 %"),
        (None, "promised", 30, "clause", "as if storm did not hold"),
        (None, "promised", 25, "amount", "6 parcels came of 14 promised"),
    ],
)
def test_a_planted_error_is_told(parcel_id, charge, amount, cause, detail):
    """One line differs, and its cause is the one that was planted."""
    found = told(compared(invoice_with(parcel_id, charge, amount=amount)))

    assert list(found) == [(parcel_id, charge)]
    assert found[parcel_id, charge][0] == cause
    assert detail in found[parcel_id, charge][1]


@pytest.mark.parametrize(
    ("line", "cause", "detail"),
    [
        (("P0001", "store", 45), "charged_twice", "another line"),
        (("P0006", "cod", 10), "surcharge_not_due", "no cash on delivery"),
        (("P0001", "storage", 4), "surcharge_not_due", "0 days, 2 are free"),
        (("P0011", "fuel", 4, "store_delivery", LATE), "version", "version 1 alone"),
        (("P0999", "store", 45), "not_ours", "no row of the table"),
        (("P0901", "store", 45), "not_ours", "others carried it"),
        (("P0001", "store", 45, "return"), "not_ours", "but store_delivery"),
        (("P0902", "store", 45), "other_month", "carried on 2025-12-30"),
        (("P0903", "store", 45), "set_aside", "no rate"),
        (("P0001", "gift", 45), "unexplained", "no agreement"),
        ((None, "promised", 24, None, LAST), "charged_twice", "another line"),
        ((None, "minimum_charge", 99, None, LAST), "not_due", "nothing of the kind"),
    ],
)
def test_a_line_too_many_is_told(line, cause, detail):
    """Each with why it is not owed."""
    found = told(compared(extra(*line), set_aside=[("P0903", "no rate")]))

    [(key, (why, words, difference))] = found.items()
    assert key == line[:2]
    assert (why, difference) == (cause, line[2])
    assert detail in words


def test_percentages_follow_the_price_invoiced():
    """Heavy charged at 110 instead of 90 (less 18): 10 % of 92 is 9, of 72 it is 7."""
    lines = invoice_with("P0007", "heavy", amount=110)
    for line in lines:
        if (line["parcel_id"], line["charge"]) == ("P0007", "fuel"):
            line["amount"] = 9 * 10_000

    found = told(compared(lines))

    assert found["P0007", "heavy"][0] == "unexplained"
    assert found["P0007", "fuel"][0] == "follows_price"


def test_the_line_that_fits_best_is_the_one_that_counts():
    """Charged at 50 and then at 45, as due: the first is the one too many."""
    lines = extra("P0001", "store", 50)
    lines.insert(0, lines.pop())

    [row] = compared(lines).differences.rows(named=True)

    assert (row["line_id"], row["cause"]) == ("X", "charged_twice")
    assert row["difference"] == 50 * 10_000


TWO_SERVICES = [
    {**one_rate((1, 50), name="store"), "services": ["store_delivery"]},
    {**one_rate((1, 30), name="back"), "services": ["return"]},
]
STEPS = [one_rate((1, 50), (2, 30), kind="incremental")]


@pytest.mark.parametrize("rates", [TWO_SERVICES, STEPS])
def test_a_parcel_brought_and_fetched_back_is_charged_twice_rightly(rates):
    """50 and 30 without their services, in either order, with a rate each or one."""
    versions = (version_of(valid_to="2026-01-31", rates=rates),)
    rows = [parcel(1, EARLY), parcel(1, EARLY, service="return")]
    settlement, _ = settlements(rows, versions)
    lines = [{**line, "service": None} for line in true_invoice(settlement)]

    for order in (lines, lines[::-1]):
        assert compared(order, rows, versions=versions).differences.is_empty()


def test_a_third_price_of_a_parcel_with_two_services_is_one_too_many():
    """And a wrong one is held against the service whose price is not invoiced."""
    versions = (version_of(valid_to="2026-01-31", rates=TWO_SERVICES),)
    rows = [parcel(1, EARLY), parcel(1, EARLY, service="return")]
    settlement, _ = settlements(rows, versions)
    lines = [{**line, "service": None} for line in true_invoice(settlement)]
    wrong = [lines[0], {**lines[0], "line_id": "X", "amount": 330_000}]
    again = [*lines, {**lines[0], "line_id": "X"}]

    [one] = compared(wrong, rows, versions=versions).differences.rows(named=True)
    [two] = compared(again, rows, versions=versions).differences.rows(named=True)

    assert (one["line_id"], one["service"]) == ("X", "return")
    assert one["difference"] == 3 * 10_000
    assert (two["cause"], two["difference"]) == ("charged_twice", 50 * 10_000)


def test_a_surcharge_may_bear_the_name_of_a_rate_of_another_version():
    """Fuel is the rate of the first half of the month, a surcharge in the second."""
    versions = (
        version_of(valid_to="2026-01-15", rates=[one_rate((1, 50), name="fuel")]),
        version_of(
            version=2,
            valid_from="2026-01-16",
            rates=[one_rate((1, 48))],
            surcharges=[{"name": "fuel", "when": "always", "amount": 3}],
        ),
    )
    rows = [parcel(1, EARLY), parcel(2, LATE)]
    settlement, _ = settlements(rows, versions)

    found = compared(true_invoice(settlement), rows, versions=versions)

    assert found.differences.is_empty()


def test_lines_of_one_charge_and_day_are_told_apart_by_their_amount():
    """
    A quarter's count lowers the prices of its months: March ends with the minimum
    charge of March and with that of earlier months corrected. In the order of the
    invoice that is one to the other's amount, and no difference.
    """
    versions = (
        version_of(
            rates=[one_rate((1, 50), (3, 40), per="quarter")],
            payment={"minimum_charge": 100},
        ),
    )
    rows = [*parcels_on(dt.date(2026, 1, 9), 2), parcel(3, dt.date(2026, 3, 9))]
    found, terms = matched_parcels(rows, agreements_of(*versions))
    sound = found.drop(FAULT, "line")
    last = dt.date(2026, 3, 31)
    settlement = settle(sound, terms, agreements_of(*versions), FIRST, last)
    lines = true_invoice(settlement)
    both = [line["amount"] for line in lines if line["charge"] == "minimum_charge"]
    frame = pl.DataFrame(lines[::-1], infer_schema_length=None)
    known = Known(sound.with_columns(partner=pl.lit("ours")), {})

    result = reconcile(settlement, settlement, "ours", frame, versions, [], known)

    assert both == [1_000_000, 600_000, 200_000]
    assert result.differences.is_empty()


def test_a_version_changed_mid_month_is_told():
    """All parcels after the change are invoiced by the version before it."""
    settlement, _ = settlements()
    lines = true_invoice(settlement)
    for line in lines:
        if line["charge"] == "store" and line["parcel_id"] in LATE_PARCELS:
            line["amount"] = 45 * 10_000

    found = told(compared(lines))

    assert {key[0] for key in found} == LATE_PARCELS
    assert {cause for cause, _, _ in found.values()} == {"version"}


def test_the_cause_of_most_lines_is_told():
    """
    Due are 45. Two lines at 50 may be of the first step or of version 2, three at 30 of
    version 2 alone: all are told so. Without the three it is the step.
    """
    versions = (
        version_of(valid_to="2026-01-15", rates=[one_rate((1, 50), (4, 45))]),
        version_of(
            version=2, valid_from="2026-01-16", rates=[one_rate((1, 50), (2, 30))]
        ),
    )
    rows = parcels_on(EARLY, 5)
    settlement, _ = settlements(rows, versions)
    lines = true_invoice(settlement)
    for line, price in zip(lines, (50, 50, 30, 30, 30), strict=True):
        line["amount"] = price * 10_000

    found = told(compared(lines, rows, versions=versions))
    fewer = told(compared(lines[:2], rows, versions=versions))

    assert [cause for cause, _, _ in found.values()] == ["version"] * 5
    assert [cause for cause, _, _ in fewer.values()][:2] == ["tier"] * 2


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_differences_add_up_whatever_is_invoiced(data):
    """Lines left out, doubled, renamed and changed at random: nothing is lost."""
    settlement, _ = settlements()
    lines = []
    for line in true_invoice(settlement):
        times = data.draw(st.sampled_from([1, 1, 1, 0, 2]))
        for _ in range(times):
            changed = dict(line, line_id=f"L{len(lines)}")
            changed["amount"] += data.draw(st.sampled_from([0, 0, 10_000, -5]))
            changed["charge"] = data.draw(
                st.sampled_from([line["charge"], line["charge"], "store", "any", "odd"])
            )
            changed["parcel_id"] = data.draw(
                st.sampled_from([line["parcel_id"], line["parcel_id"], "P0902", None])
            )
            lines.append(changed)

    found = compared(lines)

    assert found.invoiced == sum(line["amount"] for line in lines)
    assert found.expected == settlement.total_of("ours")
    assert found.differences["difference"].sum() == found.invoiced - found.expected
