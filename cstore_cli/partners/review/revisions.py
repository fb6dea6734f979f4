"""
Changes of the present terms by which the past would have cost less.

Each is tried by charging the months looked back on again, under the present terms as
they are and as changed; performance counts, so that credits are told in full.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import polars as pl

from cstore_cli.partners.periods import DAY, first_day, last_day, period_start
from cstore_cli.partners.review.result import ReviewRow, Revision
from cstore_cli.partners.review.terms import Charged, Looking, charged
from cstore_cli.settings.agreement import (
    AgreementVersion,
    Commitment,
    Period,
    Rate,
    Rebate,
    ServiceLevel,
    Step,
)
from cstore_cli.settings.partners_review import ReviewSettings

Term = Literal["commitment", "step", "rebate", "service_level"]
_ENOUGH = 30
"""Parcels on which a measured service level rests at least to be asked for."""


@dataclass(frozen=True, eq=False)
class PresentTerms:
    """
    A partner's present terms, and its parcels charged under all of them.

    ``levels`` are the rows of its service levels, by measure.
    """

    version: AgreementVersion
    own: Charged
    levels: Mapping[str, ReviewRow]


def suggested(
    present: PresentTerms, looking: Looking, settings: ReviewSettings
) -> Iterator[Revision]:
    """
    Yield the changes that would have saved something.

        commitment      a low percentile of the periods' parcels is promised
        step, rebate    begins at the fewest parcels that just missed it
        service_level   what was measured is promised, where no credit was ever due
    """
    tries = (
        *_commitments(present, looking, settings),
        *_steps(present, looking, settings),
        *_rebates(present, looking, settings),
        *_levels(present),
    )
    for one in tries:
        again = charged(one.version, present.own.carried, looking)
        revision = one.revision(present, again)
        if revision.saving > 0:
            yield revision


@dataclass(frozen=True, eq=False)
class _Try:
    """Changed terms, and what is told of the change."""

    version: AgreementVersion
    term: Term
    name: str
    now: str
    then: str
    why: str

    def revision(self, present: PresentTerms, again: Charged) -> Revision:
        version = present.version
        return Revision(
            version.partner,
            version.agreement,
            version.version,
            self.term,
            self.name,
            self.now,
            self.then,
            present.own.amount,
            again.amount,
            self.why,
        )


def _commitments(
    present: PresentTerms, looking: Looking, settings: ReviewSettings
) -> Iterator[_Try]:
    version = present.version
    for place, commitment in enumerate(version.commitments):
        counts = sorted(
            _counts(_that_count(present, commitment), commitment.per, looking)
        )
        if not counts:
            continue
        share = settings.commitment_percentile / 100
        # So many of all had no more: the order statistic, which supposes nothing.
        low = counts[max(0, ceil(share * len(counts)) - 1)]
        if low >= commitment.parcels:
            continue
        kept = [commitment.model_copy(update={"parcels": low})] if low else []
        all_of = [*version.commitments]
        all_of[place : place + 1] = kept
        below = sum(count < commitment.parcels for count in counts)
        yield _Try(
            version.model_copy(update={"commitments": all_of}),
            "commitment",
            commitment.name,
            f"{commitment.parcels} parcels per {commitment.per}",
            f"{low} parcels per {commitment.per}" if low else "none",
            f"in {below} of {len(counts)} {commitment.per}s fewer came",
        )


def _that_count(present: PresentTerms, commitment: Commitment) -> pl.DataFrame:
    rows = present.own.rows
    for column, names in (("service", commitment.services), ("zone", commitment.zones)):
        if names:
            rows = rows.filter(pl.col(column).cast(pl.String).is_in(names))
    return rows


def _counts(rows: pl.DataFrame, per: Period, looking: Looking) -> list[int]:
    """Return the parcels of each whole calendar period looked back on, 0 included."""
    period = period_start(pl.col("charged_on"), per).alias("period")
    came = dict(rows.group_by(period).len().iter_rows())
    counts, day = [], looking.first
    while day <= looking.last:
        begins, ends = first_day(day, per), last_day(day, per)
        if looking.first <= begins and ends <= looking.last:
            counts.append(int(came.get(begins, 0)))
        day = last_day(day, per) + DAY
    return counts


def _just_missed(
    counts: Sequence[int], above: int, threshold: int, settings: ReviewSettings
) -> list[int]:
    """Return the counts above ``above`` that so much more would have taken there."""
    near = 1 + settings.near_miss_percent / 100
    return [n for n in counts if above < n < threshold <= n * near]


def _steps(
    present: PresentTerms, looking: Looking, settings: ReviewSettings
) -> Iterator[_Try]:
    version = present.version
    for place, rate in enumerate(version.rates):
        rows = present.own.rows.filter(pl.col("rate") == place)
        counts = _counts(rows, rate.prices.per, looking)
        pairs = zip(rate.prices.steps, rate.prices.steps[1:], strict=False)
        for number, (before, step) in enumerate(pairs, start=1):
            missed = _just_missed(
                counts, before.from_parcel, step.from_parcel, settings
            )
            if missed:
                yield _Try(
                    _with_step(version, place, number, min(missed)),
                    "step",
                    f"{rate.name}, from {step.from_parcel}",
                    f"from parcel {step.from_parcel}",
                    f"from parcel {min(missed)}",
                    f"missed by {settings.near_miss_percent:g} % or less in "
                    f"{len(missed)} {rate.prices.per}(s)",
                )


def _with_step(
    version: AgreementVersion, place: int, number: int, from_parcel: int
) -> AgreementVersion:
    rate: Rate = version.rates[place]
    steps: list[Step] = [*rate.prices.steps]
    steps[number] = steps[number].model_copy(update={"from_parcel": from_parcel})
    prices = rate.prices.model_copy(update={"steps": steps})
    rates = [*version.rates]
    rates[place] = rate.model_copy(update={"prices": prices})
    return version.model_copy(update={"rates": rates})


def _rebates(
    present: PresentTerms, looking: Looking, settings: ReviewSettings
) -> Iterator[_Try]:
    version = present.version
    for place, rebate in enumerate(version.rebates):
        counts = _counts(present.own.rows, rebate.per, looking)
        missed = _just_missed(counts, 0, rebate.from_parcels, settings)
        if missed:
            rebates: list[Rebate] = [*version.rebates]
            update = {"from_parcels": min(missed)}
            rebates[place] = rebate.model_copy(update=update)
            yield _Try(
                version.model_copy(update={"rebates": rebates}),
                "rebate",
                rebate.name,
                f"from {rebate.from_parcels} parcels per {rebate.per}",
                f"from {min(missed)} parcels per {rebate.per}",
                f"missed by {settings.near_miss_percent:g} % or less in "
                f"{len(missed)} {rebate.per}(s)",
            )


def _levels(present: PresentTerms) -> Iterator[_Try]:
    version = present.version
    totals = present.own.settlement.totals
    for place, level in enumerate(version.service_levels):
        row = present.levels.get(level.measure)
        paid = totals.filter(kind="service_credit", charge=level.measure)
        if row is None or row.actual is None or len(paid):
            continue
        asked = _asked_for(level, row.actual)
        stricter = (asked > level.promised) == (level.measure == "on_time")
        if (row.samples or 0) >= _ENOUGH and stricter and asked != level.promised:
            levels: list[ServiceLevel] = [*version.service_levels]
            levels[place] = level.model_copy(update={"promised": asked})
            yield _Try(
                version.model_copy(update={"service_levels": levels}),
                "service_level",
                level.measure,
                f"{level.promised:g}",
                f"{asked:g}",
                f"{row.actual:.4g} was measured on {row.samples} parcels; no credit "
                "was ever due",
            )


def _asked_for(level: ServiceLevel, measured: float) -> float:
    """Return the measured level, a part of a point to the partner's favour."""
    if level.measure == "on_time":
        return floor(100 * measured) / 100
    if level.measure == "data_delay_h":
        return float(ceil(measured))
    return ceil(1000 * measured) / 1000
