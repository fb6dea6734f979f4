"""A self-contained page of HTML: nothing is fetched, all values are shown as text."""

import json
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cstore_cli import __version__
from cstore_cli.report.figures import percent, tenths, whole


def page(template: str, **shown: Any) -> bytes:
    """
    Return the page that ``template`` (a file of templates/) makes of ``shown``.

    Templates extend layout.html, which takes a ``title``; a value that is not given is
    a fault of ours and raises jinja2's UndefinedError.
    """
    return _templates().get_template(template).render(shown).encode()


def json_script(name: str, value: Any) -> Markup:
    """
    Return ``value`` as a script element of JSON with the id ``name``.

    No text in it can end the element: "<" is written as an escape.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup('<script type="application/json" id="{}">{}</script>').format(
        name,
        Markup(script_safe(text)),  # noqa: S704 (nothing in it ends the element)
    )


def script_safe(text: str) -> str:
    """Return JSON text that can stand inside a script element."""
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("cstore_cli.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {"cstore_version": __version__, "json_script": json_script}
    templates.filters |= {"whole": whole, "tenths": tenths, "percent": percent}
    return templates
