"""The first row of each key, over blocks of rows, in little memory."""

import numpy as np
import numpy.typing as npt
import polars as pl

_BUCKET_BITS = 27
"""128 MiB once there is a second block; 10 million keys fill a thirteenth of them."""

_Hashes = npt.NDArray[np.uint64]


class FirstRows:
    """
    Finds the keys that a row above has.

    Earlier blocks keep their keys and the 64-bit hashes of them, sorted; each hash
    marks a bucket. Only keys whose bucket was marked are sought among the hashes, and a
    block is searched for the keys themselves only if it has one of their hashes.
    """

    def __init__(self) -> None:
        self._blocks: list[tuple[pl.DataFrame, _Hashes]] = []
        self._num_marked = 0
        self._marked = np.zeros(0, np.bool_)

    def repeated(self, keys: pl.Series, lines: pl.Series) -> pl.DataFrame:
        """
        The rows of the next block whose key a row above has: key, line, first_line.

        The others count as above from now on.
        """
        rows = pl.DataFrame({"key": keys, "line": lines})
        hashes = _hashes(keys)
        in_order = np.sort(hashes)
        earlier = self._earlier(rows, hashes)
        within = bool((in_order[1:] == in_order[:-1]).any())
        if not within and earlier.is_empty():
            self._blocks.append((rows, in_order))
            return rows.clear().with_columns(first_line=pl.col("line"))
        is_new = rows["key"].is_first_distinct() & ~rows["key"].is_in(
            earlier["key"].implode()
        )
        new, again = rows.filter(is_new), rows.filter(~is_new)
        self._blocks.append((new, np.sort(hashes[is_new.to_numpy()])))
        firsts = pl.concat([earlier, new.join(again, on="key", how="semi")])
        firsts = firsts.rename({"line": "first_line"})
        return again.join(firsts, on="key", how="left", maintain_order="left")

    def _earlier(self, rows: pl.DataFrame, hashes: _Hashes) -> pl.DataFrame:
        """The rows of earlier blocks with a key of these."""
        if not self._blocks:
            return rows.clear()
        self._mark()
        maybe = self._marked[_buckets(hashes)]
        sought, rows = np.sort(hashes[maybe]), rows.filter(maybe)
        found = [
            block.join(rows, on="key", how="semi")
            for block, theirs in self._blocks
            if _any_in(sought, theirs)
        ]
        return pl.concat([rows.clear(), *found])

    def _mark(self) -> None:
        """The buckets of the blocks that came since the last time."""
        if not len(self._marked):
            self._marked = np.zeros(2**_BUCKET_BITS, np.bool_)
        for _, hashes in self._blocks[self._num_marked :]:
            self._marked[_buckets(hashes)] = True
        self._num_marked = len(self._blocks)


def _hashes(keys: pl.Series) -> _Hashes:
    return keys.hash().to_numpy()


def _buckets(hashes: _Hashes) -> npt.NDArray[np.int64]:
    return (hashes >> np.uint64(64 - _BUCKET_BITS)).astype(np.int64)


def _any_in(sought: _Hashes, hashes: _Hashes) -> bool:
    """Whether two sorted arrays share a hash."""
    places = np.minimum(np.searchsorted(hashes, sought), len(hashes) - 1)
    return len(hashes) > 0 and bool((hashes[places] == sought).any())
