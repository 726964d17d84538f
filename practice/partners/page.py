"""The opaque cursor between the pages of a list of bots."""

import base64
import binascii

from kit.ids import is_id
from practice.errors import InvalidRequest


def closed(bot_id: str) -> str:
    """Write down where a page ended."""
    return base64.urlsafe_b64encode(bot_id.encode()).decode().rstrip("=")


def opened(page: str) -> str:
    """Read where a page ended.

    Raises:
        InvalidRequest: It is none of ours.
    """
    try:
        bot_id = base64.urlsafe_b64decode(page.encode("ascii") + b"=" * (-len(page) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest("page must be the next_page of an earlier answer.") from error
    if not is_id(bot_id, "bot"):
        raise InvalidRequest("page must be the next_page of an earlier answer.")
    return bot_id
