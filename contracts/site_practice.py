"""The bodies of ``/site/{siteId}/practice``, ``…/calls`` and ``…/figures``: extensions."""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from contracts.site import SiteWire

_PRACTICE = {"practice": {"name": "Harbor View", "timezone": "America/New_York"}}
_CALL = {
    "callId": "CA0123456789abcdef",
    "fromNumber": "+12025550142",
    "toNumber": "+12075550123",
    "status": "completed",
    "outcome": "booked",
    "said": "I'd like a cleaning.",
    "startedAt": "2026-11-30T14:00:00Z",
    "endedAt": "2026-11-30T14:01:30Z",
    "durationSeconds": 90,
}


class PracticeChange(SiteWire, json_schema_extra={"examples": [{"revision": 3, "practice": _PRACTICE}]}):
    """What a practice shall be."""

    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """That of the practice that was read: whoever is later than somebody else is told so."""
    practice: dict[str, Any]
    """Everything of ``practice.toml``, with its names; what is left out gets its default."""


class PracticeNow(SiteWire, json_schema_extra={"examples": [{"revision": 4, "practice": _PRACTICE}]}):
    """What a practice is."""

    revision: int
    """Grows with every change."""
    practice: dict[str, Any]
    """Everything of ``practice.toml``, with its names."""


class PracticeChanged(
    PracticeNow,
    json_schema_extra={
        "examples": [
            {
                "revision": 4,
                "practice": _PRACTICE,
                "changes": ["hours monday: was closed, is now 08:00-12:00"],
                "unfitting": [],
            }
        ]
    },
):
    """What became of a change."""

    changes: list[str]
    """In words; empty where it was so already."""
    unfitting: list[str]
    """Ids of appointments to come that do not fit the practice any more: they stand."""


class SiteCall(SiteWire, json_schema_extra={"examples": [_CALL]}):
    """A phone call."""

    call_id: str
    from_number: str | None
    """Who called, or null where the number was withheld."""
    to_number: str | None
    status: str
    """``in_progress``, or the carrier's last word."""
    outcome: str
    """What came of it so far: ``booked``, ``moved``, ``cancelled``, ``in_doubt``, ``handed_over``,
    ``message``, ``answered`` or ``abandoned``."""
    said: str
    """The caller's first words."""
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    duration_seconds: int | None


class SiteCalls(SiteWire, json_schema_extra={"examples": [{"calls": [_CALL], "more": False}]}):
    """Calls, newest first."""

    calls: list[SiteCall]
    more: bool
    """There is a next page."""


class CallLine(SiteWire):
    """Something that happened in a call."""

    position: int
    speaker: str
    """``caller``, ``bot``, ``person``, ``function`` or ``files``."""
    text: str
    """What was said; the name of a function, or of the files that were read."""
    at: AwareDatetime
    status: str
    """What came of a function; else empty."""


_LINE = {
    "position": 1,
    "speaker": "caller",
    "text": "I'd like a cleaning.",
    "at": "2026-11-30T14:00:05Z",
    "status": "",
}


class SiteCallDetail(
    SiteCall, json_schema_extra={"examples": [{**_CALL, "answersMs": [900], "lines": [_LINE]}]}
):
    """A phone call with what happened in it."""

    answers_ms: list[int]
    """How long the caller waited for each answer, voice to voice."""
    lines: list[CallLine]


class FiguresOfDay(SiteWire):
    """The calls of a day of the practice."""

    day: date
    calls: int
    minutes: int
    outcomes: dict[str, int]
    """How many calls came to what."""
    answer_ms_p50: int | None
    """Voice to voice, or null where nothing was measured."""
    answer_ms_p95: int | None


_DAY = {
    "day": "2026-11-30",
    "calls": 12,
    "minutes": 19,
    "outcomes": {"booked": 7, "answered": 5},
    "answerMsP50": 900,
    "answerMsP95": 1600,
}


class SiteFigures(SiteWire, json_schema_extra={"examples": [{"days": [_DAY]}]}):
    """Figures by day, the earliest first."""

    days: list[FiguresOfDay]
