"""How far the carrier vouches for the number that a call comes from (STIR/SHAKEN, in North America)."""

from typing import Literal

_ATTESTED = ("TN-Validation-Passed-A", "TN-Validation-Passed-B")
"""How Twilio's ``StirVerstat`` begins where the caller's carrier knows them (B), and their number too (A).
C says no more than where the call came into the network."""


def number_proves(verstat: str | None, rule: Literal["unless_doubted", "attested", "never"]) -> bool:
    """Tell whether a call's number proves whose appointments may be spoken of.

    Args:
        verstat: What the carrier says of it; None or blank where it says nothing, as elsewhere.
        rule: The setting ``call.number_proves``.
    """
    if rule == "never":
        return False
    if not verstat:
        return rule == "unless_doubted"
    return verstat.startswith(_ATTESTED)
