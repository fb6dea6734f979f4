"""Why a hold lapses when it does, in words: start, rule, days skipped, deadline."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.holds.deadline import DAY, Deadline
from cstore_cli.holds.extension import in_time
from cstore_cli.holds.rules import Rule, Rules
from cstore_cli.settings.expire_holds import ExpireHoldsSettings
from cstore_cli.settings.hold_policy import HoldTerms
from cstore_cli.settings.values import MINUTES_PER_DAY

_MOST_DATES = 5
"""More skipped days than this are counted, not named."""


def reasons(
    decided: pl.DataFrame, settings: ExpireHoldsSettings, closures: pl.DataFrame
) -> pl.Series:
    """
    The reason of each row that ``decide`` returned; ask only for rows you show.

    Parameters
    ----------
    decided
        Rows of ``decide``, any of them, with its columns and those it read.
    settings, closures
        Those it was given.

    Returns
    -------
    pl.Series
        ``reason``, such as "ready 2026-11-13 (day 0), 7 days, 1 day extension: lapsed
        2026-11-21 24:00 Asia/Taipei (rule default)". Times are of the rule's zone; a
        deadline at midnight reads as 24:00 of the day before.
    """
    rules = Rules(settings, closures)
    optional = {
        "extended_at": pl.lit(None),
        "extended_before": pl.lit(0),
        "return_hold": pl.lit(None),
    }
    absent = {k: v for k, v in optional.items() if k not in decided.columns}
    # Rows alike in what a reason shows share one: to the day or the minute, and without
    # a store whose closures do not matter.
    rows = (
        decided.with_columns(**absent)
        .select(
            pl.when(pl.col("store_id").is_in(rules.shut_stores)).then("store_id"),
            "ready_at",
            pl.col("extension_days").fill_null(0),
            "extended_at",
            "extended_before",
            pl.col("return_hold").fill_null(value=False),
            "lapsed",
            index=rules.index(decided),
        )
        .with_columns(shown=_shown(rules))
    )
    alike = [name for name in rows.columns if name != "ready_at"]
    distinct = rows.unique(alike, keep="any")
    cases = distinct.drop("shown").iter_rows()
    texts = [_reason(rules, *case) for case in cases]
    told = distinct.select(alike).with_columns(
        pl.Series("reason", texts, dtype=pl.String)
    )
    return rows.join(
        told, on=alike, how="left", nulls_equal=True, maintain_order="left"
    )["reason"]


def _shown(rules: Rules) -> pl.Expr:
    """
    When a parcel became ready, as far as its reason depends on that.

    So the local day, where days end with their last hour and nobody asked for more.
    """
    ready = pl.col("ready_at")
    cases = [pl.when(pl.col("extended_at").is_not_null()).then(ready)]
    for k, rule in enumerate(rules.all):
        if rule.days and rule.days.end_of_day == MINUTES_PER_DAY:
            day = ready.dt.convert_time_zone(rule.zone.key).dt.date()
            day = day.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
            cases.append(pl.when(pl.col("index") == k).then(day))
    return pl.coalesce(*cases, ready.dt.truncate("1m"))


def _reason(
    rules: Rules,
    store_id: str | None,
    ready_at: datetime,
    extension_days: int,
    extended_at: datetime | None,
    extended_before: int,
    return_hold: bool,
    lapsed: bool,
    index: int,
) -> str:
    rule = rules.all[index]
    begun = "returned, ready" if return_hold else "ready"
    if rule.terms is None:
        day = ready_at.astimezone(rule.zone).date()
        return f"{begun} {day}, no return_hold is set: never lapses (rule {rule.name})"
    counted = min(extension_days, rule.most_extension_days)
    due = rules.deadline(index, ready_at, counted, store_id)
    untimely = ""
    if counted and extended_at is not None:
        before = min(extended_before, rule.most_extension_days)
        without = rules.deadline(index, ready_at, before, store_id)
        if not in_time(rule.terms.extension, ready_at, extended_at, without.instant):
            due, untimely = without, _untimely(extended_at, without, rule.zone)
    parts = [
        f"{begun} {_start(rule.terms, due, ready_at.astimezone(rule.zone))}",
        _length(rule.terms),
        *_extension(extension_days, counted, untimely),
        *_skipped(rule.terms, due),
    ]
    said = "lapsed" if lapsed else "lapses"
    grace = rule.terms.grace_min
    later = f", marked {grace:g} min later" if grace else ""
    return f"{', '.join(parts)}: {said} {_end(rule, due)}{later} (rule {rule.name})"


def _start(terms: HoldTerms, due: Deadline, ready: datetime) -> str:
    if terms.unit == "hours":
        return f"{ready:%Y-%m-%d %H:%M}"
    open_only = terms.unit == "open_days"
    day = int(terms.inclusive and not (open_only and due.anchor in due.skipped))
    after = f" at {ready:%H:%M}" if due.after_hours else ""
    return f"{due.anchor}{after} (day {day})"


def _length(terms: HoldTerms) -> str:
    return _counted(terms.length, terms.unit.removesuffix("s").replace("_", " "))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _extension(asked: int, counted: int, untimely: str) -> list[str]:
    """What an extension adds, or why it adds nothing."""
    if not asked:
        return []
    extension = f"{_counted(asked, 'day')} extension"
    if counted == 0:
        return [f"{extension} not allowed"]
    if untimely:
        return [f"{extension} ignored ({untimely})"]
    if counted < asked:
        return [f"{counted} of {extension} allowed"]
    return [extension]


def _untimely(asked_at: datetime, without: Deadline, zone: ZoneInfo) -> str:
    """When it was asked for, and that this was too early or too late."""
    said = "too early" if asked_at < without.instant else "too late"
    return f"asked for at {asked_at.astimezone(zone):%Y-%m-%d %H:%M}, {said}"


def _skipped(terms: HoldTerms, due: Deadline) -> list[str]:
    parts = []
    if due.skipped:
        named = [str(day) for day in due.skipped[:_MOST_DATES]]
        more = len(due.skipped) - len(named)
        if more:
            named.append(f"{more} more")
        verb = "skipped" if terms.unit == "open_days" else "moved past"
        parts.append(f"{verb} {' '.join(named)}")
    if due.after_hours:
        parts.append("ready after its last day had ended, hence a day more")
    return parts


def _end(rule: Rule, due: Deadline) -> str:
    if rule.days:
        hours, minutes = divmod(rule.days.end_of_day, 60)
        return f"{due.last_day} {hours:02}:{minutes:02} {rule.zone.key}"
    return f"{clock_of(due.instant, rule.zone)} {rule.zone.key}"


def clock_of(instant: datetime, zone: ZoneInfo) -> str:
    """Local date and minute; midnight is 24:00 of the day before."""
    local = instant.astimezone(zone)
    if local.time() == time():
        return f"{local.date() - DAY} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"
