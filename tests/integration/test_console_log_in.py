"""The console's door: who gets in, by what, and what its pages allow a browser."""

import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from config.settings import LimitSettings
from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.console import Person, person_at, text_of_page
from webhooks.console.pages import FOLDER

HASHES = {
    # npm: htmx.org 2.0.11 dist/htmx.min.js, htmx-ext-sse 2.2.4 dist/sse.min.js
    "htmx.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    "htmx-sse.min.js": "98a46496de0c3605fbffdce9167ba427bdd9553184f83f149c261891a92c0136",
}


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template, limits=LimitSettings(log_ins_per_minute=5)) as opened:
        yield opened


@pytest.mark.parametrize("name", HASHES)
def test_vendored_scripts_are_the_published_ones(name: str) -> None:
    assert hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest() == HASHES[name]


async def test_who_is_not_logged_in_is_sent_to_log_in_and_back(app: AppUnderTest) -> None:
    person = person_at(app)
    response = await person.get("/console?x=1")
    assert response.status_code == 303
    assert response.headers["location"] == "/console/log-in?next=%2Fconsole%3Fx%3D1"
    await person.get(response.headers["location"])
    fields = {"email": app.demo.staff_email, "password": app.demo.staff_password, "next": "/console?x=1"}
    assert (await person.post("/console/log-in", fields)).headers["location"] == "/console?x=1"
    assert "Maple Street" in (await person.get("/console")).text


@pytest.mark.parametrize("wanted", ["https://evil.example/console", "//evil.example", "/console\\@x", "/v1"])
async def test_log_in_leads_nowhere_else(app: AppUnderTest, wanted: str) -> None:
    person = person_at(app)
    await person.get("/console/log-in")
    fields = {"email": app.demo.staff_email, "password": app.demo.staff_password, "next": wanted}
    assert (await person.post("/console/log-in", fields)).headers["location"] == "/console"


async def test_wrong_password_is_told_and_opens_nothing(app: AppUnderTest) -> None:
    person = person_at(app)
    response = await person.log_in(app.demo.staff_email, "not it")
    assert response.status_code == 401
    assert "do not belong together" in text_of_page(response)
    assert (await person.get("/console")).status_code == 303


async def test_log_ins_of_one_account_are_limited(app: AppUnderTest) -> None:
    person = person_at(app)
    codes = [(await person.log_in(app.demo.staff_email, "not it")).status_code for _ in range(9)]
    assert codes[:5] == [401] * 5
    assert codes[-1] == 429  # the window slides: one or two may slip in while an old one leaves it
    assert (await person.log_in("someone.else@maple.example", "not it")).status_code == 401


async def test_session_is_not_for_scripts_nor_for_other_sites(app: AppUnderTest) -> None:
    person = person_at(app)
    cookie = (await person.log_in(app.demo.staff_email, app.demo.staff_password)).headers.get_list(
        "set-cookie"
    )[0]
    assert cookie.startswith("chairside_session=")
    assert {"HttpOnly", "Path=/console", "SameSite=lax"} <= set(re.split("; ", cookie))
    assert "Secure" not in cookie
    secure = httpx.AsyncClient(transport=httpx.ASGITransport(app=app.asgi), base_url="https://testserver")
    other = Person(secure)
    response = await other.log_in(app.demo.staff_email, app.demo.staff_password)
    assert all("Secure" in one for one in response.headers.get_list("set-cookie") if "session=" in one)


@pytest.mark.parametrize("csrf", ["", "0" * 64, "ä"])
async def test_form_without_our_token_does_nothing(dana: Person, csrf: str) -> None:
    response = await dana.client.post("/console/log-out", data={"csrf": csrf})
    assert response.status_code == 403
    assert (await dana.get("/console")).status_code == 200


async def test_token_of_the_log_in_form_is_none_of_a_session(app: AppUnderTest, dana: Person) -> None:
    session = app.services.staff_tokens.open(dana.client.cookies["chairside_session"])["jti"]
    stranger = person_at(app)
    stranger.client.cookies.set("chairside_form", session)
    await stranger.get("/console/log-in")
    assert (await dana.client.post("/console/log-out", data={"csrf": stranger.csrf})).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
async def test_form_from_another_site_does_nothing(dana: Person, headers: dict[str, str]) -> None:
    assert (await dana.post("/console/log-out", headers=headers)).status_code == 403
    assert (await dana.get("/console")).status_code == 200


async def test_log_out_ends_the_session_everywhere(app: AppUnderTest, dana: Person) -> None:
    kept = dana.client.cookies["chairside_session"]
    assert (await dana.post("/console/log-out")).headers["location"] == "/console/log-in"
    thief = person_at(app)
    thief.client.cookies.set("chairside_session", kept)
    assert (await thief.get("/console")).status_code == 303


@pytest.mark.parametrize("path", ["/", "/docs", "/console/log-in", "/console"])
async def test_pages_run_no_script_but_ours_and_are_not_kept(dana: Person, path: str) -> None:
    response = await dana.get(path)
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?! src=)|<style|\son\w+=|\sstyle=|javascript:", response.text)
    assert not re.search(r"""(src|href)="(https?:)?//""", response.text)


async def test_every_static_file_of_a_page_is_there_and_kept(dana: Person) -> None:
    found = re.findall(r'(?:src|href)="(/console/static/[^"]+)"', (await dana.get("/console")).text)
    assert len(found) == 5
    for one in found:
        response = await dana.get(one)
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]
    assert (await dana.get("/console/static/..%2Fpages.py")).status_code == 404


async def test_landing_page_names_the_doors(app: AppUnderTest) -> None:
    person = person_at(app)
    text = text_of_page(await person.get("/"))
    assert "It answers calls." in text
    for path in ("/docs/partner", "/docs/site", "/docs/chat-sessions", "/docs/assistants", "/console"):
        assert (await person.get(path)).status_code in {200, 303}
        assert f'href="{path}"' in (await person.get("/docs")).text
    app.services.in_progress.draining = True
    assert "It is stopping." in text_of_page(await person.get("/"))


async def test_unknown_page_says_so(dana: Person) -> None:
    response = await dana.get("/console/nothing")
    assert response.status_code == 404
    assert "Not found" in text_of_page(response)


async def test_staff_member_without_a_site_gets_no_console(app: AppUnderTest) -> None:
    staff = Staff(app.services.database, app.services.clock, CHEAP_HASHER)
    await staff.create("nobody@maple.example", "a pass word", first_name="No", last_name="Body")
    person = person_at(app)
    await person.log_in("nobody@maple.example", "a pass word")
    assert (await person.get("/console")).status_code == 303
