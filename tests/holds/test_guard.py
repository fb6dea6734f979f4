"""Tests of what stops a run before it writes."""

import pytest
from held import at, settings_of

from cstore_cli.errors import StaleInputError
from cstore_cli.holds.guard import check_stale, guard_tripped
from cstore_cli.settings.expire_holds import GuardSettings

NOW = at("2026-11-23T09:00")


@pytest.mark.parametrize(
    ("expiring", "held", "tripped"),
    [
        (0, 0, False),
        (50, 60, False),
        (51, 60, True),
        (51, 510, False),
        (52, 510, True),
        (1400, 14_000, False),
        (1401, 14_000, True),
    ],
)
def test_the_guard_wants_both_more_than_the_share_and_more_than_the_count(
    expiring, held, tripped
):
    assert guard_tripped(expiring, held, GuardSettings()) is tripped


@pytest.mark.parametrize("share", [0.07, 0.14, 0.28, 0.29, 0.55, 0.57, 0.58])
def test_a_share_is_the_decimal_that_is_written(share):
    """29 of 100 are not more than 29 %, though 0.29 * 100 is 28.999999999999996."""
    guard = GuardSettings(share=share, count=0)

    assert not guard_tripped(round(100 * share), 100, guard)
    assert guard_tripped(round(100 * share) + 1, 100, guard)


def test_data_of_the_oldest_age_allowed_pass():
    check_stale(at("2026-11-21T09:00"), settings_of(), NOW)


def test_a_refusal_names_age_limit_and_remedy():
    with pytest.raises(StaleInputError) as told:
        check_stale(at("2026-11-20T09:00"), settings_of(), NOW)

    assert str(told.value) == (
        "The newest event is of 2026-11-20 09:00 Asia/Taipei, 72.00 h before "
        "2026-11-23 09:00; stale.max_age_h allows 48. Nothing was decided. Bring newer "
        "data; or, if these are complete, set stale.as_of to when they were taken or "
        "raise stale.max_age_h."
    )


def test_just_too_old_is_too_old():
    with pytest.raises(StaleInputError):
        check_stale(at("2026-11-21T08:59:59"), settings_of(), NOW)


def test_age_is_elapsed_time():
    """26 October is 49 hours after the 24th where the clock went back."""
    text = "stale: {max_age_h: 48}"
    settings = settings_of(text, "Europe/Berlin")
    zone = settings.network.time_zone

    with pytest.raises(StaleInputError, match=r"49\.00 h"):
        check_stale(
            at("2026-10-24T15:00", zone), settings, at("2026-10-26T15:00", zone)
        )


@pytest.mark.parametrize("as_of", ["2026-11-22T09:00", "2026-11-22T01:00Z"])
def test_as_of_wins_over_the_newest_event(as_of):
    """Without an offset it is in the network's zone."""
    text = f"stale: {{as_of: '{as_of}', max_age_h: 24}}"

    check_stale(at("2020-01-01"), settings_of(text), NOW)
    with pytest.raises(
        StaleInputError, match=r"stale.as_of the data are of 2026-11-22"
    ):
        check_stale(NOW, settings_of(text.replace("24}", "23.9}")), NOW)


def test_any_age_will_do_where_the_yaml_says_so():
    check_stale(at("2001-01-01"), settings_of("stale: {max_age_h: null}"), NOW)


def test_no_data_are_not_old():
    """Where nothing is held, nothing can lapse."""
    check_stale(None, settings_of(), NOW)
