"""What a ranking took as given, and what it lacked."""

from collections.abc import Iterator, Sequence

import polars as pl

from cstore_cli.partners.rank.basket import Sort
from cstore_cli.partners.rank.rankings import KindRanking
from cstore_cli.partners.rank.values import Known
from cstore_cli.settings.partners import PartnersSettings


def notes_of(
    settings: PartnersSettings,
    known: Known,
    kinds: Sequence[KindRanking],
    basket: Sequence[Sort],
    parcels: pl.DataFrame,
) -> list[str]:
    """Say what was taken as given, and what is missing."""
    notes = []
    if parcels.is_empty():
        notes.append(
            "No parcels were measured (table partner_parcels, or a ledger): levels are "
            "those promised."
        )
    for k, sort in enumerate(basket):
        if all(offer.prices[k] is None for offer in known.offers.values()):
            notes.append(
                f"Nobody carries {sort.service} of {sort.weight_kg:g} kg, {sort.size}, "
                f"to {sort.zone} ({sort.parcels:.4g} parcels a month)."
            )
    for one in kinds:
        if one.ranked.is_empty():
            notes.append(f"No {one.kind} partner passed the gates.")
        else:
            notes += _unknown(one)
            notes += _by_chance(known, one)
    ranked = {one.kind for one in kinds}
    others = {one.kind for one in settings.partners.values()} - ranked
    notes += [
        f"rank.kinds has no {kind}: partners of that kind are not ranked."
        for kind in sorted(others)
    ]
    return notes


def _unknown(one: KindRanking) -> Iterator[str]:
    """Yield the criteria of which some, or all, are not known."""
    for criterion in one.criteria:
        column = one.ranked[criterion.name]
        if column.null_count() == len(column):
            yield f"{criterion.name} is known of nobody: it moves no rank."
        elif column.null_count():
            who = one.ranked.filter(column.is_null())["partner"].to_list()
            yield (
                f"{criterion.name} of {', '.join(who)} is not known: taken as the "
                "worst of the others."
            )


def _by_chance(known: Known, one: KindRanking) -> Iterator[str]:
    """Yield the levels in which those measured may be alike: intervals all overlap."""
    alike = []
    for criterion in one.criteria:
        measured = one.ranked.filter(pl.col(f"{criterion.name}_from") == "measured")
        between = known.levels.filter(
            pl.col("measure") == criterion.name,
            pl.col("partner").is_in(measured["partner"].implode()),
        ).select(pl.col("low").max(), pl.col("high").min())
        if len(measured) > 1 and between.item(0, "low") <= between.item(0, "high"):
            alike.append(criterion.name)
    if alike:
        yield (
            f"What {one.kind} partners differ by in {', '.join(alike)} may be chance: "
            "their intervals overlap."
        )
