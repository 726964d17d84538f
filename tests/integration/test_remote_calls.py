"""``call_api`` over real sockets: where it may go, how long, how much, and what is never told."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.responses import PlainTextResponse

from config.settings import RelaySettings, RemoteApiSettings, Settings
from contracts.site import API_METHODS
from practice.assistants.remote_apis import RemoteApis
from practice.assistants.remote_calls import REDACTED
from practice.errors import InvalidField
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.remote_api import RemoteApi, as_text, remote_api

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "the-key-of-the-api"
LIMIT = 2000


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def listening_api() -> AsyncIterator[RemoteApi]:
    async with remote_api() as api:
        yield api


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, listening_api: RemoteApi
) -> AsyncIterator[AppUnderTest]:
    groups: dict[str, Any] = {
        "relay": RelaySettings(allowed_networks="127.0.0.0/8"),
        "apis": RemoteApiSettings(timeout_seconds=1.0, max_answer_bytes=LIMIT),
    }
    async with run_app(tmp_path_factory.mktemp("calls"), sqlite_template, **groups) as app:
        create = app.services.remote_apis.create_api
        await create(url=listening_api.url, headers=f'{{"X-Key": "{SECRET}"}}', code="shop")
        await create(url=listening_api.url, headers='{"X-Key": "k"}', oauth=listening_api.oauth, code="bank")
        yield app


@pytest.fixture
def api(listening_api: RemoteApi) -> RemoteApi:
    listening_api.asked.clear()
    listening_api.token_requests.clear()
    listening_api.outside.clear()
    listening_api.refused.clear()
    listening_api.tokens[:] = ["first-token-of-the-api"]
    return listening_api


async def call(app: AppUnderTest, path: str, code: str = "shop", **more: Any) -> httpx.Response:
    url = f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}/api-calls"
    body = {"apiCode": code, "path": path, **more}
    return await app.client.post(url, json=body, headers=app.site())


async def test_a_call_carries_the_credentials_and_what_was_asked(
    opened: AppUnderTest, api: RemoteApi
) -> None:
    query = {"lines": True, "page": 2, "of": "ä b"}
    answer = await call(opened, "/orders/7", method="post", query=query, body={"a": [1]})
    assert (answer.status_code, answer.json()["status"]) == (201, 200)
    assert answer.json()["body"]["query"] == {"lines": "true", "page": "2", "of": "ä b"}
    (asked,) = api.asked
    assert (asked["method"], asked["body"]) == ("POST", '{"a":[1]}')
    assert asked["path"].startswith("/v1/orders/7?")
    assert asked["headers"]["x-key"] == SECRET


@pytest.mark.parametrize("method", API_METHODS)
async def test_every_method_of_the_list_goes_out(opened: AppUnderTest, api: RemoteApi, method: str) -> None:
    assert (await call(opened, "x", method=method)).json()["status"] == 200
    assert api.asked[0]["method"] == method


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "HEAD", "", "GET /inside"])
async def test_no_other_method_does(opened: AppUnderTest, api: RemoteApi, method: str) -> None:
    answer = await call(opened, "x", method=method)
    assert answer.status_code == 400
    assert "method" in as_text(answer.json())
    assert [api.asked, api.outside] == [[], []]


@pytest.mark.parametrize(
    "path",
    [
        "../inside",
        "/../inside",
        "a/../../inside",
        "..",
        "%2e%2e/inside",
        "%2E%2E%2Finside",
        ".%2e/inside",
        "%252e%252e/inside",
        "%25252e%25252e/inside",
        "..\\inside",
        "..%5cinside",
        "..;/inside",
        "a/..;x=1/../inside",
        ".. /inside",
        "//evil.example/x",
        "/\\evil.example/x",
        "%2f%2fevil.example/x",
        "\\\\evil.example",
        "http://evil.example/x",
        "https%3a%2f%2fevil.example",
        "file:///etc/passwd",
        "x?admin=true",
        "x%3fadmin=true",
        "x#top",
        "x%23top",
        "x\r\nHost: evil",
        "x%0d%0aX-Evil: 1",
        "x%00",
        "x" * 2001,
        "x" * 100_000,
    ],
)
async def test_a_path_that_leads_away_goes_nowhere(opened: AppUnderTest, api: RemoteApi, path: str) -> None:
    answer = await call(opened, path)
    assert answer.status_code == 400
    assert set(answer.json()) == {"message", "error", "statusCode"}
    assert [api.asked, api.outside] == [[], []]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("", "/v1"),
        ("/", "/v1"),
        ("orders/7", "/v1/orders/7"),
        ("/orders//7/", "/v1/orders/7/"),
        ("./orders", "/v1/orders"),
        ("v1/x", "/v1/v1/x"),
        ("a%2fb", "/v1/a/b"),
        ("@evil.example/x", "/v1/@evil.example/x"),
        (":80/x", "/v1/:80/x"),
        ("zähne", "/v1/z%C3%A4hne"),
        ("...", "/v1/..."),
    ],
)
async def test_all_else_stays_below_the_base_url(
    opened: AppUnderTest, api: RemoteApi, path: str, sent: str
) -> None:
    await call(opened, path)
    assert [one["path"] for one in api.asked] == ([sent] if sent != "/v1" else [])
    assert api.outside == ([] if sent != "/v1" else ["v1"])


async def test_a_redirect_is_an_answer_and_not_followed(opened: AppUnderTest, api: RemoteApi) -> None:
    answer = (await call(opened, "away")).json()
    assert answer == {"status": 307, "body": "", "truncated": False}
    assert api.outside == []


@pytest.mark.parametrize("path", ["slow", "drip"])
async def test_a_slow_api_has_its_seconds_and_no_more(
    opened: AppUnderTest, api: RemoteApi, path: str
) -> None:
    began = time.monotonic()
    answer = await call(opened, path)
    assert time.monotonic() - began < 15
    assert (answer.status_code, answer.json()["message"]) == (502, "The API did not answer.")


async def test_the_limits_are_ten_seconds_and_64_kib() -> None:
    assert (RemoteApiSettings().timeout_seconds, RemoteApiSettings().max_answer_bytes) == (10, 65_536)


@pytest.mark.parametrize(("size", "cut"), [(LIMIT, False), (LIMIT + 1, True), (LIMIT * 100, True)])
async def test_an_answer_is_cut_at_the_limit(
    opened: AppUnderTest, api: RemoteApi, size: int, cut: bool
) -> None:
    answer = (await call(opened, f"bytes/{size}")).json()
    assert (len(answer["body"]), answer["truncated"]) == (LIMIT, cut)


async def test_an_api_that_repeats_its_credentials_tells_nobody(opened: AppUnderTest, api: RemoteApi) -> None:
    answer = (await call(opened, "x")).json()
    assert answer["body"]["headers"]["x-key"] == REDACTED
    escaped = (await call(opened, "escaped")).json()
    assert escaped["body"] == {"key": REDACTED, REDACTED: 1}
    for left in range(1, len(SECRET)):
        at_the_edge = (await call(opened, f"cut/{LIMIT - left}")).json()
        assert at_the_edge["truncated"]
        assert at_the_edge["body"] == "x" * (LIMIT - left) + REDACTED
    assert SECRET not in as_text([answer, escaped])


async def test_what_is_no_text_is_left_out_of_an_answer(opened: AppUnderTest, api: RemoteApi) -> None:
    assert (await call(opened, "no-text")).json()["body"] == {"half": "a?b", "nul": REDACTED}


async def test_what_is_packed_is_not_unpacked(opened: AppUnderTest, api: RemoteApi) -> None:
    assert (await call(opened, "packed")).status_code == 502
    assert api.asked[0]["headers"]["accept-encoding"] == "identity"


async def test_a_token_is_fetched_once_and_never_told(opened: AppUnderTest, api: RemoteApi) -> None:
    api.tokens[:] = ["a-token-to-be-kept"]
    await opened.services.remote_apis.update_api(
        "bank", None, {"oauth": {**api.oauth, "scope": "read write"}}
    )
    answers = [(await call(opened, "x", "bank")).json() for _ in range(3)]
    (asked,) = api.token_requests
    assert asked["form"] == {"grant_type": "client_credentials", "scope": "read write"}
    assert asked["by"].startswith("Basic ")
    assert {one["headers"]["authorization"] for one in api.asked} == {"Bearer a-token-to-be-kept"}
    assert answers[0]["body"]["headers"]["authorization"] == f"Bearer {REDACTED}"
    assert "a-token-to-be-kept" not in as_text(answers)


async def test_a_token_that_is_refused_is_replaced_once(opened: AppUnderTest, api: RemoteApi) -> None:
    await opened.services.remote_apis.update_api("bank", None, {"oauth": {**api.oauth, "scope": "again"}})
    api.tokens[:] = ["the-old-token", "the-new-token"]
    await call(opened, "x", "bank")
    api.refused.add("the-old-token")
    renewed = (await call(opened, "x", "bank")).json()
    assert renewed["status"] == 200
    assert len(api.token_requests) == 2
    api.refused.add("the-new-token")
    refused = (await call(opened, "x", "bank")).json()
    assert (refused["status"], len(api.token_requests)) == (401, 3)


async def test_a_client_that_is_changed_gets_a_token_of_its_own(opened: AppUnderTest, api: RemoteApi) -> None:
    for secret in ("one-secret", "another-secret"):
        changed = {**api.oauth, "client_secret": secret}
        await opened.services.remote_apis.update_api("bank", None, {"oauth": changed})
        await call(opened, "x", "bank")
    assert len({one["by"] for one in api.token_requests}) == 2


@pytest.mark.parametrize(
    "given",
    [
        PlainTextResponse("no", 500),
        PlainTextResponse('{"access_token": "a-token-all-the-same"}', 403),
        PlainTextResponse('{"access_token": "a-packed-token"}', headers={"Content-Encoding": "gzip"}),
        PlainTextResponse(" " * (LIMIT + 1) + '{"access_token": "far-behind"}'),
        PlainTextResponse("", 307, headers={"Location": "/v1/token"}),
        {"error": "invalid_client"},
        {"access_token": None},
        {"access_token": "two\nlines"},
        {"access_token": "a-token", "expires_in": "soon"},
        {"access_token": "\u00e4-token"},
    ],
)
async def test_a_token_endpoint_that_gives_none_is_a_failed_call(
    opened: AppUnderTest, api: RemoteApi, given: Any
) -> None:
    await opened.services.remote_apis.update_api("bank", None, {"oauth": {**api.oauth, "scope": "none"}})
    api.tokens[:] = [given]
    answer = await call(opened, "x", "bank")
    assert answer.status_code == 502
    assert "the-client-secret" not in answer.text
    assert api.asked == []


async def test_an_api_of_another_site_is_not_there(opened: AppUnderTest, api: RemoteApi) -> None:
    services = opened.services
    other = await services.sites.create_site("Other")
    await services.remote_apis.create_api(url=api.url, headers="{}", code="theirs", site_id=other)
    own = await services.remote_apis.create_api(
        url=api.url, headers="{}", code="ours", site_id=opened.demo.site_id
    )
    assert (await call(opened, "x", "ours")).json()["status"] == 200
    for code in ("theirs", "nothing", "", "9" * 20):
        assert (await call(opened, "x", code)).status_code == 404, code
    assert own.site_id == opened.demo.site_id
    assert len(api.asked) == 1
    theirs = {"Authorization": f"Bearer {services.runtime.for_site(other)}"}
    url = f"/site/{opened.demo.site_id}/assistant/{opened.demo.assistant_id}/api-calls"
    refused = await opened.client.post(url, json={"apiCode": "ours", "path": "x"}, headers=theirs)
    assert refused.status_code == 403


async def test_this_machine_is_out_of_bounds_unless_the_operator_allows_it(
    tmp_path: Path, sqlite_template: Path, api: RemoteApi
) -> None:
    async with run_app(tmp_path, sqlite_template) as app:
        services, port = app.services, api.address.partition(":")[2]
        inside = ("127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "10.0.0.1", "169.254.169.254")
        for host in inside:
            with pytest.raises(InvalidField, match="public internet"):
                await services.remote_apis.create_api(url=f"https://{host}:{port}/v1", headers="{}")
        # One that was allowed once, and is not any more.
        once = Settings(data_dir=tmp_path, relay=RelaySettings(allowed_networks="127.0.0.0/8"))
        before = RemoteApis(services.database, services.clock, services.keyring, once)
        await before.create_api(url=api.url, headers="{}", code="shop")
        await before.create_api(url=api.url, headers="{}", oauth=api.oauth, code="bank")
        for code in ("shop", "bank"):
            assert (await call(app, "x", code)).status_code == 502
    assert [api.asked, api.outside, api.token_requests] == [[], [], []]


async def test_credentials_never_travel_unencrypted(opened: AppUnderTest) -> None:
    apis, plain = opened.services.remote_apis, "http://api.example/v1"
    with pytest.raises(InvalidField, match="https"):
        await apis.create_api(url=plain, headers="{}")
    oauth = {"token_url": "http://api.example/token", "client_id": "c", "client_secret": "s"}
    with pytest.raises(InvalidField, match="https"):
        await apis.create_api(url="https://api.example/v1", headers="{}", oauth=oauth)
    with pytest.raises(InvalidField, match="https"):
        await apis.update_api("shop", None, {"url": plain})


async def test_credentials_stay_with_the_server_that_they_were_given_for(opened: AppUnderTest) -> None:
    apis, headers = opened.services.remote_apis, f'{{"X-Key": "{SECRET}"}}'
    oauth = {"token_url": "https://api.example/token", "client_id": "c", "client_secret": "s"}
    await apis.create_api(url="https://api.example/v1", headers=headers, oauth=oauth, code="moving")
    await apis.update_api("moving", None, {"url": "https://api.example/v2"})
    assert (await apis.credentials("moving", None))[1:] == ({"X-Key": SECRET}, oauth)
    await apis.update_api("moving", None, {"url": "https://evil.example/v2"})
    assert (await apis.credentials("moving", None))[1:] == ({}, None)
    await apis.update_api("moving", None, {"url": "https://new.example", "headers": headers})
    assert (await apis.credentials("moving", None))[1:] == ({"X-Key": SECRET}, None)


async def memory(app: AppUnderTest, method: str, conversation: str, body: Any = None) -> httpx.Response:
    url = f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}/memory/{conversation}"
    return await app.client.request(method, url, json=body, headers=app.site())


async def test_a_memory_keeps_what_fits(opened: AppUnderTest) -> None:
    entry = {"key": "k" * 100, "data": "x" * 9_998}
    assert (await memory(opened, "PUT", "c-1", entry)).json() == entry
    assert (await memory(opened, "PUT", "c-1", {"key": "k" * 100, "data": None})).status_code == 200
    assert (await memory(opened, "GET", "c-1")).json() == {"k" * 100: None}
    assert (await memory(opened, "GET", "c-2")).json() == {}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"key": "a"},
        {"data": 1},
        {"key": "", "data": 1},
        {"key": "k" * 101, "data": 1},
        {"key": 7, "data": 1},
        {"key": "a", "data": "x" * 9_999},
        {"key": "a", "data": [["x" * 5_000], ["x" * 5_000]]},
    ],
)
async def test_a_memory_refuses_what_does_not_fit(opened: AppUnderTest, body: dict[str, Any]) -> None:
    answer = await memory(opened, "PUT", "c-3", body)
    assert answer.status_code == 400
    assert (await memory(opened, "GET", "c-3")).json() == {}


async def test_a_conversation_has_a_name_that_fits_and_a_hundred_keys(opened: AppUnderTest) -> None:
    assert (await memory(opened, "GET", "c" * 256)).status_code == 404
    assert (await memory(opened, "GET", "a%00b")).status_code == 404
    for number in range(100):
        await opened.services.memories.write(opened.demo.assistant_id, "full", f"k{number}", number)
    assert (await memory(opened, "PUT", "full", {"key": "one-more", "data": 1})).status_code == 400
    assert (await memory(opened, "PUT", "full", {"key": "k1", "data": "new"})).status_code == 200
