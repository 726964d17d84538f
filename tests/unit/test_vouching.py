"""How far a caller's number proves who they are."""

import pytest

from webhooks.twilio.vouching import number_proves

SAID = {
    None: (True, False),
    "": (True, False),
    "TN-Validation-Passed-A": (True, True),
    "TN-Validation-Passed-B": (True, True),
    "TN-Validation-Passed-A-Diverted": (True, True),
    "TN-Validation-Passed-C": (False, False),
    "TN-Validation-Failed-A": (False, False),
    "TN-Validation-Failed": (False, False),
    "No-TN-Validation": (False, False),
    "nonsense": (False, False),
}


@pytest.mark.parametrize("verstat", SAID)
def test_a_number_proves_as_much_as_the_carrier_says_and_the_practice_wants(verstat: str | None) -> None:
    unless_doubted, attested = SAID[verstat]
    assert number_proves(verstat, "unless_doubted") is unless_doubted
    assert number_proves(verstat, "attested") is attested
    assert number_proves(verstat, "never") is False
