"""Judges a conversation by what it left behind, by what was said, and by how often the bot asked in vain."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rehearsal.answers import Reply
from rehearsal.hearing import plain
from rehearsal.practice import Appointment, Practice, State
from rehearsal.repeats import needless_repeats
from rehearsal.scenario import After, MessageRow, Row, Scenario
from rehearsal.truth import untrue_statements

MOST_REPEATS = 2


@dataclass(frozen=True)
class Exchange:
    """What the patient said, and what the bot answered.

    Attributes:
        state: What was there after the answer; None where nobody could look.
        functions: What the bot called, where it tells.
    """

    reply: Reply
    answer: str
    state: State | None = None
    functions: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Conversation:
    """A conversation that is over.

    Attributes:
        greeting: What the bot said first, where it does.
        before: What was there before; None where nobody could look, as is ``after``.
        transferred: By phone: the call was put through.
        audio: Where it was recorded.
    """

    exchanges: tuple[Exchange, ...]
    before: State | None
    after: State | None
    unanswered: tuple[str, ...] = ()
    greeting: str = ""
    transferred: bool = False
    trouble: str = ""
    audio: str = ""

    @property
    def bot(self) -> str:
        """All that the bot said."""
        return "\n".join([self.greeting, *(one.answer for one in self.exchanges)]).strip()


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a conversation; nothing, when it passed.

    Attributes:
        rows: Appointments and messages that are missing, wrong or too many.
        hand_off: A hand-off that is missing or too many.
        said: What had to be said and was not, what was and must not have been.
        turns_to_booking: Turns of the patient until the first booking stood; None without one.
    """

    rows: tuple[str, ...] = ()
    hand_off: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    untrue: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    trouble: str = ""
    turns: int = 0
    turns_to_booking: int | None = None
    allowed_repeats: int = field(default=MOST_REPEATS)

    @property
    def end_state(self) -> bool:
        """What a perfect receptionist would have left is there: rows, hand-off, answers."""
        return not (self.rows or self.hand_off or self.said or self.trouble)

    @property
    def passed(self) -> bool:
        """The end state is right, nothing was untrue, and the patient was not asked in circles."""
        return self.end_state and not self.untrue and len(self.repeats) <= self.allowed_repeats

    def complaints(self) -> list[str]:
        """Say all that is wrong, a line each."""
        found = [
            *(f"rows: {one}" for one in self.rows),
            *(f"hand-off: {one}" for one in self.hand_off),
            *(f"said: {one}" for one in self.said),
            *(f"untrue: {one}" for one in self.untrue),
        ]
        if self.trouble:
            found.append(f"trouble: {self.trouble}")
        if len(self.repeats) > self.allowed_repeats:
            found.append(f"{len(self.repeats)} needless repeats: {'; '.join(self.repeats[:4])}")
        return found


def judge(scenario: Scenario, practice: Practice, talk: Conversation) -> Verdict:
    """Judge a conversation."""
    rows, hand_off = _end(scenario, talk)
    booked = None
    if talk.before is not None:
        before = {one.id for one in talk.before.appointments}
        counts = (
            place
            for place, one in enumerate(talk.exchanges, 1)
            if one.state and any(made.id not in before and made.phone for made in _made(one.state))
        )
        booked = next(counts, None)
    return Verdict(
        rows=tuple(rows),
        hand_off=tuple(hand_off),
        said=tuple(_said(scenario, talk)),
        untrue=tuple(untrue_statements(scenario, practice, talk.exchanges, talk.before)),
        repeats=tuple(needless_repeats([(one.reply, one.answer) for one in talk.exchanges], scenario)),
        trouble=talk.trouble,
        turns=len(talk.exchanges),
        turns_to_booking=booked,
    )


def _made(state: State) -> list[Appointment]:
    return [one for one in state.live() if one.patient != INTRUDER]


