"""plan.html from a plan."""

from cstore_cli.report.page.chart import chart_library
from cstore_cli.report.page.page import page
from cstore_cli.report.plan_page import unserved as not_served
from cstore_cli.report.plan_page.cause_words import CAUSES
from cstore_cli.report.plan_page.changes import ROWS, kinds_of, levels_of
from cstore_cli.report.plan_page.dock_times import lanes
from cstore_cli.report.plan_page.headline import headline_figures, lead
from cstore_cli.report.plan_page.held import Limits, held
from cstore_cli.report.plan_page.map import plan_map, route_colours
from cstore_cli.report.plan_page.places import places_of
from cstore_cli.report.plan_page.script_data import script_data, types, vehicles
from cstore_cli.report.plan_page.told import by_channel, gaps, rounds
from cstore_cli.report.plan_page.van_times import blocks_by_route, clock, hours_of
from cstore_cli.report.shown_plan import ShownPlan


def plan_page(shown: ShownPlan, limits: Limits | None = None) -> bytes:
    """
    One self-contained page of a day's plan: map, routes, time lines, shelves.

    Past ``limits`` sums stand in place of rows, and the page says so.
    """
    on_page = held(shown, limits or Limits())
    places = places_of(shown, on_page)
    loading = shown.settings.loading_min
    unserved = not_served.unserved(shown)
    return page(
        "plan.html",
        title=f"Plan of {shown.inputs.date}",
        chart_library=chart_library(),
        lead=lead(shown),
        figures=headline_figures(shown),
        sentences=[*filter(None, (by_channel(shown), rounds(shown), gaps(shown)))],
        causes=CAUSES,
        shown=shown,
        held=on_page,
        places=places,
        map=plan_map(on_page, places),
        colours=route_colours(len(on_page.routes)),
        vehicles=vehicles(on_page.routes),
        types=types(on_page.routes),
        hours=hours_of(on_page.routes, loading),
        blocks=blocks_by_route(on_page.stops, loading),
        lanes=lanes(shown),
        route_number={name: k for k, name in enumerate(on_page.routes["route_id"])},
        unserved=unserved,
        unserved_rows=not_served.ROWS,
        kinds=kinds_of(shown.moved, places) if shown.moved else [],
        levels=levels_of(shown.moved, shown.currency) if shown.moved else [],
        moved_rows=ROWS,
        clock=clock,
        data=script_data(shown, on_page, places, unserved),
    )
