"""The Assistants Admin API: its paths, its bodies, its error shapes, and who may do what."""

import json
from typing import Any

import pytest

from tests.fakes.admin import READ, ROOT, WRITE, Admin, bearer
from tests.fakes.app import AppUnderTest


@pytest.fixture
async def admin(app: AppUnderTest) -> Admin:
    return Admin(app, await bearer(app))


async def test_an_assistant_is_made_read_changed_and_deleted(admin: Admin) -> None:
    made = await admin.made("billing-help", temperature=0.2, model="gpt-4")
    assert made == {
        "id": made["id"],
        "code": "billing-help",
        "name": "Billing-Help",
        "instructions": "Help.",
        "model": "gpt-4",
        "response_format_json": False,
        "temperature": "0.20",
        "top_p": "1.00",
        "tools": [],
        "tools_json": "[]",
        "include_conversation_transcript": True,
        "include_conversation_metadata": True,
        "site_id": made["site_id"],
        "version": 1,
    }
    assert (await admin.ask("GET", "billing-help/")).json() == made
    patched = await admin.ask("PATCH", "billing-help/", {"top_p": "0.5", "response_format_json": True})
    assert patched.json() == {**made, "top_p": "0.50", "response_format_json": True, "version": 2}
    put = {"code": "billing-help", "name": "B", "instructions": "New.", "tools": []}
    replaced = (await admin.ask("PUT", "billing-help/", put)).json()
    assert (replaced["temperature"], replaced["model"], replaced["top_p"]) == ("0.70", "gpt-4o", "1.00")
    gone = await admin.ask("DELETE", "billing-help/")
    assert (gone.status_code, gone.content) == (204, b"")
    missing = await admin.ask("GET", "billing-help/")
    assert (missing.status_code, missing.json()) == (404, {"detail": "No Assistant matches the given query."})


async def test_lists_are_bare_arrays(admin: Admin, app: AppUnderTest) -> None:
    listed = (await admin.ask("GET")).json()
    assert [one["code"] for one in listed] == ["maple-street"]
    names = [json.loads(one["tools_json"])[0]["function"]["name"] for one in listed]
    assert names == ["search_availability"]
    for path in ("apis/", "maple-street/routes/", "maple-street/threads/"):
        assert (await admin.ask("GET", path)).json() == []


async def test_the_same_assistant_stands_behind_both_doors(admin: Admin, app: AppUnderTest) -> None:
    await admin.ask("PATCH", "maple-street/", {"instructions": "Written by an integrator."})
    path = f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}"
    shown = (await app.client.get(path, headers=app.site())).json()
    assert shown["assistantInstructions"] == "Written by an integrator."


@pytest.mark.parametrize("path", ["", "maple-street", "apis", "tools", "maple-street/routes"])
async def test_a_path_without_its_slash_is_the_same(admin: Admin, path: str) -> None:
    with_slash = await admin.ask("GET", f"{path}/" if path else "")
    without = await admin.ask("GET", ROOT.rstrip("/") + (f"/{path}" if path else ""))
    assert with_slash.status_code == 200
    assert without.json() == with_slash.json()


