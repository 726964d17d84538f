"""What the receptionist says of an appointment that the caller has."""

import re
from collections.abc import Sequence

from agent.receptionist.change import Kind
from agent.receptionist.questions import Ask
from agent.receptionist.state import State
from language import speak
from tools.appointments import Appointment

ASKS = frozenset({Ask.WHICH_APPOINTMENT, Ask.CANCEL_OR_MOVE, Ask.CANCEL_IT})
_OF_IT = {
    Ask.NAME: "What's the full name on the appointment, please?",
    Ask.PHONE: "And what phone number was it booked with?",
}
"""What is asked in other words than for a booking, the first time."""
_MOST_LISTED = 4

KEPT = "All right, it all stays as it is."
NOTHING_CHANGED = "All right. I haven't changed anything."
_IS_IT_DONE = re.compile(
    r"^(?:so |and |okay |wait )*(?:is|was|has|did|have)\b.*"
    r"\b(?:cancel\w*|moved?|reschedul\w*|changed?|go through|done)\b"
)
ANEW = "Would you like to book a new appointment?"
NOT_THERE = "I don't see an appointment under the number you're calling from."


def ask(question: Ask, state: State) -> str:
    """Word a question about the caller's appointments.

    Args:
        question: One of ``ASKS``.
        state: What is known; an appointment is chosen, unless it is asked which.

    Returns:
        The question, with the appointment that it is about.
    """
    change, count = state.change, state.all_asks[question]
    if question is Ask.WHICH_APPOINTMENT:
        return _which(change.known, change.kind, count)
    named = change.chosen.named if change.chosen else "appointment"
    if question is Ask.CANCEL_IT:
        wordings: tuple[str, ...] = (
            f"That's your {named}. Shall I cancel it?",
            f"Should I cancel your {named}? Yes or no?",
        )
    else:
        wordings = (
            f"I see your {named}. Would you like to move it, or cancel it?",
            f"About your {named}: should I move it, or cancel it?",
        )
    return wordings[count % len(wordings)]


def ask_of_it(question: Ask, state: State) -> str:
    """Ask for a detail of the appointment that is looked for; empty where it is asked as always."""
    return "" if state.all_asks[question] else _OF_IT.get(question, "")


def new_time(appointment: Appointment) -> str:
    """Name the appointment that a new time is looked for."""
    return f"I see your {appointment.named}."


def recap(state: State, words: str) -> str:
    """Answer whether an appointment is cancelled or moved by now; empty where nobody asked that."""
    if not _IS_IT_DONE.search(words):
        return ""
    if state.outcome == "cancelled":
        return "Yes, it's cancelled."
    if state.outcome == "booked" and state.outcome_spoken:
        return f"Your appointment is {state.outcome_spoken}."
    return {
        "pending": "The practice has yet to confirm it.",
        "unknown": "I can't say yet whether that went through.",
        "passed_on": "Not yet. The team has your message.",
    }.get(state.outcome, "")


def kept(appointment: Appointment | None) -> str:
    """Say that nothing was changed."""
    return f"All right, your {appointment.what} stays as it is." if appointment else KEPT


def _which(known: Sequence[Appointment], kind: Kind, count: int) -> str:
    shown = known[:_MOST_LISTED]
    several = len({one.name for one in known}) > 1
    listed = []
    for one in shown:
        whose = f" for {one.name}" if several and one.name else ""
        listed.append(f"{one.with_article}{whose} on {speak.moment(one.start)}")
    verb = {Kind.CANCEL: "cancel", Kind.MOVE: "move"}.get(kind, "change")
    number = speak.number(len(known))
    endings = (f"Which one would you like to {verb}?", f"Which of them should I {verb}?")
    return f"I see {number}: {speak.listing(listed, 'and')}. {endings[count % len(endings)]}"
