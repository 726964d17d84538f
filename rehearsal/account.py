"""What the calls of one account share: the REST API that places, moves and ends calls, and conferences.

References: https://www.twilio.com/docs/voice/api/call-resource and
https://www.twilio.com/docs/voice/twiml/conference
"""

import asyncio
import contextlib
import secrets
import types
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal, Protocol, Self

import httpx

from rehearsal.call_report import Leg
from rehearsal.carriers import carrier
from rehearsal.twiml import Dial, Gather, Hangup, Say, TwimlError, Verb, parse
from rehearsal.webhook import WebhookError, Webhooks, read_overrides

LegAnswer = Literal["accept", "decline", "machine", "no-answer", "busy", "failed"]
"""``accept`` and ``decline`` press a key, a ``machine`` picks up and presses none."""

ACCOUNT_SID: Final = "AC" + "0" * 32
API_VERSION: Final = "2010-04-01"
_KEYS: Final = {"accept": "1", "decline": "2"}
_NOT_IN_PROGRESS: Final = {
    "code": 21220,
    "message": "Call is not in-progress. Cannot redirect.",
    "status": 400,
}

Fetch = Callable[[str, dict[str, str]], Awaitable[tuple[Verb, ...]]]
"""Asks a webhook of somebody who picked up, with what is beside the call's own fields."""


class LiveCall(Protocol):
    """A call that the REST API reaches."""

    def redirect(self, url: str) -> bool:
        """Have it go on with another document; False when it is not in progress."""
        ...

    def end(self) -> None:
        """End it."""
        ...


class Room:
    """A conference: begins when a second call comes, ends when one leaves."""

    def __init__(self) -> None:
        self.inside = 0
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()


async def pick_up(
    verbs: Sequence[Verb], leg: Leg, fetch: Fetch, idle_seconds: float
) -> Sequence[Verb] | None:
    """Hear what one is told who picked up, and press the leg's key, or none for ``idle_seconds``.

    Gives what follows; None when the line was hung up.
    """
    for verb in verbs:
        match verb:
            case Gather(inner, _, action) if leg.answer in _KEYS and action is not None:
                leg.told = " ".join(step.text for step in inner if isinstance(step, Say))
                after = await fetch(action, {"Digits": _KEYS[leg.answer]})
                return None if any(isinstance(one, Hangup) for one in after) else after
            case Gather(inner):
                leg.told = " ".join(step.text for step in inner if isinstance(step, Say))
                await asyncio.sleep(idle_seconds)
            case Hangup():
                return None
    return ()


