"""Tests of finding repeated keys over blocks."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.tables import first_rows
from cstore_cli.tables.first_rows import FirstRows


def by_dict(blocks):
    """Per block, (key, line, first line) of what a dict has seen before."""
    first, line = {}, 0
    told = []
    for block in blocks:
        told.append([])
        for key in block:
            line += 1
            if first.setdefault(key, line) != line:
                told[-1].append((key, line, first[key]))
    return told


def by_blocks(blocks):
    rows, line = FirstRows(), 0
    told = []
    for block in blocks:
        lines = pl.Series(range(line + 1, line + 1 + len(block)), dtype=pl.Int64)
        told.append(rows.repeated(pl.Series(block, dtype=pl.String), lines).rows())
        line += len(block)
    return told


BLOCKS = st.lists(st.lists(st.text("abc", max_size=2), max_size=8), max_size=6)


@given(BLOCKS)
def test_repeated_keys_are_those_a_dict_finds(blocks):
    assert by_blocks(blocks) == by_dict(blocks)


@pytest.mark.parametrize("num_hashes", [1, 3])
def test_keys_with_the_same_hash_are_different_keys(monkeypatch, num_hashes):
    def collide(keys):
        return keys.str.len_bytes().to_numpy().astype(np.uint64) % np.uint64(num_hashes)

    monkeypatch.setattr(first_rows, "_hashes", collide)
    blocks = [["a", "bb", "c"], ["d", "a", "ee", "d"], ["", "bb", "f"], ["f", "d"]]

    assert by_blocks(blocks) == by_dict(blocks)
