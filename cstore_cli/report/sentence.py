"""A sentence: wrapped at words on a terminal, whole on its line in a file or a pipe."""

from rich.console import Console

from cstore_cli.report.plain import plain

_HANGING = "  "


def print_sentence(console: Console, sentence: str, style: str = "") -> None:
    """Print a sentence as plain text; on a terminal its further lines hang."""
    text = plain(sentence, style)
    if not console.is_terminal:
        console.print(text, soft_wrap=True)
        return
    lines = text.wrap(console, max(1, console.width - len(_HANGING)))
    for number, line in enumerate(lines):
        line.rstrip()
        console.print(plain(_HANGING if number else "").append_text(line))
