"""Ranking partners: gates, criteria, two methods, and how firm the first place is."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from cstore_cli.partners.rank.basket import (
    Offer,
    Sort,
    basket_of,
    mean_prices,
    offer_of,
)
from cstore_cli.partners.rank.faults import refuse_faults
from cstore_cli.partners.rank.kind import rank_kind
from cstore_cli.partners.rank.notes import notes_of
from cstore_cli.partners.rank.place_scores import PlaceScore, place_score
from cstore_cli.partners.rank.rankings import LEVELS, Ranking
from cstore_cli.partners.rank.stages import stages_of, trial_of
from cstore_cli.partners.rank.values import Known
from cstore_cli.partners.service_levels import measured_levels, without_suspended
from cstore_cli.partners.version_on import version_on
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_folder import Agreements
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.partners_rank import MEASURED
from cstore_cli.tables.rank_inputs import RankInputs


def rank_partners(
    settings: PartnersSettings,
    agreements: Agreements,
    inputs: RankInputs,
    day: dt.date,
) -> Ranking:
    """
    Rank the partners of each kind that the settings say how to rank.

    Parameters
    ----------
    settings, agreements
        Partners, gates, criteria and weights; what partners charge and promise.
    inputs
        What they did for us, and what prices and places are compared on.
    day
        The day that counts for terms, tenure and the parcels measured.

    Raises
    ------
    InputError
        When a gate or criterion asks for what nobody tells, or judgements contradict
        each other.
    """
    refuse_faults(settings)
    asked = settings.rank
    since = day - dt.timedelta(days=asked.measured_days - 1)
    told_once = inputs.parcels.unique(
        ["parcel_id", "partner", "service"], keep="first", maintain_order=True
    )
    parcels = told_once.filter(pl.col("charged_on").is_between(since, day))
    parcels = without_suspended(parcels, agreements)
    basket = basket_of(asked.basket, inputs.volumes)
    versions = {
        partner: version
        for partner in settings.partners
        if (version := version_on(agreements, partner, day)) is not None
    }
    offers = _offers(settings, agreements, versions, basket, day)
    known = Known(
        partners=settings.partners,
        versions=versions,
        offers=offers,
        prices=mean_prices(basket, offers),
        levels=measured_levels(parcels),
        enough=asked.enough_samples,
        places=_places(settings, inputs),
    )
    kinds = tuple(
        rank_kind(settings, known, kind, of_kind)
        for kind, of_kind in asked.kinds.items()
        if any(partner.kind == kind for partner in settings.partners.values())
    )
    return Ranking(
        day=day,
        since=since,
        num_parcels=len(parcels),
        basket_parcels=sum(sort.parcels for sort in basket),
        kinds=kinds,
        levels=_levels(known),
        stages=stages_of(settings, day),
        trial=trial_of(settings, agreements, known, kinds, basket, day),
        notes=tuple(notes_of(settings, known, kinds, basket, parcels)),
    )


def _offers(
    settings: PartnersSettings,
    agreements: Agreements,
    versions: dict[str, AgreementVersion],
    basket: Sequence[Sort],
    day: dt.date,
) -> dict[str, Offer]:
    return {
        partner: offer_of(
            version,
            agreements.clauses_of(version.agreement),
            basket,
            day,
            settings.allocate.expected,
        )
        for partner, version in versions.items()
    }


def _places(settings: PartnersSettings, inputs: RankInputs) -> dict[str, PlaceScore]:
    if inputs.stores is None or inputs.site_scores is None:
        return {}
    return {
        name: place_score(
            name, partner, inputs.stores, inputs.site_scores, settings.rank.site_km
        )
        for name, partner in settings.partners.items()
        if partner.kind == "store_chain"
    }


def _levels(known: Known) -> pl.DataFrame:
    """Return what each partner promised and what was measured of it."""
    own = known.levels.select(
        "partner", "measure", "measured", "low", "high", "samples"
    )
    promised = pl.DataFrame(
        [
            (partner, measure, known.promised(measure, partner))
            for partner in known.partners
            for measure in MEASURED
        ],
        schema={"partner": pl.String, "measure": pl.String, "promised": pl.Float64},
        orient="row",
    )
    table = promised.join(
        own, on=["partner", "measure"], how="left", maintain_order="left"
    )
    return table.with_columns(pl.col("samples").fill_null(0)).select(list(LEVELS))
