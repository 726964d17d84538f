"""A practice to talk to in tests: a calendar behind the partner endpoints, and one conversation with it.

The endpoints are a small application in this process that keeps bookings by their keys and can be told to
be slow to answer, down, or to lose a slot; the functions that talk to it are the real ones.
"""

import itertools
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from agent.dialogue.policy import Action, next_action
from contracts.conversation import Message
from contracts.partner import BotProfile, Closure, DayHours, PracticeFacts, PractitionerFacts, ServiceFacts
from knowledge.chunk import cut
from knowledge.extract.markdown import markdown_blocks
from knowledge.search.index import KnowledgeIndex
from tests.fakes.clock import fixed_clock
from tools.clients.partner import PartnerClient
from tools.clients.upstream import IN_PROCESS_URL, RetryPolicy, Upstream
from tools.context import EndingBox, ToolContext
from tools.registry import run_function
from tools.slots import SlotSealer

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
"""A Monday morning; Thanksgiving is on the Thursday."""
CALLER = "+12025550142"
BORN = "1980-03-03"
"""Everybody's date of birth, where a test has the practice ask for it."""

FACTS = PracticeFacts(
    name="Maple Street Dental",
    phone="+12025550199",
    address="214 Maple Street, Suite 2, New York",
    timezone="America/New_York",
    hours=[
        *(DayHours(weekday=day, opens="09:00", closes="17:00") for day in range(4)),
        DayHours(weekday=4, opens="09:00", closes="14:00"),
    ],
    closures=[
        Closure(date=date(2026, 11, 26), name="Thanksgiving"),
        Closure(date=date(2026, 12, 25), name="Christmas Day"),
    ],
    services=[
        ServiceFacts(
            id="svc_cleaning", name="Cleaning", duration_minutes=45, aliases=["teeth cleaning", "hygiene"]
        ),
        ServiceFacts(
            id="svc_checkup",
            name="Check-up",
            duration_minutes=30,
            aliases=["checkup", "exam", "new patient visit"],
        ),
        ServiceFacts(id="svc_filling", name="Filling", duration_minutes=60, aliases=["cavity"]),
    ],
    practitioners=[
        PractitionerFacts(id="prac_lee", name="Dr. Maya Lee"),
        PractitionerFacts(id="prac_haddad", name="Dr. Omar Haddad"),
    ],
    horizon_days=120,
    min_notice_minutes=60,
)

FEES = """# Fees and insurance

## Fees
| Visit | Fee |
|---|---|
| Check-up | $95 |
| Cleaning | $140 |

## Insurance we take
We are in network with Delta Dental PPO and Cigna DPPO. We do not take Medicaid.

## Parking
There is a car park behind the building, entered from Elm Lane. The first hour is free for patients.
"""


@cache
def _index_of_fees() -> KnowledgeIndex:
    return KnowledgeIndex.build([("fees.md", cut(markdown_blocks(FEES)))])


