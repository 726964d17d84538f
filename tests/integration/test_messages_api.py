"""The inbox over HTTP: the site's people, the partner, nobody else."""

from contracts.partner_messages import StaffMessage
from practice.records.staff_messages import Recording
from tests.fakes.app import AppUnderTest


async def leave(app: AppUnderTest, **said: str) -> str:
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    message = StaffMessage.model_validate({"text": "Please call me back.", **said})
    answer = await app.services.messages.leave(bot, said.get("text", "k"), message)
    message_id: str = answer.body["message"]["id"]
    return message_id


async def log_in(app: AppUnderTest) -> dict[str, str]:
    who = {"email": app.demo.staff_email, "password": app.demo.staff_password}
    answer = await app.client.post("/auth/login", json=who)
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_people_read_a_message_and_mark_it_as_done(app: AppUnderTest) -> None:
    urgent, routine = await leave(app, urgency="urgent", text="a"), await leave(app, text="b")
    headers, url = await log_in(app), f"/site/{app.demo.site_id}/messages"
    listed = (await app.client.get(url, headers=headers)).json()
    assert [one["id"] for one in listed["messages"]] == [urgent, routine]
    assert listed["messages"][0]["state"] == "new"
    changed = await app.client.patch(f"{url}/{urgent}", json={"state": "done"}, headers=headers)
    assert changed.status_code == 200
    assert changed.json()["done_by"].startswith("staf_")
    left = (await app.client.get(url, params={"state": "new"}, headers=headers)).json()
    assert [one["id"] for one in left["messages"]] == [routine]
    assert (await app.client.get(f"{url}/{urgent}", headers=headers)).json()["state"] == "done"


async def test_another_site_and_no_token_open_nothing(app: AppUnderTest) -> None:
    message_id, headers = await leave(app), await log_in(app)
    other = await app.services.sites.create_site("Other")
    for path in (f"/site/{other}/messages", f"/site/{other}/messages/{message_id}"):
        assert (await app.client.get(path, headers=headers)).status_code == 403
    assert (await app.client.get(f"/site/{app.demo.site_id}/messages")).status_code == 401
    for wrong in ("msg_x", "msg_01h2xcejqtf2nbrexx3vqjhp41"):
        answer = await app.client.get(f"/site/{app.demo.site_id}/messages/{wrong}", headers=headers)
        assert answer.status_code == 404


async def test_what_is_no_state_is_refused(app: AppUnderTest) -> None:
    url = f"/site/{app.demo.site_id}/messages/{await leave(app)}"
    answer = await app.client.patch(url, json={"state": "lost"}, headers=await log_in(app))
    assert answer.status_code == 400


async def test_a_partner_reads_what_was_left_with_its_bots(app: AppUnderTest) -> None:
    message_id = await leave(app)
    listed = await app.client.get("/v1/messages", headers=app.partner())
    assert [one["id"] for one in listed.json()["messages"]] == [message_id]
    other = await app.services.partners.create_partner("Other")
    key = (await app.services.partner_keys.create_key(other)).key
    assert (await app.client.get("/v1/messages", headers=app.partner(key))).json() == {"messages": []}
    of_bot = await app.client.get(f"/v1/messages?bot_id={app.demo.bot_id}", headers=app.partner(key))
    assert of_bot.status_code == 404
    narrow = (await app.services.partner_keys.create_key(other, scopes_of_key=["messages:write"])).key
    assert (await app.client.get("/v1/messages", headers=app.partner(narrow))).status_code == 403


async def test_the_sound_of_a_message_is_for_its_sites_people(app: AppUnderTest) -> None:
    message_id, headers = await leave(app, kind="voicemail"), await log_in(app)
    url = f"/site/{app.demo.site_id}/messages/{message_id}/recording"
    assert (await app.client.get(url, headers=headers)).status_code == 404
    async with app.services.database.session() as session:
        now = app.services.clock()
        session.add(Recording(message_id=message_id, carrier_id="RE1", content=b"RIFF", fetched_at=now))
    sound = await app.client.get(url, headers=headers)
    assert (sound.content, sound.headers["content-type"]) == (b"RIFF", "audio/wav")
    assert (await app.client.get(url)).status_code == 401
