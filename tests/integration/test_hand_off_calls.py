"""Putting callers through: each contact is rung, may decline, and the caller comes back to the bot."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from contracts.chat_sessions import ChatSessionCreate
from practice.chat_sessions.ladder import Contact, Ladder
from practice.chat_sessions.views import SessionAccount
from practice.errors import InvalidRequest
from tests.fakes.app import AppUnderTest, run_app
from webhooks.twilio import twiml

DESK, ON_CALL = "+12025550190", "+12025550191"
LADDER = [Contact(0, "front desk", DESK), Contact(1, "on call", ON_CALL, ring_seconds=30)]


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template) as opened:
        await opened.services.ladder.set_contacts(opened.demo.practice_id, LADDER)
        yield opened


async def transferred(app: AppUnderTest, reason: str = "a question about a bill") -> str:
    """Bring a call to the point where the bot puts it through; gives Twilio's next instructions."""
    await app.services.calls.start("CA1", app.demo.bot_id, "+12025550100", app.demo.phone_number)
    await app.services.calls.end("CA1", "transfer", reason)
    return (await app.twilio("/twilio/voice/next", {"CallSid": "CA1"})).text


def path_of(text: str, attribute: str, tag: str) -> str:
    """Find the path of a webhook that TwiML names."""
    found = re.search(rf'<{tag}[^>]* {attribute}="([^"#]+)', text)
    assert found is not None, text
    parts = urlsplit(found[1].replace("&amp;", "&"))
    return f"{parts.path}?{parts.query}"


async def dialled(app: AppUnderTest, text: str, status: str) -> str:
    fields = {"CallSid": "CA1", "DialCallStatus": status}
    return (await app.twilio(path_of(text, "action", "Dial"), fields)).text


async def picked_up(app: AppUnderTest, text: str) -> str:
    fields = {"CallSid": "CA9", "ParentCallSid": "CA1"}
    return (await app.twilio(path_of(text, "url", "Number"), fields)).text


async def pressed(app: AppUnderTest, whisper: str, key: str) -> str:
    fields = {"CallSid": "CA9", "ParentCallSid": "CA1", "Digits": key}
    return (await app.twilio(path_of(whisper, "action", "Gather"), fields)).text


async def test_first_contact_is_rung_and_told_what_it_is_about(app: AppUnderTest) -> None:
    rings = await transferred(app)
    assert DESK in rings
    assert twiml.RINGING in rings.replace("&#x27;", "'")
    assert 'timeLimit="3600"' in rings
    assert 'timeout="20"' in rings
    whisper = await picked_up(app, rings)
    assert "a question about a bill" in whisper
    assert "Press 1 to take the call" in whisper
    assert whisper.endswith("<Hangup /></Response>"), "a machine presses no key and is hung up"


async def test_who_presses_one_is_connected_and_the_call_ends_after_the_talk(app: AppUnderTest) -> None:
    rings = await transferred(app)
    assert await pressed(app, await picked_up(app, rings), "1") == (
        '<?xml version="1.0" encoding="UTF-8"?><Response />'
    )
    assert "<Hangup" in await dialled(app, rings, "completed")
    found = await app.services.ringing.find_of_call("CA1")
    assert found is None, "the session is finished"


async def test_the_contact_that_a_practices_rule_names_is_rung_first_and_then_the_others(
    app: AppUnderTest,
) -> None:
    await app.services.calls.start("CA1", app.demo.bot_id, "+12025550100", app.demo.phone_number)
    bot = SessionAccount(app.demo.bot_id, (app.demo.site_id,), is_bot=True)
    asked = ChatSessionCreate(participants=["desk"], callId="CA1", reason="a tooth is out", ring="on_call")
    await app.services.chat_sessions.create(bot, asked)
    await app.services.calls.end("CA1", "transfer", "a tooth is out")
    rings = (await app.twilio("/twilio/voice/next", {"CallSid": "CA1"})).text
    assert ON_CALL in rings
    assert DESK in await dialled(app, rings, "no-answer")


@pytest.mark.parametrize(
    ("status", "key", "outcome"),
    [
        ("no-answer", None, "no_answer"),
        ("busy", None, "busy"),
        ("failed", None, "failed"),
        ("completed", None, "machine"),
        ("completed", "2", "declined"),
    ],
)
async def test_next_contact_is_rung_when_the_first_does_not_take_it(
    app: AppUnderTest, status: str, key: str | None, outcome: str
) -> None:
    rings = await transferred(app)
    if key is not None:
        assert "<Hangup" in await pressed(app, await picked_up(app, rings), key)
    again = await dialled(app, rings, status)
    assert ON_CALL in again
    assert twiml.RINGING_NEXT in again.replace("&#x27;", "'")
    assert await outcomes(app) == [outcome]


