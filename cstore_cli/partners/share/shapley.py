"""The Shapley value of a cost game, exactly."""

from fractions import Fraction
from math import factorial

import numpy as np

from cstore_cli.partners.share.coalitions import Ints


def shapley(cost: Ints) -> list[Fraction]:
    """
    Return what each member pays: what it adds to the cost, averaged over all orders.

        x_i = sum over S without i of  |S|! (n - |S| - 1)! / n!  (c(S + i) - c(S))

    ``cost`` (2^n,) is by mask, in units; sums are of whole numbers, so nothing is lost.

    References
    ----------
    Shapley (1953), A value for n-person games, Contributions to the Theory of Games II,
    307-317.
    """
    masks = np.arange(len(cost))
    size = np.bitwise_count(masks)
    n = int(size[-1])
    shares = []
    for i in range(n):
        without = masks[masks >> i & 1 == 0]
        added = cost[without | 1 << i] - cost[without]
        total = sum(
            factorial(k) * factorial(n - k - 1) * int(added[size[without] == k].sum())
            for k in range(n)
        )
        shares.append(Fraction(total, factorial(n)))
    return shares
