"""The first channel rule whose conditions hold decides how a parcel is delivered."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault
from cstore_cli.settings.plan_day import ChannelRule

ANY = ("store_pickup", "store_door", "express_station")


def channel_is_by_rule(day: PlanDay) -> Iterator[Fault]:
    """Planned orders name the rule and keep its channel; others may leave it empty."""
    rules = day.settings.channel_rules
    first = pl.coalesce(
        *(pl.when(_holds(rule)).then(i) for i, rule in enumerate(rules)),
        pl.lit(None, dtype=pl.Int32),
    ).cast(pl.Int32)
    names = {i: rule.name for i, rule in enumerate(rules)}
    allowed = {
        i: ANY if rule.channel == "any" else (rule.channel,)
        for i, rule in enumerate(rules)
    }
    orders = day.parcels.filter("delivery", "known").with_columns(
        _fits().alias("fits"),
        first.replace_strict(names, return_dtype=pl.String).alias("rule"),
        first.replace_strict(
            {i: " or ".join(channels) for i, channels in allowed.items()},
            return_dtype=pl.String,
        ).alias("allowed"),
        pl.any_horizontal(
            (first == i) & pl.col("channel").is_in(channels)
            for i, channels in allowed.items()
        )
        .fill_null(value=False)
        .alias("keeps"),
    )
    yield from faulty(
        "parcels.csv",
        orders.filter(
            pl.col("planned") | pl.col("channel_rule").is_not_null(),
            pl.col("channel_rule").ne_missing(pl.col("rule")),
        ),
        "channel_rule",
        "{order_id} ({service}, {goods_class}, fits {fits}) goes by rule {rule}, "
        "not {channel_rule}",
    )
    yield from faulty(
        "parcels.csv",
        orders.filter(pl.col("channel").is_not_null(), ~pl.col("keeps")),
        "channel",
        "{order_id} is {channel}, but rule {rule} allows {allowed}",
    )


def _fits() -> pl.Expr:
    """The smallest limits that a parcel keeps."""
    return (
        pl.when("fits_store")
        .then(pl.lit("store"))
        .when("fits_courier")
        .then(pl.lit("courier"))
        .otherwise(pl.lit("neither"))
    )


def _holds(rule: ChannelRule) -> pl.Expr:
    """Whether all conditions of a rule hold; one left out always does."""
    conditions = [pl.lit(value=True)]
    if rule.fits:
        conditions.append(_fits().is_in(rule.fits))
    conditions += [
        pl.col(column).is_in(values)
        for column in ("service", "goods_class", "platform")
        if (values := getattr(rule, column))
    ]
    if rule.needs_installation is not None:
        conditions.append(pl.col("needs_installation") == rule.needs_installation)
    return pl.all_horizontal(conditions)
