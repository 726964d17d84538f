"""The chat API: the same bot by text, one thread a conversation."""

import asyncio
import itertools
from typing import Any

import httpx
import pytest

from contracts.partner import CustomerPhone
from tests.fakes.app import AppUnderTest


async def say(
    app: AppUnderTest, message: Any, thread: Any = None, *, user: str = "anna", assistant: int | None = None
) -> httpx.Response:
    bearer = app.services.runtime.for_site(app.demo.site_id, user)
    body = {"message": message} if thread is None else {"message": message, "threadId": thread}
    return await app.client.post(
        f"/site/{app.demo.site_id}/assistant/{assistant or app.demo.assistant_id}/chat",
        json=body,
        headers={"Authorization": f"Bearer {bearer}"},
    )


def nest(response: httpx.Response) -> tuple[int, Any]:
    body = response.json()
    assert set(body) == {"message", "error", "statusCode"}
    return response.status_code, body["message"]


async def test_a_message_is_answered_with_its_thread(app: AppUnderTest) -> None:
    response = await say(app, "What are your opening hours on Monday?")
    body = response.json()
    assert response.status_code == 201, body
    assert body["message"]
    assert (body["siteId"], body["assistantId"]) == (app.demo.site_id, app.demo.assistant_id)
    assert body["createdAt"].endswith("Z")
    kept = await app.services.chats.messages(body["threadId"])
    assert kept[0] == {"role": "user", "content": "What are your opening hours on Monday?"}
    assert kept[-1]["role"] == "assistant"


async def test_without_a_thread_the_person_s_latest_goes_on_and_others_have_their_own(
    app: AppUnderTest,
) -> None:
    first = (await say(app, "Hello")).json()["threadId"]
    assert (await say(app, "I'd like a cleaning")).json()["threadId"] == first
    assert (await say(app, "I'd like a cleaning", first)).json()["threadId"] == first
    assert (await say(app, "Hello", user="ben")).json()["threadId"] != first
    assert len(await app.services.chats.messages(first)) >= 6


async def test_another_person_s_thread_is_not_found(app: AppUnderTest) -> None:
    thread = (await say(app, "Hello")).json()["threadId"]
    assert nest(await say(app, "What did she say?", thread, user="ben"))[0] == 404
    assert nest(await say(app, "Hello", "thrd_nothing"))[0] == 404


async def test_a_call_s_thread_is_no_chat(app: AppUnderTest) -> None:
    await app.twilio("/twilio/voice", app.incoming())
    call = await app.services.calls.get("CA1")
    assert nest(await say(app, "Hello", call.thread_id))[0] == 404


@pytest.mark.parametrize(
    ("message", "thread", "finding"),
    [
        (None, None, "message must be a string"),
        (7, None, "message must be a string"),
        ("  ", None, "message should not be empty"),
        ("x" * 4001, None, "message must be shorter than or equal to 4000 characters"),
        ("Hello", 7, "threadId must be a string"),
    ],
)
async def test_a_body_that_does_not_fit_lists_its_findings(
    app: AppUnderTest, message: Any, thread: Any, finding: str
) -> None:
    assert nest(await say(app, message, thread)) == (400, [finding])


async def test_an_assistant_that_is_no_bot_s_own_answers_with_the_site_s_bot(app: AppUnderTest) -> None:
    other = await app.services.assistants.create_assistant(app.demo.site_id)
    answer = (await say(app, "Hello", assistant=other.id)).json()
    assert answer["assistantId"] == other.id
    assert answer["message"]
    assert nest(await say(app, "Hello", assistant=999))[0] == 404


async def test_a_changed_file_reaches_the_next_question_and_a_deleted_one_is_not_quoted(
    app: AppUnderTest,
) -> None:
    services = app.services
    site = await services.sites.create_site("Elsewhere")
    other = await services.assistants.create_assistant(site)
    headers = {"Authorization": f"Bearer {services.runtime.for_site(site)}"}
    path = f"/site/{site}/assistant/{other.id}"

    async def uploaded(price: int) -> int:
        file = {"file": ("fees.md", f"# Fees\n\nA crown costs {price} dollars.\n".encode(), "text/markdown")}
        answer = await app.client.post(f"{path}/files", files=file, headers=headers)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    async def says() -> str:
        asked = {"message": "How much is a crown?"}
        answer = await app.client.post(f"{path}/chat", json=asked, headers=headers)
        return str(answer.json()["message"])

    first = await uploaded(940)
    assert "940" in await says()
    assert (await app.client.delete(f"{path}/files/{first}", headers=headers)).is_success
    assert "940" not in await says()
    await uploaded(870)
    assert "870" in await says()


