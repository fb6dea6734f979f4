"""Agreements and parcels for tests of settling, and settling them."""

import datetime as dt

import polars as pl
from hypothesis import strategies as st

from cstore_cli.partners.settle.charge_lines import parcel_lines
from cstore_cli.partners.settle.matching import FAULT, matched, terms_of
from cstore_cli.partners.settle.settle import settle
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.agreement_folder import Agreements
from cstore_cli.tables.partners import PartnerParcels

SIGNED = {
    "date": "2025-12-01",
    "by": ["us", "them"],
    "file": "x.pdf",
    "sha256": "0" * 64,
}
ZONES = ("near", "far")
NEW_YEAR = dt.date(2026, 1, 1)


def one_rate(*steps, name="store", **prices):
    """A rate for everything, of (from_parcel, price) steps."""
    told = [{"from_parcel": first, "price": price} for first, price in steps]
    return {
        "name": name,
        "services": ["store_delivery", "door_delivery", "return"],
        "zones": list(ZONES),
        "prices": {"steps": told, **prices},
    }


def version_of(**terms):
    """A signed version of 2026 with whole amounts."""
    return AgreementVersion.model_validate(
        {
            "agreement": "main",
            "partner": "ours",
            "version": 1,
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
            "signed": SIGNED,
            "rates": [one_rate((1, 50))],
            **terms,
        }
    )


def clause_of(*suspends, first, last):
    """A clause of the agreement."""
    return AgreementClause(
        clause="storm",
        agreement="main",
        valid_from=first,
        valid_to=last,
        suspends=list(suspends),
        reason="a storm",
    )


def parcel(number, day, **facts):
    """A parcel brought to a store near by."""
    return {
        "parcel_id": f"P{number:04}",
        "partner": "ours",
        "service": "store_delivery",
        "charged_on": day,
        "zone": "near",
        "location_id": None,
        "weight_kg": 1.0,
        "length_cm": None,
        "width_cm": None,
        "height_cm": None,
        "value_twd": None,
        "cod_twd": 0.0,
        "redirected": False,
        "storage_days": 0,
        "outcome": "delivered",
        "due_at": None,
        "done_at": None,
        "told_at": None,
        **facts,
    }


def parcels_on(day, num, first=1, **facts):
    """So many parcels of a day."""
    return [parcel(first + k, day, **facts) for k in range(num)]


def agreements_of(*versions, clauses=()):
    hashes = {(it.agreement, it.version): "1" * 64 for it in versions}
    return Agreements(versions=tuple(versions), clauses=tuple(clauses), sha256=hashes)


def matched_parcels(rows, agreements):
    """The rows with their terms, and the terms."""
    terms = terms_of(agreements, ["ours"], ZONES, {})
    frame = pl.DataFrame(rows, schema=PartnerParcels.create_empty().schema)
    numbered = frame.insert_column(
        0, pl.int_range(2, 2 + len(frame), eager=True).alias("line")
    )
    return matched(numbered, terms), terms


def settled(rows, *versions, clauses=(), first=NEW_YEAR, last=dt.date(2026, 12, 31)):
    """The settlement of rows that have no fault."""
    agreements = agreements_of(*versions, clauses=clauses)
    found, terms = matched_parcels(rows, agreements)
    assert found[FAULT].null_count() == len(found), found[FAULT].drop_nulls().to_list()
    return settle(found.drop(FAULT, "line"), terms, agreements, first, last)


def total(settlement):
    """The total in the currency, from the sums."""
    return settlement.totals["amount"].sum() / 10_000


def all_lines(settlement):
    """(version, month's end, parcel_id, service, kind, charge, amount in units)."""
    for month in settlement.months:
        key = month.version.version, month.last
        lines = parcel_lines(month)
        for row in lines.iter_rows(named=True):
            yield (
                *key,
                row["parcel_id"],
                row["service"],
                row["kind"],
                row["charge"],
                row["amount"],
            )
        for line in month.lines:
            yield *key, None, None, line.kind, line.charge, line.amount


