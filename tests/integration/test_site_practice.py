"""The practice, its calls and its figures over the Site Assistants API: what the console shows."""

from typing import Any

import httpx
import pytest

from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest


async def log_in(app: AppUnderTest, email: str, password: str) -> dict[str, str]:
    answer = await app.client.post("/auth/login", json={"email": email, "password": password})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


class Api:
    """The API as somebody of the practice uses it."""

    def __init__(self, app: AppUnderTest, headers: dict[str, str]) -> None:
        self._app, self._headers = app, headers

    async def get(self, path: str, **query: Any) -> httpx.Response:
        here = f"/site/{self._app.demo.site_id}{path}"
        return await self._app.client.get(here, params=query, headers=self._headers)

    async def put(self, body: Any) -> httpx.Response:
        here = f"/site/{self._app.demo.site_id}/practice"
        return await self._app.client.put(here, json=body, headers=self._headers)


@pytest.fixture
async def api(app: AppUnderTest) -> Api:
    return Api(app, await log_in(app, app.demo.staff_email, app.demo.staff_password))


async def test_practice_that_is_sent_as_it_was_read_is_not_changed(api: Api) -> None:
    read = (await api.get("/practice")).json()
    assert read["practice"]["practice"]["name"] == "Maple Street Dental"
    answer = await api.put({"revision": read["revision"], "practice": read["practice"]})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**read, "changes": [], "unfitting": []}


async def test_practice_is_changed_and_whoever_is_later_is_told(app: AppUnderTest, api: Api) -> None:
    read = (await api.get("/practice")).json()
    wanted = {**read["practice"], "hours": {"monday": ["08:00-12:00"]}}
    changed = await api.put({"revision": read["revision"], "practice": wanted})
    assert changed.status_code == 200, changed.text
    assert changed.json()["revision"] == read["revision"] + 1
    assert any(one.startswith("hours tuesday") for one in changed.json()["changes"])
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    told = (await app.services.bots.describe(bot)).facts()
    assert [one.weekday for one in told.hours] == [0]
    later = await api.put({"revision": read["revision"], "practice": read["practice"]})
    assert (later.status_code, later.json()["error"]) == (409, "Conflict")
    assert (await api.get("/practice")).json()["revision"] == changed.json()["revision"]


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"hours": {"monday": ["08:00-12:00", "11:00-18:00"]}}, "overlap"),
        ({"hour": {}}, "did you mean hours?"),
        ({"services": 7}, "services must be a list"),
    ],
)
async def test_what_does_not_fit_is_told_and_changes_nothing(
    api: Api, section: dict[str, Any], told: str
) -> None:
    read = (await api.get("/practice")).json()
    answer = await api.put({"revision": read["revision"], "practice": {**read["practice"], **section}})
    assert answer.status_code == 400
    assert told in " ".join(answer.json()["message"])
    assert (await api.get("/practice")).json() == read


async def test_desk_reads_the_practice_and_does_not_change_it(app: AppUnderTest, api: Api) -> None:
    staff = Staff(app.services.database, app.services.wall_clock, CHEAP_HASHER)
    site = (app.demo.site_id,)
    await staff.create("tim@maple.example", "a pass word", first_name="T", last_name="D", site_ids=site)
    tim = Api(app, await log_in(app, "tim@maple.example", "a pass word"))
    read = (await tim.get("/practice")).json()
    assert read == (await api.get("/practice")).json()
    assert (await tim.put(read)).status_code == 403


async def test_calls_are_listed_searched_and_read(app: AppUnderTest, api: Api) -> None:
    services, demo = app.services, app.demo
    for call_id, number, words in (("CA1", "+12025550100", "A cleaning"), ("CA2", None, "My bill")):
        await services.calls.start(call_id, demo.bot_id, number, demo.phone_number)
        await services.calls.append(call_id, {"role": "user", "content": words})
        await services.calls.finish(call_id, "completed", 61)
    listed = (await api.get("/calls")).json()
    assert ({one["callId"] for one in listed["calls"]}, listed["more"]) == ({"CA1", "CA2"}, False)
    for query in ({"q": "cleaning"}, {"number": "5550100"}):
        (found,) = (await api.get("/calls", **query)).json()["calls"]
        assert (found["callId"], found["said"], found["durationSeconds"]) == ("CA1", "A cleaning", 61)
    assert (await api.get("/calls", outcome="booked")).json()["calls"] == []
    assert "outcome must be 'booked'" in (await api.get("/calls", outcome="sung")).json()["message"]
    call = (await api.get("/calls/CA1")).json()
    assert [(one["speaker"], one["text"]) for one in call["lines"]] == [("caller", "A cleaning")]
    assert (await api.get("/calls/CA9")).status_code == 404
    (today,) = (await api.get("/figures", days=1)).json()["days"]
    assert (today["calls"], today["minutes"], today["outcomes"]) == (2, 2, {"answered": 2})


async def test_who_reads_or_changes_the_practice_and_its_calls_is_written_down(
    app: AppUnderTest, api: Api
) -> None:
    await app.services.calls.start("CA1", app.demo.bot_id, "+12025550100", app.demo.phone_number)
    read = (await api.get("/practice")).json()
    for path in ("/calls", "/calls/CA1", "/figures"):
        assert (await api.get(path)).status_code == 200
    assert (await api.put(read)).status_code == 200
    noted = {(one.action, one.subject) for one in await app.services.audit.list_entries(app.demo.site_id)}
    assert noted >= {
        ("practice.get_practice", ()),
        ("practice.list_calls", ()),
        ("practice.get_call", ("CA1",)),
        ("practice.get_figures", ()),
        ("practice.change_practice", ()),
    }


async def test_another_practices_people_do_not_read_a_call(app: AppUnderTest) -> None:
    await app.services.calls.start("CA1", app.demo.bot_id, "+12025550100", app.demo.phone_number)
    site = await app.services.sites.create_site("Elsewhere Dental")
    staff = Staff(app.services.database, app.services.wall_clock, CHEAP_HASHER)
    await staff.create(
        "eve@elsewhere.example", "a pass word", first_name="Eve", last_name="L", site_ids=(site,)
    )
    headers = await log_in(app, "eve@elsewhere.example", "a pass word")
    answers = [
        (await app.client.get(f"/site/{one}/calls/CA1", headers=headers)).status_code
        for one in (site, app.demo.site_id)
    ]
    assert answers == [404, 403]
