"""The Site Assistants API as its clients see it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.settings import ServerSettings
from tests.fakes.app import AppUnderTest, run_app


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template, server=ServerSettings(max_upload_bytes=2000)) as app:
        yield app


UNAUTHORIZED = {"message": "Unauthorized", "statusCode": 401}


def root(app: AppUnderTest) -> str:
    return f"/site/{app.demo.site_id}/assistant"


def own(app: AppUnderTest) -> str:
    return f"{root(app)}/{app.demo.assistant_id}"


async def log_in(app: AppUnderTest, **changes: Any) -> httpx.Response:
    body = {"email": app.demo.staff_email, "password": app.demo.staff_password, **changes}
    return await app.client.post("/auth/login", json=body)


def nest(response: httpx.Response) -> tuple[int, Any]:
    body = response.json()
    assert set(body) == {"message", "error", "statusCode"}
    assert body["statusCode"] == response.status_code
    return response.status_code, body["message"]


async def test_a_log_in_gives_the_token_under_both_names(app: AppUnderTest) -> None:
    response = await log_in(app)
    body = response.json()
    assert response.status_code == 201
    assert body["message"] == "Login successful"
    assert body["token"] == body["accessToken"]


async def test_the_token_opens_the_sites_of_its_person_for_a_day(app: AppUnderTest) -> None:
    headers = {"Authorization": f"Bearer {(await log_in(app)).json()['token']}"}
    assert (await app.client.get(root(app), headers=headers)).status_code == 200
    user = (await app.client.get("/auth/user", headers=headers)).json()
    assert user["email"] == app.demo.staff_email
    assert user["siteIds"] == [app.demo.site_id]
    app.wall.move(hours=24, seconds=1)
    response = await app.client.get(root(app), headers=headers)
    assert (response.status_code, response.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize(
    "changes", [{"password": "wrong"}, {"email": "nobody@example.com"}, {"password": "x" * 5000}]
)
async def test_a_wrong_log_in_says_nothing_of_what_was_wrong(
    app: AppUnderTest, changes: dict[str, str]
) -> None:
    response = await log_in(app, **changes)
    assert (response.status_code, response.json()) == (401, UNAUTHORIZED)
    assert list(response.json()) == ["message", "statusCode"]


async def test_a_log_in_without_its_fields_lists_them(app: AppUnderTest) -> None:
    assert nest(await log_in(app, email=None, password=7)) == (
        400,
        ["email must be a string", "password must be a string"],
    )


@pytest.mark.parametrize("credential", [None, "", "nonsense", "a.b.c"])
async def test_without_a_good_token_the_answer_is_401(app: AppUnderTest, credential: str | None) -> None:
    headers = {} if credential is None else {"Authorization": f"Bearer {credential}"}
    for path in (root(app), own(app), f"{own(app)}/files", "/auth/user", "/site/x/assistant"):
        response = await app.client.get(path, headers=headers)
        assert (response.status_code, response.json()) == (401, UNAUTHORIZED)


async def test_a_partner_key_is_no_site_token(app: AppUnderTest) -> None:
    response = await app.client.get(root(app), headers=app.partner())
    assert response.status_code == 401


async def test_a_token_reaches_no_other_site(app: AppUnderTest) -> None:
    other = await app.services.sites.create_site("Other")
    there = await app.services.assistants.create_assistant(
        other, {"name": "Theirs", "instructions": "Secret"}
    )
    staff = {"Authorization": f"Bearer {(await log_in(app)).json()['token']}"}
    for headers in (app.site(), staff):
        for path in (
            f"/site/{other}/assistant",
            f"/site/{other}/assistant/{there.id}",
            "/site/999/assistant",
        ):
            assert nest(await app.client.get(path, headers=headers)) == (403, "Forbidden resource")
        through_own = await app.client.get(f"{root(app)}/{there.id}", headers=headers)
        assert nest(through_own)[0] == 404


async def test_another_site_is_refused_before_the_body_is_looked_at(app: AppUnderTest) -> None:
    for content in (b"{", b"{}"):
        response = await app.client.post("/site/999/assistant", content=content, headers=app.site())
        assert nest(response) == (403, "Forbidden resource")


async def test_all_findings_of_a_body_are_told_at_once(app: AppUnderTest) -> None:
    body = {"message": 5, "threadId": [], "tags": {"a": None}}
    response = await app.client.post(f"/site/{app.demo.site_id}/chat", json=body, headers=app.site())
    assert nest(response) == (
        400,
        [
            "message must be a string",
            "threadId must be a string",
            "tags: A tag's value must be a string, a number, true or false.",
        ],
    )


async def test_the_list_is_a_bare_array_of_assistants(app: AppUnderTest) -> None:
    (assistant,) = (await app.client.get(root(app), headers=app.site())).json()
    assert assistant["id"] == app.demo.assistant_id
    assert assistant["siteId"] == app.demo.site_id
    assert assistant["assistantInstructions"]


async def test_an_assistant_is_made_changed_and_deleted(app: AppUnderTest) -> None:
    site = app.demo.site_id
    made = await app.client.post(root(app), json={"siteId": site}, headers=app.site())
    assert made.status_code == 201
    assert set(made.json()) == {"id", "siteId"}
    path, number = f"{root(app)}/{made.json()['id']}", made.json()["id"]
    change = {
        "siteId": site,
        "id": number,
        "assistantName": "Night desk",
        "assistantInstructions": "Be kind.",
    }
    changed = await app.client.put(path, json=change, headers=app.site())
    assert (changed.status_code, changed.json()) == (200, change)
    assert (await app.client.get(path, headers=app.site())).json() == change
    gone = await app.client.delete(path, headers=app.site())
    assert (gone.status_code, gone.json()["statusCode"]) == (200, 200)
    assert nest(await app.client.get(path, headers=app.site()))[0] == 404


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ({}, "siteId must be a number conforming to the specified constraints"),
        ({"siteId": "1"}, "siteId must be a number conforming to the specified constraints"),
        ({"siteId": True}, "siteId must be a number conforming to the specified constraints"),
        ({"siteId": 999}, "siteId must be the one in the path"),
        ({"siteId": 1, "assistantName": 7}, "assistantName must be a string"),
    ],
)
async def test_a_body_that_does_not_fit_lists_its_findings(
    app: AppUnderTest, body: dict[str, Any], finding: str
) -> None:
    response = await app.client.post(root(app), json=body, headers=app.site())
    assert nest(response) == (400, [finding])


async def test_a_put_repeats_both_ids(app: AppUnderTest) -> None:
    response = await app.client.put(own(app), json={"siteId": app.demo.site_id}, headers=app.site())
    assert nest(response) == (400, ["id must be a number conforming to the specified constraints"])


@pytest.mark.parametrize("number", ["x", "1.5", "-1", "9" * 30, "%F0%9F%99%82"])
async def test_a_path_without_a_number_is_a_bad_request(app: AppUnderTest, number: str) -> None:
    for path in (f"/site/{number}/assistant", f"{root(app)}/{number}", f"{own(app)}/files/{number}"):
        response = await app.client.get(path, headers=app.site())
        assert nest(response) == (400, "Validation failed (numeric string is expected)")


async def test_unknown_routes_answer_as_the_framework_does(app: AppUnderTest) -> None:
    response = await app.client.get("/site/1/nothing", headers=app.site())
    assert nest(response) == (404, "Cannot GET /site/1/nothing")
    response = await app.client.patch(own(app), headers=app.site())
    assert nest(response)[0] == 404


async def upload(
    app: AppUnderTest, field: str = "file", content: bytes = b"Parking is free.", **more: Any
) -> httpx.Response:
    files = {field: (more.pop("name", "parking.md"), content, "text/markdown")}
    return await app.client.post(f"{own(app)}/files", files=files, headers=app.site(), **more)


async def test_a_file_comes_back_as_it_was_uploaded(app: AppUnderTest) -> None:
    content = ("# Parking\r\n\r\nB\u00e9hind the house, " + "free. " * 30 + "\n").encode()
    made = await upload(app, content=content, params={"description": "Where to park"})
    assert made.status_code == 201
    file = made.json()
    assert (file["fileName"], file["mimeType"], file["size"]) == ("parking.md", "text/markdown", len(content))
    assert file["description"] == "Where to park"
    path = f"{own(app)}/files/{file['id']}"
    assert (await app.client.get(path, headers=app.site())).json() == file
    got = await app.client.get(f"{path}/content", headers=app.site())
    assert got.content == content
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert file in (await app.client.get(f"{own(app)}/files", headers=app.site())).json()
    gone = await app.client.delete(path, headers=app.site())
    assert (gone.status_code, gone.json()["statusCode"]) == (200, 200)
    assert nest(await app.client.get(path, headers=app.site()))[0] == 404


async def test_the_contract_s_own_line_uploads_a_text(app: AppUnderTest) -> None:
    made = await app.client.post(f"{own(app)}/files", files={"file": (None, "string")}, headers=app.site())
    assert made.status_code == 201
    file = made.json()
    assert (file["fileName"], file["mimeType"], file["size"]) == ("file.txt", "text/plain", 6)
    got = await app.client.get(f"{own(app)}/files/{file['id']}/content", headers=app.site())
    assert got.content == b"string"


async def test_a_path_with_a_slash_at_its_end_is_the_same(app: AppUnderTest) -> None:
    for path in (root(app), own(app), f"{own(app)}/files"):
        without = await app.client.get(path, headers=app.site())
        assert (await app.client.get(f"{path}/", headers=app.site())).json() == without.json(), path
        assert without.status_code == 200
    said = await app.client.post(f"{own(app)}/chat/", json={"message": "Hello"}, headers=app.site())
    assert said.status_code == 201
    body = {"siteId": app.demo.site_id}
    made = await app.client.post(f"{root(app)}/", json=body, headers=app.site())
    put = {**made.json(), "assistantName": "Ada"}
    path = f"{root(app)}/{made.json()['id']}/"
    assert (await app.client.put(path, json=put, headers=app.site())).json()["assistantName"] == "Ada"
    assert (await app.client.delete(path, headers=app.site())).status_code == 200


async def test_a_file_s_name_is_no_path(app: AppUnderTest) -> None:
    file = (await upload(app, name="..\\..\\etc/pass\r\nwd\u00e9.md")).json()
    assert "/" not in file["fileName"]
    assert "\\" not in file["fileName"]
    got = await app.client.get(f"{own(app)}/files/{file['id']}/content", headers=app.site())
    assert got.status_code == 200


async def test_uploads_without_a_file_say_so(app: AppUnderTest) -> None:
    path = f"{own(app)}/files"
    assert nest(await upload(app, field="document")) == (400, "Unexpected file field - document")
    assert nest(await app.client.post(path, headers=app.site())) == (400, "File is required")
    plain = await app.client.post(path, data={"file": "text"}, headers=app.site())
    assert nest(plain) == (400, "File is required")
    broken = {**app.site(), "Content-Type": "multipart/form-data; boundary=x"}
    assert nest(await app.client.post(path, content=b"--y\r\nnonsense", headers=broken))[0] == 400
    nameless = {**app.site(), "Content-Type": "multipart/form-data"}
    assert nest(await app.client.post(path, content=b"nonsense", headers=nameless))[0] == 400


@pytest.mark.parametrize("size", [2001, 100_000])
async def test_a_file_beyond_the_limit_is_refused(app: AppUnderTest, size: int) -> None:
    response = await upload(app, content=b"x" * size)
    assert response.json() == {"message": "File too large", "error": "Payload Too Large", "statusCode": 413}
    largest = await upload(app, content=b"x" * 2000)
    assert largest.status_code == 201


async def test_files_of_another_assistant_are_not_found(app: AppUnderTest) -> None:
    number = (await upload(app)).json()["id"]
    other = await app.services.assistants.create_assistant(app.demo.site_id)
    path = f"{root(app)}/{other.id}/files/{number}"
    assert nest(await app.client.get(path, headers=app.site()))[0] == 404
    assert nest(await app.client.delete(path, headers=app.site()))[0] == 404