def period_amounts(settlement):
    """(kind, charge, day): amount in the currency, of the lines of no parcel."""
    return {
        (line.kind, line.charge, f"{line.charged_on}"): line.amount / 10_000
        for month in settlement.months
        for line in month.lines
    }


@st.composite
def prices(draw):
    """Steps of either kind and any period; prices up or down."""
    starts = [1, *sorted(draw(st.sets(st.integers(2, 6), max_size=2)))]
    cents = st.integers(0, 9999)
    return {
        "kind": draw(st.sampled_from(["all_units", "incremental"])),
        "per": draw(st.sampled_from(["month", "quarter", "year"])),
        "steps": [{"from_parcel": k, "price": draw(cents) / 100} for k in starts],
    }


@st.composite
def rates(draw):
    """Rates that meet every parcel: two weight bands, and one that goes before."""
    bound = draw(st.sampled_from([1, 2.5]))
    every = {"services": ["store_delivery", "door_delivery", "return"]}
    special = {
        "services": draw(st.sampled_from([["return"], ["store_delivery", "return"]])),
        "zones": draw(st.sampled_from([["near"], ["far"], list(ZONES)])),
        "sizes": draw(st.sampled_from([[], ["small"]])),
        "precedence": 2,
    }
    bands = [
        {"name": "light", "to_kg": bound, **every, "zones": list(ZONES)},
        {"name": "heavy", "over_kg": bound, **every, "zones": list(ZONES)},
        {"name": "special", **special},
    ]
    return [{**band, "prices": draw(prices())} for band in bands]


def days(first=0, last=160):
    return st.integers(first, last).map(lambda k: NEW_YEAR + dt.timedelta(days=k))


def percents(most):
    return st.integers(0, most * 100).map(lambda n: n / 100)


@st.composite
def surcharges(draw):
    whens = st.sampled_from(["always", "cod", "returned", "redirected", "storage"])
    found = []
    for number in range(draw(st.integers(0, 3))):
        when = draw(whens)
        kinds = ["amount"] if when == "storage" else ["amount", "percent_of_price"]
        kinds += ["percent_of_cod"] if when == "cod" else []
        kind = draw(st.sampled_from(kinds))
        much = (
            st.integers(0, 2000).map(lambda n: n / 100)
            if kind == "amount"
            else percents(30)
        )
        found.append(
            {
                "name": f"extra_{number}",
                "when": when,
                "services": draw(st.sampled_from([[], ["store_delivery"]])),
                "valid_from": draw(st.none() | days()),
                "valid_to": draw(st.none() | days()),
                "free_days": draw(st.integers(0, 2)),
                kind: draw(much),
            }
        )
    return found


PERIODS = st.sampled_from(["month", "quarter", "year"])
LEVELS = st.sampled_from(["on_time", "lost", "damaged", "uncollected", "data_delay_h"])


