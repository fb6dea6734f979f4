"""Opening hours of a site against when customers fetch."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from cstore_cli.tables.open_hours import open_share
from cstore_cli.travel.arrays import Floats


def fetch_share_open(
    sites: pl.DataFrame, opening_hours: str, fetch_share_by_hour: Sequence[float]
) -> Floats:
    """
    Return the share (m,) of fetches that fall into each site's hours.

    Within an hour fetches are even. A site without hours has ``opening_hours``.
    """
    hours = sites["opening_hours"].fill_null(opening_hours)
    wanted = np.array(fetch_share_by_hour)
    share_of = {text: float((wanted * open_share(text)).sum()) for text in set(hours)}
    return np.array([share_of[text] for text in hours])
