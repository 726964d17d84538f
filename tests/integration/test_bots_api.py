"""Bots over the Partner API: what partners may say and see, and what their keys are for."""

from typing import Any

import httpx

from contracts.partner import BotAnswer
from practice.partners.scopes import SCOPES
from tests.fakes.app import AppUnderTest

URL = "https://platform.example/hooks"
NUMBER = "+12025550170"
NOBODYS = "acct_01h2xcejqtf2nbrexx3vqjhp41"


def registration(app: AppUnderTest, **changes: Any) -> dict[str, Any]:
    return {"name": "Evening desk", "account_id": app.demo.account_id, **changes}


def outside(app: AppUnderTest, **changes: Any) -> dict[str, Any]:
    return registration(app, scheduling={"webhook_url": URL}, **changes)


async def register(app: AppUnderTest, body: dict[str, Any], key: str | None = None) -> httpx.Response:
    return await app.client.post("/v1/bots", json=body, headers=app.partner(key))


async def change(app: AppUnderTest, bot_id: str, **changes: Any) -> httpx.Response:
    return await app.client.patch(f"/v1/bots/{bot_id}", json=changes, headers=app.partner())


async def read(app: AppUnderTest, bot_id: str, key: str | None = None) -> httpx.Response:
    return await app.client.get(f"/v1/bots/{bot_id}", headers=app.partner(key))


async def remove(app: AppUnderTest, bot_id: str, key: str | None = None) -> httpx.Response:
    return await app.client.delete(f"/v1/bots/{bot_id}", headers=app.partner(key))


async def stranger_s_key(app: AppUnderTest) -> str:
    partner_id = await app.services.partners.create_partner("Stranger")
    return (await app.services.partner_keys.create_key(partner_id)).key


