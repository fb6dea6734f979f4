"""QR codes: those that segno makes one by one, made together."""

import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cstore_cli.report.sheets.qr import directions, qr_codes

_LINKS = st.builds(directions, st.floats(-90, 90), st.floats(-180, 180))


def modules(picture):
    """The dark modules of a picture within its white margin, (size, size)."""
    png = b64decode(re.search(r'src="data:image/png;base64,([^"]*)"', picture)[1])
    grey = np.array(Image.open(BytesIO(png)), dtype=int)
    assert set(np.unique(grey)) == {0, 1}
    margin = np.ones_like(grey)
    margin[2:-2, 2:-2] = 0
    assert grey[margin == 1].all()
    return 1 - grey[2:-2, 2:-2]


def mask_of(dark):
    """The mask told in a code's format bits (ISO/IEC 18004, 7.9)."""
    bits = dark[8, 2:5] ^ [1, 0, 1]
    return int("".join(map(str, bits)), 2)


@settings(max_examples=20)
@given(st.lists(_LINKS, min_size=1, max_size=6))
def test_codes_made_together_are_those_made_one_by_one(links):
    for link, picture in zip(links, qr_codes(links), strict=True):
        dark = modules(picture)
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
