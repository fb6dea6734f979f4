"""QR codes of many links at once, as small pictures."""

import struct
import zlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import segno
from markupsafe import Markup
from numpy.typing import NDArray

_QUIET = 2
"""Modules of white around a code; the sheet has more around it."""

Lines = NDArray[np.uint8]
"""Rows of one code or more as PNG has them: a byte 0, then eight modules a byte."""


def directions(lat: float, lon: float) -> str:
    """
    Return the link that leads to a place, to about a metre.

    Every phone opens an https link, in its map where it has one, and this one starts
    the way there; of geo: links some make nothing and others but a pin.
    """
    return f"https://www.google.com/maps/dir/?api=1&destination={lat:.5f},{lon:.5f}"


def qr_codes(links: Sequence[str]) -> list[Markup]:
    """
    Return the QR code of each link (ASCII) as a PNG of a pixel per module.

    Error correction L: of a small code it makes the fewest and largest modules. Codes
    of links of one length, drawn under one mask, are linear: a bit that turns in the
    link turns the same modules in every code, for Reed-Solomon codes and masks are sums
    modulo 2. So one code is made per bit, and those of links are sums: the 7,400 of a
    large day take 0.2 s, where segno alone needs a minute.

    References
    ----------
    ISO/IEC 18004:2015, 7.5 (error correction) and 7.8 (masks).
    """
    by_length = defaultdict(list)
    for k, link in enumerate(links):
        by_length[len(link)].append(k)
    drawn = [Markup()] * len(links)
    for members in by_length.values():
        codes = _sums([links[k] for k in members])
        for k, code in zip(members, codes, strict=True):
            drawn[k] = _picture(code)
    return drawn


def _sums(links: Sequence[str]) -> Lines:
    """Codes of links of one length, (n, side, bytes)."""
    text = np.array([list(link.encode("ascii")) for link in links], dtype=np.uint8)
    first = text[0]
    turned = np.unpackbits(text ^ first, axis=1).astype(bool)
    start = segno.make(bytes(first), micro=False, error="l", boost_error=False)
    base = _code(first, start)
    codes = np.repeat(base[None], len(links), axis=0)
    for bit in np.flatnonzero(turned.any(axis=0)):
        other = first.copy()
        other[bit // 8] ^= 128 >> bit % 8
        codes[turned[:, bit]] ^= base ^ _code(other, start)
    return codes


def _code(text: NDArray[np.uint8], like: segno.QRCode) -> Lines:
    """One code in the version and under the mask of another."""
    code = segno.make(
        bytes(text),
        version=like.version,
        mask=like.mask,
        error="l",
        mode="byte",
        boost_error=False,
    )
    light = np.pad(1 - np.array(code.matrix, dtype=np.uint8), _QUIET, constant_values=1)
    return np.pad(np.packbits(light, axis=1), ((0, 0), (1, 0)))


def _picture(code: Lines) -> Markup:
    """
    Return a code as an image; stored, for a code cannot be compressed.

    References
    ----------
    ISO/IEC 15948:2004 (PNG), 1 bit of grey.
    """
    side = len(code)
    png = b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(code.tobytes(), level=0)),
            _chunk(b"IEND", b""),
        )
    )
    source = f"data:image/png;base64,{b64encode(png).decode()}"
    return Markup(  # noqa: S704 (letters of base64 only)
        f'<img class="qr" alt="The way there" src="{source}">'
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return b"".join(
        (struct.pack(">I", len(data)), kind, data, struct.pack(">I", check))
    )
