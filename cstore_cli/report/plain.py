"""Text as it reads: no markup, nothing that moves the cursor or forges a line."""

import unicodedata

from rich.console import Console
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


class Terminal(Console):
    """A console whose reader may go (`| head`) without that being a failure."""

    def on_broken_pipe(self) -> None:
        """Tell the caller, who ends quietly."""
        raise BrokenPipeError
