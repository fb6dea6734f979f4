"""The trade-off curve: what each number of stores brings, the knee marked."""

from typing import Any

from bokeh.models import HoverTool, NumeralTickFormatter
from markupsafe import Markup

from cstore_cli.report.figures import percent, tenths, whole
from cstore_cli.report.page.chart import chart, plot
from cstore_cli.report.page.colours import BAD, GOOD
from cstore_cli.report.sites import gap_said, of_budget
from cstore_cli.report.sites_page.shown import ShownSites
from cstore_cli.siting.plan import Curve

_DIGITS = 6


def axes(shown: ShownSites) -> dict[str, str]:
    """Return the columns of the curve that can be drawn, and what each is."""
    plan, money = shown.plan, shown.currency
    return {
        "objective": f"{plan.objective_name} ({plan.unit})",
        "mean_walk_m": "mean walk to the store, m",
        "within_share": f"share of parcels within {plan.totals['within_km']:g} km",
        "cost_twd_day": f"rent, running and walking a day, {money}",
        "rent_twd_month": f"rent of the new stores a month, {money}",
    }


def trade_off(shown: ShownSites, curve: Curve) -> Markup:
    """Return the chart; its lines are drawn from the columns that `axes` names."""
    columns = axes(shown)
    table = curve.table
    data: dict[str, Any] = {"stores": table["stores"].to_list()}
    for name in columns:
        data[name] = table[name].round(_DIGITS).to_list()
    data["gap"] = [gap_said(gap) for gap in table["gap"]]
    drawn = plot(name="curve", height=340)
    drawn.xaxis.axis_label = "number of new stores"
    drawn.yaxis.axis_label = columns["objective"]
    drawn.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    line = drawn.line("stores", "objective", source=data, line_color=GOOD, line_width=2)
    source = line.data_source
    line.name = "curve_line"
    dots = drawn.scatter(
        "stores", "objective", source=source, size=8, color=GOOD, name="curve_dots"
    )
    dots.nonselection_glyph = dots.selection_glyph = None
    at = curve.shown
    drawn.scatter(
        *("stores", "objective"),
        source={name: [cells[at]] for name, cells in data.items()},
        name="curve_knee",
        marker="diamond",
        size=22,
        fill_alpha=0,
        line_color=BAD,
        line_width=3,
    )
    tips = [("stores", "@stores"), ("objective", "@objective{0,0.0}"), ("gap", "@gap")]
    drawn.add_tools(HoverTool(renderers=[dots], tooltips=tips, visible=False))
    return chart("curve", drawn)


def curve_rows(curve: Curve, budget: float | None) -> list[dict[str, Any]]:
    """Return a row per number of stores as it reads; ``mark`` is the knee or best."""
    rows = []
    for place, plan in enumerate(curve.plans):
        totals = plan.totals
        walk, share = totals["mean_walk_m"], totals["within_share"]
        mark = ""
        if place == curve.knee:
            mark = "knee"
        elif place == curve.best:
            mark = "best"
        rows.append(
            {
                "stores": whole(plan.num_stores),
                "objective": tenths(plan.objective),
                "gap": gap_said(plan.gap),
                "walk": "-" if walk is None else whole(walk),
                "share": "-" if share is None else percent(share),
                "rent": whole(totals["rent_twd_month"]),
                "of_budget": of_budget(plan, budget),
                "cost": whole(totals["cost_twd_day"]["total"]),
                "mark": mark,
            }
        )
    return rows
