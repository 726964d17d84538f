"""Twilio's webhooks: signature first, then the right TwiML."""

import urllib.parse
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from twilio.request_validator import RequestValidator

from agent.call import NOT_SPOKEN
from config.settings import CallSettings, ServerSettings
from tests.fakes.app import BASE, AppUnderTest, run_app
from webhooks.twilio.auth import twilio_token

WEBHOOKS = [
    "/twilio/voice",
    "/twilio/voice/next",
    "/twilio/voice/dialled",
    "/twilio/voice/recorded",
    "/twilio/status",
]


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template, call=CallSettings(reconnects=2)) as app:
        yield app


def twiml(response: httpx.Response) -> ET.Element:
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/xml")
    root = ET.fromstring(response.text)  # noqa: S314 - our own answer
    assert root.tag == "Response"
    return root


def verbs(response: httpx.Response) -> list[str]:
    return [verb.tag for verb in twiml(response)]


def words(response: httpx.Response) -> str:
    return " ".join(say.text or "" for say in twiml(response).iter("Say"))


def token(response: httpx.Response) -> str:
    parameter = twiml(response).find("./Connect/Stream/Parameter[@name='token']")
    assert parameter is not None
    return parameter.attrib["value"]


async def test_a_number_may_be_set_up_for_get(app: AppUnderTest) -> None:
    key = twilio_token(app.services.settings, app.services.keyring)

    async def get(path: str, fields: dict[str, str], signature: str | None = None) -> httpx.Response:
        url = f"{path}{'&' if '?' in path else '?'}{urllib.parse.urlencode(fields)}"
        signed = signature or RequestValidator(key).compute_signature(f"{BASE}{url}", {})
        return await app.client.get(url, headers={"X-Twilio-Signature": signed})

    assert verbs(await get("/twilio/voice?tag_campaign=spring", app.incoming())) == ["Connect", "Redirect"]
    assert (await app.services.calls.get("CA1")).from_number == app.incoming()["From"]
    over = {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "9"}
    assert (await get("/twilio/status", over)).status_code == 204
    assert (await app.services.calls.get("CA1")).status == "completed"
    text = {"MessageSid": "SM1", "From": "+12025550199", "To": app.demo.phone_number, "Body": "Hello"}
    assert (await get("/twilio/sms", text)).status_code == 200
    assert (await get("/twilio/voice", app.incoming("CA2"), "forged")).status_code == 403
    assert (await app.client.get("/twilio/voice")).status_code == 403


async def test_a_call_is_connected_to_its_bot_and_continues_here(app: AppUnderTest) -> None:
    response = await app.twilio("/twilio/voice", app.incoming())
    root = twiml(response)
    stream, redirect = root.find("./Connect/Stream"), root.find("./Redirect")
    assert stream is not None
    assert redirect is not None
    assert verbs(response) == ["Connect", "Redirect"]
    assert stream.attrib["url"] == "ws://testserver/twilio/media"
    assert redirect.attrib["method"] == "POST"
    assert redirect.text == "http://testserver/twilio/voice/next?tries=0&since=0&n=0#rc=5&rp=all"
    assert 0 < len(token(response)) < 490  # Twilio allows 500 characters of name and value


async def test_a_call_is_recorded_with_its_bot_and_prepared(app: AppUnderTest) -> None:
    await app.twilio("/twilio/voice", app.incoming())
    call = await app.services.calls.get("CA1")
    assert (call.bot_id, call.from_number, call.connections) == (app.demo.bot_id, "+12025550100", 0)
    assert app.agent.prepared == [app.demo.bot_id]


@pytest.mark.parametrize(
    "shown", ["", "anonymous", "+266696687", "+86282452253", f"sip:anna@{'x' * 60}.example.com"]
)
async def test_what_is_no_number_is_not_taken_for_the_caller_s(app: AppUnderTest, shown: str) -> None:
    await app.twilio("/twilio/voice", {**app.incoming(), "From": shown})
    assert (await app.services.calls.get("CA1")).from_number is None
    recorded = {"CallSid": "CA1", "RecordingUrl": "https://api.twilio.com/RE1", "RecordingSid": "RE1"}
    assert "Thank you" in words(await app.twilio("/twilio/voice/recorded", recorded))
    (message,) = (await app.services.messages.list_of_sites(None)).messages
    assert message.customer.phone is None


async def test_the_same_call_twice_is_one_call(app: AppUnderTest) -> None:
    first = await app.twilio("/twilio/voice", app.incoming())
    again = await app.twilio("/twilio/voice", app.incoming())
    assert verbs(first) == verbs(again)
    assert (await app.services.calls.get("CA1")).connections == 0


async def test_a_number_that_no_bot_owns_is_told_so(app: AppUnderTest) -> None:
    response = await app.twilio("/twilio/voice", app.incoming(to="+12025550199"))
    assert verbs(response) == ["Say", "Hangup"]
    assert "not in service" in words(response)
    assert await app.services.calls.find("CA1") is None