@dataclass
class FakePracticeApi:
    """The partner endpoints of one practice.

    Attributes:
        facts: The practice.
        trouble: What each path does wrong: ``"down"``, ``"taken"``, ``"pending"``,
            ``"timeout"``, ``"refused"``.
        bookings: What is in the calendar, by idempotency key.
        notes: Messages left for staff.
        searches: Bodies of the availability searches.
        busy: Starts that are not free.
        changes: What was asked to be changed: ``cancel`` or ``reschedule``, and of which booking.
        knowledge: The practice's files.
    """

    facts: PracticeFacts = field(default_factory=lambda: FACTS)
    trouble: dict[str, str] = field(default_factory=dict)
    bookings: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    searches: list[dict[str, Any]] = field(default_factory=list)
    busy: set[datetime] = field(default_factory=set)
    changes: list[tuple[str, str]] = field(default_factory=list)
    knowledge: KnowledgeIndex = field(default_factory=_index_of_fees)

    def answer(self, request: httpx.Request) -> httpx.Response:  # noqa: PLR0911 - an endpoint each
        """Answer one request of the client."""
        path = request.url.path.removeprefix("/v1/")
        body = json.loads(request.content) if request.content else {}
        wrong = self.trouble.get(path)
        if wrong == "timeout":
            raise httpx.ReadTimeout("no answer", request=request)
        if wrong == "down":
            return _error(503, "webhook_unreachable")
        if path == "availability/search":
            return self._search(body)
        if path == "bookings":
            return self._book(body, request.headers["Idempotency-Key"], wrong)
        if path == "bookings/search":
            return self._coming(body, wrong)
        if path == "customers/verify":
            right = body.get("date_of_birth") == BORN
            return httpx.Response(200, json={"verified": right})
        if path.startswith("bookings/"):
            _, booking_id, change = path.split("/")
            return self._change(booking_id, change, body, self.trouble.get(change))
        self.notes.append(body["message"])
        return httpx.Response(201, json={"message": {"id": f"msg_{len(self.notes)}"}})

    def _search(self, body: dict[str, Any]) -> httpx.Response:
        self.searches.append(body)
        wanted = body["query"]["filter"]
        start, end = (
            datetime.fromisoformat(wanted["start_at_range"][side]) for side in ("start_at", "end_at")
        )
        windows = []
        day = start.astimezone(ZONE).date()
        while day <= end.astimezone(ZONE).date():
            windows += self._windows(day, wanted)
            day += timedelta(days=1)
        return httpx.Response(200, json={"availabilities": windows})

    def _windows(self, day: date, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        if any(closure.date == day for closure in self.facts.closures):
            return []
        windows = []
        for hours in (one for one in self.facts.hours if one.weekday == day.weekday()):
            opens = datetime.combine(day, datetime.strptime(hours.opens, "%H:%M").time(), ZONE)  # noqa: DTZ007
            closes = datetime.combine(day, datetime.strptime(hours.closes, "%H:%M").time(), ZONE)  # noqa: DTZ007
            for practitioner in self.facts.practitioners:
                if wanted.get("practitioner_id") in (None, practitioner.id):
                    windows += self._free(opens, closes, practitioner)
        return windows

    def _free(
        self, opens: datetime, closes: datetime, practitioner: PractitionerFacts
    ) -> list[dict[str, Any]]:
        edges = [opens, *sorted(one for one in self._taken() if opens <= one < closes), closes]
        windows = []
        for start, end in itertools.pairwise(edges):
            free_from = (
                start if start == opens and start not in self._taken() else start + timedelta(minutes=60)
            )
            if free_from < end:
                minutes = int((end - free_from).total_seconds() // 60)
                who = {"id": practitioner.id, "name": practitioner.name}
                windows.append(
                    {"start_at": free_from.isoformat(), "duration_minutes": minutes, "practitioner": who}
                )
        return windows

    def _taken(self) -> set[datetime]:
        live = (one for one in self.bookings.values() if one["status"] != "cancelled")
        return self.busy | {datetime.fromisoformat(one["start_at"]) for one in live}

    def _book(self, body: dict[str, Any], key: str, wrong: str | None) -> httpx.Response:
        if key in self.bookings:
            return httpx.Response(200, json={"booking": self.bookings[key]})
        wanted = body["booking"]
        start = datetime.fromisoformat(wanted["start_at"])
        if wrong == "taken" or start in self._taken():
            self.busy.add(start)
            return _error(409, "slot_unavailable")
        if wrong == "refused":
            return _error(422, "not_allowed")
        if wrong == "pending":
            return httpx.Response(202, json={})
        end = start + timedelta(minutes=wanted["duration_minutes"])
        self.bookings[key] = {
            "id": f"bkg_{len(self.bookings) + 1}",
            "status": "confirmed",
            **wanted,
            "end_at": end.isoformat(),
        }
        return httpx.Response(201, json={"booking": self.bookings[key]})

    def _coming(self, body: dict[str, Any], wrong: str | None) -> httpx.Response:
        if wrong == "missing":
            return _error(404, "not_found")
        phone = body["customer"]["phone"]
        found = [
            one
            for one in self.bookings.values()
            if one["customer"]["phone"] == phone and one["status"] != "cancelled"
        ]
        found.sort(key=lambda one: datetime.fromisoformat(one["start_at"]))
        return httpx.Response(200, json={"bookings": found})

    def _change(
        self, booking_id: str, change: str, body: dict[str, Any], wrong: str | None
    ) -> httpx.Response:
        self.changes.append((change, booking_id))
        if wrong == "pending":
            return httpx.Response(202, json={})
        if wrong is not None:
            refusals = {"missing": (501, "not_supported_by_platform"), "refused": (422, "too_late")}
            return _error(*refusals[wrong])
        booking = next(one for one in self.bookings.values() if one["id"] == booking_id)
        if change == "cancel":
            booking["status"] = "cancelled"
            return httpx.Response(200, json={"booking": booking})
        start = datetime.fromisoformat(body["booking"]["start_at"])
        if start in self._taken():
            return _error(409, "slot_unavailable")
        length = datetime.fromisoformat(booking["end_at"]) - datetime.fromisoformat(booking["start_at"])
        booking.update(start_at=start.isoformat(), end_at=(start + length).isoformat())
        return httpx.Response(200, json={"booking": booking})

    def has(self, start: str, name: str = "Anna Bell", phone: str = CALLER, **more: Any) -> str:
        """Put an appointment into the calendar.

        Args:
            start: Local, without an offset.
            name: Whose it is.
            phone: The number that it was booked with.
            **more: Other fields of the booking.

        Returns:
            Its id.
        """
        begins = datetime.fromisoformat(start).replace(tzinfo=ZONE)
        booking_id = f"bkg_{len(self.bookings) + 1}"
        self.bookings[f"before {booking_id}"] = {
            "id": booking_id,
            "status": "confirmed",
            "start_at": begins.isoformat(),
            "end_at": (begins + timedelta(minutes=45)).isoformat(),
            "customer": {"name": name, "phone": phone},
            "service_id": "svc_cleaning",
            "practitioner_id": "prac_lee",
            **more,
        }
        return booking_id

    def context(
        self,
        messages: Callable[[], Sequence[Message]],
        *,
        caller_number: str | None = CALLER,
        now: datetime = NOW,
        transfer_number: str | None = "+12025550143",
    ) -> ToolContext:
        """Make the context in which functions talk to this practice."""
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.answer), base_url=IN_PROCESS_URL)
        upstream = Upstream(
            client=client, credential=lambda: "key", retries=RetryPolicy(1.0, 2, 2.0), sleep=_no_pause
        )
        bot = BotProfile(
            id="bot_1",
            name="Maple",
            timezone=self.facts.timezone,
            transfer_number=transfer_number,
            practice=self.facts,
        )
        return ToolContext(
            bot=bot,
            facts=self.facts,
            partner=PartnerClient(upstream, "bot_1"),
            site=None,
            knowledge=self.knowledge,
            sealer=SlotSealer(b"k" * 32, timedelta(minutes=30)),
            clock=fixed_clock(now.astimezone(UTC)),
            call_id="call_1",
            caller_number=caller_number,
            messages=messages,
            ending=EndingBox(),
        )


