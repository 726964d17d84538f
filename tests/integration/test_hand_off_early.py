"""An emergency rings the first contact while the bot still speaks: who hears what, with real sockets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent.call_start import CallStart
from config.settings import SmsSettings
from contracts.chat_sessions import ChatSession
from practice.chat_sessions.ladder import Contact
from practice.chat_sessions.views import SessionAccount
from rehearsal.account import Account, LegAnswer
from rehearsal.call_report import CallReport, CallResult, Leg
from rehearsal.exchange import CallPlan, place_call
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.http_server import serve_http
from tests.fakes.twilio_rest import SID, TOKEN, TwilioRest
from webhooks.twilio import twiml
from webhooks.twilio.hand_off import NOBODY

DESK, ON_CALL = "+12025550190", "+12025550191"
WHY = "a possible emergency"


class Caller:
    """Says nothing and waits for what comes, or hangs up when told to."""

    def __init__(self) -> None:
        self.hung_up = False

    def speak(self) -> bytes | None:
        return None

    def hear(self, audio: bytes | None, at: float) -> None:
        """Listen."""


class Scene:
    """A call in which somebody may be in danger.

    Attributes:
        rung: Set when the first contact's phone rings.
        spoken: Set it when the bot shall have said what is to be done.
        waits: Set when the caller hears that somebody is rung.
        seen: What happened, in order.
    """

    def __init__(self, app: AppUnderTest, account: Account, rest: TwilioRest) -> None:
        self.app, self.account, self.rest = app, account, rest
        self.rung, self.spoken, self.waits = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.seen: list[str] = []
        self.said: list[str] = []
        self.caller = Caller()
        account.on_placed = self._rings
        app.agent.puts_through, app.agent.before = WHY, self._emergency

    def _rings(self, leg: Leg) -> None:
        self.seen.append(f"rings {leg.number}")
        self.rung.set()

    async def _emergency(self, start: CallStart) -> None:
        services = self.app.services
        headers = {"Authorization": f"Bearer {services.runtime.for_hand_offs(start.bot_id)}"}
        body = {"participants": ["desk"], "callId": start.call_id, "reason": WHY, "urgency": "emergency"}
        answer = await self.app.client.post("/chat-sessions", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        await self.spoken.wait()
        self.seen.append("the bot has spoken")

    async def call(self, *verbs: LegAnswer) -> CallReport:
        """Place the call, with what those do who are rung by verbs."""

        async def speaker(text: str) -> bytes:
            self.said.append(text)
            self.seen.append(text)
            if text == twiml.RINGING:
                self.waits.set()
            return b"\xff" * 160

        async with serve_http(self.app.asgi) as server:
            plan = CallPlan(
                voice_url=f"http://{server.address}/twilio/voice",
                auth_token=TOKEN,
                to=self.app.demo.phone_number,
                from_=f"+1202555{1000 + len(self.app.agent.starts)}",
                status_url=f"http://{server.address}/twilio/status",
                max_seconds=60,
                ring_seconds=0.05,
                talk_seconds=0.05,
                legs=verbs,
                speaker=speaker,
                account=self.account,
            )
            report = await place_call(plan, self.caller)
            await self.account.until_all_ended()
            return report

    async def outcomes(self) -> list[str]:
        """List what became of those who were rung."""
        session = await self.session()
        account = SessionAccount(self.app.demo.bot_id, (self.app.demo.site_id,))
        events = await self.app.services.chat_sessions.list_events(account, 0, session_id=session.id)
        return [str(one.detail["outcome"]) for _, one in events if one.detail and "outcome" in one.detail]

    async def session(self) -> ChatSession:
        """Find the hand-off of the call."""
        account = SessionAccount(self.app.demo.bot_id, (self.app.demo.site_id,))
        found = await self.app.services.chat_sessions.list_sessions(
            account, equal={}, order=(), skip=0, limit=9
        )
        (of_call,) = [one for one in found if one.callId == self.app.agent.starts[-1].call_id]
        return of_call

    async def until(self, what: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something is so in the records."""
        async with asyncio.timeout(30):
            while not await what():  # noqa: ASYNC110 - another replica could have written it
                await asyncio.sleep(0.01)

    async def is_rung(self) -> bool:
        """Tell whether it is known what became of the first contact."""
        return bool(one := self.app.agent.starts) and await self._has_outcome(one[-1].call_id)

    async def _has_outcome(self, call_id: str) -> bool:
        found = await self.app.services.ringing.find_of_call(call_id)
        return found is not None and bool(await self.outcomes())

    async def is_accepted(self) -> bool:
        """Tell whether somebody has taken the call."""
        return (await self.session()).acceptedAt is not None


@contextlib.asynccontextmanager
async def scene(folder: Path, template: Path, *answers: LegAnswer) -> AsyncIterator[Scene]:
    """Open the practice's phone, with what those do who are rung ahead."""
    async with Account(TOKEN, answers, ring_seconds=0.05, talk_seconds=0.05, account_sid=SID) as account:
        twilio = TwilioRest(account=account)
        async with (
            serve_http(twilio) as server,
            run_app(
                folder,
                template,
                twilio_account_sid=SID,
                twilio_auth_token=SecretStr(TOKEN),
                sms=SmsSettings(api_url=f"http://{server.address}"),
            ) as app,
        ):
            contacts = [Contact(0, "front desk", DESK), Contact(1, "on call", ON_CALL)]
            await app.services.ladder.set_contacts(app.demo.practice_id, contacts)
            yield Scene(app, account, twilio)