@pytest.mark.parametrize("path", WEBHOOKS)
@pytest.mark.parametrize("signature", [None, "", "nonsense", "caf\u00e9"])
async def test_without_a_good_signature_nothing_happens(
    app: AppUnderTest, path: str, signature: str | None
) -> None:
    headers = {} if signature is None else {"X-Twilio-Signature": signature.encode("latin-1")}
    response = await app.client.post(path, data=app.incoming(), headers=headers)  # type: ignore[arg-type] # bytes are fine
    assert (response.status_code, response.content) == (403, b"")
    assert await app.services.calls.find("CA1") is None
    assert app.agent.prepared == []


async def test_a_changed_field_breaks_the_signature(app: AppUnderTest) -> None:
    fields = app.incoming()
    key = app.services.keyring.derive("twilio").hex()
    signature = RequestValidator(key).compute_signature(f"{BASE}/twilio/voice", fields)
    for changed in ({**fields, "To": "+12025550143"}, {**fields, "Extra": ""}, {"CallSid": "CA1"}):
        response = await app.client.post(
            "/twilio/voice", data=changed, headers={"X-Twilio-Signature": signature}
        )
        assert response.status_code == 403


async def test_a_signature_for_another_webhook_is_refused(app: AppUnderTest) -> None:
    fields = app.incoming()
    key = app.services.keyring.derive("twilio").hex()
    signature = RequestValidator(key).compute_signature(f"{BASE}/twilio/status", fields)
    response = await app.client.post("/twilio/voice", data=fields, headers={"X-Twilio-Signature": signature})
    assert response.status_code == 403


async def test_empty_repeated_and_foreign_fields_are_signed_as_twilio_does(app: AppUnderTest) -> None:
    fields = {**app.incoming(), "CallerName": "", "FromCity": "MÜNCHEN & Co = 100%"}
    assert verbs(await app.twilio("/twilio/voice", fields)) == ["Connect", "Redirect"]


@pytest.mark.parametrize("host", ["exa mple", "example.com:port", "[::1"])
async def test_a_host_that_is_no_host_is_refused(app: AppUnderTest, host: str) -> None:
    response = await app.client.post("/twilio/voice", data=app.incoming(), headers={"Host": host})
    assert response.status_code == 403


async def test_a_body_that_is_no_form_is_refused(app: AppUnderTest) -> None:
    many = "&".join(f"a{i}=1" for i in range(300))
    for content in (b"\xff\xfe=1", many.encode()):
        response = await app.client.post("/twilio/voice", content=content)
        assert (response.status_code, response.content) == (403, b"")


@pytest.mark.parametrize(
    "signed", ["https://voice.example.com/twilio/voice", "https://voice.example.com:443/twilio/voice"]
)
async def test_the_public_address_counts_with_or_without_its_port(
    tmp_path: Path, sqlite_template: Path, signed: str
) -> None:
    server = ServerSettings(public_url="https://voice.example.com/")
    async with run_app(tmp_path, sqlite_template, server=server) as app:
        response = await app.twilio(
            "/twilio/voice", app.incoming(), base=signed.removesuffix("/twilio/voice")
        )
        stream = twiml(response).find("./Connect/Stream")
        assert stream is not None
        assert stream.attrib["url"] == "wss://voice.example.com/twilio/media"


async def forwarded(app: AppUnderTest, client_address: str) -> httpx.Response:
    """Send a call by way of a proxy at an address."""
    transport = httpx.ASGITransport(app=app.asgi, client=(client_address, 4711))
    fields = app.incoming()
    key = app.services.keyring.derive("twilio").hex()
    signature = RequestValidator(key).compute_signature("https://voice.example.com/twilio/voice", fields)
    headers = {
        "X-Twilio-Signature": signature,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "voice.example.com",
    }
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.5:8080") as client:
        return await client.post("/twilio/voice", data=fields, headers=headers)


async def test_a_trusted_proxy_s_headers_are_believed(app: AppUnderTest) -> None:
    response = await forwarded(app, "127.0.0.1")
    stream = twiml(response).find("./Connect/Stream")
    assert stream is not None
    assert stream.attrib["url"] == "wss://voice.example.com/twilio/media"


async def test_a_stranger_s_forwarded_headers_are_not_believed(app: AppUnderTest) -> None:
    assert (await forwarded(app, "203.0.113.9")).status_code == 403


async def begun(app: AppUnderTest, connections: int = 1) -> None:
    await app.twilio("/twilio/voice", app.incoming())
    for _ in range(connections):
        await app.services.calls.connect("CA1")


async def test_after_the_bot_s_goodbye_the_call_is_hung_up(app: AppUnderTest) -> None:
    await begun(app)
    await app.services.calls.end("CA1", "hang_up", "done")
    assert verbs(await app.twilio("/twilio/voice/next", app.incoming())) == ["Hangup"]