@st.composite
def terms(draw):
    """All terms of a version but its days."""
    count = st.integers(0, 2)
    wide = st.sampled_from([[], ["near"]])
    return {
        "rounding": {
            "decimals": draw(st.integers(0, 3)),
            "mode": draw(st.sampled_from(["half_up", "half_even", "down"])),
        },
        "sizes": {"small": 60, "large": 300},
        "rates": draw(rates()),
        "surcharges": draw(surcharges()),
        "promotions": [
            {
                "name": f"promotion_{k}",
                "valid_from": draw(days(last=60)),
                "valid_to": draw(days(first=30)),
                "zones": draw(wide),
                "percent": draw(percents(100)),
                "precedence": k,
            }
            for k in range(draw(count))
        ],
        "commitments": [
            {
                "name": f"promised_{k}",
                "parcels": draw(st.integers(1, 12)),
                "per": draw(PERIODS),
                "zones": draw(wide),
                "shortfall_fee": draw(st.integers(0, 999)) / 100,
            }
            for k in range(draw(count))
        ],
        "rebates": [
            {
                "name": f"rebate_{k}",
                "from_parcels": draw(st.integers(1, 8)),
                "per": draw(PERIODS),
                "percent": draw(percents(20)),
            }
            for k in range(draw(count))
        ],
        "payment": {
            "minimum_charge": draw(
                st.none() | st.integers(0, 60_000).map(lambda n: n / 100)
            )
        },
        "risk": draw(
            st.none()
            | st.fixed_dictionaries(
                {
                    "partner_share": percents(100),
                    "most_per_parcel": st.none() | st.just(120.5),
                    "most_per_month": st.none() | st.just(150.25),
                }
            )
        ),
        "service_levels": [
            {
                "measure": measure,
                "promised": draw(st.sampled_from([0.9, 0.5, 0.05, 0])),
                "credit_percent": draw(percents(2)),
                "most_percent": draw(percents(20)),
            }
            for measure in draw(st.lists(LEVELS, max_size=2, unique=True))
        ],
    }


@st.composite
def versions(draw):
    """One version, or two of which the second begins on any day."""
    change = draw(st.none() | days(first=20, last=120))
    ends = draw(st.sampled_from([dt.date(2026, 12, 31), dt.date(2026, 5, 19)]))
    if change is None:
        return [version_of(**draw(terms()), valid_to=ends)]
    before = change - dt.timedelta(days=1)
    return [
        version_of(**draw(terms()), valid_to=before),
        version_of(**draw(terms()), version=2, valid_from=change, valid_to=ends),
    ]


@st.composite
def carried(draw, last):
    """Parcels up to a day, crowded on few days."""
    some = draw(st.lists(days(last=(last - NEW_YEAR).days), min_size=1, max_size=5))
    rows = []
    for number in range(draw(st.integers(0, 24))):
        day = draw(st.sampled_from(some))
        noon = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)
        hours = draw(st.tuples(st.none() | st.integers(-3, 3), st.integers(-2, 9)))
        done = None if hours[0] is None else noon + dt.timedelta(hours=hours[0])
        told = draw(st.sampled_from([None, noon + dt.timedelta(hours=hours[1])]))
        small = draw(st.sampled_from([None, 10.0, 20.0, 90.0]))
        rows.append(
            parcel(
                draw(st.integers(0, 10)) * 100 + number,
                day,
                service=draw(
                    st.sampled_from(["store_delivery", "door_delivery", "return"])
                ),
                zone=draw(st.sampled_from(ZONES)),
                weight_kg=draw(st.sampled_from([0.0, 0.7, 1.0, 2.5, 2.6])),
                length_cm=small,
                width_cm=small,
                height_cm=small,
                value_twd=draw(st.none() | st.just(99.99) | st.just(1000.0)),
                cod_twd=draw(st.sampled_from([0.0, 12.34, 850.0])),
                redirected=draw(st.booleans()),
                storage_days=draw(st.integers(0, 4)),
                outcome=draw(
                    st.sampled_from(["delivered", "lost", "damaged", "uncollected"])
                ),
                due_at=draw(st.none() | st.just(noon)),
                done_at=done,
                told_at=told,
            )
        )
    return rows


@st.composite
def clauses(draw):
    """No clause or one, over some days."""
    if draw(st.booleans()):
        return []
    first = draw(days())
    terms = ["commitments", "minimum_charge", "surcharges", "service_levels"]
    suspended = draw(st.lists(st.sampled_from(terms), min_size=1, unique=True))
    return [
        clause_of(
            *suspended,
            first=first,
            last=first + dt.timedelta(days=draw(st.integers(0, 40))),
        )
    ]


@st.composite
def cases(draw):
    """Versions, clauses and parcels."""
    found = draw(versions())
    return (
        found,
        draw(clauses()),
        draw(carried(min(found[-1].valid_to, dt.date(2026, 6, 9)))),
    )
