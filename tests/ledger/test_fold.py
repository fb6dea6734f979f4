"""Tests of the fold: what a parcel's events add up to."""

from histories import HOUR_US, START_US, histories, told
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.ledger.fold import Standing, fold, follows, step


def state_of(*events):
    return fold("P1", events).state


def test_a_usual_life_ends_collected():
    life = ["created", "at_dc", "out_to_store", "at_store", "ready", "collected"]

    standing = fold("P1", [told(code, code, k) for k, code in enumerate(life)])

    assert standing.state == "collected"
    assert standing.contradictions == 0
    assert standing.shelf_store is None


def test_the_hold_begins_when_ready():
    standing = fold("P1", [told("a", "ready", 3, location_id="S1")])

    assert standing.ready_at_us == START_US + 3 * HOUR_US
    assert standing.shelf_store == "S1"


def test_a_collection_in_time_beats_an_expiry_told_before():
    """The expiry is an inference at hour 168; the scan of hour 167 comes days later."""
    ready = told("a", "ready", 0, location_id="S1")
    expired = told("b", "hold_expired", 168, "inference", partner="cstore")
    collected = told("c", "collected", 167)

    assert state_of(ready, expired) == "hold_expired"
    assert state_of(ready, expired, collected) == "collected"


def test_a_collection_at_the_very_deadline_is_in_time():
    ready = told("a", "ready", 0)
    expired = told("b", "hold_expired", 168, "inference", partner="cstore")

    assert state_of(ready, expired, told("c", "collected", 168)) == "collected"


def test_a_collection_after_the_deadline_is_a_collection_all_the_same():
    """The customer has it: no van must come for it."""
    ready = told("a", "ready", 0)
    expired = told("b", "hold_expired", 168, "inference", partner="cstore")

    assert state_of(ready, expired, told("c", "collected", 170)) == "collected"


def test_nothing_is_fetched_once_it_has_left():
    """A collection after the return van contradicts the van's scan."""
    standing = fold(
        "P1",
        [
            told("a", "ready", 0),
            told("b", "return_in_transit", 9),
            told("c", "collected", 10),
        ],
    )

    assert standing.state == "return_in_transit"
    assert standing.contradictions == 1


def test_a_scan_beats_an_inference_before_it():
    """A program concluded that it had arrived; the scan says it is on the van still."""
    created = told("a", "created", 0)
    inferred = told("b", "ready", 5, "inference", location_id="S1")

    assert state_of(created, inferred) == "ready"
    assert state_of(created, inferred, told("c", "out_to_store", 6)) == "out_to_store"


def test_a_scan_on_the_shelf_undoes_an_inferred_collection():
    """And the hold goes on from its first day."""
    standing = fold(
        "P1",
        [
            told("a", "ready", 0, location_id="S1"),
            told("b", "collected", 5, "inference"),
            told("c", "ready", 9, location_id="S1"),
        ],
    )

    assert standing.state == "ready"
    assert standing.ready_at_us == START_US
    assert standing.shelf_store == "S1"


def test_counting_the_shelf_does_not_begin_the_hold_again():
    """An expired parcel that is scanned on its shelf stays expired."""
    ready = told("a", "ready", 0, location_id="S1")
    expired = told("b", "hold_expired", 168, "inference", partner="cstore")
    counted = told("c", "ready", 180, location_id="S1")

    standing = fold("P1", [ready, expired, counted])

    assert standing.state == "hold_expired"
    assert standing.ready_at_us == START_US


def test_another_shelf_begins_another_hold():
    standing = fold(
        "P1",
        [
            told("a", "ready", 0, location_id="S1", extension_days=2),
            told("b", "ready", 30, location_id="S2"),
        ],
    )

    assert standing.shelf_store == "S2"
    assert standing.ready_at_us == START_US + 30 * HOUR_US
    assert standing.extension_days == 0


def test_extensions_of_a_hold_add_up():
    standing = fold(
        "P1",
        [
            told("a", "ready", 0, extension_days=1),
            told("b", "extended", 20, extension_days=2),
            told("c", "extended", 30, extension_days=3),
        ],
    )

    assert standing.extension_days == 6
    assert standing.extended_at_us == START_US + 30 * HOUR_US


def test_what_is_withdrawn_never_was():
    ready = told("a", "ready", 0)
    mistaken = told("b", "collected", 5)

    assert state_of(ready, mistaken) == "collected"
    assert state_of(ready, mistaken, told("c", "withdrawn", 6, corrects="b")) == "ready"


def test_a_partner_withdraws_only_its_own():
    ready = told("a", "ready", 0)
    collected = told("b", "collected", 5)
    of_another = told("c", "withdrawn", 6, corrects="b", partner="chain")

    assert state_of(ready, collected, of_another) == "collected"


def test_what_comes_back_to_the_dc_is_no_longer_planned():
    """It may be planned anew; an arrival at the DC before the van left is no return."""
    planned = told("a", "planned", 0, "inference", location_id="S1")
    arrived = told("b", "at_dc", 1)
    out, back = told("c", "out_to_store", 2), told("d", "at_dc", 9)

    assert fold("P1", [planned, arrived]).planned_run == "r"
    assert fold("P1", [planned, arrived, out]).planned_run == "r"
    assert fold("P1", [planned, arrived, out, back]).planned_run is None


def test_an_expiry_of_ours_without_its_hold_says_nothing():
    """The scan that began the hold was a mistake and is withdrawn."""
    ready = told("a", "ready", 0, location_id="S1")
    expired = told("b", "hold_expired", 168, "inference", partner="cstore")
    mistake = told("c", "withdrawn", 170, corrects="a")

    standing = fold("P1", [ready, expired, mistake])

    assert standing.state is None
    assert standing.contradictions == 1


def test_facts_are_the_last_ones_told():
    standing = fold(
        "P1",
        [
            told("a", "created", 0, litres=2.0, platform="p"),
            told("b", "ready", 2, litres=3.0),
        ],
    )

    assert (standing.litres, standing.platform) == (3.0, "p")


@settings(max_examples=300, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_every_arrival_order_gives_the_same_standing(events, random):
    shuffled = list(events)
    random.shuffle(shuffled)

    assert fold("P1", shuffled) == fold("P1", events)


@settings(max_examples=300, deadline=None)
@given(histories())
def test_going_on_from_a_standing_is_folding_all(events):
    """Where `follows` says so; the ledger saves itself the reading of old events."""
    ordered = sorted(events, key=lambda event: event.key)
    for cut in range(len(ordered) + 1):
        standing = fold("P1", ordered[:cut])
        if follows(standing, ordered[cut:]):
            for event in ordered[cut:]:
                step(standing, event)
            assert standing == fold("P1", events)


@settings(max_examples=300, deadline=None)
@given(histories())
def test_a_shelf_and_a_hold_go_together(events):
    """Nothing waits that is nowhere, and nothing gone is waiting."""
    standing = fold("P1", events)

    if standing.state in (None, "collected", "delivered", "returned", "out_to_store"):
        assert standing.ready_at_us is None
    if standing.state == "hold_expired" and standing.scanned == "ready":
        assert standing.ready_at_us is not None


def test_no_event_is_no_standing():
    assert fold("P1", []) == Standing("P1")
