"""Cost games of published examples and at random, by mask."""

import numpy as np
from hypothesis import strategies as st


def by_mask(cost_of, n):
    """The costs of all coalitions of n members: ``cost_of`` a tuple of members."""
    members = [[i for i in range(n) if mask >> i & 1] for mask in range(1 << n)]
    return np.array([cost_of(tuple(inside)) if inside else 0 for inside in members])


def airport(costs):
    """Landing strips: a coalition needs that of its largest aircraft."""
    return by_mask(lambda inside: max(costs[i] for i in inside), len(costs))


def bankruptcy(estate, claims):
    """A coalition gets what the others leave; as a cost, so negative."""

    def left_over(inside):
        others = sum(c for i, c in enumerate(claims) if i not in inside)
        return -max(0, estate - others)

    return by_mask(left_over, len(claims))


TVA = np.array([0, 163520, 140826, 301607, 250096, 378821, 367370, 412584])
"""Navigation, flood control, power: thousands of dollars (Straffin and Heaney 1981)."""


@st.composite
def cost_games(draw, most=4, subadditive=False):
    """Small whole numbers; subadditive ones are cheapest over all partitions."""
    n = draw(st.integers(2, most))
    size = (1 << n) - 1
    cost = np.array(
        [0, *draw(st.lists(st.integers(0, 20), min_size=size, max_size=size))]
    )
    if subadditive:
        for mask in range(1, 1 << n):
            for part in range(1, mask):
                if part & ~mask == 0:
                    cost[mask] = min(cost[mask], cost[part] + cost[mask - part])
    return cost
