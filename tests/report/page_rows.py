"""Reading a page's tables without a browser, for the tests of pages."""

from html.parser import HTMLParser


class _Tables(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._text: list[str] | None = None
        self._rows: list[list[str]] = []

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        if tag == "table":
            self._rows = []
        if tag == "tr":
            self._rows.append([])
        if tag in {"td", "th", "caption"}:
            self._text = []

    def handle_data(self, data):
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag):
        if tag not in {"td", "th", "caption"}:
            return
        text = " ".join("".join(self._text).split())
        self._text = None
        if tag == "caption":
            self.tables[text] = self._rows
        else:
            self._rows[-1].append(text)


def tables(html):
    """The rows of each table, by its caption; the header comes first."""
    read = _Tables()
    read.feed(html.decode())
    return read.tables


def table(html, caption):
    """The rows of the first table whose caption begins so, without the header."""
    found = next(
        rows for name, rows in tables(html).items() if name.startswith(caption)
    )
    return found[1:]
