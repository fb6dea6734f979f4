"""Bokeh's charts inside a page: the library inline, the same bytes each time."""

import re
from functools import cache
from typing import Any

from bokeh.core.types import ID
from bokeh.embed import json_item
from bokeh.models import Model
from bokeh.plotting import figure
from bokeh.resources import Resources
from markupsafe import Markup

from cstore_cli.report.page.page import json_script

_ID = re.compile(r"p\d+")
_TOOLS = "pan,wheel_zoom,box_zoom,tap,reset,save"
_INK = "#1f2933"
_FAINT = "#d9dee3"


def plot(*, tools: str = _TOOLS, **options: Any) -> figure:
    """
    Return an empty figure in the house's style, as wide as its place on the page.

    ``options`` are those of bokeh's figure; ``name`` is what the page's script finds
    it by, and ``height`` is in pixels.
    """
    made = figure(
        tools=tools, sizing_mode="stretch_width", toolbar_location="above", **options
    )
    made.toolbar.logo = None
    made.outline_line_color = _FAINT
    made.grid.grid_line_color = _FAINT
    for axis in made.axis:
        axis.axis_line_color = axis.major_tick_line_color = _FAINT
        axis.minor_tick_line_color = None
        axis.major_label_text_color = axis.axis_label_text_color = _INK
        axis.major_label_text_font = axis.axis_label_text_font = "system-ui, sans-serif"
        axis.axis_label_text_font_style = "normal"
    return made


def chart(name: str, model: Model) -> Markup:
    """
    Return the place of a chart on a page, and its data.

    ``name`` is the id of its element; the page's script finds the chart's document as
    ``cstore.charts[name]``. Bokeh numbers its models across a process; here they are
    numbered anew, so that the same chart is the same text.
    """
    numbers: dict[str, str] = {}
    made = json_item(model, target=ID(name))
    doc = _renumbered(made["doc"], name, numbers)
    item = {**made, "doc": doc, "root_id": numbers[made["root_id"]]}
    place = Markup('<div class="chart" id="{}"></div>').format(name)
    return place + json_script(f"{name}-chart", item)


@cache
def chart_library() -> Markup:
    """Return bokeh's own script, to stand once in the head of a page with charts."""
    scripts = "\n".join(Resources(mode="inline", components=["bokeh"]).js_raw)
    return Markup("<script>{}</script>").format(
        Markup(scripts.replace("</script", "<\\/script"))  # noqa: S704 (bokeh's own)
    )


def _renumbered(value: Any, name: str, numbers: dict[str, str]) -> Any:
    """Return the document with the ids of its models numbered as they come."""
    if isinstance(value, list):
        return [_renumbered(part, name, numbers) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: numbers.setdefault(part, f"{name}-{len(numbers)}")
        if key == "id" and isinstance(part, str) and _ID.fullmatch(part)
        else _renumbered(part, name, numbers)
        for key, part in value.items()
    }
