"""QR codes of many links at once, as small SVG."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import segno
from markupsafe import Markup
from numpy.typing import NDArray

_PIECE = 11
"""Modules that are drawn at a time."""
_QUIET = 2
"""Modules of white around a code; the sheet has more around it."""

Pieces = NDArray[np.uint16]
"""Rows of one code or more, each cut into numbers of _PIECE modules."""


def directions(lat: float, lon: float) -> str:
    """
    Return the link that leads to a place, to about a metre.

    Every phone opens an https link, in its map where it has one, and this one starts
    the way there; of geo: links some make nothing and others but a pin.
    """
    return f"https://www.google.com/maps/dir/?api=1&destination={lat:.5f},{lon:.5f}"


def qr_codes(links: Sequence[str]) -> list[Markup]:
    """
    Return the QR code of each link (ASCII) as SVG.

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
        for k, svg in zip(members, _svgs(codes), strict=True):
            drawn[k] = svg
    return drawn


def _sums(links: Sequence[str]) -> Pieces:
    """Codes of links of one length, (n, size, pieces)."""
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


def _code(text: NDArray[np.uint8], like: segno.QRCode) -> Pieces:
    """One code in the version and under the mask of another."""
    code = segno.make(
        bytes(text),
        version=like.version,
        mask=like.mask,
        error="l",
        mode="byte",
        boost_error=False,
    )
    modules = np.array(code.matrix, dtype=np.uint16)
    modules = np.pad(modules, ((0, 0), (0, -len(modules) % _PIECE)))
    weights = 1 << np.arange(_PIECE, dtype=np.uint16)[::-1]
    return modules.reshape(len(modules), -1, _PIECE) @ weights


def _svgs(codes: Pieces) -> Iterable[Markup]:
    size = codes.shape[1]
    inner, last = _strokes()
    rows = np.empty((len(codes), size, codes.shape[2] + 1), dtype=object)
    rows[..., 0] = [f"M0 {y}" for y in range(size)]
    rows[..., 1:-1] = inner[codes[..., :-1]]
    rows[..., -1] = last[codes[..., -1]]
    side = size + 2 * _QUIET
    head = f'<svg class="qr" viewBox="{-_QUIET} {-_QUIET - 0.5} {side} {side}">'
    for strokes in rows.reshape(len(rows), -1).tolist():
        path = "".join(strokes)
        yield Markup(f'{head}<path d="{path}"/></svg>')  # noqa: S704 (figures only)


@cache
def _strokes() -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Number of modules: the pen's way over them; and that at the end of a row."""
    inner, last = [], []
    for number in range(1 << _PIECE):
        way = ""
        runs = f"{number:0{_PIECE}b}".replace("01", "0 1").replace("10", "1 0")
        for run in runs.split():
            end = way
            way += f"h{len(run)}" if run[0] == "1" else f"m{len(run)} 0"
        inner.append(way)
        last.append(way if number & 1 else end)
    return np.array(inner, dtype=object), np.array(last, dtype=object)
