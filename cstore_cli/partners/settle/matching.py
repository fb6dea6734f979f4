"""
Which terms meet a parcel: version, zone, size class, rate and promotion, or the fault.

- The version is the signed one of the partner in force on ``charged_on``.
- The zone is the row's own, else that of its location: a store named by a zone, else
  the zone of the store's DC.
- The size class is the smallest of the version that holds length + width + height; a
  parcel without measures is of the first.
- The rate of the highest precedence that meets service, zone, weight and size prices
  it; none, or two of them, is a fault.
- The promotion of the highest precedence that meets service, zone and day is taken off;
  two of them are a fault.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import polars as pl

from cstore_cli.partners.amounts import MOST, UNITS
from cstore_cli.partners.rates import rates_of, size_classes
from cstore_cli.settings.agreement import AgreementVersion, Promotion, Service
from cstore_cli.settings.agreement_folder import Agreements

SERVICES: tuple[str, ...] = get_args(Service)
OUTCOMES = ("delivered", "lost", "damaged", "uncollected")
_NONE, _MANY = -1, -2
_MOST_DAYS = 10_000
_DIGITS_CM = 6
FAULT = "fault"


@dataclass(frozen=True)
class Terms:
    """
    What parcels are matched with.

    ``versions`` are the signed ones; ``zone_of`` maps locations to zones.
    """

    versions: tuple[AgreementVersion, ...]
    partners: tuple[str, ...]
    zones: tuple[str, ...]
    zone_of: Mapping[str, str]


def terms_of(
    agreements: Agreements,
    partners: Collection[str],
    zones: Collection[str],
    zone_of: Mapping[str, str],
) -> Terms:
    """Return the terms with the partners' signed versions."""
    signed = [
        version
        for version in agreements.versions
        if version.signed is not None and version.partner in partners
    ]
    return Terms(tuple(signed), tuple(partners), tuple(zones), zone_of)


