"""The page of site-stores: score map, chosen sites, catchments, trade-off curve."""
