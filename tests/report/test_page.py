"""The frame of all pages: values are text, charts are drawn, nothing is fetched."""

import json
import re

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from cstore_cli.report.page.chart import chart, chart_library, plot
from cstore_cli.report.page.page import json_script, page

HOSTILE = "</script><script>alert(1)</script><!-- \u202e\u2028 \"'&"


def test_title_of_a_page_is_text():
    shown = page("layout.html", title=HOSTILE).decode()
    assert "<script>alert" not in shown
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in shown


def test_page_without_its_values_is_refused():
    with pytest.raises(UndefinedError, match="title"):
        page("layout.html")


def test_no_text_ends_a_script_of_json():
    element = json_script("data", {"name": HOSTILE})
    assert isinstance(element, Markup)
    inside = re.fullmatch(r"<script[^>]*>(.*)</script>", element, re.DOTALL)[1]
    assert "<" not in inside
    assert json.loads(inside) == {"name": HOSTILE}


def _points(label: str) -> Markup:
    drawn = plot(name="map", height=200)
    drawn.scatter("x", "y", source={"x": [1, 2], "y": [3, 4], "id": [label, "b"]})
    return chart("map", drawn)


def test_same_chart_is_the_same_text_whatever_was_drawn_before():
    first = _points("p1003")
    plot(height=100)
    assert _points("p1003") == first
    assert '"p1003"' in first


@pytest.mark.browser
def test_chart_is_drawn_with_the_network_off(open_page, tmp_path):
    file = tmp_path / "page.html"
    file.write_bytes(
        page("charted.html", title="Two", chart_library=chart_library()).replace(
            b"<main>", b"<main>" + _points(HOSTILE).encode()
        )
    )
    shown = open_page(file)
    assert shown.locator(".chart canvas").count() > 0
    assert shown.evaluate("cstore.charts.map.roots()[0].name") == "map"
