"""Charges of parcels as lines: a row per parcel and charge, out of their columns."""

import polars as pl

from cstore_cli.partners.amounts import units_of
from cstore_cli.partners.periods import named
from cstore_cli.partners.settle.parcel_charges import SURCHARGE, days_beyond
from cstore_cli.partners.settle.settlement import KINDS, SettledMonth
from cstore_cli.settings.agreement import AgreementVersion, Promotion, Surcharge

LINE_COLUMNS = (
    "parcel_id",
    "service",
    "zone",
    "kind",
    "charge",
    "step",
    "quantity",
    "unit_price",
    "amount",
    "charged_on",
    "why",
)
"""Of a line; unit_price (null: none) and amount in units."""


def parcel_lines(
    month: SettledMonth, parcels: pl.DataFrame | None = None
) -> pl.DataFrame:
    """
    Return the lines of a month's parcels, in the order of the parcels.

    Of each parcel come its price, promotion, surcharges as the version lists them and
    compensation. ``parcels``: some of the month's; None: all.
    """
    version = month.version
    rows = (month.parcels if parcels is None else parcels).with_row_index("row")
    parts = [
        _prices(month, rows),
        *(
            _promotions(rows, place, promotion)
            for place, promotion in enumerate(version.promotions)
        ),
        *(_surcharges(rows, surcharge) for surcharge in version.surcharges),
        _compensation(version, rows),
    ]
    numbered = [
        part.with_columns(pl.lit(number, dtype=pl.Int16).alias("order"))
        for number, part in enumerate(parts)
    ]
    lines = pl.concat(numbered).sort("row", "order")
    return lines.select(LINE_COLUMNS)


def _line(
    rows: pl.DataFrame,
    kind: str,
    charge: pl.Expr,
    amount: str,
    why: pl.Expr,
    *,
    step: pl.Expr | None = None,
    quantity: pl.Expr | None = None,
    unit_price: pl.Expr | None = None,
) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.Int64)
    one = pl.lit(1, dtype=pl.Int64)
    return rows.select(
        "row",
        "parcel_id",
        "service",
        "zone",
        pl.lit(kind).cast(pl.Enum(KINDS)).alias("kind"),
        charge.cast(pl.Categorical).alias("charge"),
        (nothing if step is None else step).cast(pl.Int64).alias("step"),
        (one if quantity is None else quantity).cast(pl.Int64).alias("quantity"),
        (nothing if unit_price is None else unit_price).alias("unit_price"),
        pl.col(amount).alias("amount"),
        "charged_on",
        why.cast(pl.Categorical).alias("why"),
    )


def _prices(month: SettledMonth, rows: pl.DataFrame) -> pl.DataFrame:
    """A line per parcel; why tells the step, and for all_units the count."""
    rates = month.version.rates
    own = rows.select(pl.col("rate").cast(pl.UInt32)).to_series()
    rows = rows.with_columns(
        name=pl.Series([it.name for it in rates]).gather(own),
        all_units=pl.Series([it.prices.kind == "all_units" for it in rates]).gather(
            own
        ),
        period=pl.Series([named(month.last, it.prices.per) for it in rates]).gather(
            own
        ),
    )
    plain = pl.format("from parcel {} of {} on", "step", "period")
    of_all = pl.format("from parcel {} on, {} came in {}", "step", "of", "period")
    return _line(
        rows,
        "price",
        pl.col("name"),
        "price",
        pl.when("all_units").then(of_all).otherwise(plain),
        step=pl.col("step"),
        unit_price=pl.col("unit_price"),
    )


def _promotions(rows: pl.DataFrame, place: int, promotion: Promotion) -> pl.DataFrame:
    percent = f"{promotion.percent.normalize():f} % off"
    why = f"{percent}, {promotion.valid_from} to {promotion.valid_to}"
    mine = rows.filter(pl.col("promotion") == place)
    return _line(mine, "promotion", pl.lit(promotion.name), "promoted", pl.lit(why))


def _surcharges(rows: pl.DataFrame, surcharge: Surcharge) -> pl.DataFrame:
    name = SURCHARGE + surcharge.name
    quantity, each = None, None
    if surcharge.amount is not None:
        each = pl.lit(units_of(surcharge.amount), dtype=pl.Int64)
    if surcharge.when == "storage":
        quantity = days_beyond(surcharge)
    return _line(
        rows.filter(pl.col(name).is_not_null()),
        "surcharge",
        pl.lit(surcharge.name),
        name,
        pl.lit(surcharge_told(surcharge)),
        quantity=quantity,
        unit_price=each,
    )


def surcharge_told(surcharge: Surcharge) -> str:
    """Return why a surcharge is due, in words."""
    whys = {
        "always": "on every parcel",
        "cod": "cash on delivery",
        "returned": "came back",
        "redirected": "sent to another store",
        "storage": f"days of storage beyond {surcharge.free_days}",
    }
    why = whys[surcharge.when]
    if surcharge.percent_of_price is not None:
        why += f", {surcharge.percent_of_price.normalize():f} % of the price"
    if surcharge.percent_of_cod is not None:
        why += f", {surcharge.percent_of_cod.normalize():f} % of it"
    return why


def _compensation(version: AgreementVersion, rows: pl.DataFrame) -> pl.DataFrame:
    mine = rows.filter(pl.col("compensation").is_not_null())
    share = version.risk.partner_share.normalize() if version.risk else 0
    return _line(
        mine,
        "compensation",
        pl.lit("compensation"),
        "compensation",
        pl.format(f"{{}}: {share:f} % of the value", "outcome"),
    )
