"""One name for what the settings of a ranking and agreements call differently."""

_WORDS = dict.fromkeys(("feed_delay_h", "data_delay_h"), "data delay, h")


def measure_told(name: str) -> str:
    """Return a criterion or service level as reports name it."""
    return _WORDS.get(name, name)
