"""sites.html: the page of a siting."""

from typing import Any

from cstore_cli.report.figures import tenths, whole
from cstore_cli.report.page.chart import chart_library
from cstore_cli.report.page.page import json_script, page
from cstore_cli.report.page.shades import ends, gradient
from cstore_cli.report.sites import (
    curve_told,
    headline,
    over_room,
    proof,
    totals_told,
)
from cstore_cli.report.sites_page.held import held
from cstore_cli.report.sites_page.parts import huff_told
from cstore_cli.report.sites_page.score_map import layers, score_map
from cstore_cli.report.sites_page.shown import (
    MOST_AREAS,
    MOST_LISTED,
    MOST_SITES,
    MOST_STORES,
    ShownSites,
)
from cstore_cli.report.sites_page.told import (
    beyond,
    dc_told,
    headline_figures,
    left_out,
    replayed,
    store_rows,
    swap_rows,
)
from cstore_cli.report.sites_page.trade_off import axes, curve_rows, trade_off
from cstore_cli.siting.summary import taken_as_given


def sites_page(shown: ShownSites) -> bytes:
    """Return sites.html."""
    scores, plan, dcs = shown.scores, shown.plan, shown.dcs
    low, high = ends(shown.candidates["score"].to_list())
    return page(
        "sites.html",
        title="Where stores should be",
        chart_library=chart_library(),
        headline=headline(plan),
        proof=proof(plan),
        given=taken_as_given(shown.settings, dcs),
        no_parcels=plan.totals["parcels_day"] == 0,
        figures=headline_figures(shown),
        map=score_map(shown),
        layers=layers(shown),
        scale=gradient(),
        scale_ends=(tenths(low), tenths(high)),
        bounds=_bounds(shown),
        new=store_rows(shown.new),
        own=store_rows(shown.own),
        num_new=len(shown.new),
        num_own=len(shown.own),
        most=MOST_LISTED,
        over_room=over_room(plan),
        totals=totals_told(plan, shown.currency),
        left_out=left_out(shown),
        beyond=beyond(shown),
        curve=_curve(shown),
        dcs=None if dcs is None else dc_told(dcs, shown.currency),
        replay=None if shown.replay is None else replayed(shown.replay),
        huff=huff_told(scores),
        swaps=swap_rows(shown),
        top=scores.top,
        currency=shown.currency,
        num_sites=whole(len(scores.table)),
        data=json_script("sites-data", held(shown)),
    )


def _bounds(shown: ShownSites) -> list[str]:
    """Sentences on what is not on the page because there is too much of it."""
    own = shown.inputs.is_own(shown.settings.network.own_chains)
    told = [
        (len(shown.scores.table), MOST_SITES, "best of {} candidates", "site_scores"),
        (
            len(shown.plan.assignment),
            MOST_AREAS,
            "areas with most parcels of {}",
            "area_assignment",
        ),
        (int((~own).sum()), MOST_STORES, "first of {} rivals' stores", None),
    ]
    return [
        f"Shown are the {whole(most)} {what.format(whole(count))}"
        + (f"; {file}.csv has all." if file else ".")
        for count, most, what, file in told
        if count > most
    ]


def _curve(shown: ShownSites) -> dict[str, Any] | None:
    curve = shown.curve
    if curve is None:
        return None
    budget = shown.settings.choose.budget_twd_month
    return {
        "chart": trade_off(shown, curve),
        "axes": axes(shown),
        "rows": curve_rows(curve, budget),
        "budget": budget,
        "told": curve_told(curve),
        "knee": curve.knee is not None,
        "within": f"{shown.plan.totals['within_km']:g}",
        "unit": shown.plan.unit,
    }