@pytest.mark.parametrize(
    ("body", "findings"),
    [
        (
            {},
            {name: ["This field is required."] for name in ("code", "name", "instructions", "tools")},
        ),
        ({"code": None}, {"code": ["This field may not be null."]}),
        ({"code": "ab"}, {"code": ["Ensure this field has at least 3 characters."]}),
        ({"code": "x" * 256}, {"code": ["Ensure this field has no more than 255 characters."]}),
        ({"code": "No Good"}, {"code": ["This value does not match the required pattern ^[a-z0-9-]+$."]}),
        ({"code": "é--"}, {"code": ["This value does not match the required pattern ^[a-z0-9-]+$."]}),
        ({"code": "apis"}, {"code": ["This code is reserved."]}),
        ({"code": "tools"}, {"code": ["This code is reserved."]}),
        ({"code": " "}, {"code": ["This field may not be blank."]}),
        ({"code": "maple-street"}, {"code": ["assistant with this code already exists."]}),
        ({"name": []}, {"name": ["Not a valid string."]}),
        ({"model": "gpt-9"}, {"model": ['"gpt-9" is not a valid choice.']}),
        ({"model": ["gpt-4"]}, {"model": ["\"['gpt-4']\" is not a valid choice."]}),
        ({"temperature": "hot"}, {"temperature": ["A valid number is required."]}),
        ({"temperature": True}, {"temperature": ["A valid number is required."]}),
        ({"temperature": "NaN"}, {"temperature": ["A valid number is required."]}),
        ({"temperature": -0.01}, {"temperature": ["Ensure this value is greater than or equal to 0."]}),
        ({"top_p": "1.01"}, {"top_p": ["Ensure this value is less than or equal to 1."]}),
        ({"top_p": "0.123"}, {"top_p": ["Ensure that there are no more than 2 decimal places."]}),
        ({"top_p": "1e-999999"}, {"top_p": ["Ensure that there are no more than 2 decimal places."]}),
        ({"response_format_json": "maybe"}, {"response_format_json": ["Must be a valid boolean."]}),
        ({"tools": "1"}, {"tools": ['Expected a list of items but got type "str".']}),
        ({"tools": ["1"]}, {"tools": ["Incorrect type. Expected pk value, received str."]}),
        ({"tools": [1] * 101}, {"tools": ["Ensure this field has no more than 100 elements."]}),
        ({"site_id": "1"}, {"site_id": ['Invalid pk "1" - object does not exist.']}),
        (
            {"name": None, "tools": [True], "top_p": 2},
            {
                "name": ["This field may not be null."],
                "tools": ["Incorrect type. Expected pk value, received bool."],
                "top_p": ["Ensure this value is less than or equal to 1."],
            },
        ),
        ({"tools": [999]}, {"tools": ['Invalid pk "999" - object does not exist.']}),
        (
            {"instructions": "é" * 50_001},
            {"instructions": ["Ensure this field has no more than 100000 bytes."]},
        ),
    ],
)
async def test_what_does_not_fit_is_named_field_by_field(
    admin: Admin, body: dict[str, Any], findings: dict[str, list[str]]
) -> None:
    valid = {"code": "fine", "name": "n", "instructions": "i", "tools": []}
    answer = await admin.ask("POST", body=valid | body if body else {})
    assert (answer.status_code, answer.json()) == (400, findings)
    assert [one["code"] for one in (await admin.ask("GET")).json()] == ["maple-street"]


async def test_values_are_taken_as_the_vendors_framework_takes_them(admin: Admin) -> None:
    lenient = {"name": 7, "temperature": 0.5, "top_p": " 0.50 ", "response_format_json": "on", "id": "x"}
    made = await admin.made("12345", **lenient, include_conversation_metadata="False", version=None)
    assert (made["name"], made["temperature"], made["top_p"]) == ("7", "0.50", "0.50")
    assert (made["response_format_json"], made["include_conversation_metadata"]) == (True, False)
    assert made["version"] == 1


