"""The rules of a run, and which of them decides on each hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.holds.deadline import Deadline, deadline
from cstore_cli.holds.extension import most_days
from cstore_cli.holds.skipped_days import skips
from cstore_cli.holds.store_closures import Windows, closed_windows, shut_at_the_end
from cstore_cli.settings.expire_holds import ExpireHoldsSettings
from cstore_cli.settings.hold_policy import HoldTerms

CONDITIONS = ("chain", "channel", "goods_class")


@dataclass(frozen=True)
class Rule:
    """What holds for a parcel: terms by rule, and by whose hold it is."""

    name: str
    """Name of the override, or default."""
    terms: HoldTerms | None
    """None: the hold never lapses."""
    zone: ZoneInfo
    """Zone of its days."""

    @property
    def days(self) -> HoldTerms | None:
        """The terms where they count days, else None."""
        return self.terms if self.terms and self.terms.unit != "hours" else None

    @property
    def hours(self) -> HoldTerms | None:
        """The terms where they count hours, else None."""
        return self.terms if self.terms and self.terms.unit == "hours" else None

    @property
    def most_extension_days(self) -> int:
        """Most days of extension that count."""
        return most_days(self.terms.extension) if self.terms else 0


class Rules:
    """
    The rules in order, each twice: for the customer's hold, then for the sender's.

    Parameters
    ----------
    settings
        Of the command.
    closures
        Table ``Closures``; rows of links play no part.
    """

    def __init__(self, settings: ExpireHoldsSettings, closures: pl.DataFrame) -> None:
        self._overrides = settings.overrides
        self.all: list[Rule] = []
        for name, policy in settings.policies().items():
            zone = ZoneInfo(policy.time_zone or settings.network.time_zone)
            of_return = policy.of_return()
            returned = of_return and of_return.time_zone
            of_return_zone = ZoneInfo(returned) if returned else zone
            self.all.append(Rule(name, policy, zone))
            self.all.append(Rule(name, of_return, of_return_zone))
        asked = any(r.days and r.days.skipped.store_closures for r in self.all)
        self._shut: dict[str, Windows] = closed_windows(closures) if asked else {}
        self.shut_stores = list(self._shut)
        """Stores whose closures matter to some rule."""
        self.is_skipped = cache(self._is_skipped)

    def index(self, holds: pl.DataFrame) -> pl.Expr:
        """Position in ``all`` of the rule that decides on each hold: first match."""
        position = pl.lit(2 * len(self._overrides), pl.UInt32)
        for k, override in reversed(list(enumerate(self._overrides))):
            met = pl.lit(True)
            for column in CONDITIONS:
                allowed = getattr(override, column)
                if allowed:
                    met &= pl.col(column).is_in(allowed).fill_null(False)
            position = pl.when(met).then(pl.lit(2 * k, pl.UInt32)).otherwise(position)
        if "return_hold" in holds.columns:
            second = pl.col("return_hold").fill_null(False).cast(pl.UInt32)
            position += second
        return position

    def deadline(
        self, index: int, ready_at: datetime, extension_days: int, store_id: str | None
    ) -> Deadline:
        """The deadline by the rule ``index``, which must lapse, one hold at a time."""
        rule = self.all[index]
        if rule.terms is None:
            raise ValueError(f"rule {rule.name!r} has no end")
        is_skipped = self.is_skipped(
            index, store_id if store_id in self._shut else None
        )
        return deadline(rule.terms, ready_at, extension_days, rule.zone, is_skipped)

    def _is_skipped(self, index: int, store_id: str | None) -> Callable[[date], bool]:
        rule = self.all[index]
        if rule.days is None:
            return lambda _: False
        windows = self._shut.get(store_id, ()) if store_id is not None else ()
        is_shut = shut_at_the_end(windows, rule.days.end_of_day, rule.zone)
        return skips(rule.days.skipped, is_shut)


def of_rule(
    values: Sequence[int | str], dtype: type[pl.DataType] = pl.Int64
) -> pl.Expr:
    """A value by position in ``Rules.all``, for each row of the column rule."""
    return pl.lit(pl.Series(values, dtype=dtype)).gather(pl.col("rule"))
