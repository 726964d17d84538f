"""The Site Assistants API as its clients see it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.settings import ServerSettings
from tests.fakes.doors import Injected, include_routers


@pytest.fixture
async def doors(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Injected]:
    async with include_routers(
        tmp_path, sqlite_template, server=ServerSettings(max_upload_bytes=2000)
    ) as doors:
        yield doors


UNAUTHORIZED = {"message": "Unauthorized", "statusCode": 401}


def root(doors: Injected) -> str:
    return f"/site/{doors.demo.site_id}/assistant"


def own(doors: Injected) -> str:
    return f"{root(doors)}/{doors.demo.assistant_id}"


async def log_in(doors: Injected, **changes: Any) -> httpx.Response:
    body = {"email": doors.demo.staff_email, "password": doors.demo.staff_password, **changes}
    return await doors.client.post("/auth/login", json=body)


def nest(response: httpx.Response) -> tuple[int, Any]:
    body = response.json()
    assert set(body) == {"message", "error", "statusCode"}
    assert body["statusCode"] == response.status_code
    return response.status_code, body["message"]


async def test_a_log_in_gives_the_token_under_both_names(doors: Injected) -> None:
    response = await log_in(doors)
    body = response.json()
    assert response.status_code == 201
    assert body["message"] == "Login successful"
    assert body["token"] == body["accessToken"]


async def test_the_token_opens_the_sites_of_its_person_for_a_day(doors: Injected) -> None:
    headers = {"Authorization": f"Bearer {(await log_in(doors)).json()['token']}"}
    assert (await doors.client.get(root(doors), headers=headers)).status_code == 200
    user = (await doors.client.get("/auth/user", headers=headers)).json()
    assert user["email"] == doors.demo.staff_email
    assert user["siteIds"] == [doors.demo.site_id]
    doors.wall.move(hours=24, seconds=1)
    response = await doors.client.get(root(doors), headers=headers)
    assert (response.status_code, response.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize(
    "changes", [{"password": "wrong"}, {"email": "nobody@example.com"}, {"password": "x" * 5000}]
)
async def test_a_wrong_log_in_says_nothing_of_what_was_wrong(
    doors: Injected, changes: dict[str, str]
) -> None:
    response = await log_in(doors, **changes)
    assert (response.status_code, response.json()) == (401, UNAUTHORIZED)
    assert list(response.json()) == ["message", "statusCode"]


async def test_a_log_in_without_its_fields_lists_them(doors: Injected) -> None:
    assert nest(await log_in(doors, email=None, password=7)) == (
        400,
        ["email must be a string", "password must be a string"],
    )


@pytest.mark.parametrize("credential", [None, "", "nonsense", "a.b.c"])
async def test_without_a_good_token_the_answer_is_401(doors: Injected, credential: str | None) -> None:
    headers = {} if credential is None else {"Authorization": f"Bearer {credential}"}
    for path in (root(doors), own(doors), f"{own(doors)}/files", "/auth/user", "/site/x/assistant"):
        response = await doors.client.get(path, headers=headers)
        assert (response.status_code, response.json()) == (401, UNAUTHORIZED)


async def test_a_partner_key_is_no_site_token(doors: Injected) -> None:
    response = await doors.client.get(root(doors), headers=doors.partner())
    assert response.status_code == 401


async def test_a_token_reaches_no_other_site(doors: Injected) -> None:
    other = await doors.services.assistants.create_site("Other")
    there = await doors.services.assistants.create_assistant(
        other, {"name": "Theirs", "instructions": "Secret"}
    )
    staff = {"Authorization": f"Bearer {(await log_in(doors)).json()['token']}"}
    for headers in (doors.site(), staff):
        for path in (
            f"/site/{other}/assistant",
            f"/site/{other}/assistant/{there.id}",
            "/site/999/assistant",
        ):
            assert nest(await doors.client.get(path, headers=headers)) == (403, "Forbidden resource")
        through_own = await doors.client.get(f"{root(doors)}/{there.id}", headers=headers)
        assert nest(through_own)[0] == 404


async def test_the_list_is_a_bare_array_of_assistants(doors: Injected) -> None:
    (assistant,) = (await doors.client.get(root(doors), headers=doors.site())).json()
    assert assistant["id"] == doors.demo.assistant_id
    assert assistant["siteId"] == doors.demo.site_id
    assert assistant["assistantInstructions"]


async def test_an_assistant_is_made_changed_and_deleted(doors: Injected) -> None:
    site = doors.demo.site_id
    made = await doors.client.post(root(doors), json={"siteId": site}, headers=doors.site())
    assert made.status_code == 201
    assert set(made.json()) == {"id", "siteId"}
    path, number = f"{root(doors)}/{made.json()['id']}", made.json()["id"]
    change = {
        "siteId": site,
        "id": number,
        "assistantName": "Night desk",
        "assistantInstructions": "Be kind.",
    }
    changed = await doors.client.put(path, json=change, headers=doors.site())
    assert (changed.status_code, changed.json()) == (200, change)
    assert (await doors.client.get(path, headers=doors.site())).json() == change
    gone = await doors.client.delete(path, headers=doors.site())
    assert (gone.status_code, gone.json()["statusCode"]) == (200, 200)
    assert nest(await doors.client.get(path, headers=doors.site()))[0] == 404


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
    doors: Injected, body: dict[str, Any], finding: str
) -> None:
    response = await doors.client.post(root(doors), json=body, headers=doors.site())
    assert nest(response) == (400, [finding])


async def test_a_put_repeats_both_ids(doors: Injected) -> None:
    response = await doors.client.put(own(doors), json={"siteId": doors.demo.site_id}, headers=doors.site())
    assert nest(response) == (400, ["id must be a number conforming to the specified constraints"])


@pytest.mark.parametrize("number", ["x", "1.5", "-1", "9" * 30, "%F0%9F%99%82"])
async def test_a_path_without_a_number_is_a_bad_request(doors: Injected, number: str) -> None:
    for path in (f"/site/{number}/assistant", f"{root(doors)}/{number}", f"{own(doors)}/files/{number}"):
        response = await doors.client.get(path, headers=doors.site())
        assert nest(response) == (400, "Validation failed (numeric string is expected)")


async def test_unknown_routes_answer_as_the_framework_does(doors: Injected) -> None:
    response = await doors.client.get("/site/1/nothing", headers=doors.site())
    assert nest(response) == (404, "Cannot GET /site/1/nothing")
    response = await doors.client.patch(own(doors), headers=doors.site())
    assert nest(response)[0] == 404


async def upload(
    doors: Injected, field: str = "file", content: bytes = b"Parking is free.", **more: Any
) -> httpx.Response:
    files = {field: (more.pop("name", "parking.md"), content, "text/markdown")}
    return await doors.client.post(f"{own(doors)}/files", files=files, headers=doors.site(), **more)


async def test_a_file_comes_back_as_it_was_uploaded(doors: Injected) -> None:
    content = ("# Parking\r\n\r\nB\u00e9hind the house, " + "free. " * 30 + "\n").encode()
    made = await upload(doors, content=content, params={"description": "Where to park"})
    assert made.status_code == 201
    file = made.json()
    assert (file["fileName"], file["mimeType"], file["size"]) == ("parking.md", "text/markdown", len(content))
    assert file["description"] == "Where to park"
    path = f"{own(doors)}/files/{file['id']}"
    assert (await doors.client.get(path, headers=doors.site())).json() == file
    got = await doors.client.get(f"{path}/content", headers=doors.site())
    assert got.content == content
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert file in (await doors.client.get(f"{own(doors)}/files", headers=doors.site())).json()
    gone = await doors.client.delete(path, headers=doors.site())
    assert (gone.status_code, gone.json()["statusCode"]) == (200, 200)
    assert nest(await doors.client.get(path, headers=doors.site()))[0] == 404


async def test_a_file_s_name_is_no_path(doors: Injected) -> None:
    file = (await upload(doors, name="..\\..\\etc/pass\r\nwd\u00e9.md")).json()
    assert "/" not in file["fileName"]
    assert "\\" not in file["fileName"]
    got = await doors.client.get(f"{own(doors)}/files/{file['id']}/content", headers=doors.site())
    assert got.status_code == 200


async def test_uploads_without_a_file_say_so(doors: Injected) -> None:
    path = f"{own(doors)}/files"
    assert nest(await upload(doors, field="document")) == (400, "Unexpected file field - document")
    assert nest(await doors.client.post(path, headers=doors.site())) == (400, "File is required")
    plain = await doors.client.post(path, data={"file": "text"}, headers=doors.site())
    assert nest(plain) == (400, "File is required")
    broken = {**doors.site(), "Content-Type": "multipart/form-data; boundary=x"}
    assert nest(await doors.client.post(path, content=b"--y\r\nnonsense", headers=broken))[0] == 400
    nameless = {**doors.site(), "Content-Type": "multipart/form-data"}
    assert nest(await doors.client.post(path, content=b"nonsense", headers=nameless))[0] == 400


@pytest.mark.parametrize("size", [2001, 100_000])
async def test_a_file_beyond_the_limit_is_refused(doors: Injected, size: int) -> None:
    response = await upload(doors, content=b"x" * size)
    assert response.json() == {"message": "File too large", "error": "Payload Too Large", "statusCode": 413}
    largest = await upload(doors, content=b"x" * 2000)
    assert largest.status_code == 201


async def test_files_of_another_assistant_are_not_found(doors: Injected) -> None:
    number = (await upload(doors)).json()["id"]
    other = await doors.services.assistants.create_assistant(doors.demo.site_id)
    path = f"{root(doors)}/{other.id}/files/{number}"
    assert nest(await doors.client.get(path, headers=doors.site()))[0] == 404
    assert nest(await doors.client.delete(path, headers=doors.site()))[0] == 404
