"""What a partner's parcels would have cost under the terms of the others."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from cstore_cli.partners.periods import period_start
from cstore_cli.partners.review.result import TOO_MANY, ReviewRow, Revision
from cstore_cli.partners.review.terms import (
    Charged,
    Looking,
    charged,
    without_performance,
)
from cstore_cli.settings.agreement import AgreementVersion, Period


@dataclass(frozen=True, eq=False)
class Present:
    """
    A partner's present terms, and its parcels of the months looked back on.

    ``version`` is signed, or an offer; ``most`` the parcels its stage lets it have in a
    month, None: any. ``own`` are the parcels charged under the terms, less what hangs
    on performance.
    """

    version: AgreementVersion
    most: int | None
    own: Charged

    @property
    def name(self) -> str:
        """The partner."""
        return self.version.partner

    @property
    def cost(self) -> int:
        """What its own parcels come to; an offer not taken up costs nothing."""
        taken_up = self.version.signed is not None or len(self.own.carried)
        return self.own.amount if taken_up else 0


def present(
    version: AgreementVersion,
    most: int | None,
    parcels: pl.DataFrame,
    looking: Looking,
) -> Present:
    """Return the partner's present terms with its own ``parcels`` charged."""
    alike = without_performance(version)
    return Present(alike, most, charged(alike, parcels, looking))


def other_terms(
    everybody: Mapping[str, Present], looking: Looking, period: str
) -> Iterator[ReviewRow]:
    """
    Yield what each partner's parcels would have cost under each other's present terms.

    The other charges all it can carry on top of what it had itself; the rest stays
    where it is at its prices, without minimum charge or promise. ``actual`` are the
    parcels that the other can carry of ``samples``; ``amount`` is what all cost then,
    to be held against the row of the partner's own terms. Credits and payment for lost
    parcels are left out of both. Whether they are more than the other takes, or than
    its stage allows, is told and changes nothing.
    """
    for mine in everybody.values():
        if mine.own.carried.is_empty():
            continue
        parcels = len(mine.own.carried)
        version = mine.version
        yield _row(mine, version, parcels, parcels, mine.cost, period)
        for other in everybody.values():
            if other is not mine:
                together = _together(other, mine.own.carried, looking)
                amount = together.amount - other.cost
                if len(together.refused):
                    rest = charged(version, together.refused, looking)
                    amount += rest.amount_of("price", "promotion", "surcharge")
                carried = parcels - len(together.refused)
                full = not _has_room(other, together)
                yield _row(mine, other.version, parcels, carried, amount, period, full)


def _row(
    mine: Present,
    version: AgreementVersion,
    parcels: int,
    carried: int,
    amount: int,
    period: str,
    too_many: bool = False,
) -> ReviewRow:
    offer = "" if version.signed else " (an offer)"
    left = parcels - carried
    told = f"under {version.agreement} version {version.version}{offer}"
    told += f"; {TOO_MANY}" if too_many else ""
    if left:
        told += f"; {left} it cannot carry stay with {mine.name}"
    return ReviewRow(
        mine.name,
        mine.version.agreement,
        mine.version.version,
        "other_terms",
        version.partner,
        period,
        actual=carried,
        samples=parcels,
        amount=amount,
        told=told,
    )


def cheaper_zones(
    everybody: Mapping[str, Present], zones: Collection[str], looking: Looking
) -> Iterator[Revision]:
    """
    Yield zones whose parcels would have cost less with another partner, the cheapest.

    The parcels of a zone that the other can carry come on top of its own, so that
    steps, minimum charges and promises of both count. Nobody is named who would have
    had more than it takes, or than its stage allows, in any period.
    """
    for mine in everybody.values():
        for zone in zones:
            lines = mine.own.rows.filter(pl.col("zone").cast(pl.String) == zone)["line"]
            of_zone = mine.own.carried.filter(pl.col("line").is_in(lines.implode()))
            others = [it for it in everybody.values() if it is not mine]
            moved = [
                revision
                for other in others
                if len(of_zone)
                for revision in _moved(mine, other, zone, of_zone, looking)
            ]
            best = max(moved, key=lambda it: it.saving, default=None)
            if best is not None and best.saving > 0:
                yield best


def _moved(
    mine: Present, other: Present, zone: str, parcels: pl.DataFrame, looking: Looking
) -> Iterator[Revision]:
    together = _together(other, parcels, looking)
    taken = parcels.join(together.refused, on="line", how="anti")
    if taken.is_empty() or not _has_room(other, together):
        return
    stays = mine.own.carried.join(taken, on="line", how="anti", maintain_order="left")
    left = charged(mine.version, stays, looking)
    refused = len(parcels) - len(taken)
    stay = f", {refused} it cannot carry stay" if refused else ""
    offer = "" if other.version.signed else " by its offer"
    yield Revision(
        mine.name,
        mine.version.agreement,
        mine.version.version,
        "zone",
        zone,
        mine.name,
        other.name,
        mine.cost + other.cost,
        left.amount + together.amount,
        f"{len(taken)} parcels of {zone} go to {other.name}{offer}{stay}",
    )


def _together(other: Present, parcels: pl.DataFrame, looking: Looking) -> Charged:
    """Return what a partner had and further parcels, charged by its terms."""
    return charged(other.version, pl.concat([other.own.carried, parcels]), looking)


def _has_room(other: Present, together: Charged) -> bool:
    """Whether no period has more parcels than the other takes, or its stage allows."""
    quantities = other.version.quantities
    limits: list[tuple[Period, int | None]] = [
        ("month", other.most),
        (quantities.per, quantities.maximum),
    ]
    for per, most in limits:
        period = period_start(pl.col("charged_on"), per).alias("period")
        counts = together.rows.group_by(period).len()["len"]
        if most is not None and (counts > most).any():
            return False
    return True
