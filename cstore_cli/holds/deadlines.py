"""The deadlines of a table of holds, each distinct case worked out once."""

from datetime import UTC, datetime, timedelta

import polars as pl

from cstore_cli.holds.rules import Rules, of_rule

_INSTANT = pl.Datetime("us", "UTC")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BUCKET_US = 15 * 60 * 1_000_000


def deadlines_of(work: pl.DataFrame, rules: Rules) -> pl.Series:
    """
    The deadline of each row, in UTC; null where its rule has no end.

    Parameters
    ----------
    work
        ready_at (UTC), rule (position in ``rules.all``), extension (days that count),
        store (1 and up: position in ``rules.shut_stores``; 0: none of them).
    rules
        Of the run.

    Notes
    -----
    A deadline in days is a function of rule, local date, extension and, where closures
    matter, store. Ready instants are told apart by quarter hours, at whose borders the
    local dates of today's zones begin; each distinct case is worked out once by
    ``deadline.deadline``. A quarter hour whose first and last instants have different
    deadlines is worked out instant by instant.
    """
    counts_days = [rule.days is not None for rule in rules.all]
    keys = _Keys(work, rules)
    keyed = work.select("ready_at", "rule", "extension", key=keys.column(counts_days))
    by_key: dict[int, int] = {}
    split: list[int] = []
    for key in keyed["key"].unique().drop_nulls().sort():
        first, last = keys.deadline(key, 0), keys.deadline(key, _BUCKET_US - 1)
        if first == last:
            by_key[key] = first
        else:
            split.append(key)
    answers = pl.DataFrame(
        {"key": list(by_key), "deadline": list(by_key.values())},
        schema={"key": pl.Int64, "deadline": pl.Int64},
    )
    keyed = keyed.join(answers, on="key", how="left", maintain_order="left")
    if split:
        keyed = _one_by_one(keyed, split, keys)
    deadlines = pl.col("deadline").cast(_INSTANT)
    if any(rule.hours for rule in rules.all):
        length_h = of_rule([r.hours.length if r.hours else 0 for r in rules.all])
        counts_hours = of_rule([bool(r.hours) for r in rules.all], pl.Boolean)
        wait = pl.duration(hours=length_h + 24 * pl.col("extension"), time_unit="us")
        by_hours = pl.when(counts_hours).then(pl.col("ready_at") + wait)
        deadlines = pl.coalesce(by_hours, deadlines)
    return keyed.select(deadlines).to_series()


class _Keys:
    """Quarter hour, rule, extension and store of each row, as one number."""

    def __init__(self, work: pl.DataFrame, rules: Rules) -> None:
        self._rules = rules
        self._num_extensions = 1 + int(work["extension"].max() or 0)  # type: ignore[arg-type]
        self._stores = [None, *rules.shut_stores]

    def column(self, counts_days: list[bool]) -> pl.Expr:
        """The keys; null for rows whose rule counts no days."""
        bucket = pl.col("ready_at").cast(pl.Int64) // _BUCKET_US
        key = bucket * len(self._rules.all) + pl.col("rule").cast(pl.Int64)
        key = key * self._num_extensions + pl.col("extension")
        key = key * len(self._stores) + pl.col("store")
        if all(counts_days):
            return key
        return pl.when(of_rule(counts_days, pl.Boolean)).then(key)

    def deadline(self, key: int, after_us: int) -> int:
        """The deadline, in microseconds of UTC, of a row ready in the key's bucket."""
        rest, store = divmod(key, len(self._stores))
        rest, extension = divmod(rest, self._num_extensions)
        bucket, rule = divmod(rest, len(self._rules.all))
        ready = _EPOCH + (bucket * _BUCKET_US + after_us) * _MICROSECOND
        due = self._rules.deadline(rule, ready, extension, self._stores[store])
        return (due.instant - _EPOCH) // _MICROSECOND


def _one_by_one(keyed: pl.DataFrame, split: list[int], keys: _Keys) -> pl.DataFrame:
    """Fill in the deadlines of rows whose quarter hour has more than one."""
    exact = keyed.filter(pl.col("key").is_in(split)).select("key", "ready_at").unique()
    after_us = exact["ready_at"].cast(pl.Int64) % _BUCKET_US
    answers = [
        keys.deadline(key, after)
        for key, after in zip(exact["key"], after_us, strict=True)
    ]
    exact = exact.with_columns(exactly=pl.Series(answers, dtype=pl.Int64))
    on = ["key", "ready_at"]
    return keyed.join(exact, on=on, how="left", maintain_order="left").with_columns(
        deadline=pl.coalesce("exactly", "deadline")
    )
