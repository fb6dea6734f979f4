"""Options that several commands share, with their help."""

from pathlib import Path
from typing import Annotated, Any

from typer import Option

Config = Annotated[
    Path | None,
    Option(
        "--config",
        help="YAML settings. Default: $CSTORE_CONFIG, then configs/<command>.yaml.",
        show_default=False,
    ),
]
Date = Annotated[
    str | None,
    Option("--date", help="Day to plan, YYYY-MM-DD. Default: today in the network."),
]
Now = Annotated[
    str | None,
    Option("--now", help="Instant of the run, ISO 8601. Default: the clock."),
]
Quiet = Annotated[bool, Option("-q", "--quiet", help="Say nothing on success.")]


def table_option(name: str) -> Any:
    """The option of a table: its path wins over the YAML's."""
    flag = "--" + name.replace("_", "-")
    words = name.replace("_", " ")
    return Option(flag, help=f"CSV of {words}.", show_default=False)
