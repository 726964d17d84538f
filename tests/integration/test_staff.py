"""Staff: added, let in by a link that works once, at the desk or as an admin, and out at once."""

import re
from typing import Any

import httpx

from tests.fakes.app import AppUnderTest

MARIA, PASSWORD = "maria@maplestreet.example", "a long password"


async def add(app: AppUnderTest, role: str = "SITE_USER") -> str:
    staff = app.services.staff
    await staff.create(
        MARIA, None, first_name="Maria", last_name="Ortiz", role=role, site_ids=(app.demo.site_id,)
    )
    return await staff.make_link(MARIA)


async def log_in(app: AppUnderTest, email: str = MARIA, password: str = PASSWORD) -> httpx.Response:
    return await app.client.post("/auth/login", json={"email": email, "password": password})


async def bearer(app: AppUnderTest, **who: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {(await log_in(app, **who)).json()['token']}"}


async def choose(app: AppUnderTest, token: str, password: str, again: str | None = None) -> httpx.Response:
    shown = await app.client.get("/console/first-log-in", params={"token": token})
    csrf = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert csrf is not None
    fields = {"csrf": csrf[1], "token": token, "password": password, "again": again or password}
    return await app.client.post("/console/first-log-in", data=fields)


async def test_nobody_logs_in_before_they_have_chosen_a_password(app: AppUnderTest) -> None:
    await add(app)
    assert (await log_in(app)).status_code == 401


async def test_a_link_sets_a_password_once(app: AppUnderTest) -> None:
    token = await add(app)
    assert (await choose(app, token, "short")).status_code == 422
    assert (await choose(app, token, PASSWORD, "another one")).status_code == 422
    assert (await choose(app, token, PASSWORD)).status_code == 303
    assert (await log_in(app)).status_code == 201
    again = await app.client.get("/console/first-log-in", params={"token": token})
    assert again.status_code == 404
    assert 'name="token"' not in again.text


async def test_a_link_is_void_when_it_is_old_or_another_was_made(app: AppUnderTest) -> None:
    first = await add(app)
    second = await app.services.staff.make_link(MARIA)
    assert not await app.services.staff.is_link(first)
    assert await app.services.staff.is_link(second)
    app.wall.move(hours=73)
    assert not await app.services.staff.is_link(second)


async def test_who_is_at_the_desk_reads_the_assistant_and_an_admin_changes_it(app: AppUnderTest) -> None:
    await choose(app, await add(app), PASSWORD)
    desk = await bearer(app)
    admin = await bearer(app, email=app.demo.staff_email, password=app.demo.staff_password)
    url = f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}"
    assert (await app.client.get(url, headers=desk)).status_code == 200
    body = {"siteId": app.demo.site_id, "id": app.demo.assistant_id, "assistantInstructions": "x"}
    changes: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", url, {"json": body}),
        ("POST", f"{url}/files", {"files": {"file": ("a.txt", b"Parking is free.")}}),
        ("DELETE", f"{url}/files/1", {}),
        ("POST", f"{url}/versions/1/restore", {}),
        ("POST", f"/site/{app.demo.site_id}/assistant", {"json": {"siteId": app.demo.site_id}}),
    ]
    for method, path, sent in changes:
        answer = await app.client.request(method, path, headers=desk, **sent)
        assert answer.status_code == 403, (method, path)
        allowed = await app.client.request(method, path, headers=admin, **sent)
        assert allowed.status_code != 403, (method, path)
    assert (await app.client.delete(url, headers=desk)).status_code == 403


async def test_whoever_is_disabled_is_out_at_once(app: AppUnderTest) -> None:
    await choose(app, await add(app), PASSWORD)
    token = await bearer(app)
    assert (await app.client.get("/auth/user", headers=token)).status_code == 200
    await app.services.staff.set_disabled(MARIA, disabled=True)
    assert (await app.client.get("/auth/user", headers=token)).status_code == 401
    assert (await log_in(app)).status_code == 401
    await app.services.staff.set_disabled(MARIA, disabled=False)
    assert (await log_in(app)).status_code == 201
    assert (await app.client.get("/auth/user", headers=token)).status_code == 401


async def test_sessions_are_listed_and_can_be_ended(app: AppUnderTest) -> None:
    await choose(app, await add(app), PASSWORD)
    token = await bearer(app)
    (session,) = await app.services.staff.list_sessions()
    assert session.email == MARIA
    await app.services.staff.end_listed_session(session.id)
    assert (await app.client.get("/auth/user", headers=token)).status_code == 401
    assert await app.services.staff.list_sessions() == []


async def test_a_new_password_ends_what_was_begun_with_the_old_one(app: AppUnderTest) -> None:
    await choose(app, await add(app), PASSWORD)
    token = await bearer(app)
    await choose(app, await app.services.staff.make_link(MARIA), "another password")
    assert (await app.client.get("/auth/user", headers=token)).status_code == 401