def error(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return response.status_code, body["error"]["code"]


async def test_a_bot_is_registered_with_all_that_is_said_of_it(app: AppUnderTest) -> None:
    body = registration(
        app,
        site_id=app.demo.site_id,
        assistant_id=app.demo.assistant_id,
        phone_numbers=[NUMBER, NUMBER],
        language="fr-CA",
        timezone="America/Toronto",
        transfer_number="+12025550143",
        guards_slots=True,
        confirmation_sms=True,
        reminder_sms=False,
        scheduling={"webhook_url": URL, "webhook_secret": "a secret of our own"},
        colour="blue",
    )
    response = await register(app, body)
    assert response.status_code == 201, response.text
    made = response.json()["bot"]
    assert made["id"].startswith("bot_")
    assert made["phone_numbers"] == [NUMBER]
    said = {name: made[name] for name in body if name not in {"phone_numbers", "colour"}}
    assert said == {name: body[name] for name in said}
    assert "colour" not in made
    found = (await read(app, made["id"])).json()["bot"]
    assert found == {**made, "scheduling": {"webhook_url": URL}}
    assert BotAnswer.model_validate({"bot": found}).bot.facts().name == "Maple Street Dental"


async def test_a_bot_of_few_words_has_what_is_usual(app: AppUnderTest) -> None:
    made = (await register(app, registration(app))).json()["bot"]
    assert made["scheduling"] is None
    assert (made["language"], made["timezone"], made["phone_numbers"]) == ("en-US", app.demo.timezone, [])
    assert (made["site_id"], made["assistant_id"], made["transfer_number"]) == (None, None, None)
    assert (made["guards_slots"], made["confirmation_sms"], made["reminder_sms"]) == (None, False, False)
    assert made["created_at"].endswith("Z")
    assert made["updated_at"] is None


async def test_a_secret_is_shown_when_it_is_new_and_never_again(app: AppUnderTest) -> None:
    first = (await register(app, outside(app))).json()["bot"]
    assert first["scheduling"]["webhook_secret"].startswith("whsec_")
    bot_id, shown = first["id"], {"webhook_url": URL}
    renamed = (await change(app, bot_id, name="Renamed")).json()["bot"]
    assert (renamed["name"], renamed["scheduling"]) == ("Renamed", shown)
    rotated = (await change(app, bot_id, scheduling={"rotate_secret": True})).json()["bot"]["scheduling"]
    assert rotated["webhook_secret"] not in {None, first["scheduling"]["webhook_secret"]}
    given = (await change(app, bot_id, scheduling={"webhook_secret": "x" * 16})).json()["bot"]["scheduling"]
    assert given == {**shown, "webhook_secret": "x" * 16}
    listed = (await app.client.get("/v1/bots", headers=app.partner())).text
    for text in (listed, (await read(app, bot_id)).text):
        assert "webhook_secret" not in text
        assert "whsec_" not in text
    bare = (await change(app, bot_id, scheduling=None)).json()["bot"]
    assert bare["scheduling"] is None
    again = (await change(app, bot_id, scheduling={"webhook_url": URL})).json()["bot"]["scheduling"]
    assert again["webhook_secret"] not in {None, rotated["webhook_secret"]}


async def test_null_clears_and_silence_keeps(app: AppUnderTest) -> None:
    full = registration(
        app,
        site_id=app.demo.site_id,
        assistant_id=app.demo.assistant_id,
        phone_numbers=[NUMBER],
        language="de",
        timezone="Europe/Berlin",
        transfer_number="+12025550143",
        guards_slots=False,
        confirmation_sms=True,
        reminder_sms=True,
    )
    made = (await register(app, full)).json()["bot"]
    kept = (await change(app, made["id"])).json()["bot"]
    assert {**kept, "updated_at": None} == made
    optional = set(full) - {"name", "account_id"}
    cleared = (await change(app, made["id"], **dict.fromkeys(optional))).json()["bot"]
    usual = (await register(app, registration(app))).json()["bot"]
    assert {name: cleared[name] for name in optional} == {name: usual[name] for name in optional}


LONG = "https://platform.example/" + "x" * 2048
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("name", {"name": None}),
    ("name", {"name": " "}),
    ("name", {"name": 1}),
    ("name", {"name": "x" * 201}),
    ("name", {"name": "two\nlines"}),
    ("account_id", {"account_id": None}),
    ("account_id", {"account_id": 7}),
    ("account_id", {"account_id": "acct_"}),
    ("account_id", {"account_id": "acct_../x"}),
    ("account_id", {"account_id": "bot_01h2xcejqtf2nbrexx3vqjhp41"}),
    ("account_id", {"account_id": "acct_" + "x" * 65}),
    ("site_id", {"site_id": "1"}),
    ("site_id", {"site_id": 0}),
    ("site_id", {"site_id": True}),
    ("site_id", {"site_id": 2**31}),
    ("site_id", {"assistant_id": 1}),
    ("assistant_id", {"site_id": 1, "assistant_id": 1.5}),
    ("phone_numbers", {"phone_numbers": NUMBER}),
    ("phone_numbers", {"phone_numbers": [1]}),
    ("phone_numbers", {"phone_numbers": [NUMBER] * 101}),
    ("phone_numbers[1]", {"phone_numbers": [NUMBER, "2025550170"]}),
    ("phone_numbers[0]", {"phone_numbers": ["+1 202 555 0170"]}),
    ("phone_numbers[0]", {"phone_numbers": ["+0123456789"]}),
    ("phone_numbers[0]", {"phone_numbers": ["+1234567890123456"]}),
    ("language", {"language": "en_US"}),
    ("language", {"language": ""}),
    ("timezone", {"timezone": "Maple Street"}),
    ("timezone", {"timezone": "../../etc/passwd"}),
    ("timezone", {"timezone": "America"}),
    ("timezone", {"timezone": ""}),
    ("transfer_number", {"transfer_number": "911"}),
    ("transfer_number", {"transfer_number": "+19002345678"}),
    ("transfer_number", {"transfer_number": "+88216123456"}),
    ("guards_slots", {"guards_slots": "yes"}),
    ("confirmation_sms", {"confirmation_sms": 1}),
    ("reminder_sms", {"reminder_sms": "false"}),
    ("scheduling", {"scheduling": URL}),
    ("scheduling.webhook_url", {"scheduling": {}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": None}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": 1}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": LONG}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": "platform.example"}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": "ftp://platform.example"}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": "http://platform.example"}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": "https://me:it@platform.example"}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": f"{URL}#here"}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": "https://169.254.169.254/latest"}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": "https://2130706433/"}}),
    ("scheduling.webhook_url", {"scheduling": {"webhook_url": "https://localhost"}}),
    ("scheduling.webhook_secret", {"scheduling": {"webhook_url": URL, "webhook_secret": "x" * 15}}),
    ("scheduling.webhook_secret", {"scheduling": {"webhook_url": URL, "webhook_secret": "x" * 256}}),
    ("scheduling.webhook_secret", {"scheduling": {"webhook_url": URL, "webhook_secret": "\u00e9" * 20}}),
    ("scheduling.webhook_secret", {"scheduling": {"webhook_url": URL, "webhook_secret": 1}}),
]


async def test_what_does_not_fit_is_refused_by_name_and_changes_nothing(app: AppUnderTest) -> None:
    before = (await read(app, app.demo.bot_id)).json()
    for field, changes in WRONG:
        registered = await register(app, registration(app, **changes))
        changed = await change(app, app.demo.bot_id, **changes)
        for response in (registered, changed):
            if field == "site_id" and response is changed and "site_id" not in changes:
                continue  # that bot has a site, and its assistant may be another
            if field == "scheduling.webhook_url" and response is changed and not changes["scheduling"]:
                assert response.status_code == 200  # nothing was said
                continue
            assert error(response) == (400, "invalid_request"), (changes, response.text)
            assert response.json()["error"]["message"].startswith(f"{field} "), response.text
    after = (await read(app, app.demo.bot_id)).json()
    after["bot"]["updated_at"] = None
    assert after == before
    listed = await app.client.get("/v1/bots", headers=app.partner())
    assert [bot["id"] for bot in listed.json()["bots"]] == [app.demo.bot_id]


