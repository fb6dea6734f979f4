"""How many rows a page of partners bears."""

MOST_ROWS = 5_000
"""Rows of a table that are shown at most; the CSV beside the page has all."""