async def test_phone_rings_while_the_bot_speaks_and_who_takes_the_call_meets_the_caller(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with scene(tmp_path, sqlite_template) as one:
        calling = asyncio.create_task(one.call())
        await one.rung.wait()
        await one.until(one.is_accepted)
        one.spoken.set()
        report = await calling
        assert one.seen == [f"rings {DESK}", "the bot has spoken"]
        assert (report.outcome, report.transferred_to) == (CallResult.TRANSFERRED, DESK), report.detail
        assert "This may be an emergency" in one.account.legs[0].told
        assert twiml.CALLER_COMES in one.account.legs[0].told
        assert await one.outcomes() == ["accepted"]
        assert (await one.session()).finishedBy == "front desk"
        assert (len(one.account.legs), report.legs) == (1, []), "nobody was rung twice"


async def test_caller_who_waits_hears_so_and_is_connected_at_once(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with scene(tmp_path, sqlite_template) as one:
        one.account.rings = one.waits.wait  # type: ignore[assignment] # what it gives is not looked at
        one.spoken.set()
        report = await one.call()
        assert (report.outcome, report.transferred_to) == (CallResult.TRANSFERRED, DESK), report.detail
        assert one.said == [twiml.RINGING]
        assert await one.outcomes() == ["accepted"]


@pytest.mark.parametrize("caller", ["waits", "hears the bot"])
async def test_next_contact_is_rung_when_the_first_does_not_take_it(
    tmp_path: Path, sqlite_template: Path, caller: str
) -> None:
    expected = {"decline": "declined", "machine": "machine", "busy": "busy", "no-answer": "no_answer"}
    answers: list[LegAnswer] = ["decline", "machine", "busy", "no-answer"]
    async with scene(tmp_path, sqlite_template, *answers) as one:
        for answer in answers:
            one.waits.clear()
            one.spoken.clear()
            one.said.clear()
            if caller == "waits":
                one.account.rings = one.waits.wait  # type: ignore[assignment] # as above
                one.spoken.set()
                report = await one.call("accept")
                assert one.said == [twiml.RINGING, twiml.RINGING_NEXT], answer
            else:
                calling = asyncio.create_task(one.call("accept"))
                await one.until(one.is_rung)
                one.spoken.set()
                report = await calling
                assert one.said == [twiml.RINGING_NEXT], answer
            assert (report.outcome, report.transferred_to) == (CallResult.TRANSFERRED, ON_CALL), answer
            assert await one.outcomes() == [expected[answer], "accepted"]


async def test_caller_who_hangs_up_takes_the_ringing_with_them(tmp_path: Path, sqlite_template: Path) -> None:
    async with scene(tmp_path, sqlite_template) as one:
        one.account.rings = asyncio.Event().wait  # type: ignore[assignment] # nobody picks up
        one.spoken.set()
        calling = asyncio.create_task(one.call())
        await one.waits.wait()
        one.caller.hung_up = True
        report = await calling
        assert report.outcome is CallResult.CALLER_HUNG_UP
        assert one.account.legs[0].ended_by_bot
        assert await one.outcomes() == ["hung_up"]
        session = await one.session()
        assert (session.acceptedAt, session.finishedAt) == (None, None), "it stays open, to call back"


async def test_who_takes_the_call_and_hangs_up_before_the_caller_comes_has_declined(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with scene(tmp_path, sqlite_template) as one:
        calling = asyncio.create_task(one.call("accept"))
        await one.rung.wait()
        await one.until(one.is_accepted)
        one.account.hang_up_all()
        await one.until(one.is_rung)
        one.spoken.set()
        report = await calling
        assert report.transferred_to == ON_CALL
        assert one.said == [twiml.RINGING_NEXT]
        assert await one.outcomes() == ["declined", "accepted"]


async def test_carrier_that_refuses_leaves_it_to_the_verbs(tmp_path: Path, sqlite_template: Path) -> None:
    async with scene(tmp_path, sqlite_template) as one:
        one.rest.refuses = 401
        one.spoken.set()
        report = await one.call("accept")
        assert [leg.number for leg in report.legs] == [DESK]
        assert one.said == [twiml.RINGING]
        assert await one.outcomes() == ["accepted"]


async def test_lost_redirect_is_made_up_for_after_the_tone_and_the_caller_is_back_with_the_bot(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with scene(tmp_path, sqlite_template, "machine") as one:

        async def nobody() -> None:
            await one.waits.wait()
            one.rest.refuses = 500

        one.account.rings = nobody
        one.spoken.set()
        report = await one.call("busy")
        assert one.said == [twiml.RINGING, twiml.RINGING_NEXT]
        assert report.outcome is CallResult.BOT_HUNG_UP
        assert one.app.agent.starts[-1].opening == NOBODY
        assert await one.outcomes() == ["machine", "busy"]


async def test_hand_off_without_urgency_rings_when_the_bot_has_spoken(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with scene(tmp_path, sqlite_template) as one:
        one.app.agent.before = None
        report = await one.call("accept")
        assert not one.account.legs
        assert [leg.number for leg in report.legs] == [DESK]
