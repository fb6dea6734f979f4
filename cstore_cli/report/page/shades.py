"""A scale from pale (little) to dark (much) that any colour vision reads: viridis."""

from collections.abc import Sequence

from bokeh.palettes import Viridis256

_PALEST = 236
_SCALE = Viridis256[:_PALEST][::-1]
NONE = "#ffffff"
"""What is not known."""


def shades(values: Sequence[float | None]) -> list[str]:
    """Return a colour for each value, the least palest; white where it is not known."""
    low, high = ends(values)
    steps = (len(_SCALE) - 1) / (high - low) if high > low else 0.0
    return [NONE if v is None else _SCALE[round((v - low) * steps)] for v in values]


def ends(values: Sequence[float | None]) -> tuple[float, float]:
    """Return the least and the most of what is known; 0 and 0 of nothing."""
    known = [value for value in values if value is not None]
    return (min(known), max(known)) if known else (0.0, 0.0)


def gradient() -> str:
    """Return the scale as a CSS background, pale at the left."""
    return f"linear-gradient(to right, {', '.join(_SCALE[::47])}, {_SCALE[-1]})"