async def test_what_is_not_there_is_said_before_what_does_not_fit(admin: Admin) -> None:
    for path in ("nobody/", "apis/nothing/", "nobody/routes/1/", "nobody/threads/1/"):
        assert (await admin.ask("PATCH", path, {"code": [], "tags": [], "content": 1})).status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "status", "detail"),
    [
        (b"{", "application/json", 400, "JSON parse error - "),
        (b'{"a": NaN}', "application/json", 400, "JSON parse error - "),
        (b"<a/>", "application/xml", 415, 'Unsupported media type "application/xml" in request.'),
    ],
)
async def test_a_body_that_is_none_says_so(
    admin: Admin, app: AppUnderTest, content: bytes, kind: str, status: int, detail: str
) -> None:
    headers = {**admin.headers, "Content-Type": kind}
    answer = await app.client.post(ROOT, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["detail"].startswith(detail)


async def test_a_body_that_is_no_object_says_what_it_is(admin: Admin) -> None:
    answer = await admin.ask("POST", body=[1])
    assert answer.json() == {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}


async def test_a_code_cannot_be_changed(admin: Admin) -> None:
    answer = await admin.ask("PATCH", "maple-street/", {"code": "other-street"})
    assert (answer.status_code, list(answer.json())) == (400, ["code"])


async def test_a_wrong_method_says_which_are_right(admin: Admin) -> None:
    answer = await admin.ask("POST", "tools/", {})
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "POST" not allowed.'})
    for path, allowed in (("tools/", "GET"), ("apis/", "GET, POST")):
        for method in ("DELETE", "OPTIONS"):
            assert (await admin.ask(method, path)).headers["Allow"] == allowed
    assert answer.headers["allow"] == "GET"


async def test_who_has_no_token_or_a_bad_one_is_told_so(app: AppUnderTest) -> None:
    nobody = Admin(app, {})
    answer = await nobody.ask("GET")
    assert (answer.status_code, answer.json()) == (
        401,
        {"detail": "Authentication credentials were not provided."},
    )
    assert answer.headers["www-authenticate"] == 'Bearer realm="api"'
    for wrong in ("nonsense", app.services.runtime.for_site(1), app.demo.partner_key):
        answer = await Admin(app, {"Authorization": f"Bearer {wrong}"}).ask("GET")
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_reader_may_not_write(app: AppUnderTest) -> None:
    reader = Admin(app, await bearer(app, READ))
    assert (await reader.ask("GET")).status_code == 200
    for method, path in (("POST", ""), ("PUT", "maple-street/"), ("DELETE", "maple-street/")):
        answer = await reader.ask(method, path, {})
        assert (answer.status_code, answer.json()) == (
            403,
            {"detail": "You do not have permission to perform this action."},
        )
    writer = Admin(app, await bearer(app, WRITE))
    assert (await writer.ask("GET")).status_code == 403


async def test_a_revoked_client_is_out_at_once(app: AppUnderTest) -> None:
    made = await app.services.clients.create_client([READ])
    token = await app.services.access_tokens.issue(made.client.id, [READ])
    admin = Admin(app, {"Authorization": f"Bearer {token}"})
    assert (await admin.ask("GET")).status_code == 200
    await app.services.clients.revoke_client(made.client.id)
    assert (await admin.ask("GET")).status_code == 401


async def test_a_client_of_one_site_sees_nothing_of_another(app: AppUnderTest, admin: Admin) -> None:
    other = await app.services.sites.create_site("Other")
    theirs = Admin(app, await bearer(app, sites=[other]))
    assert (await theirs.ask("GET")).json() == []
    for method, path in (
        ("GET", "maple-street/"),
        ("PATCH", "maple-street/"),
        ("DELETE", "maple-street/"),
        ("GET", "maple-street/routes/"),
        ("POST", "maple-street/threads/"),
        ("GET", "maple-street/versions/"),
    ):
        assert (await theirs.ask(method, path, {})).status_code == 404
    made = await theirs.made("their-own")
    assert made["site_id"] == other
    refused = await theirs.ask(
        "POST", body={"code": "x-y", "name": "x", "instructions": "x", "tools": [], "site_id": 1}
    )
    assert list(refused.json()) == ["site_id"]
    tools = {one["source_assistant"] for one in (await theirs.ask("GET", "tools/")).json()}
    assert tools == {"", "their-own"}
    secret = {"url": "https://api.example.com/", "headers": '{"X-Key": "s3cret-value"}'}
    api = (await admin.ask("POST", "apis/", secret)).json()
    assert (await theirs.ask("GET", "apis/")).json() == []
    assert (await theirs.ask("GET", f"apis/{api['code']}/")).status_code == 404


async def test_an_assistant_is_a_tool_for_others_but_not_in_a_circle(admin: Admin) -> None:
    first = await admin.made("first-one")
    tools = (await admin.ask("GET", "tools/")).json()
    tool = next(one for one in tools if one["source_assistant"] == "first-one")
    assert tool["data"]["function"]["name"] == "ask_first_one"
    assert (await admin.ask("GET", f"tools/{tool['id']}/")).json() == tool
    second = await admin.made("second-one", tools=[tool["id"]])
    assert json.loads(second["tools_json"])[0]["function"]["name"] == "ask_first_one"
    back = next(
        one for one in (await admin.ask("GET", "tools/")).json() if one["source_assistant"] == "second-one"
    )
    circle = await admin.ask("PATCH", "first-one/", {"tools": [back["id"]]})
    assert (circle.status_code, list(circle.json())) == (400, ["tools"])
    assert (await admin.ask("GET", "first-one/")).json() == first


async def test_versions_are_listed_and_brought_back(admin: Admin) -> None:
    await admin.made("with-past")
    await admin.ask("PATCH", "with-past/", {"instructions": "Second."})
    listed = (await admin.ask("GET", "with-past/versions/")).json()
    assert [(one["version"], one["cause"]) for one in listed] == [
        (2, "changed: instructions"),
        (1, "created"),
    ]
    back = await admin.ask("POST", "with-past/versions/1/restore/")
    assert (back.json()["instructions"], back.json()["version"]) == ("Help.", 3)
    assert (await admin.ask("POST", "with-past/versions/9/restore/")).status_code == 404


async def test_a_route_is_made_changed_and_deleted(admin: Admin) -> None:
    made = await admin.ask("POST", "maple-street/routes/", {"tags": {"language": "es"}})
    assert made.status_code == 201
    route = made.json()
    assert route == {"id": route["id"], "assistant": "maple-street", "tags": {"language": "es"}}
    path = f"maple-street/routes/{route['id']}/"
    changed = await admin.ask("PUT", path, {"tags": {"language": "fr", "after_hours": True}})
    assert changed.json()["tags"] == {"language": "fr", "after_hours": True}
    assert (await admin.ask("PATCH", path, {})).json() == changed.json()
    many = {f"t{number}": "x" for number in range(21)}
    free: list[dict[str, Any]] = [
        {"a": None, "b": [1, {"c": 2.5}]},
        {"a": {}},
        {"": "x"},
        {"a": ""},
        {"a": "x" * 256},
        many,
    ]
    for tags in free:
        assert (await admin.ask("PATCH", path, {"tags": tags})).json()["tags"] == tags
        assert (await admin.ask("GET", path)).json()["tags"] == tags
    assert (await admin.ask("PATCH", path, {"tags": "x"})).json() == {
        "tags": ['Expected a dictionary of items but got type "str".']
    }
    assert (await admin.ask("DELETE", path)).status_code == 204
    for missing in (path, "maple-street/routes/x/", f"maple-street/routes/{'9' * 30}/"):
        answer = await admin.ask("GET", missing)
        assert answer.json() == {"detail": "No AssistantRoute matches the given query."}


async def test_a_remote_apis_secrets_are_for_writers_alone(admin: Admin, app: AppUnderTest) -> None:
    body = {"url": "https://api.example.com/v1/", "headers": '{"Authorization": "Bearer s3cret"}'}
    made = (await admin.ask("POST", "apis/", body)).json()
    assert (made["headers"], made["auth"]) == (body["headers"], "headers")
    assert made["code"].startswith("api-example-com-")
    by_number = await admin.ask("GET", f"apis/{made['id']}/")
    assert by_number.json() == made
    assert (await admin.ask("GET", f"apis/{'9' * 5000}/")).status_code == 404
    reader = Admin(app, await bearer(app, READ))
    shown = (await reader.ask("GET", f"apis/{made['code']}/")).json()
    assert json.loads(shown["headers"]) == {"Authorization": "********"}
    changed = await admin.ask("PATCH", f"apis/{made['code']}/", {"headers": {"X-Key": "other"}})
    assert json.loads(changed.json()["headers"]) == {"X-Key": "other"}
    assert (await admin.ask("DELETE", f"apis/{made['code']}/")).status_code == 204
    assert (await admin.ask("GET", f"apis/{made['code']}/")).status_code == 404


async def test_a_form_makes_an_api_too(admin: Admin) -> None:
    fields = {"code": "by-form", "url": "https://api.example.com", "headers": "{}"}
    assert (await admin.ask("POST", "apis/", data=fields)).json()["auth"] == "none"
    several = {name: (None, value) for name, value in (fields | {"code": "by-parts"}).items()}
    assert (await admin.ask("POST", "apis/", files=several)).json()["code"] == "by-parts"
    nul = await admin.ask("POST", "apis/", data=fields | {"headers": "\0"})
    assert (nul.status_code, nul.json()) == (400, {"headers": ["Null characters are not allowed."]})
    changed = await admin.ask("PATCH", "maple-street/", data={"response_format_json": "1", "top_p": "0.4"})
    assert (changed.json()["response_format_json"], changed.json()["top_p"]) == (True, "0.40")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "ftp://x.example"}, "url"),
        ({"url": "not a url"}, "url"),
        ({"url": "https://user:pass@x.example/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://x.example/" + "a" * 200}, "url"),
        ({"headers": "not json"}, "headers"),
        ({"headers": "[1]"}, "headers"),
        ({"headers": '{"X": {}}'}, "headers"),
        ({"headers": '{"X": "a\\r\\nEvil: 1"}'}, "headers"),
        ({"headers": {"X": "é"}}, "headers"),
        ({"headers": {"X": "a", "x": "b"}}, "headers"),
        *(
            ({"headers": {name: "x"}}, "headers")
            for name in "Host content-length Transfer-Encoding Connection TE Proxy-Authorization".split()
        ),
        ({"headers": '{"Bad Name": "x"}'}, "headers"),
        ({"oauth": {"token_url": "https://x.example/t"}}, "oauth"),
        ({"oauth": {"token_url": "https://10.0.0.1/", "client_id": "c", "client_secret": "s"}}, "oauth"),
        ({"oauth": "x"}, "oauth"),
        ({"code": "No"}, "code"),
    ],
)
async def test_an_api_that_could_not_be_called_is_refused(
    admin: Admin, changes: dict[str, Any], field: str
) -> None:
    body = {"url": "https://api.example.com", "headers": "{}", **changes}
    answer = await admin.ask("POST", "apis/", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert (await admin.ask("GET", "apis/")).json() == []