async def test_a_transfer_dials_the_person(app: AppUnderTest) -> None:
    await begun(app)
    await app.services.calls.end("CA1", "transfer", "asked for a person", "+12025550143")
    response = await app.twilio("/twilio/voice/next", app.incoming())
    dial = twiml(response).find("./Dial")
    assert dial is not None
    assert [number.text for number in dial.iter("Number")] == ["+12025550143"]
    assert dial.attrib["action"].startswith("http://testserver/twilio/voice/dialled?session=chs_")
    assert dial.attrib["action"].endswith("#rc=5&rp=all")


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
async def test_caller_of_a_bot_without_a_ladder_comes_back_when_nobody_takes_the_call(
    app: AppUnderTest, status: str
) -> None:
    await begun(app)
    await app.services.calls.end("CA1", "transfer", "asked for a person", "+12025550143")
    dial = twiml(await app.twilio("/twilio/voice/next", app.incoming())).find("./Dial")
    assert dial is not None
    after = dial.attrib["action"].removeprefix("http://testserver").partition("#")[0]
    back = await app.twilio(after, {**app.incoming(), "DialCallStatus": status})
    assert verbs(back) == ["Connect", "Redirect"]


async def test_a_recorded_message_reaches_the_practice_once(app: AppUnderTest) -> None:
    await begun(app)
    fields = {**app.incoming(), "RecordingSid": "RE1", "RecordingUrl": "https://api.twilio.com/RE1"}
    for _ in range(2):
        assert verbs(await app.twilio("/twilio/voice/recorded", fields)) == ["Say", "Hangup"]
    (message,) = (await app.services.messages.list_of_sites(None)).messages
    assert message.customer.phone == "+12025550100"
    assert (message.kind, message.text, message.call_id) == ("voicemail", "A spoken message.", "CA1")


async def not_spoken(app: AppUnderTest, *sentences: str) -> None:
    for one in sentences:
        message = {"role": "system", "content": NOT_SPOKEN, "words": one}
        await app.services.calls.append("CA1", message)


async def test_when_the_bots_speech_has_failed_the_carrier_speaks_and_the_practice_is_rung(
    app: AppUnderTest,
) -> None:
    await begun(app)
    await not_spoken(app, "An older sentence.")
    await app.services.calls.append("CA1", {"role": "user", "content": "Yes, that's right."})
    await not_spoken(app, "You are booked for Tuesday at two p.m. Is there anything else?", "See you then.")
    await app.services.calls.end("CA1", "message", "the bot's speech failed")
    answer = await app.twilio("/twilio/voice/next", app.incoming())
    assert verbs(answer) == ["Say", "Dial"]
    said = "You are booked for Tuesday at two p.m. See you then. I'm sorry, I'm having trouble with the line."
    assert words(answer).startswith(said)


async def test_without_a_number_to_ring_a_message_is_taken(app: AppUnderTest) -> None:
    path, body = f"/v1/bots/{app.demo.bot_id}", {"transfer_number": None}
    assert (await app.client.patch(path, json=body, headers=app.partner())).status_code == 200
    await begun(app)
    await app.services.calls.end("CA1", "message", "the bot's speech failed")
    assert "Record" in verbs(await app.twilio("/twilio/voice/next", app.incoming()))


@pytest.mark.parametrize("kind", ["transfer", "hang_up"])
async def test_the_last_words_of_a_bot_whose_voice_failed_are_said(app: AppUnderTest, kind: str) -> None:
    await begun(app)
    await not_spoken(app, "Please call nine one one now.")
    await app.services.calls.end("CA1", kind, "an emergency")
    answer = await app.twilio("/twilio/voice/next", app.incoming())
    assert words(answer).startswith("Please call nine one one now.")
    assert verbs(answer)[-1] == ("Dial" if kind == "transfer" else "Hangup")


async def test_a_stream_that_died_is_connected_again(app: AppUnderTest) -> None:
    first = await app.twilio("/twilio/voice", app.incoming())
    await app.services.calls.connect("CA1")
    again = await app.twilio("/twilio/voice/next", app.incoming())
    assert verbs(again) == ["Connect", "Redirect"]
    assert token(again) != token(first)


async def test_a_call_whose_stream_keeps_dying_goes_to_the_practice(app: AppUnderTest) -> None:
    await begun(app, connections=3)
    response = await app.twilio("/twilio/voice/next", app.incoming())
    assert verbs(response) == ["Say", "Dial"]
    assert "sorry" in words(response)


async def test_an_unknown_call_ends_with_an_apology(app: AppUnderTest) -> None:
    assert verbs(await app.twilio("/twilio/voice/next", app.incoming("CA404"))) == ["Say", "Hangup"]


async def test_the_carrier_s_last_word_is_kept(app: AppUnderTest) -> None:
    await begun(app)
    ringing = await app.twilio("/twilio/status", {"CallSid": "CA1", "CallStatus": "ringing"})
    assert ringing.status_code == 204
    assert (await app.services.calls.get("CA1")).status == "in_progress"
    fields = {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "61"}
    assert (await app.twilio("/twilio/status", fields)).status_code == 204
    call = await app.services.calls.get("CA1")
    assert (call.status, call.duration_seconds) == ("completed", 61)


async def test_a_status_of_an_unknown_call_changes_nothing(app: AppUnderTest) -> None:
    fields = {"CallSid": "CA404", "CallStatus": "completed", "CallDuration": "x"}
    assert (await app.twilio("/twilio/status", fields)).status_code == 204
