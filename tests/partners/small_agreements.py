"""Small agreements, partners and volumes, and what a split of them costs, by hand."""

import calendar
import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_folder import Agreements
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.tables.partners import Volumes

SIGNED = {"date": "2025-12-01", "by": ["we", "they"], "file": "f", "sha256": "0" * 64}


def version(partner, rates, *, signed=True, **terms):
    """A version of the partner's agreement over the year 2026, of cents."""
    return AgreementVersion(
        **{
            "agreement": f"{partner}_main",
            "partner": partner,
            "version": 1,
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
            "rounding": {"decimals": 2},
            "signed": SIGNED if signed else None,
            "rates": rates,
            **terms,
        }
    )


def rate(*steps, name="all", kind="all_units", per="month", services=(), zones=()):
    """A rate of (first parcel, price) steps; for everything unless it is named."""
    return {
        "name": name,
        "services": services or ["store_delivery", "door_delivery", "return"],
        "zones": zones or ["east", "west"],
        "prices": {
            "kind": kind,
            "per": per,
            "steps": [{"from_parcel": first, "price": price} for first, price in steps],
        },
    }


def agreements(*versions, clauses=()):
    """A folder of them."""
    return Agreements(tuple(versions), tuple(clauses), {})


def settings(*partners, stage=None, **allocate):
    """Settings of partners since 2024, all regular, of two zones."""
    regular = {"notice_days": 0, "switching_cost": 0, "switching_cost_per_year": 0}
    return PartnersSettings(
        network=NetworkSettings(time_zone="Asia/Taipei", currency="TWD"),
        zones={"east": {}, "west": {}},
        stages={"regular": regular | (stage or {})},
        partners={
            name: {"stage": "regular", "since": "2024-01-01"} for name in partners
        },
        allocate=allocate,
    )


def volumes(*rows):
    """Each (month, zone, service, parcels, partner of today or None)."""
    columns = ["month", "zone", "service", "parcels", "partner"]
    frame = pl.DataFrame(
        rows,
        schema={name: pl.Int64 if name == "parcels" else pl.String for name in columns},
        orient="row",
    ).with_columns(weight_kg=pl.lit(1.0), size=pl.lit(None, pl.String))
    return frame.select(Volumes.column_names())


def cents(amount):
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def bill(its, months, carried, *, early=False, cod=(0, 0)):
    """
    What a version charges for parcels carried, all counted one by one.

    ``carried`` are (month, zone, service, parcels) in the order in which they come;
    ``months`` those of the plan; ``cod`` share and amount. Promotions and surcharges
    hold for whole months here.
    """
    if its.signed is None and not any(row[3] for row in carried):
        return Decimal(0)
    rows = [row for row in carried if row[0] in months]
    by_rate = {}
    for row in rows:
        [its_rate] = [
            r for r in its.rates if row[1] in r.zones and row[2] in r.services
        ]
        per = its_rate.prices.per
        key = its_rate.name, period(row[0], per)
        by_rate.setdefault(key, (its_rate, []))[1].extend([row] * row[3])
    prices, surcharges = dict.fromkeys(months, Decimal(0)), dict.fromkeys(months, 0)
    for its_rate, parcels in by_rate.values():
        for number, row in enumerate(parcels, start=1):
            counted = len(parcels) if its_rate.prices.kind == "all_units" else number
            price = None
            for step in its_rate.prices.steps:
                if counted >= step.from_parcel:
                    price = step.price
            for promotion in its.promotions:
                if promotion.valid_from <= first(row[0]) <= promotion.valid_to and (
                    not promotion.zones or row[1] in promotion.zones
                ):
                    price -= cents(price * promotion.percent / 100)
            prices[row[0]] += price
            for extra in its.surcharges:
                if (extra.valid_from or its.valid_from) > first(row[0]):
                    continue
                if (extra.valid_to or its.valid_to) < first(row[0]):
                    continue
                if extra.percent_of_price is not None:
                    amount = cents(price * extra.percent_of_price / 100)
                elif extra.percent_of_cod is not None:
                    amount = cents(Decimal(cod[1]) * extra.percent_of_cod / 100)
                else:
                    amount = extra.amount
                often = 1 if extra.when == "always" else Decimal(str(cod[0]))
                surcharges[row[0]] += often * amount
    total = sum(prices.values()) + sum(surcharges.values())
    for month in months:
        minimum = its.payment.minimum_charge or 0
        top_up = max(Decimal(0), minimum - prices[month] - surcharges[month])
        total += top_up
        prices[month] += top_up
    for promised in its.commitments:
        for name in dict.fromkeys(period(month, promised.per) for month in months):
            came = sum(
                row[3]
                for row in rows
                if period(row[0], promised.per) == name
                and (not promised.zones or row[1] in promised.zones)
            )
            inside = [month for month in months if period(month, promised.per) == name]
            days = sum(length(month) for month in inside)
            whole = sum(
                length(f"2026-{n:02d}")
                for n in range(1, 13)
                if period(f"2026-{n:02d}", promised.per) == name
            )
            owed = promised.parcels * days // whole
            total += promised.shortfall_fee * max(0, owed - came)
    for rebate in its.rebates:
        for name in dict.fromkeys(period(month, rebate.per) for month in months):
            inside = [month for month in months if period(month, rebate.per) == name]
            came = sum(row[3] for row in rows if row[0] in inside)
            if came >= rebate.from_parcels:
                total -= rebate.percent / 100 * sum(prices[month] for month in inside)
    if early and its.payment.early:
        total -= its.payment.early.percent / 100 * total
    return total


def allowed(its, months, carried):
    """Whether a version takes so many parcels."""
    for name in dict.fromkeys(period(month, its.quantities.per) for month in months):
        came = sum(
            row[3] for row in carried if period(row[0], its.quantities.per) == name
        )
        if 0 < came < its.quantities.minimum:
            return False
        if its.quantities.maximum is not None and came > its.quantities.maximum:
            return False
    return True


def period(month, per):
    """The calendar period of a month."""
    quarter = (int(month[5:]) + 2) // 3
    return {"month": month, "quarter": f"{month[:4]}-Q{quarter}", "year": month[:4]}[
        per
    ]


def first(month):
    """The first day of a month."""
    return dt.date.fromisoformat(f"{month}-01")


def length(month):
    """The days of a month."""
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]
