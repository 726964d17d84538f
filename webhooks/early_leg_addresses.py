"""The addresses of the webhooks by which a contact is rung ahead, which two of our APIs name."""

from collections.abc import Callable
from urllib.parse import urlencode

RETRIES = "#rc=5&rp=all"
"""Connection overrides: a webhook that is not answered, by a server that restarts, is tried five times more.
Twilio signs the URL without this fragment."""


def early_leg_address(here: str) -> Callable[[str, str, str], str]:
    """Give what names a webhook by its last part, the session's id and the contact's name.

    Args:
        here: The address that the carrier knows us by, without a closing slash.
    """

    def address(name: str, session_id: str, contact: str) -> str:
        query = urlencode({"session": session_id, "contact": contact})
        return f"{here}/twilio/voice/ahead/{name}?{query}"

    return address
