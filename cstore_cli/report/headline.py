"""The day in one sentence, and the balance of rows: none is ever lost."""

from collections.abc import Mapping

import polars as pl

from cstore_cli.report.figures import tenths, whole

_OUTCOMES = ("planned", "deferred", "unserved", "rejected", "already_planned")
_ALWAYS_TOLD = ("unserved", "deferred")
_TOLD_IF_ANY = ("rejected", "already_planned")


def headline(balance: Mapping[str, int], routes: pl.DataFrame, currency: str) -> str:
    """How many of all parcels are planned, and what the vans do for it."""
    of_all = whole(balance["read"] + balance["carried_in"])
    told = [f"{whole(balance['planned'])} of {of_all} parcels planned"]
    told += [_told(balance, outcome) for outcome in _ALWAYS_TOLD]
    told += [_told(balance, outcome) for outcome in _TOLD_IF_ANY if balance[outcome]]
    vans = (
        f"{whole(len(routes))} route{'' if len(routes) == 1 else 's'}",
        f"{tenths(float(routes['km'].sum()))} km",
        f"{whole(float(routes['cost'].sum()))} {currency}",
    )
    return f"{', '.join(told)}; {', '.join(vans)}"


def balance_line(balance: Mapping[str, int]) -> str:
    """Rows that came in and what became of them; it says so when they differ."""
    came = balance["read"] + balance["carried_in"]
    became = sum(balance[outcome] for outcome in _OUTCOMES)
    same = "=" if came == became else "is not"
    parts = " + ".join(
        f"{outcome.replace('_', ' ')} {whole(balance[outcome])}"
        for outcome in _OUTCOMES
    )
    read, carried_in = whole(balance["read"]), whole(balance["carried_in"])
    return f"read {read} + carried in {carried_in} {same} {parts}"


def collections_line(collections: Mapping[str, int]) -> str:
    """What becomes of the parcels to fetch from stores."""
    counts = {name: collections[name] for name in ("planned", "deferred", "unserved")}
    parts = " + ".join(f"{name} {whole(count)}" for name, count in counts.items())
    return f"returns and hand-ins {whole(sum(counts.values()))} = {parts}"


def _told(balance: Mapping[str, int], outcome: str) -> str:
    return f"{whole(balance[outcome])} {outcome.replace('_', ' ')}"