async def test_a_site_without_a_bot_answers_from_its_files_and_has_no_calendar(app: AppUnderTest) -> None:
    services = app.services
    site = await services.sites.create_site("Elsewhere")
    other = await services.assistants.create_assistant(site)
    headers = {"Authorization": f"Bearer {services.runtime.for_site(site)}"}
    path = f"/site/{site}/assistant/{other.id}"
    file = {"file": ("fees.md", b"# Fees\n\nA crown costs 940 dollars.\n", "text/markdown")}
    assert (await app.client.post(f"{path}/files", files=file, headers=headers)).status_code == 201

    async def says(message: str) -> str:
        answer = await app.client.post(f"{path}/chat", json={"message": message}, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["message"])

    assert "940" in await says("How much is a crown?")
    assert "no calendar" in await says("I'd like an appointment on Thursday morning")
    routed = await app.client.post(f"/site/{site}/chat", json={"message": "Hello"}, headers=headers)
    assert nest(routed) == (422, "No bot is registered for this site")


async def test_a_changed_assistant_begins_a_conversation_anew_unless_it_is_named(app: AppUnderTest) -> None:
    first = (await say(app, "Hello")).json()["threadId"]
    where = (app.demo.site_id, app.demo.assistant_id)
    await app.services.assistants.update_assistant(*where, {"instructions": "Be brief."})
    assert (await say(app, "Hello")).json()["threadId"] != first
    assert (await say(app, "Hello", first)).json()["threadId"] == first


async def routed(app: AppUnderTest, message: str, *, user: str = "anna", **more: Any) -> httpx.Response:
    bearer = app.services.runtime.for_site(app.demo.site_id, user)
    return await app.client.post(
        f"/site/{app.demo.site_id}/chat",
        json={"message": message, **more},
        headers={"Authorization": f"Bearer {bearer}"},
    )


async def test_routes_choose_who_answers_a_chat_and_a_conversation_keeps_them(app: AppUnderTest) -> None:
    services, site = app.services, app.demo.site_id
    spring = await services.assistants.create_assistant(site, {"name": "Spring"})
    phone = await services.assistants.create_assistant(site, {"name": "Phone"})
    await services.routes.create_route(spring.id, {"channel": "text", "campaign": "spring"})
    await services.routes.create_route(phone.id, {"channel": "phone"})
    await services.routes.create_route(phone.id, {"called_number": "+12025550142"})
    own = (await routed(app, "Hello")).json()
    assert own["assistantId"] == app.demo.assistant_id
    chosen = (await routed(app, "Hello", tags={"campaign": "Spring"})).json()
    assert (chosen["assistantId"], chosen["siteId"]) == (spring.id, site)
    again = (await routed(app, "I'd like a cleaning", threadId=chosen["threadId"])).json()
    assert (again["assistantId"], again["threadId"]) == (spring.id, chosen["threadId"])
    phony = {"channel": "phone", "called_number": "+12025550142"}
    posing = (await routed(app, "Hello", tags=phony)).json()
    assert posing["assistantId"] == app.demo.assistant_id
    stranger = await routed(app, "Hello", user="ben", threadId=chosen["threadId"])
    assert nest(stranger)[0] == 404


async def test_without_a_route_and_an_assistant_of_the_bot_nobody_can_be_chosen(app: AppUnderTest) -> None:
    services = app.services
    await services.assistants.delete_assistant(app.demo.site_id, app.demo.assistant_id)
    assert nest(await routed(app, "Hello")) == (
        422,
        "No route chooses an assistant, and the site's bot has none of its own",
    )


@pytest.mark.parametrize("tags", ["x", {"a": None}, {"a": ""}, {str(n): 1 for n in range(21)}])
async def test_tags_that_are_none_are_refused(app: AppUnderTest, tags: Any) -> None:
    assert nest(await routed(app, "Hello", tags=tags))[0] == 400


async def test_nobody_is_put_through_from_a_chat(app: AppUnderTest) -> None:
    thread = (await say(app, "I want to talk to a person")).json()["threadId"]
    results = [
        message["content"]
        for message in await app.services.chats.messages(thread)
        if message["role"] == "tool"
    ]
    assert not any("transferring" in result for result in results)


async def test_two_messages_at_once_are_answered_one_after_the_other(app: AppUnderTest) -> None:
    thread = (await say(app, "Hello")).json()["threadId"]
    await asyncio.gather(say(app, "I'd like a cleaning", thread), say(app, "On Thursday", thread))
    kept = [m for m in await app.services.chats.messages(thread) if m["role"] == "user"]
    roles = [m["role"] for m in await app.services.chats.messages(thread)]
    assert len(kept) == 3
    assert ("user", "user") not in itertools.pairwise(roles)
    assert len(app.services.thread_locks) == 0