async def test_caller_comes_back_to_the_bot_when_nobody_is_left(app: AppUnderTest) -> None:
    rings = await transferred(app)
    back = await dialled(app, await dialled(app, rings, "busy"), "no-answer")
    assert "<Connect><Stream" in back
    call = await app.services.calls.get("CA1")
    assert call.ending is None
    session, rung = await app.services.ringing.find_of_call("CA1") or (None, 0)
    assert (session is not None, rung) == (True, 2), "the session stays open, for a call back"


async def test_caller_who_hangs_up_while_it_rings_is_left_to_be_called_back(app: AppUnderTest) -> None:
    await transferred(app)
    await app.twilio("/twilio/status", {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "9"})
    assert await outcomes(app) == ["hung_up"]


async def test_second_contact_to_press_one_is_told_that_it_is_taken(app: AppUnderTest) -> None:
    rings = await transferred(app)
    first = await picked_up(app, rings)
    assert "<Response />" in await pressed(app, first, "1")
    other = first.replace("front+desk", "on+call")
    assert twiml.TAKEN_ALREADY in await pressed(app, other, "1")


async def test_emergency_is_told_to_whoever_picks_up(app: AppUnderTest) -> None:
    await app.services.calls.start("CA1", app.demo.bot_id, "+12025550100", None)
    runtime = {"Authorization": f"Bearer {app.services.runtime.for_hand_offs(app.demo.bot_id)}"}
    body = {"participants": ["desk"], "reason": "chest pain", "urgency": "emergency", "callId": "CA1"}
    session = (await app.client.post("/chat-sessions", json=body, headers=runtime)).json()
    assert session["reachable"] is True
    whisper = await picked_up(app, await transferred(app, "chest pain"))
    assert "This may be an emergency." in whisper


async def test_call_that_was_accepted_by_text_is_not_rung_again(app: AppUnderTest) -> None:
    rings = await transferred(app)
    found = await app.services.ringing.find_of_call("CA1")
    assert found is not None
    assert await app.services.ringing.accept(found[0].id, "maria")
    assert "<Connect><Stream" in await dialled(app, rings, "no-answer")


@pytest.mark.parametrize(
    "path", ["/twilio/voice/whisper", "/twilio/voice/whisper/key", "/twilio/voice/dialled"]
)
async def test_unsigned_request_is_refused(app: AppUnderTest, path: str) -> None:
    response = await app.client.post(f"{path}?session=x&contact=y", data={"CallSid": "CA1"})
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("contact", "complaint"),
    [
        (Contact(0, "", DESK), "name"),
        (Contact(0, "desk", "555"), "no telephone number"),
        (Contact(0, "desk", "+442071838750"), "GB is not among the countries"),
        (Contact(0, "desk", "+19002345678"), "costs extra"),
        (Contact(0, "desk", DESK, ring_seconds=1), "rings for"),
        (Contact(0, "desk", DESK, "hours"), "hours"),
        (Contact(0, "desk", DESK, "hours", {"monday": ["12:00-08:00"]}), "ends before"),
        (Contact(0, "desk", DESK, "hours", {"someday": ["08:00-12:00"]}), "no weekday"),
    ],
)
async def test_contact_that_cannot_be_rung_is_refused(
    app: AppUnderTest, contact: Contact, complaint: str
) -> None:
    ladder = Ladder(app.services.database, app.services.clock, ["US"])
    with pytest.raises(InvalidRequest, match=complaint):
        await ladder.set_contacts(app.demo.practice_id, [contact])
    assert await ladder.list_contacts(app.demo.practice_id) == LADDER


async def test_bot_s_own_number_is_never_rung(app: AppUnderTest) -> None:
    with pytest.raises(InvalidRequest, match="a bot answers"):
        await app.services.ladder.set_contacts(
            app.demo.practice_id, [Contact(0, "loop", app.demo.phone_number)]
        )


async def outcomes(app: AppUnderTest) -> list[str]:
    """List what became of the legs so far."""
    found = await app.services.ringing.find_of_call("CA1")
    assert found is not None
    (staff,) = [one for one in found[0].participants if one.startswith("staf_")]
    events = await app.services.chat_sessions.list_events(SessionAccount(staff, (app.demo.site_id,)), 0)
    return [str(event.detail["outcome"]) for _, event in events if event.detail and "outcome" in event.detail]
