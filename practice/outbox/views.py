"""Follow-ups as other modules see them, and what comes of an attempt."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from config.settings import FollowUpSettings
from kit.copying import copy_fields
from practice.records.follow_ups import FollowUp

State = Literal["waiting", "running", "done", "cancelled", "dead"]
STATES: tuple[State, ...] = ("waiting", "running", "done", "cancelled", "dead")

LONGEST_PAUSE = timedelta(hours=1)
"""The longest pause between two attempts, whoever asks for it."""
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """Something to be done.

    Attributes:
        workflow_id: Made of the fact that it follows; the same fact has the same one.
        kind: ``resolve``, ``event``, ``confirmation_sms`` or ``reminder_sms``.
        payload: What the kind needs; holds what was said to or about a patient.
        last_error: Why the last attempt failed; nothing personal.
    """

    id: str
    workflow_id: str
    kind: str
    partner_id: str
    bot_id: str
    intent_id: str | None
    booking_id: str | None
    payload: dict[str, Any] = field(repr=False)
    due_at: datetime
    state: str
    attempts: int
    last_error: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def run_id(self) -> str:
        """The workflow's id: the fact's own, and another for every time an operator tries again."""
        run = self.payload.get("run", 0)
        return f"{self.workflow_id}#{run}" if run else self.workflow_id


def view(row: FollowUp) -> FollowUpView:
    """Make a view of a row."""
    return copy_fields(FollowUpView, row, payload=dict(row.payload))


@dataclass(frozen=True, slots=True)
class Completed:
    """It is done."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It is no longer wanted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Retry:
    """It may succeed later, not before as long as the other side asked for."""

    error: str
    not_before: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Dead:
    """It will not succeed by itself."""

    error: str


AttemptResult = Completed | Cancelled | Retry | Dead


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """How often and how long something is tried: the first pause doubles, until the lifetime is over."""

    first: timedelta
    longest: timedelta
    lifetime: timedelta

    def pause(self, attempts: int, not_before: timedelta = timedelta(0)) -> timedelta:
        """Give the next pause, within a tenth; what the other side asks for counts to ``LONGEST_PAUSE``."""
        doubled: timedelta = self.first * 2.0 ** min(attempts - 1, 20)
        spread = 1 + random.uniform(-_JITTER, _JITTER)  # noqa: S311 - no secret
        return max(min(doubled, self.longest) * spread, min(not_before, LONGEST_PAUSE))


class Delivery:
    """Something that is sent, and given up without more ado."""

    def __init__(self, settings: FollowUpSettings, lifetime: timedelta) -> None:
        first = timedelta(seconds=settings.retry_first_seconds)
        self.retries = RetrySchedule(first, timedelta(seconds=settings.retry_longest_seconds), lifetime)

    async def give_up(self, follow_up: FollowUpView, error: str) -> None:
        """Do nothing more: the row says it."""


class Handler(Protocol):
    """Does one kind of follow-up."""

    @property
    def retries(self) -> RetrySchedule:
        """How long to go on."""

    async def attempt(self, follow_up: FollowUpView) -> AttemptResult:
        """Try once. A repeated attempt must do no harm: the process may have died in the last one."""

    async def give_up(self, follow_up: FollowUpView, error: str) -> None:
        """Do what is left to do when the lifetime is over."""
