"""What parcels come to under some terms, as if these had held all of the time."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from cstore_cli.partners.settle.matching import FAULT, Terms, matched
from cstore_cli.partners.settle.settle import settle
from cstore_cli.partners.settle.settlement import Settlement
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.agreement_folder import Agreements


@dataclass(frozen=True, eq=False)
class Looking:
    """
    What is looked back on: the days, and what parcels are matched with.

    ``zone_of`` maps locations to zones; ``clauses`` are those of all agreements.
    """

    first: dt.date
    last: dt.date
    zones: Sequence[str]
    zone_of: Mapping[str, str]
    clauses: Sequence[AgreementClause]


@dataclass(frozen=True, eq=False)
class Charged:
    """
    Parcels charged under terms; ``amount`` in units.

    ``rows`` are those carried, as `matching.matched` returns them; ``carried`` and
    ``refused`` the same parcels and the others as they were given. They are charged
    once somebody asks what they come to.
    """

    version: AgreementVersion
    looking: Looking
    rows: pl.DataFrame
    carried: pl.DataFrame
    refused: pl.DataFrame

    @cached_property
    def settlement(self) -> Settlement:
        """The charges."""
        version, looking = self.version, self.looking
        terms = _terms(version, looking)
        own = (it for it in looking.clauses if it.agreement == version.agreement)
        agreements = Agreements((version,), tuple(own), {})
        return settle(self.rows, terms, agreements, looking.first, looking.last)

    @property
    def amount(self) -> int:
        """All that is charged, less what is credited."""
        return int(self.settlement.totals["amount"].sum())

    def amount_of(self, *kinds: str) -> int:
        """Return the sum of lines of some kinds."""
        totals = self.settlement.totals
        return int(totals.filter(pl.col("kind").is_in(kinds))["amount"].sum())


def charged(
    version: AgreementVersion, parcels: pl.DataFrame, looking: Looking
) -> Charged:
    """
    Charge the parcels of some days as if ``version`` had held on all of them.

    Whose the parcels are does not matter. Terms with days of their own (peaks,
    promotions, clauses) hold on those days.

    Parameters
    ----------
    version
        Signed or not, of whatever days.
    parcels
        Under `PartnerParcels`, with their ``line``; of other days, they do not count.
    looking
        First day of a month, last day of one, and what parcels are matched with.
    """
    days = {"valid_from": looking.first, "valid_to": looking.last}
    held = version.model_copy(update=days)
    mine = parcels.filter(
        pl.col("charged_on").is_between(looking.first, looking.last)
    ).with_columns(partner=pl.lit(held.partner))
    found = matched(mine, _terms(held, looking))
    met = found[FAULT].is_null()
    return Charged(
        version=held,
        looking=looking,
        rows=found.filter(met),
        carried=mine.filter(met),
        refused=mine.filter(~met),
    )


def _terms(version: AgreementVersion, looking: Looking) -> Terms:
    zones = tuple(looking.zones)
    return Terms((version,), (version.partner,), zones, looking.zone_of)


def without_performance(version: AgreementVersion) -> AgreementVersion:
    """
    Return the terms without service credits and payment for what is lost or damaged.

    How one partner performed says nothing of what another would have had to pay.
    """
    return version.model_copy(update={"service_levels": [], "risk": None})
