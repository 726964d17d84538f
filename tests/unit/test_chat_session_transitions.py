"""The life of a chat session as a state graph: no order of directives leaves it."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from practice.chat_sessions.errors import DirectivesContradict, SessionConflict
from practice.chat_sessions.transitions import Directives, Stamps, transition

ACCOUNTS = st.sampled_from(["a", "b"])
REASONS = st.one_of(st.booleans(), st.text(max_size=5))


class Life(RuleBasedStateMachine):
    """Two accounts that tell one session whatever comes to their minds."""

    def __init__(self) -> None:
        super().__init__()
        self.stamps = Stamps()
        self.now = 0
        self.refused = 0

    @rule(by=ACCOUNTS, start=st.booleans(), accept=st.booleans(), reject=REASONS, finish=REASONS)
    def tell(self, by: str, start: bool, accept: bool, reject: bool | str, finish: bool | str) -> None:
        self.now += 1
        before = self.stamps
        try:
            after, new = transition(before, Directives(start, accept, reject, finish), by, self.now)
        except (SessionConflict, DirectivesContradict):
            return
        for name in ("started", "accepted", "rejected", "finished"):
            first, stamp = getattr(before, name), getattr(after, name)
            if name in new:
                assert first is None
                assert (stamp.ms, stamp.by) == (self.now, by)
            else:
                assert stamp == first, "a stamp never changes"
        if before.finished is not None:
            assert new == [], "nothing new happens to a finished session"
        if "accepted" in new:
            assert before.rejected is None
        self.stamps = after

    @invariant()
    def accepting_never_comes_after_the_end(self) -> None:
        accepted, finished = self.stamps.accepted, self.stamps.finished
        assert not (accepted and finished) or accepted.ms <= finished.ms

    @invariant()
    def accepting_never_comes_after_a_rejection(self) -> None:
        accepted, rejected = self.stamps.accepted, self.stamps.rejected
        assert not (accepted and rejected) or accepted.ms < rejected.ms


TestLife = Life.TestCase


def test_repeated_directive_keeps_the_first_stamp() -> None:
    stamps, _ = transition(Stamps(), Directives(accept=True), "a", 1)
    assert transition(stamps, Directives(accept=True), "a", 2) == (stamps, [])


def test_second_account_does_not_accept() -> None:
    stamps, _ = transition(Stamps(), Directives(accept=True), "a", 1)
    with pytest.raises(SessionConflict, match="somebody else"):
        transition(stamps, Directives(accept=True), "b", 2)
