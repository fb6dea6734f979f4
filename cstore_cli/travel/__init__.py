"""Distances and durations between places: geodesic, road network, given."""
