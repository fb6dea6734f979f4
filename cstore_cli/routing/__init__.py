"""A vehicle routing engine that knows numbers only."""
