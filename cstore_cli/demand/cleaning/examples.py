"""A few of many, in words."""

from collections.abc import Collection

_SHOWN = 3


def few(things: Collection[object]) -> str:
    """Return up to three things, and how many more there are."""
    shown = [str(thing) for thing in list(things)[:_SHOWN]]
    more = len(things) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def many(count: int, one: str, more: str = "") -> str:
    """Return the count with its noun: 1 day, 2 days."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