class Account:
    """An account's calls, conferences and REST API.

    Args:
        answers: What those do whom the bot calls, one after the other; who is not named takes the call.
        ring_seconds: How long a line rings before nobody has picked up.
        talk_seconds: How long somebody talks who took a call.
    """

    def __init__(
        self,
        auth_token: str,
        answers: Sequence[LegAnswer] = (),
        *,
        account_sid: str = ACCOUNT_SID,
        ring_seconds: float = 0.3,
        talk_seconds: float = 0.3,
    ) -> None:
        self.account_sid = account_sid
        self.ring_seconds = ring_seconds
        self.talk_seconds = talk_seconds
        self.legs: list[Leg] = []
        """Whom the bot has called, in order."""
        self.on_placed: Callable[[Leg], None] = lambda _: None
        """Called when the bot calls somebody."""
        self.rings: Callable[[], Awaitable[None]] = _at_once
        """How long it rings before anybody picks up."""
        self._answers = answers
        self._calls: dict[str, LiveCall] = {}
        self._rooms: dict[str, Room] = {}
        self._placed: list[_PlacedCall] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(trust_env=False)
        self.webhooks = Webhooks(self._client, carrier("twilio", auth_token))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def hang_up_all(self) -> None:
        """Have everybody hang up whom the bot has called."""
        for call in self._placed:
            call.hang_up()

    async def until_all_ended(self) -> None:
        """Wait until those whom the bot called have hung up, and it was told."""
        await asyncio.gather(*self._tasks)

    def enter(self, call_sid: str, call: LiveCall) -> None:
        """Let the REST API reach a call."""
        self._calls[call_sid] = call

    def leave(self, call_sid: str) -> None:
        """Let it reach the call no more."""
        self._calls.pop(call_sid, None)

    def rest(self, path: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a POST to the REST API, as far as calls go; ``path`` is such as ``/Calls.json``."""
        if path == "/Calls.json":
            return self._place(fields)
        sid = path.removeprefix("/Calls/").removesuffix(".json")
        call = self._calls.get(sid)
        if call is None:
            return 404, {
                "code": 20404,
                "message": f"The requested resource {path} was not found",
                "status": 404,
            }
        if fields.get("Status") in {"completed", "canceled"}:
            call.end()
        elif not call.redirect(fields.get("Url", "")):
            return 400, dict(_NOT_IN_PROGRESS)
        return 200, {"sid": sid}

    def _place(self, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
        for name, code in (("To", 21201), ("From", 21213), ("Url", 21205)):
            if not fields.get(name):
                return 400, {"code": code, "message": f"No '{name}' is given", "status": 400}
        answer = self._answers[len(self.legs)] if len(self.legs) < len(self._answers) else "accept"
        leg = Leg(fields["To"], answer)
        self.legs.append(leg)
        call = _PlacedCall(self, leg, fields)
        self._placed.append(call)
        self._calls[call.sid] = call
        task = asyncio.create_task(call.run())
        call.task = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: self._calls.pop(call.sid, None))
        self.on_placed(leg)
        return 201, {"sid": call.sid, "status": "queued", "direction": "outbound-api", "to": leg.number}

    async def confer(
        self, name: str, alone: Callable[[], Awaitable[None]], talk_seconds: float | None
    ) -> bool:
        """Be in a conference until it ends; True when there was somebody else.

        Args:
            alone: Plays what is heard until somebody else comes.
            talk_seconds: When to leave; None is to stay as long as the others do.
        """
        room = self._rooms.setdefault(name, Room())
        room.inside += 1
        if room.inside > 1:
            room.begun.set()
        try:
            waiting = asyncio.create_task(_again_and_again(alone))
            try:
                await _first(room.begun, room.ended)
            finally:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
            if room.begun.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(room.ended.wait(), talk_seconds)
            return room.begun.is_set()
        finally:
            room.ended.set()
            self._rooms.pop(name, None)


class _PlacedCall:
    """A call that the bot has placed by the REST API."""

    def __init__(self, account: Account, leg: Leg, asked: dict[str, str]) -> None:
        self.sid = f"CA{secrets.token_hex(16)}"
        self.task: asyncio.Task[None] | None = None
        self._account = account
        self._leg = leg
        self._asked = asked
        self._status = "ringing"
        self._over = False

    def redirect(self, url: str) -> bool:  # noqa: ARG002 - as every call has it
        """Refuse: nobody moves these."""
        return False

    def end(self) -> None:
        """End it."""
        self._leg.ended_by_bot = True
        self.hang_up()

    def hang_up(self) -> None:
        """Hang up; before it was picked up the call is cancelled."""
        self._status = "completed" if self._status == "in-progress" else "canceled"
        self._over = True
        if self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        """Ring, hear, press, talk; and tell the bot how it ended."""
        try:
            await self._ring()
        except asyncio.CancelledError:
            if not self._over:
                raise
        except (WebhookError, TwimlError):
            self._status = "completed"
        if (url := self._asked.get("StatusCallback")) is not None:
            with contextlib.suppress(WebhookError):
                await self._account.webhooks.ask(url, self._fields())

    async def _ring(self) -> None:
        answer, account = self._leg.answer, self._account
        await account.rings()
        if answer in {"no-answer", "busy", "failed"}:
            self._status = answer
            return
        self._status = "in-progress"
        after = await pick_up(
            await self._fetch(self._asked["Url"], {}), self._leg, self._fetch, account.ring_seconds
        )
        for verb in after or ():
            match verb:
                case Dial(conference=str(room)):
                    await account.confer(room, self._alone(verb), account.talk_seconds)
                case Say(text):
                    self._leg.told += f" {text}"
        self._status = "completed"

    def _alone(self, verb: Dial) -> Callable[[], Awaitable[None]]:
        async def ask() -> None:
            if verb.wait_url is not None:
                await self._fetch(verb.wait_url, {})
            await asyncio.sleep(self._account.ring_seconds)

        return ask

    async def _fetch(self, url: str, extra: dict[str, str]) -> tuple[Verb, ...]:
        answer = await self._account.webhooks.ask(url, self._fields() | extra)
        return parse(answer.text, read_overrides(url)[0])

    def _fields(self) -> dict[str, str]:
        return {
            "CallSid": self.sid,
            "AccountSid": self._account.account_sid,
            "From": self._asked["From"],
            "To": self._asked["To"],
            "Direction": "outbound-api",
            "ApiVersion": API_VERSION,
            "CallStatus": self._status,
        }


async def _at_once() -> None:
    """Pick up."""


async def _again_and_again(play: Callable[[], Awaitable[None]]) -> None:
    while True:
        await play()
        await asyncio.sleep(0)


async def _first(*events: asyncio.Event) -> None:
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
