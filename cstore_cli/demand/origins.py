"""From which periods of the past forecasts are made as if it were then."""

_LEAST_SEASONS, _LEAST, _ENOUGH = 2, 8, 14


def origins_of(
    num_past: int, horizon: int, season: int, wanted: int
) -> tuple[int, ...]:
    """
    Return origins, rising: ``wanted`` at most, whole horizons apart where they fit.

    The first has two seasons of history before it (8 periods at least, no more than 14
    asked for). A short history is passed in smaller strides, whose windows overlap; a
    still shorter one in windows that end early. None where there is nothing to learn
    from.
    """
    first = min(max(_LEAST_SEASONS * season, _LEAST), _ENOUGH)
    last = max(num_past - horizon, min(first, num_past - 1))
    if first >= num_past:
        return ()
    stride = horizon if last - (wanted - 1) * horizon >= first else 0
    stride = stride or max(1, (last - first) // max(1, wanted - 1))
    found = [last - k * stride for k in range(wanted) if last - k * stride >= first]
    return tuple(sorted(found))
