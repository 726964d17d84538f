"""The ledger's short way: a booking that nothing else hangs on is two statements, each its own transaction.

It is what most bookings are. To begin and to end a transaction around one statement costs as much again as
the statement, on the way to the database and in this process. Wherever more than one statement has to be
true together (a guarded time, follow-ups, a key that is known), the ledger takes the long way.
"""

from types import SimpleNamespace
from typing import Any

from kit.db.database import Database
from kit.fault_points import FaultPoints
from practice.bookings import repository
from practice.bookings.intent_status import Claim, IntentStatus, intent_status_of
from practice.outbox.service import Outbox
from practice.partners.views import BotView

_UNTOUCHED: dict[str, Any] = {
    "answer_status": None,
    "answer_code": None,
    "answer_body": None,
    "given_up_at": None,
}


class ShortWay:
    """Claims and settles new bookings.

    Args:
        outbox: Says whether something may follow; None for nothing.
        faults: Where a test has the process die.
    """

    def __init__(self, database: Database, outbox: Outbox | None, faults: FaultPoints) -> None:
        self._database = database
        self._outbox = outbox
        self._faults = faults
        self._with_events: set[str] = set()

    async def insert(self, values: dict[str, Any]) -> bool:
        """Take a key."""
        self._faults.reach("ledger.claiming")
        if not await repository.insert_alone(self._database, values):
            return False
        self._faults.reach("ledger.claimed")
        return True

    async def find_final(self, bot: BotView, key: str) -> IntentStatus | None:
        """Find what became of a key.

        Returns:
            How it stands, if that changes no more.
        """
        row = await repository.find_succeeded(self._database, bot.partner_id, bot.id, key)
        return None if row is None else intent_status_of(row)

    async def settle(self, bot: BotView, claim: Claim, values: dict[str, Any]) -> IntentStatus | None:
        """Write down what came of a new booking, if nothing has to be written beside it.

        Returns:
            How the key stands now; None when the long way has to be taken, because something follows or
            because someone else has taken over.
        """
        if claim.inserted is None or values["state"] not in {"succeeded", "refused"}:
            return None
        if self._outbox is not None and not self._outbox.is_quiet(bot):
            return None
        if bot.partner_id in self._with_events:
            return None
        self._faults.reach("ledger.settling")
        if not await repository.settle_alone(self._database, claim, bot.partner_id, values):
            # That it was for an event is a guess, and the long way is right in any case.
            self._with_events.add(bot.partner_id)
            return None
        self._faults.reach("ledger.settled")
        return intent_status_of(SimpleNamespace(**{**_UNTOUCHED, **claim.inserted, **values}))
