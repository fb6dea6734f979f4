"""Which parcels have waited too long: a whole table decided at once."""

from datetime import UTC, datetime, timedelta

import polars as pl

from cstore_cli.errors import InputError
from cstore_cli.holds.deadlines import deadlines_of
from cstore_cli.holds.rules import Rules, of_rule
from cstore_cli.settings.expire_holds import ExpireHoldsSettings

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Instants outside are no instants of parcels; calendars and zones know none."""


def decide(
    holds: pl.DataFrame,
    settings: ExpireHoldsSettings,
    closures: pl.DataFrame,
    now: datetime,
) -> pl.DataFrame:
    """
    The deadline of every hold, and whether it has passed.

    Parameters
    ----------
    holds
        parcel_id, store_id, ready_at (UTC), extension_days, and chain, channel,
        goods_class (may be null). Optional: ``return_hold`` (the parcel waits at its
        sender's store; extension_days is then of that hold), ``extended_at`` (when the
        last extension was asked for; null where that is not known) and
        ``extended_before`` (the days there were before that).
    settings
        Of the command.
    closures
        Table ``Closures``, or one without rows.
    now
        With an offset. Only ``lapsed`` and ``reminder_h`` depend on it.

    Returns
    -------
    pl.DataFrame
        The rows and columns of ``holds`` in their order, and ``rule`` (an override's
        name or default), ``deadline`` (UTC; null: never), ``lapsed`` (deadline and
        grace have passed, the deadline's own instant included), ``reminder_h`` (hours
        before the deadline of the nearest reminder that is due; null: none, the
        deadline has passed, or the parcel is not ready yet).

    Raises
    ------
    InputError
        When a parcel became ready in a year that no parcel knows.
    """
    now = now.astimezone(UTC)  # an instant, whatever the zone it is told in
    _check_instants(holds)
    rules = Rules(settings, closures)
    work = holds.select(
        "ready_at", rule=rules.index(holds), store=_shut_store(rules)
    ).with_columns(extension=_allowed_extension(holds["extension_days"], rules))
    if "extended_at" in holds.columns:
        earlier = _earlier_extension(holds, rules)
        lapses_without = deadlines_of(work.with_columns(extension=earlier), rules)
        asked = work.select("rule", "ready_at", "extension", earlier=earlier)
        asked = asked.with_columns(
            holds["extended_at"], lapses_without.alias("lapses_without")
        )
        work = work.with_columns(extension=_in_time(asked, rules))
    decided = work.select(
        "rule", "ready_at", deadline=deadlines_of(work, rules)
    ).with_columns(
        rule=of_rule([rule.name for rule in rules.all], pl.String),
        lapsed=_lapsed(rules, now),
        reminder_h=_reminder_h(rules, now),
    )
    return holds.with_columns(decided.drop("ready_at").get_columns())


def _check_instants(holds: pl.DataFrame) -> None:
    """Refuse years in which neither calendars nor parcels are at home."""
    ready = pl.col("ready_at")
    wrong = holds.filter(~ready.is_between(EARLIEST, LATEST, closed="left"))
    if wrong.height:
        parcels = ", ".join(wrong["parcel_id"].head(5))
        raise InputError(
            f"{wrong.height} parcel(s) became ready before {EARLIEST.year} or after "
            f"{LATEST.year - 1}: {parcels}{' ...' if wrong.height > 5 else ''}. "  # noqa: PLR2004
            "Mend their ready_at."
        )


def _shut_store(rules: Rules) -> pl.Expr:
    """1 and up for a store that has closures that matter, 0 for all others."""
    stores = rules.shut_stores
    if not stores:
        return pl.lit(0, pl.Int64)
    numbers = list(range(1, len(stores) + 1))
    return pl.col("store_id").replace_strict(
        stores, numbers, default=0, return_dtype=pl.Int64
    )


def _allowed_extension(extension_days: pl.Series, rules: Rules) -> pl.Expr:
    """Days of extension that count, before it is asked when they were asked for."""
    most = of_rule([rule.most_extension_days for rule in rules.all])
    return pl.min_horizontal(extension_days.fill_null(0), most)


def _earlier_extension(holds: pl.DataFrame, rules: Rules) -> pl.Expr:
    """Days of extension that count, before the last was asked for."""
    if "extended_before" not in holds.columns:
        return pl.lit(0, pl.Int64)
    return _allowed_extension(holds["extended_before"], rules)


def _in_time(asked: pl.DataFrame, rules: Rules) -> pl.Series:
    """Days of extension that count; one asked for too early or too late does not."""
    from_us = of_rule(
        [
            round(rule.terms.extension.from_h * 3.6e9) if rule.terms else 0
            for rule in rules.all
        ]
    )
    at = pl.col("extended_at")
    early = at < pl.col("ready_at") + from_us.cast(pl.Duration("us"))
    late = at >= pl.col("lapses_without")
    ignored = (early | late).fill_null(False)
    return asked.select(
        pl.when(ignored).then(pl.col("earlier")).otherwise(pl.col("extension"))
    ).to_series()


def _lapsed(rules: Rules, now: datetime) -> pl.Expr:
    grace_us = [
        round(rule.terms.grace_min * 6e7) if rule.terms else 0 for rule in rules.all
    ]
    deadline = pl.col("deadline")
    if any(grace_us):
        deadline += of_rule(grace_us).cast(pl.Duration("us"))
    return (deadline <= now).fill_null(False)


def _reminder_h(rules: Rules, now: datetime) -> pl.Expr:
    """The smallest offset that is due wins, hence the largest are asked first."""
    reminder_h = pl.lit(None, pl.Float64)
    deadline = pl.col("deadline")
    for k, rule in enumerate(rules.all):
        for hours in sorted(rule.terms.reminders if rule.terms else [], reverse=True):
            due = (
                (pl.col("rule") == k)
                & (pl.col("ready_at") <= now)
                & (deadline > now)
                & (deadline <= now + timedelta(hours=hours))
            )
            reminder_h = pl.when(due).then(hours).otherwise(reminder_h)
    return reminder_h
