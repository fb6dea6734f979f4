"""Distances and durations between places."""