async def test_a_secret_needs_a_webhook_and_is_made_or_given(app: AppUnderTest) -> None:
    for scheduling in ({"rotate_secret": True}, {"webhook_secret": "x" * 20}):
        response = await change(app, app.demo.bot_id, scheduling=scheduling)
        assert error(response) == (400, "invalid_request")
        assert response.json()["error"]["message"].startswith("scheduling.webhook_url ")
    for rotate in ({"rotate_secret": True, "webhook_secret": "x" * 20}, {"rotate_secret": 1}):
        response = await change(app, app.demo.bot_id, scheduling={"webhook_url": URL, **rotate})
        assert error(response) == (400, "invalid_request")
        assert response.json()["error"]["message"].startswith("scheduling.rotate_secret ")
    moved = await change(app, app.demo.bot_id, account_id=NOBODYS)
    assert error(moved) == (400, "invalid_request")
    same = await change(app, app.demo.bot_id, account_id=app.demo.account_id)
    assert same.status_code == 200


async def test_a_stranger_s_bot_for_the_account_learns_nothing_of_it(app: AppUnderTest) -> None:
    key, demo = await stranger_s_key(app), app.demo
    for body in (
        registration(app),
        registration(app, account_id=NOBODYS),
        registration(app, scheduling=None),
    ):
        assert error(await register(app, body, key)) == (404, "account_not_found")
    assert error(await register(app, outside(app, site_id=demo.site_id), key)) == (404, "site_not_found")
    unknown = await register(app, outside(app, site_id=999), key)
    assert error(unknown) == (404, "site_not_found")
    taken = await register(app, outside(app, phone_numbers=[demo.phone_number]), key)
    assert error(taken) == (409, "phone_number_taken")
    assert demo.bot_id not in taken.text
    made = await register(app, outside(app), key)
    assert made.status_code == 201
    bot = made.json()["bot"]
    assert (bot["practice"], bot["timezone"], bot["site_id"]) == (None, "UTC", None)
    # Its requests reach its own platform alone, never the calendar.
    query = {
        "filter": {"start_at_range": {"start_at": "2026-12-02T00:00:00Z", "end_at": "2026-12-03T00:00:00Z"}}
    }
    held = await app.client.post(
        "/v1/slots/hold",
        json={"bot_id": bot["id"], "slot": {"start_at": "2026-12-02T15:00:00Z", "duration_minutes": 30}},
        headers=app.partner(key, **{"Idempotency-Key": "h1"}),
    )
    assert error(held) == (501, "not_supported_by_platform")
    searched = await app.client.post(
        "/v1/availability/search", json={"bot_id": bot["id"], "query": query}, headers=app.partner(key)
    )
    assert searched.status_code >= 500  # platform.example is nowhere
    bare = await app.client.patch(
        f"/v1/bots/{bot['id']}", json={"scheduling": None}, headers=app.partner(key)
    )
    assert error(bare) == (404, "account_not_found")


async def test_another_partner_s_bot_is_not_there(app: AppUnderTest) -> None:
    key, bot_id = await stranger_s_key(app), app.demo.bot_id
    headers = app.partner(key)
    for name in (bot_id, "bot_01h2xcejqtf2nbrexx3vqjhp41", "bot_none", "%00", "%ff"):
        answers = [
            await read(app, name, key),
            await app.client.patch(f"/v1/bots/{name}", json={"name": "Mine"}, headers=headers),
            await remove(app, name, key),
        ]
        assert {error(answer) for answer in answers} == {(404, "bot_not_found")}
    assert (await read(app, bot_id)).json()["bot"]["name"] == "Maple Street Dental"
    assert (await app.client.get("/v1/bots", headers=headers)).json() == {"bots": [], "next_page": None}


async def test_a_deleted_bot_answers_nobody_and_its_number_is_free(app: AppUnderTest) -> None:
    bot_id, number = app.demo.bot_id, app.demo.phone_number
    gone = await remove(app, bot_id)
    assert (gone.status_code, gone.content) == (204, b"")
    assert error(await remove(app, bot_id)) == (404, "bot_not_found")
    assert error(await read(app, bot_id)) == (404, "bot_not_found")
    runtime = app.services.runtime.for_bot(bot_id)
    assert error(await read(app, bot_id, runtime)) == (404, "bot_not_found")
    message = {"bot_id": bot_id, "message": {"text": "Call me"}}
    headers = app.partner(**{"Idempotency-Key": "m"})
    left = await app.client.post("/v1/messages", json=message, headers=headers)
    assert error(left) == (404, "bot_not_found")
    call = await app.twilio("/twilio/voice", app.incoming())
    assert "<Connect>" not in call.text
    assert (await register(app, registration(app, phone_numbers=[number]))).status_code == 201
    again = await app.twilio("/twilio/voice", app.incoming("CA2"))
    assert "<Connect>" in again.text


