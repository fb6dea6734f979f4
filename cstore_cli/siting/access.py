"""Access for goods: how long a van drives to a site."""

import numpy as np

from cstore_cli.settings.travel import TravelSettings
from cstore_cli.siting.places import places_of
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.travel.arrays import Floats
from cstore_cli.travel.drives import drives


def goods_access_min(inputs: SiteInputs, settings: TravelSettings) -> Floats:
    """
    Return the minutes (m,) from the nearest DC to each site on empty roads.

    nan where no DC has a way to it.

    Raises
    ------
    InputError
        When the table of the travel's source cannot be used.
    """
    _, minutes = drives(
        places_of(inputs.distribution_centers, "dc_id"),
        places_of(inputs.sites, "site_id"),
        settings,
        nodes=inputs.road_nodes,
        links=inputs.road_links,
        matrix=inputs.travel_matrix,
    )
    nearest: Floats = np.fmin.reduce(minutes, axis=0)
    return nearest
