"""Tests of recording: each event once, and standings that a fold of all gives too."""

import polars as pl
import pytest
import sqlalchemy as sa
from histories import frame, histories, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.fold import STANDING_COLUMNS, fold
from cstore_cli.ledger.record import record, record_contacts, record_unknown
from cstore_cli.ledger.runs import Run, begin_run, next_run_id
from cstore_cli.ledger.schema import contact, event, parcel_state, run, unknown_code
from cstore_cli.tables.events import Contacts

RUN = Run("run-01", "test", 0, "{}")


def recorded(ledger, run_id, *batches):
    """Record batches of (partner, events), each in a transaction of its own."""
    counts = []
    for k, (partner, events) in enumerate(batches):
        with ledger.writing() as connection:
            name = f"{run_id}-{k}"
            begin_run(connection, RUN._replace(run_id=name))
            counts.append(record(connection, name, partner, frame(events)))
    return counts


def standings(ledger):
    columns = [parcel_state.c[name] for name in STANDING_COLUMNS]
    with ledger.reading() as connection:
        chosen = sa.select(*columns).order_by(parcel_state.c.parcel_id)
        return [tuple(row) for row in connection.execute(chosen)]


def count(ledger, table):
    with ledger.reading() as connection:
        return connection.execute(
            sa.select(sa.func.count()).select_from(table)
        ).scalar()


def test_an_event_told_twice_is_recorded_once(ledger):
    batch = ("carrier", [told("a", "created", 0), told("b", "ready", 5)])

    first, second = recorded(ledger, "r", batch, batch)

    assert (first.new, first.known) == (2, 0)
    assert (second.new, second.known, second.altered) == (0, 2, 0)
    assert count(ledger, event) == 2


def test_the_same_id_of_another_partner_is_another_event(ledger):
    recorded(
        ledger,
        "r",
        ("carrier", [told("a", "created", 0)]),
        ("chain", [told("a", "ready", 5, partner="chain")]),
    )

    assert count(ledger, event) == 2


def test_a_known_id_with_other_content_is_counted_and_not_believed(ledger):
    changed = [told("a", "collected", 3)]

    _, second = recorded(
        ledger, "r", ("carrier", [told("a", "ready", 0)]), ("carrier", changed)
    )

    assert second.altered == 1
    assert standings(ledger)[0][1] == "ready"


def test_an_id_twice_in_one_file_is_recorded_once(ledger):
    events = [told("a", "ready", 0), told("a", "ready", 0)]

    (counts,) = recorded(ledger, "r", ("carrier", events))

    assert (counts.new, counts.known, counts.altered) == (1, 1, 0)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(histories(parcels=("P1", "P2", "P3"), longest=16), st.data())
def test_any_arrival_in_any_parts_gives_the_fold(tmp_path_factory, events, data):
    """Batches, orders and repetitions of a history do not show in the standings."""
    folder = tmp_path_factory.mktemp("arrival")
    ledger = open_ledger(f"sqlite:///{folder}/ledger.db", create=True)
    arriving = data.draw(st.permutations(events))
    again = data.draw(st.lists(st.sampled_from(events), max_size=4))
    batches = []
    for told_now in [*arriving, *again]:
        same = batches and batches[-1][0] == told_now.partner
        if same and data.draw(st.booleans()):
            batches[-1][1].append(told_now)
        else:
            batches.append((told_now.partner, [told_now]))

    recorded(ledger, "r", *batches)

    found = standings(ledger)
    run_place = STANDING_COLUMNS.index("planned_run")
    expected = []
    for parcel in sorted({e.parcel_id for e in events}):
        own = [e for e in events if e.parcel_id == parcel]
        standing = fold(parcel, own)
        expected.append(tuple(getattr(standing, name) for name in STANDING_COLUMNS))
    # Runs are named by arrival here; whether one is planned must agree all the same.
    shown = [
        [*row[:run_place], row[run_place] is None, *row[run_place + 1 :]]
        for row in found
    ]
    wanted = [
        [*row[:run_place], row[run_place] is None, *row[run_place + 1 :]]
        for row in expected
    ]
    assert shown == wanted


def test_events_are_never_changed(ledger):
    recorded(ledger, "r", ("carrier", [told("a", "ready", 0)]))

    for change in (
        "UPDATE event SET code = 'lost'",
        "DELETE FROM event",
        "DELETE FROM run",
    ):
        with (
            pytest.raises(sa.exc.IntegrityError, match="never changed"),
            ledger.writing() as c,
        ):
            c.exec_driver_sql(change)


def test_a_failed_recording_leaves_nothing(ledger):
    """The table that is missing is met after the events are written."""
    with ledger.writing() as connection:
        connection.exec_driver_sql("DROP TABLE parcel_state")

    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        recorded(ledger, "r", ("carrier", [told("a", "ready", 0)]))

    assert count(ledger, event) == count(ledger, run) == 0


def test_an_unknown_code_goes_once_its_event_is_known(ledger):
    rows = frame([told("a", "ready", 0)]).with_columns(code=pl.lit("X17"))
    with ledger.writing() as connection:
        begin_run(connection, RUN)
        assert record_unknown(connection, RUN.run_id, "carrier", rows) == 1
        assert record_unknown(connection, RUN.run_id, "carrier", rows) == 0
    assert count(ledger, unknown_code) == 1

    recorded(ledger, "r", ("carrier", [told("a", "ready", 0)]))

    assert count(ledger, unknown_code) == 0


def test_the_newest_name_of_a_parcel_is_kept(ledger):
    names = Contacts.validate(
        pl.DataFrame({"parcel_id": ["P1"], "recipient": ["A"], "phone": ["1"]})
    )
    with ledger.writing() as connection:
        record_contacts(connection, names)
        record_contacts(connection, names.with_columns(phone=pl.lit("19")))

    with ledger.reading() as connection:
        assert connection.execute(sa.select(contact.c.phone)).scalars().all() == ["19"]


def test_run_ids_are_numbered(ledger):
    with ledger.writing() as connection:
        begin_run(connection, RUN._replace(run_id="expire-1-01"))
        assert next_run_id(connection, "expire-1") == "expire-1-02"
        assert next_run_id(connection, "expire-2") == "expire-2-01"