def matched(parcels: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """
    Return the parcels, in their order, with the terms that meet each.

    Parameters
    ----------
    parcels
        Under `PartnerParcels`, with their ``line``.
    terms
        What they are matched with.

    Returns
    -------
    DataFrame
        ``line``, ``parcel_id``, ``charged_on``; ``version``, ``rate`` and ``promotion``
        as places in their lists (promotion null: none); service, zone, size, outcome;
        weight_kg, cm (of all sides), cod and value in units, redirected, storage_days;
        ``timed`` (its time counts), ``on_time``, ``delay_us`` until we were told (null:
        we were not).
        ``fault`` says what is wrong, null: nothing; a row with a fault means no more.
    """
    rows = parcels.select(
        "line",
        "parcel_id",
        "charged_on",
        "partner",
        "service",
        "weight_kg",
        "redirected",
        "storage_days",
        _version(terms).alias("version"),
        pl.coalesce("zone", _of_location(terms)).alias("zone"),
        _cm().alias("cm"),
        pl.coalesce("outcome", pl.lit("delivered")).alias("outcome"),
        _units("cod_twd").alias("cod"),
        _units("value_twd").alias("value"),
        _timed().alias("timed"),
        _on_time().alias("on_time"),
        _delay_us().alias("delay_us"),
        _too_much().alias("too_much"),
    ).with_columns(_early_fault(terms).alias(FAULT))
    rows = _with_rates(rows, terms)
    rows = _with_promotions(rows, terms)
    rows = rows.with_columns(_late_fault().alias(FAULT)).with_columns(
        _known("service", SERVICES),
        _known("zone", terms.zones),
        _known("outcome", OUTCOMES),
        pl.when(pl.col("promotion") >= 0).then("promotion").alias("promotion"),
    )
    return rows.drop("too_much", "partner")


def _version(terms: Terms) -> pl.Expr:
    found = pl.lit(None, dtype=pl.Int16)
    # From the last to the first, so that of two in force the first counts.
    for place, version in reversed(list(enumerate(terms.versions))):
        mine = pl.col("partner") == version.partner
        held = pl.col("charged_on").is_between(version.valid_from, version.valid_to)
        found = (
            pl.when(mine & held).then(pl.lit(place, dtype=pl.Int16)).otherwise(found)
        )
    return found


def _of_location(terms: Terms) -> pl.Expr:
    if not terms.zone_of:
        return pl.lit(None, dtype=pl.String)
    return pl.col("location_id").replace_strict(
        terms.zone_of, default=None, return_dtype=pl.String
    )


def _cm() -> pl.Expr:
    """The sum of the sides as decimals add up: it may be just the limit of a class."""
    sides = pl.col("length_cm") + pl.col("width_cm") + pl.col("height_cm")
    return sides.round(_DIGITS_CM)


def _units(column: str) -> pl.Expr:
    sound = pl.when(pl.col(column) <= MOST).then(pl.col(column))
    return (sound * UNITS).round().cast(pl.Int64)


def _timed() -> pl.Expr:
    done = pl.col("done_at").is_not_null() | (pl.col("outcome") == "lost")
    return pl.col("due_at").is_not_null() & done.fill_null(value=False)


def _on_time() -> pl.Expr:
    in_time = pl.col("done_at") <= pl.col("due_at")
    lost = pl.coalesce("outcome", pl.lit("delivered")) == "lost"
    return in_time.fill_null(value=False) & ~lost


def _delay_us() -> pl.Expr:
    late = (pl.col("told_at") - pl.col("done_at")).dt.total_microseconds()
    return late.clip(lower_bound=0)


def _too_much() -> pl.Expr:
    dear = pl.max_horizontal("cod_twd", "value_twd") > MOST
    return (dear | (pl.col("storage_days") > _MOST_DAYS)).fill_null(value=False)


def _known(column: str, values: Sequence[str]) -> pl.Expr:
    return pl.col(column).cast(pl.Enum(values), strict=False)


def _early_fault(terms: Terms) -> pl.Expr:
    """What keeps a row from being matched with a rate."""
    where = pl.col("charged_on").dt.to_string()
    return (
        pl.when(~pl.col("partner").is_in(terms.partners))
        .then(pl.format("partner: {} is no partner of the settings", "partner"))
        .when(~pl.col("service").is_in(SERVICES))
        .then(
            pl.format(f"service: {{}} is not one of {', '.join(SERVICES)}", "service")
        )
        .when(~pl.col("outcome").is_in(OUTCOMES))
        .then(
            pl.format(f"outcome: {{}} is not one of {', '.join(OUTCOMES)}", "outcome")
        )
        .when(pl.col("weight_kg").is_null())
        .then(pl.lit("weight_kg: nobody told it"))
        .when(pl.col("too_much"))
        .then(
            pl.lit(
                f"cod_twd or value_twd is above {MOST:,}, or storage_days above "
                f"{_MOST_DAYS:,}"
            )
        )
        .when(pl.col("zone").is_null())
        .then(
            pl.lit("zone: is empty, and no zone of the settings holds its location_id")
        )
        .when(~pl.col("zone").is_in(terms.zones))
        .then(pl.format("zone: {} is no zone of the settings", "zone"))
        .when(pl.col("version").is_null())
        .then(
            pl.format("charged_on: {} has no signed agreement on {}", "partner", where)
        )
    )


def _late_fault() -> pl.Expr:
    """What keeps a row from being priced, once it was matched."""
    about = ("service", "zone", "weight_kg", "size")
    what = "{}, zone {}, {} kg, size {}"
    return (
        pl.when(pl.col(FAULT).is_not_null())
        .then(FAULT)
        .when(pl.col("size").is_null())
        .then(pl.format("length_cm: {} cm in all are above every size class", "cm"))
        .when(pl.col("rate") == _NONE)
        .then(pl.format(f"no rate of the agreement is for {what}", *about))
        .when(pl.col("rate") == _MANY)
        .then(pl.format(f"two rates of one precedence are for {what}", *about))
        .when(pl.col("promotion") == _MANY)
        .then(pl.lit("two promotions of one precedence meet it"))
    )


def _with_rates(rows: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Add the size class and the rate; where a row has a fault, what comes."""
    rows = rows.with_row_index("row")
    parts = [rows.clear().with_columns(size=pl.lit(""), rate=pl.lit(0, pl.Int16))]
    for place, version in enumerate(terms.versions):
        mine = rows.filter(pl.col("version") == place, pl.col(FAULT).is_null())
        if len(mine):
            parts.append(_rated(mine, version))
    rest = rows.filter(pl.col(FAULT).is_not_null()).with_columns(
        size=pl.lit(""), rate=pl.lit(0, pl.Int16)
    )
    return pl.concat([*parts, rest]).sort("row").drop("row")


def _rated(rows: pl.DataFrame, version: AgreementVersion) -> pl.DataFrame:
    """
    Add the size class and rate to rows of one version.

    Weights between two bounds of bands are alike: a rate is sought once for each kind.
    """
    classes = size_classes(version)
    bounds = sorted({x for it in version.rates for x in (it.over_kg, it.to_kg) if x})
    limits = [float("inf") if most is None else float(most) for _, most in classes]
    cm = rows["cm"].fill_null(0.0).to_numpy()
    kinds = rows.select("service", "zone").with_columns(
        band=pl.Series(np.searchsorted(bounds, rows["weight_kg"].to_numpy(), "left")),
        class_=pl.Series(np.searchsorted(limits, cm, "left")),
    )
    distinct = kinds.unique(maintain_order=True)
    names = [*(name for name, _ in classes), None]
    # A parcel of a band is as one of its upper bound; beyond the last, as one of more.
    heaviest = [*bounds, (bounds[-1] if bounds else 0.0) + 1]
    found = []
    for service, zone, band, class_ in distinct.iter_rows():
        best = rates_of(version, service, zone, heaviest[band], names[class_])
        one = len(best) == 1
        several = _MANY if best else _NONE
        found.append(version.rates.index(best[0]) if one else several)
    distinct = distinct.with_columns(rate=pl.Series(found, dtype=pl.Int16))
    joined = kinds.join(distinct, on=kinds.columns, how="left", maintain_order="left")
    size = pl.Series(names, dtype=pl.String).gather(joined["class_"])
    return rows.with_columns(size=size, rate=joined["rate"])


def _with_promotions(rows: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Add the place of the promotion: -1 where there is none, -2 where two are."""
    place = _place(_NONE)
    for number, version in enumerate(terms.versions):
        mine = pl.col("version") == number
        for level in sorted({it.precedence for it in version.promotions}):
            met = {
                k: mine & _meets(promotion)
                for k, promotion in enumerate(version.promotions)
                if promotion.precedence == level
            }
            one = _place(_NONE)
            for k, is_met in met.items():
                one = pl.when(is_met).then(_place(k)).otherwise(one)
            count = pl.sum_horizontal(*met.values())
            place = (
                pl.when(count > 1)
                .then(_place(_MANY))
                .when(count == 1)
                .then(one)
                .otherwise(place)
            )
    return rows.with_columns(place.alias("promotion"))


def _place(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.Int16)


def _meets(promotion: Promotion) -> pl.Expr:
    """Whether a parcel is one that a promotion is for."""
    return (
        pl.col("charged_on").is_between(promotion.valid_from, promotion.valid_to)
        & _within("service", promotion.services)
        & _within("zone", promotion.zones)
    )


def _within(column: str, values: Sequence[str]) -> pl.Expr:
    return pl.col(column).is_in(values) if values else pl.lit(value=True)
