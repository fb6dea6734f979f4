"""What holds are judged by in one run: policy, chains, closures, the instant."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dataframely as dy
import polars as pl

from cstore_cli.errors import GuardError, InputError, StaleInputError
from cstore_cli.holds.decide import decide
from cstore_cli.holds.guard import check_stale, guard_tripped
from cstore_cli.holds.outcome import Outcome, concerned, outcome
from cstore_cli.holds.reasons import reasons
from cstore_cli.settings.expire_holds import ExpireHoldsSettings
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.day import Closures
from cstore_cli.tables.network import Stores
from cstore_cli.tables.read import read_table, whole

_REMINDER_OF = ("parcel_id", "ready_at", "deadline")
SEEN = (
    *("parcel_id", "store_id", "ready_at", "litres", "extension_days"),
    *("deadline", "lapsed", "rule"),
)
"""Columns of the holds that are kept for a page."""


@dataclass(frozen=True, eq=False)
class Judge:
    """
    Looks at holds, in parts where there are many, and concludes; ``now`` in UTC.

    ``seen`` keeps all that were decided on, for a page; None where none is asked for.
    """

    settings: ExpireHoldsSettings
    now: dt.datetime
    closures: pl.DataFrame
    chain_of: pl.DataFrame
    allow_mass: str | None
    seen: list[pl.DataFrame] | None = None

    @property
    def new_enough(self) -> dt.datetime:
        """Data that have an event of this instant, or a later one, are not stale."""
        hours = self.settings.stale.max_age_h
        return self.now - dt.timedelta(hours=hours or 0)

    def follow(self, last: dt.datetime | None) -> None:
        """
        Refuse to judge by an instant before the last run's: it would undo that.

        Raises
        ------
        StaleInputError
            With both instants.
        """
        if last is not None and self.now < last:
            raise StaleInputError(
                f"--now, {self.now:%Y-%m-%d %H:%M} UTC, is before the last run, which "
                f"was at {last:%Y-%m-%d %H:%M} UTC. Nothing was decided."
            )

    def look_at(self, holds: pl.DataFrame, reminders: pl.DataFrame) -> pl.DataFrame:
        """
        Those of the holds that a run has to look at, decided on, with reasons.

        ``reminders`` are those given before: parcel_id, ready_at, deadline, reminded_h.
        """
        known = holds.join(
            self.chain_of, on="store_id", how="left", maintain_order="left"
        )
        decided = decide(known, self.settings, self.closures, self.now)
        if self.seen is not None:
            self.seen.append(decided.select(SEEN))
        told = decided.join(
            reminders, on=_REMINDER_OF, how="left", maintain_order="left"
        )
        kept = told.filter(concerned())
        return kept.with_columns(reasons(kept, self.settings, self.closures))

    def conclude(
        self, kept: Sequence[pl.DataFrame], held: int, newest: dt.datetime | None
    ) -> Outcome:
        """
        What becomes of the holds, of all parts together.

        Raises
        ------
        StaleInputError
            When the newest data are too old to act on.
        """
        check_stale(newest, self.settings, self.now)
        return outcome(pl.concat(kept), held)

    def guard(self, found: Outcome) -> None:
        """
        Stop a run that changes more than it may.

        Raises
        ------
        GuardError
            Unless a reason was given to allow it.
        """
        guard = self.settings.guard
        if self.allow_mass is not None:
            return
        for what, rows in (("expire", found.expired), ("go on", found.reinstated)):
            if guard_tripped(len(rows), found.held, guard):
                raise GuardError(
                    f"{len(rows):,} of {found.held:,} holds would {what} at once; the "
                    f"guard lets {guard.count} pass, or {guard.share:.0%} of them. "
                    "Nothing was written. Look at them with --dry-run; if it is right, "
                    'run again with --allow-mass "the reason".'
                )


def judge_of(
    settings: ExpireHoldsSettings,
    day: dt.date,
    now: dt.datetime,
    allow_mass: str | None,
    *,
    for_page: bool = False,
) -> Judge:
    """
    Read what the policy needs of the network's tables, and nothing else.

    ``for_page`` keeps every hold that is decided on.

    Raises
    ------
    InputError
        When a table that it needs is not named, or faulty.
    """
    policies = settings.policies().values()
    terms = [*policies, *(policy.of_return() for policy in policies)]
    chains = any(override.chain for override in settings.overrides)
    shut = any(each.skipped.store_closures for each in terms if each)
    stores = (
        _table(settings, day, "stores", Stores) if chains else Stores.create_empty()
    )
    closures = (
        _table(settings, day, "closures", Closures) if shut else Closures.create_empty()
    )
    chain_of = stores.select("store_id", "chain")
    seen: list[pl.DataFrame] | None = [] if for_page else None
    return Judge(settings, now.astimezone(dt.UTC), closures, chain_of, allow_mass, seen)


def source_of(
    settings: ExpireHoldsSettings,
    name: str,
    day: dt.date,
    given: Path | None = None,
) -> TableSource:
    """
    Where a table stands: as given, else as the YAML says.

    Raises
    ------
    InputError
        When neither names it.
    """
    sources = {**settings.network.tables, **settings.tables}
    if given is None and name not in sources:
        raise InputError(f"No {name} table: name it under `tables:` in the YAML.")
    source = sources.get(name, TableSource(path=""))
    path = str(given) if given else source.path.replace("{date}", day.isoformat())
    return source.model_copy(update={"path": path})


def _table(
    settings: ExpireHoldsSettings,
    day: dt.date,
    name: str,
    contract: type[dy.Schema],
) -> pl.DataFrame:
    source = source_of(settings, name, day)
    return whole(read_table(source, contract, settings.network.time_zone), name)
