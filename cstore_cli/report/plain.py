"""Text as it reads: no markup, nothing that moves the cursor or forges a line."""

import unicodedata

from rich.text import Text

# Controls, format characters (bidi, zero width), surrogates, line and paragraph ends.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LONGEST = 400


def plain(value: object, style: str = "") -> Text:
    """The value as text to print: unseen characters escaped, cut at 400 characters."""
    text = str(value)
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + " ..."
    return Text("".join(map(_seen, text)), style=style)


def _seen(char: str) -> str:
    if unicodedata.category(char) not in _UNSEEN:
        return char
    return char.encode("unicode_escape").decode("ascii")
