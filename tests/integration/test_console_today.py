"""Today at the console: calls as they are spoken, hand-offs, appointments; nobody else's."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from config.settings import RelaySettings
from contracts.chat_sessions import ChatSessionCreate
from contracts.partner_messages import StaffMessage
from practice.chat_sessions.views import SessionAccount
from practice.conversations.outcome import OUTCOMES
from practice.staff.service import Staff
from rehearsal.scenario import load_scenario
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.console import Person, person_at, stranger_at, text_of_page
from tests.fakes.http_server import serve_http

CALLER = "+12025550100"
BOOKED = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {
            "id": "c1",
            "type": "function",
            "function": {"name": "book_appointment", "arguments": '{"name": "Anna Bell", "slot_id": "s1"}'},
        }
    ],
}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": '{"status": "booked", "say": "You are booked."}'}


async def called(app: AppUnderTest, call_id: str, *said: str, number: str | None = CALLER) -> None:
    """Have somebody call; caller and bot speak in turn, the bot first."""
    await app.services.calls.start(call_id, app.demo.bot_id, number, app.demo.phone_number)
    for place, text in enumerate(said):
        role = "user" if place % 2 else "assistant"
        await app.services.calls.append(call_id, {"role": role, "content": text})


async def handed_over(app: AppUnderTest, **fields: Any) -> str:
    bot = SessionAccount(app.demo.bot_id, (app.demo.site_id,), is_bot=True)
    body = ChatSessionCreate.model_validate({"participants": ["desk"], **fields})
    return (await app.services.chat_sessions.create(bot, body)).id


async def test_calls_in_progress_show_what_was_said_last(app: AppUnderTest, dana: Person) -> None:
    assert "Nobody is on the line" in text_of_page(await dana.get("/console"))
    await called(app, "CA1", "Maple Street, hello.", "My tooth <b>hurts</b>", "I'm sorry.")
    page = await dana.get("/console")
    assert "202-555-0100" in text_of_page(page)
    assert "Caller My tooth <b>hurts</b>" in text_of_page(page)
    assert "&lt;b&gt;hurts" in page.text
    await app.services.calls.finish("CA1", "completed", 61)
    assert "Nobody is on the line" in text_of_page(await dana.get("/console"))


async def test_call_is_followed_as_it_is_spoken(app: AppUnderTest, dana: Person) -> None:
    async with (
        serve_http(app.asgi) as server,
        httpx.AsyncClient(base_url=f"http://{server.address}", cookies=dana.client.cookies) as client,
    ):
        cookies = {"chairside_session": dana.client.cookies["chairside_session"]}
        async with client.stream("GET", "/console/live", cookies=cookies) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.aiter_lines()
            await until(lines, "Nobody is on the line")
            await called(app, "CA7", "Maple Street, hello.", "Do you take Delta Dental?")
            await until(lines, "Do you take Delta Dental?")
            await handed_over(app, reason="wants Dana", urgency="urgent")
            await until(lines, "wants Dana")
            app.services.in_progress.draining = True
            await until(lines, None)


async def until(lines: AsyncIterator[str], wanted: str | None) -> None:
    """Read a stream until a text comes, or to its end."""
    async with asyncio.timeout(10):
        async for line in lines:
            if wanted is not None and wanted in line:
                return
    assert wanted is None, f"the stream ended without {wanted!r}"


async def test_stream_is_for_who_is_logged_in(app: AppUnderTest) -> None:
    person = person_at(app)
    assert (await person.get("/console/live")).status_code == 303


async def test_nothing_of_another_practice_is_shown(app: AppUnderTest, dana: Person) -> None:
    await called(app, "CA1", "Hello.", "A secret matter")
    session = await handed_over(app, callId="CA1", reason="a private reason")
    eve = await stranger_at(app)
    for path in ("/console", "/console/calls", "/console/calls?q=secret"):
        page = (await eve.get(path)).text
        assert "secret matter" not in page
        assert "private reason" not in page
        assert "555-0100" not in page
    for path in (
        "/console/calls/CA1",
        "/console/calls/CA1/live",
        "/console/calls/CA1/scenario.toml",
        f"/console/hand-offs/{session}",
        f"/console/hand-offs/{session}/live",
    ):
        assert (await eve.get(path)).status_code == 404, path
        if not path.endswith("/live"):  # a stream goes on
            assert (await dana.get(path)).status_code == 200, path
    await eve.get("/console")
    refused = await eve.post(f"/console/hand-offs/{session}", {"action": "accept"})
    assert refused.status_code == 404


async def test_hand_off_is_taken_answered_and_finished(app: AppUnderTest, dana: Person) -> None:
    assistant, owner = app.demo.assistant_id, "patient"
    thread = await app.services.chats.open(assistant, owner, app.demo.bot_id, 1)
    await app.services.chats.append(thread, {"role": "user", "content": "May I talk to somebody?"})
    session = await handed_over(
        app, threadId=thread, reason="a bill", summary="Caller: Anna.", urgency="routine"
    )
    here = f"/console/hand-offs/{session}"
    assert "a bill" in text_of_page(await dana.get("/console"))
    assert "Patient" in text_of_page(await dana.get(here))
    response = await dana.post(here, {"action": "accept"})
    assert response.headers["location"] == here
    assert "with you" in text_of_page(await dana.get(here))
    assert await app.services.chat_sessions.is_taken(thread)
    await dana.post(here, {"action": "reply", "text": "This is Dana.\r\nHow can I help?"})
    said = await app.services.chat_sessions.list_said(thread)
    assert said[-1].text == "This is Dana.\nHow can I help?"
    assert (await dana.post(here, {"action": "reply", "text": "  "})).status_code == 400
    await dana.post(here, {"action": "finish", "reason": "explained"})
    assert "Finished: explained" in text_of_page(await dana.get(here))
    late = await dana.post(here, {"action": "reply", "text": "one more thing"})
    assert (late.status_code, "The session is finished." in text_of_page(late)) == (409, True)


async def test_rejection_needs_a_reason(app: AppUnderTest, dana: Person) -> None:
    here = f"/console/hand-offs/{await handed_over(app, reason='a bill')}"
    await dana.get(here)
    assert (await dana.post(here, {"action": "reject", "reason": ""})).status_code == 400
    assert (await dana.post(here, {"action": "dance"})).status_code == 400
    assert (await dana.post(here, {"action": "reject", "reason": "not ours"})).headers[
        "location"
    ] == "/console"
    assert "Nobody is waiting" in text_of_page(await dana.get("/console"))


async def test_second_who_takes_a_hand_off_is_told(app: AppUnderTest, dana: Person) -> None:
    staff = Staff(app.services.database, app.services.clock, CHEAP_HASHER)
    await staff.create(
        "omar@maple.example", "pass word", first_name="Omar", last_name="H", site_ids=(app.demo.site_id,)
    )
    here = f"/console/hand-offs/{await handed_over(app, reason='a bill')}"
    omar = person_at(app)
    await omar.log_in("omar@maple.example", "pass word")
    await omar.get(here)
    await dana.get(here)
    await dana.post(here, {"action": "accept"})
    response = await omar.post(here, {"action": "accept"})
    assert response.status_code == 409
    assert "accepted by somebody else" in text_of_page(response)
    assert "taken by somebody else" in text_of_page(response)


async def test_calls_are_found_by_what_was_said_number_and_day(app: AppUnderTest, dana: Person) -> None:
    await called(app, "CA1", "Hello.", "Do you take Delta 100% Dental?")
    await called(app, "CA2", "Hello.", "My crown fell out", number="+12025550177")
    await called(app, "CA3", "Hello.")

    async def found(query: str) -> set[str]:
        page = await dana.get(f"/console/calls?{query}")
        assert page.status_code == 200
        return set(re.findall(r'/console/calls/(CA\d)"', page.text))

    assert await found("") == {"CA1", "CA2", "CA3"}
    assert await found("q=delta+dental") == {"CA1"}
    assert await found("q=100%25") == {"CA1"}
    assert await found("q=1_0%25") == set()
    assert await found("number=555-0177") == {"CA2"}
    today = app.services.clock().date().isoformat()
    assert await found(f"from={today}&to={today}") == {"CA1", "CA2", "CA3"}
    assert await found("to=2020-01-01") == set()
    assert await found("from=nonsense&outcome=nonsense") == {"CA1", "CA2", "CA3"}
    part = await dana.get("/console/calls?q=crown", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "My crown fell out" in part.text


async def test_one_call_shows_functions_outcome_and_is_exported(
    app: AppUnderTest, dana: Person, tmp_path: Path
) -> None:
    await called(
        app, "CA1", "Maple Street. How can I help you today?", "A {cleaning}, please.", "Your name?", "Anna"
    )
    await app.services.calls.append("CA1", BOOKED, RESULT)
    await app.services.calls.append(
        "CA1", {"role": "system", "content": "Found.", "sources": [{"file": "fees.md"}]}
    )
    await app.services.calls.end("CA1", "hang_up", "goodbye")
    await app.services.calls.finish("CA1", "completed", 75)
    text = text_of_page(await dana.get("/console/calls/CA1"))
    for part in ("booked", "book_appointment", "fees.md", "1 min 15 s", "hung up: goodbye"):
        assert part in text
    file = tmp_path / "scenario.toml"
    exported = await dana.get("/console/calls/CA1/scenario.toml")
    assert exported.headers["content-disposition"].endswith('.toml"')
    file.write_text(exported.text)
    scenario = load_scenario(file)
    assert (scenario.patient.name, scenario.patient.phone, scenario.from_) == ("Anna Bell", CALLER, CALLER)
    assert scenario.wants[0].says == ("A {cleaning}, please.",)
    assert [one.says for one in scenario.answers[:2]] == [("A {cleaning}, please.",), ("Anna",)]


async def test_pages_of_calls_go_on(app: AppUnderTest, dana: Person) -> None:
    for number in range(30):
        await called(app, f"CB{number:02d}")
    first = await dana.get("/console/calls")
    assert first.text.count("/console/calls/CB") == 25
    assert "Older" in first.text
    second = await dana.get("/console/calls?page=1")
    assert second.text.count("/console/calls/CB") == 5
    assert "Newer" in second.text


async def test_todays_appointments_are_listed(app: AppUnderTest, dana: Person) -> None:
    assert "Nobody is booked today" in text_of_page(await dana.get("/console"))


async def left(app: AppUnderTest, text: str, **fields: Any) -> str:
    """Leave a message with the bot; gives its id."""
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    message = StaffMessage.model_validate({"text": text, **fields})
    answer = await app.services.messages.leave(bot, f"key {text}", message)
    message_id: str = answer.body["message"]["id"]
    return message_id


async def test_messages_are_read_and_done_and_nobody_elses(app: AppUnderTest, dana: Person) -> None:
    customer = {"name": "Anna Bell", "phone": "+12025550164"}
    message = await left(app, "Please call <me> back.", customer=customer)
    await left(app, "It hurts badly.", urgency="urgent")
    today = text_of_page(await dana.get("/console"))
    assert today.index("It hurts badly.") < today.index("Please call <me> back.")
    here = f"/console/inbox/{message}"
    eve = await stranger_at(app)
    assert (await eve.get(here)).status_code == 404
    assert "call" not in text_of_page(await eve.get("/console/inbox")).lower().replace("calls", "")
    read = text_of_page(await dana.get(here))
    for part in ("Please call <me> back.", "Anna Bell", "+1 202-555-0164", "Seen by you"):
        assert part in read
    assert (await dana.post(here, {"state": "burnt"})).status_code == 400
    assert (await dana.post(here, {"state": "done"})).headers["location"] == "/console"
    assert "Please call <me> back." not in text_of_page(await dana.get("/console"))
    assert "Please call <me> back." in text_of_page(await dana.get("/console/inbox?state=done"))
    assert "Done by you" in text_of_page(await dana.get(here))
    assert (await dana.get(f"{here}/recording.wav")).status_code == 404
    await dana.get(here)
    await dana.post(here, {"state": "seen"})
    assert "Please call <me> back." in text_of_page(await dana.get("/console"))


async def test_outcomes_are_kept_filtered_and_counted_by_day(app: AppUnderTest, dana: Person) -> None:
    await called(app, "CA1", "Hello.", "A cleaning, please.")
    await app.services.calls.append("CA1", BOOKED, RESULT)
    await called(app, "CA2", "Hello.", "Are you open?")
    await called(app, "CA3", "Hello.")
    await called(app, "try_1", "Hello.", "Only a rehearsal.")
    for call_id in ("CA1", "CA2", "CA3", "try_1"):
        await app.services.calls.finish(call_id, "completed", 90)

    await app.services.calls.note_answers("CA2", [2100])
    await app.services.calls.note_answers("CA2", [900, 700])  # the call was connected again

    async def found(outcome: str) -> set[str]:
        page = await dana.get(f"/console/calls?outcome={outcome}")
        return set(re.findall(r'/console/calls/(\w+)"', page.text))

    assert (await found("booked"), await found("abandoned")) == ({"CA1"}, {"CA3"})
    assert await found("answered") == {"CA2", "try_1"}
    figures = text_of_page(await dana.get("/console/figures?days=7"))
    assert "Calls 3" in figures
    assert "Booked 1" in figures
    csv = (await dana.get("/console/figures.csv?days=2")).text.splitlines()
    waits = ["voice_to_voice_p50_ms", "voice_to_voice_p95_ms", "cost_estimate_usd"]
    assert csv[0].split(",") == ["day", "calls", "minutes", *OUTCOMES, *waits]
    # Of 90 seconds a carrier bills two minutes.
    assert [one.partition(",")[2] for one in csv[1:]] == [
        "0,0,0,0,0,0,0,0,0,0,,,0.0000",
        "3,4,1,0,0,0,0,0,1,1,900,2100,0.0510",
    ]
    assert "Half answered in 0.9 s" in figures
    assert "Answers 3, half within 0.9 s, 95 % within 2.1 s" in text_of_page(
        await dana.get("/console/calls/CA2")
    )
    assert (await dana.get("/console/figures?days=9999")).status_code == 400
    eve = await stranger_at(app)
    assert "No calls in these days" in text_of_page(await eve.get("/console/figures"))


async def test_who_does_not_answer_is_told_until_they_do(tmp_path: Path, sqlite_template: Path) -> None:
    answers = False

    def platform(request: httpx.Request) -> httpx.Response:
        if not answers:
            raise httpx.ConnectError("nobody there", request=request)
        return httpx.Response(200, json={"availabilities": []})

    relay = RelaySettings(breaker_failures=2, breaker_seconds=0.01)
    async with run_app(tmp_path, sqlite_template, httpx.MockTransport(platform), relay=relay) as app:
        webhook = {"webhook_url": "https://platform.example/hooks", "webhook_secret": "whsec_of_the_platform"}
        changed = await app.client.patch(
            f"/v1/bots/{app.demo.bot_id}", json={"scheduling": webhook}, headers=app.partner()
        )
        assert changed.status_code == 200
        person = person_at(app)
        await person.log_in(app.demo.staff_email, app.demo.staff_password)

        async def search() -> None:
            span = {"start_at": "2026-12-02T00:00:00Z", "end_at": "2026-12-03T00:00:00Z"}
            body = {"bot_id": app.demo.bot_id, "query": {"filter": {"start_at_range": span}}}
            await app.client.post("/v1/availability/search", json=body, headers=app.partner())

        assert "does not answer" not in text_of_page(await person.get("/console"))
        for _ in range(2):
            await search()
        app.agent.silent = ["model"]
        shown = text_of_page(await person.get("/console"))
        assert "The booking system of" in shown
        assert "The language model does not answer." in shown
        answers, app.agent.silent = True, []
        await asyncio.sleep(0.02)  # the circuit is tried again after a while
        await search()
        assert "does not answer" not in text_of_page(await person.get("/console"))
