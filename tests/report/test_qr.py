"""QR codes: those that segno makes one by one, made together."""

import re

import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.report.sheets.qr import directions, qr_codes

_LINKS = st.builds(directions, st.floats(-90, 90), st.floats(-180, 180))


def modules(svg):
    """The dark modules that an SVG's path strokes, (size, size)."""
    side = int(re.search(r'viewBox="-2 -2.5 (\d+) \1"', svg)[1]) - 4
    dark = np.zeros((side, side), dtype=int)
    for y, way in re.findall(r"M0 (\d+)((?:[hm]\d+(?: 0)?)+)", svg):
        x = 0
        for pen, length in re.findall(r"([hm])(\d+)", way):
            dark[int(y), x : x + int(length)] += pen == "h"
            x += int(length)
    return dark


def mask_of(dark):
    """The mask told in a code's format bits (ISO/IEC 18004, 7.9)."""
    bits = dark[8, 2:5] ^ [1, 0, 1]
    return int("".join(map(str, bits)), 2)


@settings(max_examples=20)
@given(st.lists(_LINKS, min_size=1, max_size=6))
def test_codes_made_together_are_those_made_one_by_one(links):
    for link, svg in zip(links, qr_codes(links), strict=True):
        dark = modules(svg)
        one = segno.make(
            link, micro=False, error="l", boost_error=False, mask=mask_of(dark)
        )
        assert np.array_equal(dark, np.array(one.matrix))


def test_no_links_are_no_codes():
    assert qr_codes([]) == []


def test_link_leads_to_the_place_within_a_metre():
    assert directions(25.04957812, 121.5) == (
        "https://www.google.com/maps/dir/?api=1&destination=25.04958,121.50000"
    )


def test_link_that_is_no_ascii_is_refused():
    with pytest.raises(UnicodeEncodeError):
        qr_codes(["https://é"])