_ASSENTS = frozenset({"read-back", "cancel-it"})
"""What the bot asks before it does something."""
INTRUDER = "Somebody Else"
"""Who books the time that a scenario has taken in mid-call."""


def _end(scenario: Scenario, talk: Conversation) -> tuple[list[str], list[str]]:
    """Compare with each end that is right; what the nearest lacks is what is wrong."""
    if talk.after is None or talk.before is None:
        wants = {one.hand_off for one in scenario.after}
        if talk.transferred and wants == {"none"}:
            return [], ["the caller was put through"]
        if not talk.transferred and "none" not in wants and not any(one.messages for one in scenario.after):
            return [], ["nobody was asked to take over"]
        return [], []
    found = [(_rows(scenario, one, talk.before, talk.after), _hand_off(one, talk)) for one in scenario.after]
    return min(found, key=lambda pair: len(pair[0]) + len(pair[1]))


def _rows(scenario: Scenario, wanted: After, before: State, after: State) -> list[str]:
    wrong: list[str] = []
    left = [one for one in after.appointments if one.patient != INTRUDER]
    seeds = [one for one in before.appointments if one.patient != INTRUDER]
    by_start = {(one.patient, one.start): one for one in seeds}
    named = {row.seed for row in wanted.appointments if row.seed}
    for place, seed in enumerate(scenario.world.appointments, 1):
        was = by_start.get((seed.patient, seed.start))
        now = next((one for one in left if was and one.id == was.id), None)
        if now is None:
            wrong.append(f"the appointment of {seed.patient} is gone")
            continue
        left.remove(now)
        row = next((one for one in wanted.appointments if one.seed == place), None)
        if place in named and row is not None:
            wrong += _fits(row, now, seed.start if row.when is None else None)
        elif now != was:
            wrong.append(f"the appointment of {seed.patient} was changed: {_shown(now)}")
    # One that was booked and then cancelled in the same call leaves nothing behind.
    left = [one for one in left if one.status != "cancelled" or _wants_cancelled(wanted)]
    for row in (one for one in wanted.appointments if not one.seed):
        near = sorted(left, key=lambda one: len(_fits(row, one, None)))
        if not near:
            wrong.append(f"no appointment{f' of {row.patient}' if row.patient else ''} was made")
            continue
        wrong += _fits(row, near[0], None)
        left.remove(near[0])
    wrong += [f"one too many: {_shown(one)}" for one in left]
    return wrong + _messages(wanted, before, after)


def _wants_cancelled(wanted: After) -> bool:
    return any(row.status == "cancelled" and not row.seed for row in wanted.appointments)


def _fits(row: Row, made: Appointment, stays: datetime | None) -> list[str]:
    wrong = []
    if row.service is not None and row.service.lower() != made.service.lower():
        wrong.append(f"a {made.service} instead of a {row.service}")
    if row.patient is not None and letters(row.patient) != letters(made.patient):
        wrong.append(f"for {made.patient!r} instead of {row.patient!r}")
    if row.phone is not None and row.phone != made.phone:
        wrong.append(f"with the number {made.phone} instead of {row.phone}")
    if row.with_ is not None and row.with_.split()[-1] != made.with_.split()[-1]:
        wrong.append(f"with {made.with_} instead of {row.with_}")
    if row.when is not None and not row.when.holds(made.start):
        wrong.append(f"at {made.start:%a %d %b %H:%M}, which was not wished for")
    if stays is not None and made.start != stays and row.status == "confirmed":
        wrong.append(f"moved to {made.start:%a %d %b %H:%M}")
    if row.status != made.status:
        wrong.append(f"{_shown(made)} is {made.status}, not {row.status}")
    if row.notes is not None and not re.search(row.notes, made.notes, re.IGNORECASE):
        wrong.append(f"its notes {made.notes!r} lack {row.notes!r}")
    return wrong


