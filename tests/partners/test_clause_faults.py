"""Clauses are exceptions to something there is, each day once."""

from agreement_files import clause, faults_of, sha256, version, write


def test_a_storm_within_the_version_is_sound(tmp_path):
    assert faults_of(tmp_path, version(), clause()) == []


def test_a_clause_of_no_agreement(tmp_path):
    (found,) = faults_of(tmp_path, version(), clause(agreement="mian"))

    assert found.startswith("1.yaml:")
    assert "agreement: 'mian' is no agreement of this folder" in found
    assert 'did you mean "main"?' in found


def test_a_clause_outside_every_version(tmp_path):
    """Its last day is of the next year, which nobody has signed for."""
    (found,) = faults_of(
        tmp_path, version(), clause(valid_from="2026-12-30", valid_to="2027-01-01")
    )

    assert "no version of main is valid on 2027-01-01" in found


def test_a_clause_may_reach_from_one_version_into_the_next(tmp_path):
    (path,) = write(tmp_path, version())
    year_27 = {"valid_from": "2027-01-01", "valid_to": "2027-12-31"}
    following = version(2, replaces_sha256=sha256(path), **year_27)
    storm = clause(valid_from="2026-12-30", valid_to="2027-01-02")

    assert faults_of(tmp_path, version(), following, storm) == []


def test_a_clause_that_ends_before_it_begins(tmp_path):
    (found,) = faults_of(tmp_path, version(), clause(valid_to="2026-07-08"))

    assert "valid_to: 2026-07-08 is before valid_from, 2026-07-09" in found


def test_two_clauses_of_one_name(tmp_path):
    later = clause(valid_from="2026-08-01", valid_to="2026-08-02")
    (found,) = faults_of(tmp_path, version(), clause(), later)

    assert "clause: 'storm' stands in 1.yaml too" in found


def test_two_clauses_that_suspend_the_same_on_a_day(tmp_path):
    other = clause("flood", valid_from="2026-07-14", valid_to="2026-07-20")
    (found,) = faults_of(tmp_path, version(), clause(), other)

    assert "commitments: suspended on 2026-07-14 by 1.yaml too" in found


def test_two_clauses_that_suspend_different_things(tmp_path):
    """A storm and a strike may come together."""
    other = clause("strike", suspends=["service_levels"])

    assert faults_of(tmp_path, version(), clause(), other) == []
