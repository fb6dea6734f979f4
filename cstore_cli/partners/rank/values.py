"""What each partner has of each criterion, and where that is known from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import polars as pl

from cstore_cli.partners.rank.basket import Offer
from cstore_cli.partners.rank.place_scores import PlaceScore
from cstore_cli.partners.service_levels import EVERYBODY
from cstore_cli.settings.agreement import AgreementVersion, Measure
from cstore_cli.settings.partners import Exchange, PartnerSettings
from cstore_cli.settings.partners_rank import MEASURED, Measured

From = Literal[
    "agreement",
    "offer",
    "measured",
    "promised",
    "all_partners",
    "yaml",
    "sites",
    "unknown",
]
"""
Where a value is from: a signed version or an offer; parcels of the partner; what its
version promises, or what parcels of all partners show, where its own are too few; the
settings; scores of sites; or nobody knows it.
"""
EXCHANGES: dict[Exchange, float] = {"none": 0, "csv": 1, "epcis": 2}
PROMISES: dict[Measured, Measure] = {
    "on_time": "on_time",
    "lost": "lost",
    "damaged": "damaged",
    "uncollected": "uncollected",
    "feed_delay_h": "data_delay_h",
}
"""A level measured: what versions promise of it."""


class Value(NamedTuple):
    """A figure of a partner, None where nobody knows it, and where it is from."""

    figure: float | None
    source: From


@dataclass(frozen=True, eq=False)
class Known:
    """
    What is known of the partners, by their names.

    ``levels`` is as `measured_levels` returns it; ``enough`` the parcels from which on
    a level counts.
    """

    partners: Mapping[str, PartnerSettings]
    versions: Mapping[str, AgreementVersion]
    offers: Mapping[str, Offer]
    prices: Mapping[str, float | None]
    levels: pl.DataFrame
    enough: int
    places: Mapping[str, PlaceScore]

    def value(self, name: str, partner: str) -> Value:
        """Return a partner's value of the criterion ``name``."""
        for measure in MEASURED:
            if name == measure:
                return self._level(measure, partner)
        if name == "exchange":
            return Value(EXCHANGES[self.partners[partner].exchange], "yaml")
        if name == "site_score":
            place = self.places.get(partner)
            score = None if place is None else place.score
            return Value(score, "unknown" if score is None else "sites")
        if name in ("price", "coverage", "payment_days", "deposit"):
            return self._term(name, partner)
        fact = self.partners[partner].facts.get(name)
        if fact is None or isinstance(fact, str):
            return Value(None, "unknown")
        return Value(float(fact), "yaml")

    def level(self, measure: str, partner: str) -> tuple[float, int] | None:
        """Return a level as measured and its parcels; None where there are none."""
        row = self.levels.filter(
            (pl.col("partner") == partner) & (pl.col("measure") == measure)
        ).select("measured", "samples")
        if row.is_empty() or row.item(0, "measured") is None:
            return None
        return row.item(0, "measured"), row.item(0, "samples")

    def promised(self, measure: Measured, partner: str) -> float | None:
        """Return what the partner's version promises of a level."""
        version = self.versions.get(partner)
        for level in version.service_levels if version else ():
            if level.measure == PROMISES[measure]:
                return level.promised
        return None

    def _level(self, measure: Measured, partner: str) -> Value:
        own = self.level(measure, partner)
        if own is not None and own[1] >= self.enough:
            return Value(own[0], "measured")
        promised = self.promised(measure, partner)
        if promised is not None:
            return Value(promised, "promised")
        everybody = self.level(measure, EVERYBODY)
        if everybody is not None and everybody[1] >= self.enough:
            return Value(everybody[0], "all_partners")
        return Value(None, "unknown")

    def _term(self, name: str, partner: str) -> Value:
        version = self.versions.get(partner)
        if version is None:
            return Value(None, "unknown")
        figure: float | None
        if name == "price":
            figure = self.prices.get(partner)
        elif name == "coverage":
            figure = self.offers[partner].coverage
        elif name == "payment_days":
            figure = version.payment.within_days
        else:
            figure = float(version.payment.deposit or 0)
        if figure is None:
            return Value(None, "unknown")
        return Value(figure, "offer" if version.signed is None else "agreement")
