"""How far a measured share or median may be off, at 95 %."""

import math
from collections.abc import Sequence

Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def share_between(count: int, of: int) -> tuple[float, float]:
    """
    Return the Wilson interval of ``count`` in ``of`` (at least 1).

    Source: Wilson (1927), doi:10.1080/01621459.1927.10502953; recommended by Brown, Cai
    and DasGupta (2001), doi:10.1214/ss/1009213286.
    """
    share, z2 = count / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    low = 0.0 if count == 0 else middle - half
    high = 1.0 if count == of else middle + half
    return low, high


def median_between(ascending: Sequence[float]) -> tuple[float, float]:
    """
    Return the values of a sample (at least 1) that its median lies between.

    They are its order statistics n/2 -+ z sqrt(n) / 2, which suppose no distribution.

    Source: Conover (1999), Practical Nonparametric Statistics, 3rd ed., sec. 3.2.
    """
    n = len(ascending)
    half = Z * math.sqrt(n) / 2
    low = max(1, math.ceil(n / 2 - half))
    high = min(n, math.ceil(n / 2 + half))
    return ascending[low - 1], ascending[high - 1]
