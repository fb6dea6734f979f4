"""The fan chart: orders that came, orders to come, and the range that holds 8 in 10."""

from typing import Any

import numpy as np
from bokeh.models import HoverTool, NumeralTickFormatter
from markupsafe import Markup

from cstore_cli.report.demand_page.shown import ShownDemand
from cstore_cli.report.page.chart import chart, plot
from cstore_cli.report.page.colours import BAD, GOOD


def fan(shown: ShownDemand) -> Markup:
    """Return the chart of the total; the script fills its sources with another's."""
    total, history = shown.total, shown.history
    dates = _instants(total["date"].to_list())
    drawn = plot(name="fan", height=380, x_axis_type="datetime")
    drawn.yaxis.axis_label = f"orders a {shown.unit}"
    drawn.yaxis.formatter = NumeralTickFormatter(format="0,0.[0]")
    ranges = {"x": dates, **{q: total[q].to_list() for q in ("p10", "p90")}}
    drawn.varea(
        *("x", "p10", "p90"),
        source=ranges,
        name="range",
        fill_color=BAD,
        fill_alpha=0.22,
    )
    keep = shown.num_periods
    past = {
        "x": _instants(history.dates[: history.num_past])[-keep:],
        "y": shown.past_total[-keep:],
    }
    came = drawn.line("x", "y", source=past, name="past", color=GOOD, line_width=1.5)
    lone = drawn.scatter("x", "y", source=came.data_source, color=GOOD, size=3)
    ahead = {"x": dates, **{q: total[q].to_list() for q in ("mean", "p50")}}
    mean = drawn.line(
        *("x", "mean"),
        source=ahead,
        name="ahead",
        color=BAD,
        line_width=2,
    )
    drawn.line(
        *("x", "p50"),
        source=mean.data_source,
        color=BAD,
        line_dash="dashed",
    )
    lone.nonselection_glyph = lone.selection_glyph = None
    for layer, column, words in ((came, "y", "orders"), (mean, "mean", "mean")):
        tips = [("", "@x{%F}"), (words, f"@{column}{{0,0.0}}")]
        tool = HoverTool(
            renderers=[layer],
            tooltips=tips,
            formatters={"@x": "datetime"},
            visible=False,
            mode="vline",
        )
        drawn.add_tools(tool)
    return chart("fan", drawn)


def _instants(dates: Any) -> list[int]:
    """Dates as the axis takes them: milliseconds since 1970."""
    instants: list[int] = np.array(dates, "datetime64[ms]").astype(np.int64).tolist()
    return instants
