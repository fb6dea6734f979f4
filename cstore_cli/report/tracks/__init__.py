"""A plan's routes as files for maps and navigation: GeoJSON, GPX."""
