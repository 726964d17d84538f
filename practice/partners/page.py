"""The opaque cursor between the pages of a list of bots."""

import base64
import binascii

from kit.ids import is_id
from practice.errors import InvalidRequest

LONGEST_CURSOR = 100


def cursor_after(bot_id: str) -> str:
    """Make the cursor of the page that begins after a bot."""
    return base64.urlsafe_b64encode(bot_id.encode()).decode().rstrip("=")


def bot_before(cursor: str) -> str:
    """Read which bot a page begins after."""
    try:
        padding = b"=" * (-len(cursor) % 4)
        bot_id = base64.urlsafe_b64decode(cursor.encode("ascii") + padding).decode("ascii")
    except (binascii.Error, ValueError):
        bot_id = ""
    if len(cursor) > LONGEST_CURSOR or not is_id(bot_id, "bot"):
        raise InvalidRequest("page must be the next_page of an earlier answer.")
    return bot_id