async def test_the_list_is_read_page_by_page(app: AppUnderTest) -> None:
    made = [(await register(app, registration(app))).json()["bot"]["id"] for _ in range(4)]
    seen, query = [], "limit=2"
    while True:
        answer = (await app.client.get(f"/v1/bots?{query}", headers=app.partner())).json()
        assert len(answer["bots"]) <= 2
        seen += [bot["id"] for bot in answer["bots"]]
        if answer["next_page"] is None:
            break
        query = f"limit=2&page={answer['next_page']}"
    assert sorted(seen) == sorted([*made, app.demo.bot_id])
    assert len((await app.client.get("/v1/bots", headers=app.partner())).json()["bots"]) == 5
    for wrong in (
        "limit=0",
        "limit=101",
        "limit=ten",
        "limit=",
        "limit=%D9%A3",
        "limit=1&limit=2",
        "limit=" + "9" * 40,
        "page=x",
        "page=" + "x" * 200,
        "page=%00",
    ):
        response = await app.client.get(f"/v1/bots?{wrong}", headers=app.partner())
        assert error(response) == (400, "invalid_request"), wrong
        assert response.json()["error"]["message"].startswith(wrong.split("=")[0])


REQUESTS: list[tuple[str, str, str]] = [
    ("availability:read", "POST", "/v1/availability/search"),
    ("availability:read", "POST", "/v1/customers/lookup"),
    ("bookings:write", "POST", "/v1/bookings"),
    ("bookings:read", "GET", "/v1/bookings/bkg_1"),
    ("bookings:write", "POST", "/v1/bookings/bkg_1/cancel"),
    ("bookings:write", "POST", "/v1/bookings/bkg_1/reschedule"),
    ("bookings:write", "POST", "/v1/slots/hold"),
    ("bots:write", "POST", "/v1/bots"),
    ("bots:read", "GET", "/v1/bots"),
    ("bots:read", "GET", "/v1/bots/bot_1"),
    ("bots:write", "PATCH", "/v1/bots/bot_1"),
    ("bots:write", "DELETE", "/v1/bots/bot_1"),
    ("messages:write", "POST", "/v1/messages"),
]


async def test_a_key_is_good_for_its_scopes_alone(app: AppUnderTest) -> None:
    keys = app.services.partner_keys
    for scope in SCOPES:
        key = (await keys.create_key(app.demo.partner_id, scopes_of_key=[scope])).key
        for wanted, method, path in REQUESTS:
            response = await app.client.request(method, path, headers=app.partner(key))
            if wanted == scope:
                assert response.status_code != 403, (scope, path)
            else:
                # Before its body is read, which is none.
                assert error(response) == (403, "insufficient_scope"), (scope, path)
                assert wanted in response.json()["error"]["message"]


async def test_the_runtime_may_do_everything_for_its_bot_but_change_it(app: AppUnderTest) -> None:
    key, bot_id = app.services.runtime.for_bot(app.demo.bot_id), app.demo.bot_id
    for wanted, method, path in REQUESTS:
        response = await app.client.request(method, path, headers=app.partner(key))
        assert (response.status_code == 403) == (wanted == "bots:write"), path
    assert (await read(app, bot_id, key)).status_code == 200
    other = (await register(app, registration(app))).json()["bot"]["id"]
    listed = (await app.client.get("/v1/bots", headers=app.partner(key))).json()
    assert [bot["id"] for bot in listed["bots"]] == [bot_id]
    assert error(await read(app, other, key)) == (404, "bot_not_found")


async def test_a_revoked_key_and_a_disabled_partner_are_out_at_once(app: AppUnderTest) -> None:
    partners, keys, demo = app.services.partners, app.services.partner_keys, app.demo
    made = await keys.create_key(demo.partner_id)
    assert (await read(app, demo.bot_id, made.key)).status_code == 200
    await keys.revoke_key(demo.partner_id, made.view.id)
    assert error(await read(app, demo.bot_id, made.key)) == (401, "invalid_api_key")
    await partners.disable_partner(demo.partner_id)
    assert error(await read(app, demo.bot_id)) == (401, "invalid_api_key")
    # The practice's phone is answered all the same.
    assert "<Connect>" in (await app.twilio("/twilio/voice", app.incoming())).text
