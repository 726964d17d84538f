"""The Site Assistants API held to the words of its published document (1.0)."""

from typing import Any

import pytest

from tests.fakes.documents import check_document, examples_of, operations, resolved, validate, written

DOCUMENT = written("site")
ONE = "/site/{siteId}/assistant/{siteAssistantId}"

ASSISTANT = {
    "assistantName": "HeyDonto AI",
    "assistantInstructions": "Ensure all appointments are updated daily.",
    "siteId": 123,
    "id": 456,
}
CREATE = {name: value for name, value in ASSISTANT.items() if name != "id"}
CHAT = {"message": "Please update all appointments for today."}
NAMES = {"assistantName": "string", "assistantInstructions": "string", "siteId": "number"}
# Operation: body's fields with those required; answer's likewise (the samples of the last ones show no body).
SOURCE: dict[str, tuple[dict[str, str], list[str], str]] = {
    "GET /site/{siteId}/assistant": ({}, [], "Retrieve all site assistants for a site"),
    "POST /site/{siteId}/assistant": (NAMES, ["siteId"], "Create a new site assistant"),
    f"GET {ONE}": ({}, [], "Retrieve a site assistant by ID"),
    f"PUT {ONE}": ({**NAMES, "id": "number"}, ["siteId", "id"], "Update an existing site assistant"),
    f"DELETE {ONE}": ({}, [], "Delete a site assistant"),
    f"POST {ONE}/files": ({"file": "string"}, ["file"], "Upload a file to the site assistant"),
    f"DELETE {ONE}/files/{{assistantFileId}}": ({}, [], "Delete a file associated with the site assistant"),
    f"POST {ONE}/chat": ({"message": "string"}, ["message"], "Send a chat message to the site assistant"),
}
OPERATIONS = dict(operations(DOCUMENT))


def kinds(field: dict[str, Any]) -> set[str]:
    return {one["type"] for one in field.get("anyOf", [field])}


def request_content(name: str) -> dict[str, Any]:
    content: dict[str, Any] = next(iter(OPERATIONS[name]["requestBody"]["content"].values()))
    return content


def success(name: str) -> dict[str, Any]:
    responses = OPERATIONS[name]["responses"]
    content: dict[str, Any] = responses[min(responses)]["content"]["application/json"]
    return content


def test_the_document_is_whole() -> None:
    check_document(DOCUMENT)


@pytest.mark.parametrize("name", SOURCE)
def test_site_assistants_operation(name: str) -> None:
    fields, required, summary = SOURCE[name]
    operation = OPERATIONS[name]
    assert operation["summary"] == summary
    assert operation["security"] == [{"bearer": []}]
    for one in (resolved(DOCUMENT, parameter) for parameter in operation["parameters"]):
        if one["in"] == "path":
            assert one["required"]
            assert one["schema"]["type"] == "integer"  # of the source's numbers, those that name something
    if not fields:
        assert "requestBody" not in operation
        return
    schema = resolved(DOCUMENT, request_content(name)["schema"])
    assert sorted(schema["required"]) == sorted(required)
    for field, kind in fields.items():
        assert kind in kinds(schema["properties"][field])
    for field in set(schema["properties"]) - set(fields):
        assert schema["properties"][field]["description"].startswith("Extension"), field


@pytest.mark.parametrize(
    "name", [one for one in SOURCE if not one.endswith(("files", "chat")) and "DEL" not in one]
)
def test_site_assistants_answer_of_an_assistant(name: str) -> None:
    content = success(name)
    schema = content["schema"]
    if schema.get("type") == "array":
        schema = schema["items"]
        validate(DOCUMENT, content["schema"], [ASSISTANT])
    else:
        validate(DOCUMENT, schema, ASSISTANT)
    found = resolved(DOCUMENT, schema)
    assert sorted(found["required"]) == ["id", "siteId"]
    assert {field: one["type"] for field, one in found["properties"].items()} == {**NAMES, "id": "number"}


@pytest.mark.parametrize(
    ("name", "example"),
    [("POST /site/{siteId}/assistant", CREATE), (f"PUT {ONE}", ASSISTANT), (f"POST {ONE}/chat", CHAT)],
)
def test_site_assistants_request_examples_are_shown(name: str, example: dict[str, Any]) -> None:
    content = request_content(name)
    validate(DOCUMENT, content["schema"], example)
    assert example in examples_of(DOCUMENT, content)


def test_site_assistants_upload_takes_a_form_and_a_description() -> None:
    operation = OPERATIONS[f"POST {ONE}/files"]
    assert list(operation["requestBody"]["content"]) == ["multipart/form-data"]
    described = [resolved(DOCUMENT, one) for one in operation["parameters"]]
    (description,) = [one for one in described if one["in"] == "query"]
    assert (description["name"], description["schema"]["type"]) == ("description", "string")
    assert description["schema"]["examples"] == ["Instructions document for the assistant"]
    assert not description["required"]


def test_site_assistants_unauthorized_sample_is_the_answer_without_a_token() -> None:
    sample = {"message": "Unauthorized", "statusCode": 401}
    for name in SOURCE:
        content = OPERATIONS[name]["responses"]["401"]["content"]["application/json"]
        validate(DOCUMENT, content["schema"], sample)
        assert sample in [one["value"] for one in content["examples"].values()]


def test_everything_else_is_an_extension_or_the_log_in() -> None:
    for name, operation in OPERATIONS.items():
        if name not in SOURCE and "/auth/" not in name:
            assert operation["description"].startswith("Extension"), name
