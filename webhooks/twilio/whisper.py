"""What somebody who picks up is told before they take a call, and how their answer is read."""

from typing import Annotated

from fastapi import Query

from contracts.chat_sessions import ChatSession
from practice.chat_sessions.ringing import LegOutcome

TAKE, DECLINE = "1", "2"
_LONGEST_REASON = 120
OUTCOMES: dict[str, LegOutcome] = {
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "hung_up",
}
"""Twilio's status of a leg; ``completed`` without a key that was pressed is a machine, or a refusal."""
SessionId = Annotated[str, Query(alias="session", max_length=64)]
ContactName = Annotated[str, Query(alias="contact", max_length=80)]


def about(session: ChatSession) -> str:
    """Say what a call is about, and which key takes it."""
    reason = (session.reason or "a question")[:_LONGEST_REASON].rstrip(".")
    urgent = {"urgent": "Urgent. ", "emergency": "This may be an emergency. "}.get(session.urgency or "", "")
    return (
        f"{urgent}A caller from your practice's line: {reason}. Press {TAKE} to take the call, {DECLINE} to"
        " decline."
    )
