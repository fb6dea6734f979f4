"""The ledger under kill -9, as tests/bench/kills.py does it for longer."""

from kills import kill_loop


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(tmp_path):
    """And once all is told again, no standing shows that anybody was ever killed."""
    found = kill_loop(tmp_path, kills=25, seed=7)

    assert (found["lost"], found["doubled"], found["differs"]) == (0, 0, False)
    assert 0 < found["before_it_was_done"] < 25
    assert found["expired"] > 0
