"""What is legal stays without fault."""


def test_a_legal_plan_has_no_fault(day):
    assert day.faults() == ()
