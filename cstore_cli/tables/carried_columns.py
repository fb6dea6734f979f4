"""The columns that a table had itself, after those of a result."""

import polars as pl


def with_own(
    frame: pl.DataFrame, raw: pl.DataFrame, key: str, kind: str
) -> pl.DataFrame:
    """
    Return ``frame`` followed by the columns that the table itself had.

    A name that is taken gets the prefix ``kind_``, again and again until it is free.
    """
    names = {}
    taken = set(frame.columns)
    for name in raw.columns:
        shown = name
        while shown in taken and name != key:
            shown = f"{kind}_{shown}"
        names[name] = shown
        taken.add(shown)
    return frame.join(raw.rename(names), on=key, how="left", maintain_order="left")