class Conversation:
    """A caller and the receptionist, turn by turn, with the real functions in between."""

    def __init__(
        self,
        practice: FakePracticeApi | None = None,
        *,
        caller_number: str | None = CALLER,
        now: datetime = NOW,
        transfer_number: str | None = "+12025550143",
    ) -> None:
        self.practice = practice or FakePracticeApi()
        self.now = now
        self.messages: list[Message] = []
        self.context = self.practice.context(
            lambda: self.messages, caller_number=caller_number, now=now, transfer_number=transfer_number
        )

    async def start(self) -> str:
        """Let the receptionist open the conversation."""
        return await self._run()

    async def hear(self, text: str) -> str:
        """Say something to the receptionist.

        Returns:
            All that it says before it waits for the caller again.
        """
        self.messages.append({"role": "user", "content": text})
        return await self._run()

    def calls(self, name: str) -> list[dict[str, Any]]:
        """List the arguments of all calls of a function."""
        made = [call["function"] for message in self.messages for call in message.get("tool_calls") or ()]
        return [json.loads(one["arguments"]) for one in made if one["name"] == name]

    @property
    def said(self) -> list[str]:
        """Everything the receptionist has said."""
        return [
            str(one["content"]) for one in self.messages if one["role"] == "assistant" and one.get("content")
        ]

    def _decide(self) -> Action:
        return next_action(self.messages, self.practice.facts, self.now, self.context.caller_number)

    def _check(self, words: str) -> None:
        """Hold every word against the promise that nothing is said twice in a row."""
        assert words != (self.said or [""])[-1], words

    async def _run(self) -> str:
        said: list[str] = []
        for _ in range(8):
            move = self._decide()
            if move.is_silent:
                break
            message: Message = {"role": "assistant", "content": move.say, "dialogue": dict(move.state)}
            if move.say:
                said.append(move.say)
                self._check(move.say)
            if move.call is None:
                self.messages.append(message)
                break
            function = {"name": move.call.name, "arguments": json.dumps(move.call.arguments)}
            message["tool_calls"] = [{"id": move.call.id, "type": "function", "function": function}]
            self.messages.append(message)
            result = await run_function(self.context, move.call.name, move.call.arguments)
            self.messages.append(
                {"role": "tool", "tool_call_id": move.call.id, "content": json.dumps(result)}
            )
        else:
            raise AssertionError("the receptionist does not come to an end")
        return " ".join(said)


def _error(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": code}})


async def _no_pause(_seconds: float) -> None:
    return None


async def play(turns: Sequence[tuple[str, str]]) -> None:
    """Hold a conversation and check every reply.

    Args:
        turns: What the caller says, and a pattern that the answer must match.
    """
    talk = Conversation()
    await talk.start()
    for words, expected in turns:
        reply = await talk.hear(words)
        assert re.search(expected, reply, re.DOTALL), f"{words!r} -> {reply!r}"


async def converse(*heard: str) -> tuple[Conversation, str]:
    """Say these one after the other in a new conversation; gives it, and the last reply."""
    talk = Conversation()
    reply = await talk.start()
    for words in heard:
        reply = await talk.hear(words)
    return talk, reply
