"""Location models that know numbers only."""
