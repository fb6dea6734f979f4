"""Step 2, channel: the first rule that matches decides how a parcel travels."""

from functools import reduce
from operator import and_

import polars as pl

from cstore_cli.settings.plan_day import ChannelRule, ParcelLimits, PlanDaySettings


def choose_channels(orders: pl.DataFrame, settings: PlanDaySettings) -> pl.DataFrame:
    """
    The orders with ``channel``, ``channel_rule`` and ``fits``.

    ``channel`` may be `any` here (pick-up or door is chosen later). Without a matching
    rule both are null and an order to plan becomes unserved.
    """
    orders = orders.with_columns(
        pl.when(_within(settings.store_limits))
        .then(pl.lit("store"))
        .when(_within(settings.courier.limits))
        .then(pl.lit("courier"))
        .otherwise(pl.lit("neither"))
        .alias("fits")
    )
    rule = pl.coalesce(
        *(
            pl.when(_matches(rule)).then(pl.lit(number))
            for number, rule in enumerate(settings.channel_rules)
        ),
        pl.lit(None, dtype=pl.Int32),
    )
    orders = orders.with_columns(rule.alias("rule"))
    numbers = range(len(settings.channel_rules))
    for column, values in (
        ("channel", [rule.channel for rule in settings.channel_rules]),
        ("channel_rule", [rule.name for rule in settings.channel_rules]),
    ):
        named = dict(zip(numbers, values, strict=True))
        orders = orders.with_columns(
            pl.col("rule")
            .replace_strict(named, default=None, return_dtype=pl.String)
            .alias(column)
        )
    lost = pl.col("rule").is_null() & pl.col("status").is_null()
    return orders.with_columns(
        pl.when(lost)
        .then(pl.lit("unserved"))
        .otherwise(pl.col("status"))
        .alias("status"),
        pl.when(lost)
        .then(pl.lit("no_channel"))
        .otherwise(pl.col("reason_code"))
        .alias("reason_code"),
        pl.when(lost)
        .then(pl.lit("No channel rule matches this order; add one to the YAML."))
        .otherwise(pl.col("reason"))
        .alias("reason"),
    ).drop("rule")


def _within(limits: ParcelLimits) -> pl.Expr:
    """The parcel keeps the limits in some orientation: sorted side by sorted side."""
    allowed = sorted((limits.length_cm, limits.width_cm, limits.height_cm))
    sides = pl.concat_list("length_cm", "width_cm", "height_cm").list.sort()
    fits = [sides.list.get(k) <= side for k, side in enumerate(allowed)]
    return reduce(and_, fits) & (pl.col("weight_kg") <= limits.weight_kg)


def _matches(rule: ChannelRule) -> pl.Expr:
    tests = [
        pl.col(column).is_in(list(values))
        for column, values in (
            ("service", rule.service),
            ("fits", rule.fits),
            ("goods_class", rule.goods_class),
            ("platform", rule.platform),
        )
        if values
    ]
    if rule.needs_installation is not None:
        tests.append(pl.col("needs_installation") == rule.needs_installation)
    return reduce(and_, tests, pl.lit(value=True))
