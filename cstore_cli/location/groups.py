"""Sites too near each other, pair by pair, gathered into groups."""

import numpy as np
from scipy.sparse import csr_array

from cstore_cli.location.siting import Ints


def near_of(pairs: Ints, num_sites: int) -> csr_array:
    """Return which sites (m, m) are near each other, from pairs (k, 2) of them."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    near = csr_array(
        (np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(num_sites, num_sites)
    )
    near.sum_duplicates()
    return near


def groups_of(near: csr_array) -> csr_array:
    """
    Return groups (g, m) of sites, all of a group near each other, that cover all pairs.

    One row "one of the group at most" says more than its pairs do one by one. Each
    pair not covered yet is grown, site by site, as far as it goes.
    """
    num_sites = near.shape[0]
    neighbours = [
        set(near.indices[near.indptr[j] : near.indptr[j + 1]].tolist())
        for j in range(num_sites)
    ]
    covered: set[tuple[int, int]] = set()
    rows: list[int] = []
    columns: list[int] = []
    count = 0
    for j in range(num_sites):
        for k in sorted(neighbours[j]):
            if k < j or (j, k) in covered:
                continue
            group = [j, k]
            common = neighbours[j] & neighbours[k]
            while common:
                # The one with most of the others as neighbours; the lowest of equals.
                grown = max(sorted(common), key=lambda s: len(neighbours[s] & common))
                group.append(grown)
                common &= neighbours[grown]
            group.sort()
            covered.update((a, b) for n, a in enumerate(group) for b in group[n + 1 :])
            rows += [count] * len(group)
            columns += group
            count += 1
    shape = (count, num_sites)
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
