"""The records of practices that conversations are held against, each made once."""

import threading
from datetime import date

from agent.statements.check import StatementCheck
from agent.statements.practice import PracticeRecord
from contracts.partner import PracticeFacts
from kit.recent import Recent
from knowledge.search.index import KnowledgeIndex
from tools.context import ToolContext

_Key = tuple[str, str, int, date]
_MOST_RECORDS = 64
"""Records kept in memory; beyond that, the one that was used longest ago is made anew when needed."""


class PracticeRecords:
    """Keeps the records of the practices whose phone was answered last."""

    def __init__(self) -> None:
        self._kept = Recent[_Key, tuple[PracticeRecord, KnowledgeIndex | None]](_MOST_RECORDS)
        self._lock = threading.Lock()

    def get(
        self, facts: PracticeFacts, instructions: str, knowledge: KnowledgeIndex | None, today: date
    ) -> PracticeRecord:
        """Get a practice's record; what it holds is read when it is first asked for."""
        key = (facts.model_dump_json(), instructions, id(knowledge), today)
        with self._lock:
            if (known := self._kept.find(key)) is not None:
                return known[0]
            passages = knowledge.passages if knowledge is not None else ()
            # The index is kept along, so that no other gets its id.
            record = PracticeRecord(facts, instructions, passages, today)
            return self._kept.keep(key, (record, knowledge))[0]


_records = PracticeRecords()


def statement_check(ctx: ToolContext) -> StatementCheck:
    """Make the check of one conversation from what its functions know of the practice."""
    zone, clock = ctx.zone, ctx.clock
    instructions = (ctx.config.assistant_instructions if ctx.config else None) or ""
    record = _records.get(ctx.facts, instructions, ctx.knowledge, clock().astimezone(zone).date())
    check = StatementCheck(record, clock, zone, ctx.caller_number)
    check.recall(ctx.earlier)
    return check
