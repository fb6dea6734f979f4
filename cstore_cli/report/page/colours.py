"""
Colours that people with any colour vision tell apart.

The eight of Okabe and Ito (2008, Color Universal Design), without yellow, which is not
seen on white; shapes, dashes or words say the same wherever a colour says something.
"""

from itertools import cycle, islice

DISTINCT = (
    "#0072B2",  # blue
    "#D55E00",  # vermilion
    "#009E73",  # bluish green
    "#CC79A7",  # reddish purple
    "#E69F00",  # orange
    "#56B4E9",  # sky blue
    "#000000",  # black
)
GOOD, BAD, MIDDLING, MUTED = "#0072B2", "#D55E00", "#E69F00", "#8A94A0"


def distinct(count: int) -> list[str]:
    """Return ``count`` colours; past seven they come again."""
    return list(islice(cycle(DISTINCT), count))
