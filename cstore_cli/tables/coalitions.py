"""What coalitions of an alliance cost: the table, and reading it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import dataframely as dy
import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.yaml_file import did_you_mean
from cstore_cli.tables import columns as c
from cstore_cli.tables.reader import Reader, sources_of

JOIN = "+"
"""Between the names of a coalition's members."""
MOST = 1e12
"""Largest cost: sums over all coalitions of twelve are exact in 64 bits."""


class Coalitions(dy.Schema):
    """
    What some partners pay for their routes, driven together: a row per coalition.

    No plan of the coalition costs less than ``bound_twd``; empty: the cost is exact.
    """

    members = c.identity()
    """Names joined by +."""
    cost_twd = c.number(min=0, max=MOST)
    bound_twd = c.number(optional=True, min=0)

    @dy.rule()
    def bound_is_below_cost(cls) -> pl.Expr:
        """A bound is not above the cost of a plan there is."""
        return (pl.col("bound_twd") <= pl.col("cost_twd")).fill_null(value=True)


def read_coalitions(
    settings: PartnersSettings, day: dt.date, given: Mapping[str, Path], most: int
) -> pl.DataFrame:
    """
    Read the coalitions of an alliance of ``most`` members at most.

    ``names`` are a coalition's members as a list; single members come first, in the
    order of their rows. ``day`` stands in for ``{date}`` in a path.

    Raises
    ------
    InputError
        With every fault: a row that cannot be read, a coalition that stands twice, a
        member without a cost of its own, the whole alliance missing.
    """
    sources = sources_of(settings.network.tables, settings.tables, given, day)
    reader = Reader(sources, settings.network.time_zone, ["coalitions"])
    frame = reader.whole("coalitions", Coalitions)
    names = [[name.strip() for name in row.split(JOIN)] for row in frame["members"]]
    frame = frame.with_columns(
        names=pl.Series(names, dtype=pl.List(pl.String)),
        bound_twd=pl.coalesce("bound_twd", "cost_twd"),
    ).sort(pl.col("names").list.len(), maintain_order=True)
    reader.refuse()  # what is missing is known once each row reads
    reader.blame(_faults(frame, reader.path("coalitions"), most))
    reader.refuse()
    return frame


def _faults(frame: pl.DataFrame, path: str, most: int) -> Iterator[Fault]:
    """Yield what a split cannot be made from."""
    seen: dict[frozenset[str], int] = {}
    for line, text, names in frame.select("line", "members", "names").iter_rows():
        if "" in names or len(set(names)) < len(names):
            what = f"{text!r} has an empty name or one that stands twice"
            yield Fault(path, line, "members", what, f"join names by {JOIN}")
            continue
        first = seen.setdefault(frozenset(names), line)
        if first != line:
            what = f"{text!r} is the coalition of line {first}"
            yield Fault(path, line, "members", what, "keep one of them")
    alone = {next(iter(one)) for one in seen if len(one) == 1}
    everyone = Counter(name for one in seen for name in one)
    for name in sorted(everyone.keys() - alone):
        line = min(line for one, line in seen.items() if name in one)
        mend = did_you_mean(name, sorted(alone)) or "add a row for it"
        yield Fault(path, line, "members", f"{name!r} has no cost of its own", mend)
    if frozenset(everyone) not in seen:
        what = f"the whole alliance ({JOIN.join(everyone)}) has no cost"
        yield Fault(path, 1, "members", what, "add a row for it")
    if not 2 <= len(everyone) <= most:  # noqa: PLR2004
        what = f"has {len(everyone)} members"
        yield Fault(path, 1, "members", what, f"2 to {most} can share")
