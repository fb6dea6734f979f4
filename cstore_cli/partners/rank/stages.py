"""The stages that partners are in, and what a trial with a newcomer would allow."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from cstore_cli.partners.rank.basket import Offer, Sort, offer_of
from cstore_cli.partners.rank.rankings import STAGES, KindRanking, Trial
from cstore_cli.partners.rank.values import Known
from cstore_cli.partners.switching_cost import switching_cost, years_since
from cstore_cli.settings.agreement_folder import Agreements
from cstore_cli.settings.partners import PartnersSettings


def stages_of(settings: PartnersSettings, day: dt.date) -> pl.DataFrame:
    """Return what the stage of each partner allows and costs on ``day``."""
    rows = []
    for name, partner in settings.partners.items():
        rules = settings.stages[partner.stage]
        rows.append(
            (
                name,
                partner.kind,
                partner.stage,
                years_since(partner.since, day),
                rules.most_parcels_per_month,
                rules.notice_days,
                float(switching_cost(rules, partner, day)),
            )
        )
    return pl.DataFrame(rows, schema=STAGES, orient="row")


def trial_of(
    settings: PartnersSettings,
    agreements: Agreements,
    known: Known,
    kinds: Sequence[KindRanking],
    basket: Sequence[Sort],
    day: dt.date,
) -> Trial | None:
    """Return what a trial with the best carrier on trial would allow."""
    ranked = next((one.ranked for one in kinds if one.kind == "logistics"), None)
    if ranked is None:
        return None
    newcomers = ranked.filter(pl.col("stage") == "trial")
    total = sum(sort.parcels for sort in basket)
    if newcomers.is_empty() or not total:
        return None
    partner = newcomers.item(0, "partner")
    rules = settings.stages[settings.partners[partner].stage]
    version = known.versions.get(partner)
    most, cost = total, None
    if rules.most_parcels_per_month is not None:
        most = min(most, float(rules.most_parcels_per_month))
    if version is not None:
        offer = offer_of(
            version,
            agreements.clauses_of(version.agreement),
            basket,
            day,
            settings.allocate.expected,
            most_per_month=most,
        )
        most = offer.coverage * total
        cost = _cost(offer, basket, most)
    return Trial(
        partner=partner,
        rank=newcomers.item(0, "topsis_rank"),
        of=len(ranked),
        most=most,
        share=most / total,
        cost=cost,
        notice_days=rules.notice_days,
        switching_cost=float(switching_cost(rules, settings.partners[partner], day)),
    )


def _cost(offer: Offer, basket: Sequence[Sort], parcels: float) -> float | None:
    """Return what so many parcels of what it carries cost."""
    carried = [
        (price, sort.parcels)
        for price, sort in zip(offer.prices, basket, strict=True)
        if price is not None
    ]
    total = sum(number for _, number in carried)
    if not total:
        return None
    return sum(price * number for price, number in carried) / total * parcels
