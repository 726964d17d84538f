"""The records of practices that conversations are held against, each made once."""

import threading
from collections import OrderedDict
from datetime import date

from agent.statements.check import StatementCheck
from agent.statements.practice import PracticeRecord
from contracts.partner import PracticeFacts
from knowledge.search.index import KnowledgeIndex
from tools.context import ToolContext

_MOST_RECORDS = 64
"""Records kept in memory; beyond that, the one that was used longest ago is made anew when needed."""


class PracticeRecords:
    """Keeps the records of the practices whose phone was answered last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, int, date], tuple[PracticeRecord, KnowledgeIndex | None]] = (
            OrderedDict()
        )
        self._lock = threading.Lock()

    def get(
        self, facts: PracticeFacts, instructions: str, knowledge: KnowledgeIndex | None, today: date
    ) -> PracticeRecord:
        """Get a practice's record; what it holds is read when it is first asked for."""
        key = (facts.model_dump_json(), instructions, id(knowledge), today)
        with self._lock:
            if key not in self._kept:
                passages = knowledge.passages if knowledge is not None else ()
                # The index is kept along, so that no other gets its id.
                self._kept[key] = (PracticeRecord(facts, instructions, passages, today), knowledge)
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_RECORDS:
                self._kept.popitem(last=False)
            return self._kept[key][0]


_records = PracticeRecords()


def statement_check(ctx: ToolContext) -> StatementCheck:
    """Make the check of one conversation from what its functions know of the practice."""
    zone, clock = ctx.zone, ctx.clock
    instructions = (ctx.config.assistant_instructions if ctx.config else None) or ""
    record = _records.get(ctx.facts, instructions, ctx.knowledge, clock().astimezone(zone).date())
    check = StatementCheck(record, clock, zone, ctx.caller_number)
    check.recall(ctx.earlier)
    return check