async def test_after_a_goodbye_the_bot_still_answers(app: AppUnderTest) -> None:
    thread = (await say(app, "Hello")).json()["threadId"]
    bye = (await say(app, "No thanks, goodbye", thread)).json()
    again = (await say(app, "Hello again, what are your hours?", thread)).json()
    assert bye["threadId"] == thread
    assert again["message"]
    assert again["message"] != bye["message"]


async def test_a_conversation_by_text_ends_in_one_booking(app: AppUnderTest) -> None:
    said = [
        "I'd like a check-up",
        "Thursday morning",
        "The first one",
        "Anna Bell",
        "202 555 0100",
        "Yes",
        "Yes",
    ]
    answers = [(await say(app, line)).json() for line in said]
    replies = [one["message"] for one in answers]
    called = [one for answer in answers for one in answer.get("functions", [])]
    assert {"name": "book_appointment", "status": "booked"} in called, replies
    customers = await app.services.bookings.lookup(
        await app.services.bots.get_bot(app.demo.partner_id, app.demo.bot_id),
        CustomerPhone(phone="+12025550100"),
    )
    assert customers.body["found"], replies
    await only_the_runtime_says_whose_number_it_is(app)


async def only_the_runtime_says_whose_number_it_is(app: AppUnderTest) -> None:
    login = {"email": app.demo.staff_email, "password": app.demo.staff_password}
    staff = (await app.client.post("/auth/login", json=login)).json()["token"]
    runtime = app.services.runtime.for_site(app.demo.site_id, "a phone")
    body = {"message": "When is my appointment?", "fromNumber": "+12025550100"}
    path = f"/site/{app.demo.site_id}/chat"
    refused = await app.client.post(path, json=body, headers={"Authorization": f"Bearer {staff}"})
    assert nest(refused) == (403, "Only the server's own runtime may give a fromNumber")
    heard = await app.client.post(path, json=body, headers={"Authorization": f"Bearer {runtime}"})
    assert "Thursday" in heard.json()["message"]
    odd = await app.client.post(
        path, json=body | {"fromNumber": "no number"}, headers={"Authorization": f"Bearer {runtime}"}
    )
    assert odd.status_code == 400


async def test_bot_is_silent_while_a_person_is_in_and_takes_over_again_afterwards(app: AppUnderTest) -> None:
    path = f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}/chat"

    async def says(text: str, thread: str | None = None) -> dict[str, Any]:
        body = {"message": text} | ({"threadId": thread} if thread else {})
        response = await app.client.post(path, json=body, headers=app.site())
        assert response.status_code == 201, response.text
        answer: dict[str, Any] = response.json()
        return answer

    asked = await says("Can I talk to a real person please?")
    thread = asked["threadId"]
    assert "join us here" in asked["message"]
    _, token = await app.services.chat_session_tokens.create("front-desk", app.demo.site_id)
    desk = {"Authorization": f"Bearer {token}"}
    # The desk's token came after the hand-off, and takes part in it all the same.
    credentials = {"email": app.demo.staff_email, "password": app.demo.staff_password}
    login = (await app.client.post("/auth/login", json=credentials)).json()
    staff = {"Authorization": f"Bearer {login.get('token') or login['accessToken']}"}
    (session,) = (await app.client.get("/chat-sessions", headers=staff)).json()
    assert [one["id"] for one in (await app.client.get("/chat-sessions", headers=desk)).json()] == [
        session["id"]
    ]
    assert session["threadId"] == thread
    assert "Can I talk to a real person please?" in session["summary"]
    of_session = f"/chat-sessions/{session['id']}"
    await app.client.patch(of_session, json={"accept": True}, headers=staff)

    answer = await says("Are you there?", thread)
    assert (answer["message"], answer["withPerson"]) == ("", True)
    messages = (await app.client.get(f"{of_session}/messages", headers=staff)).json()
    assert messages[-1]["text"] == "Are you there?"
    await app.client.post(f"{of_session}/messages", json={"text": "Yes, this is Dana."}, headers=staff)
    said = await app.client.get(
        f"/site/{app.demo.site_id}/chat/{thread}/messages?after={messages[-1]['position']}",
        headers=app.site(),
    )
    assert [(one["text"], one["role"]) for one in said.json()] == [("Yes, this is Dana.", "assistant")]

    await app.client.patch(of_session, json={"finish": "answered"}, headers=staff)
    after = await says("What are your hours on Friday?", thread)
    assert "withPerson" not in after
    assert "Friday" in after["message"]


async def test_messages_of_somebody_elses_conversation_are_not_read(app: AppUnderTest) -> None:
    path = f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}/chat"
    thread = (await app.client.post(path, json={"message": "Hello"}, headers=app.site())).json()["threadId"]
    other = {"Authorization": f"Bearer {app.services.runtime.for_site(app.demo.site_id, 'somebody else')}"}
    response = await app.client.get(f"/site/{app.demo.site_id}/chat/{thread}/messages", headers=other)
    assert response.status_code == 404