def _messages(wanted: After, before: State, after: State) -> list[str]:
    left = list(after.messages[len(before.messages) :])
    wrong: list[str] = []
    for row in wanted.messages:
        fitting = [one for one in left if not _message_fits(row, one.text, one.name, one.phone)]
        if fitting:
            left.remove(fitting[0])
        elif left:
            one = left.pop(0)
            wrong += _message_fits(row, one.text, one.name, one.phone)
        else:
            wrong.append("no message was left")
    return wrong + [f"a message too many: {one.text[:60]!r}" for one in left]


def _message_fits(row: MessageRow, text: str, name: str, phone: str) -> list[str]:
    wrong = [
        f"the message {text[:80]!r} lacks {pattern!r}"
        for pattern in row.text
        if not re.search(pattern, text, re.IGNORECASE)
    ]
    if row.name is not None and letters(row.name) != letters(name):
        wrong.append(f"the message is of {name!r} instead of {row.name!r}")
    if row.phone is not None and row.phone != phone:
        wrong.append(f"the message has the number {phone} instead of {row.phone}")
    return wrong


def _hand_off(wanted: After, talk: Conversation) -> list[str]:
    assert talk.before is not None  # noqa: S101 - the caller looked
    assert talk.after is not None  # noqa: S101 - as above
    made = [one.urgency for one in talk.after.hand_offs[len(talk.before.hand_offs) :]]
    if wanted.hand_off == "none":
        # A message opens one too, so that somebody sees to it; only a person who was asked for counts.
        return [f"a person was asked for ({one})" for one in made]
    if not made and not talk.transferred:
        return ["nobody was asked to take over"]
    if wanted.hand_off == "emergency" and made and "emergency" not in made:
        return [f"the hand-off is {made[0]}, not an emergency"]
    return []


def _said(scenario: Scenario, talk: Conversation) -> list[str]:
    whole = plain(talk.bot)
    first = plain(talk.exchanges[0].answer) if talk.exchanges else ""
    return [
        *_without_consent(talk),
        *(f"never said {one!r}" for one in scenario.said if not re.search(one, whole, re.IGNORECASE)),
        *(f"did not say {one!r} at once" for one in scenario.said_first if not _in(one, first)),
        *(f"said {one!r}" for one in scenario.not_said if _in(one, whole)),
        *(f"no answer to {one!r}" for one in talk.unanswered),
    ]


def _without_consent(talk: Conversation) -> list[str]:
    """Find what was booked, moved or cancelled before the patient was asked whether that is right."""
    found: list[str] = []
    was = talk.before
    for one in talk.exchanges:
        if was is not None and one.state is not None and one.reply.to not in _ASSENTS:
            rows = {(row.id, row.start, row.status) for row in was.appointments}
            changed = [row for row in one.state.appointments if (row.id, row.start, row.status) not in rows]
            changed = [row for row in changed if row.patient != INTRUDER]
            found += [f"{_shown(row)}: done without asking whether it is right" for row in changed]
        was = one.state or was
    return found


def _in(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def letters(name: str) -> str:
    """Give a name's letters alone, for comparing what was typed without capitals and marks."""
    return re.sub(r"[^\w]|_", "", name.casefold())


def _shown(one: Appointment) -> str:
    return f"{one.service} {one.start:%a %d %b %H:%M}, {one.patient}"


def summary(verdicts: Sequence[Verdict]) -> dict[str, float | int | None]:
    """Give the figures of a set."""
    count = len(verdicts) or 1
    turns = sorted(one.turns_to_booking for one in verdicts if one.turns_to_booking and one.end_state)
    return {
        "scenarios": len(verdicts),
        "passed": sum(one.passed for one in verdicts),
        "end_state_right": round(sum(one.end_state for one in verdicts) / count, 3),
        "acceptable": round(sum(one.passed for one in verdicts) / count, 3),
        "untrue_statements": sum(len(one.untrue) for one in verdicts),
        "needless_repeats_per_call": round(sum(len(one.repeats) for one in verdicts) / count, 2),
        "median_turns_to_booking": turns[len(turns) // 2] if turns else None,
    }
