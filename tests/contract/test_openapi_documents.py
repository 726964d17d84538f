"""The APIs' OpenAPI documents: valid, whole, and true to the contract's own words."""

import contextlib
import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from config.settings import RelaySettings, Settings
from contracts.partner import AvailabilityAnswer, AvailabilitySearch, BookingAnswer, BookingRequest
from practice.bookings.validation import check_booking
from practice.errors import InvalidRequest
from practice.partners.bot_fields import read_changes
from practice.partners.scopes import SCOPES
from tests.fakes.documents import written
from webhooks.app import create_app
from webhooks.docs.routes import WRITERS
from webhooks.openapi import document
from webhooks.partner_api.document import DOOR
from webhooks.partner_api.examples import BOOK

PARTNER = document(DOOR, "https://appointments.example.com")

# The examples of the published Partner API 1.0.0, to the letter.
SOURCE = {
    AvailabilitySearch: """{"bot_id": "bot_01h2xcejqtf2nbrexx3vqjhp41", "query": {"filter": {"start_at_range":
        {"start_at": "2024-01-15T09:00:00Z", "end_at": "2024-01-15T17:00:00Z"}}}}""",
    AvailabilityAnswer: """{"availabilities": [{"start_at": "2024-01-15T10:00:00Z", "duration_minutes": 30},
        {"start_at": "2024-01-15T10:30:00Z", "duration_minutes": 30}]}""",
    BookingRequest: """{"bot_id": "bot_01h2xcejqtf2nbrexx3vqjhp41", "booking": {
        "start_at": "2024-01-15T10:00:00Z", "duration_minutes": 30,
        "customer": {"phone": "+15551234567", "name": "John Doe", "email": "john@example.com"},
        "notes": "Initial consultation - referred by AI assistant"}}""",
    BookingAnswer: """{"booking": {"id": "bkg_01h2xcejqtf2nbrexx3vqjhp41", "status": "confirmed",
        "start_at": "2024-01-15T10:00:00Z", "end_at": "2024-01-15T10:30:00Z",
        "customer": {"phone": "+15551234567", "name": "John Doe"},
        "location": {"name": "Main Office", "address": "123 Main St, City, ST 12345"},
        "created_at": "2024-01-10T14:30:00Z"}}""",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("app")), voice_agent=None)


def resolved(node: Any) -> Any:
    """Follow a reference within the partner's document."""
    while isinstance(node, dict) and "$ref" in node:
        found: Any = PARTNER
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def validator(schema: dict[str, Any]) -> Any:
    """Make a validator of a schema of the partner's document."""
    whole = {**schema, "components": PARTNER["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in PARTNER["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """List every body of the partner's document: of requests, answers and errors."""
    for name, operation in operations():
        for of, one in (("request", operation.get("requestBody", {})), *operation["responses"].items()):
            if "content" in one:
                yield f"{name} {of}", one["content"]["application/json"]


@pytest.mark.parametrize("api", WRITERS)
def test_the_documents_are_valid(api: str) -> None:
    described = written(api, "https://appointments.example.com")
    json.dumps(described, allow_nan=False)
    assert described["paths"]
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(described)] == []


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    for schema in PARTNER["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(PARTNER))):
        assert resolved({"$ref": reference})


def test_nothing_is_declared_that_nothing_uses() -> None:
    used = set(re.findall(r'"\$ref": "#/components/([^"]+)"', json.dumps(PARTNER)))
    declared = {
        f"{kind}/{name}"
        for kind, named in PARTNER["components"].items()
        if kind != "securitySchemes"
        for name in named
    }
    assert declared == used


@pytest.mark.parametrize(("model", "example"), SOURCE.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_the_source_s_own_examples_fit_and_are_shown(model: type, example: str) -> None:
    parsed = json.loads(example)
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    validator(reference).validate(parsed)
    shown = [
        one["value"]
        for _, content in contents()
        if content["schema"] == reference
        for one in content.get("examples", {}).values()
    ]
    assert parsed in shown


@pytest.mark.parametrize(
    ("name", "content"), list(contents()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_body_has_examples_and_they_fit_its_schema(name: str, content: dict[str, Any]) -> None:
    assert content["examples"]
    for example in content["examples"].values():
        validator(content["schema"]).validate(example["value"])


@pytest.mark.parametrize(
    ("name", "operation"), list(operations()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_operation_says_what_it_does_and_what_can_become_of_it(
    name: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert len(operation["description"]) > 60
    assert operation["tags"][0] in {tag["name"] for tag in PARTNER["tags"]}
    ((scheme, (scope,)),) = operation["security"][0].items()
    assert scheme in PARTNER["components"]["securitySchemes"]
    assert scope in SCOPES
    assert f"`{scope}`" in operation["description"]
    assert {"401", "403", "429", "503"} <= set(operation["responses"])
    if "requestBody" in operation:
        assert {"400", "413", "415"} <= set(operation["responses"])
    for status in ("429", "503"):
        assert "Retry-After" in operation["responses"][status]["headers"]
    assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
    in_path = set(re.findall(r"\{(\w+)\}", name))
    assert in_path == {
        one["name"] for one in map(resolved, operation.get("parameters", [])) if one["in"] == "path"
    }


def test_a_changed_document_changes_no_other() -> None:
    before = json.dumps(PARTNER)
    changed = document(DOOR, "https://appointments.example.com")
    body = changed["paths"]["/v1/bookings"]["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        example["value"]["booking"].clear()
    changed["components"]["parameters"].clear()
    assert json.dumps(document(DOOR, "https://appointments.example.com")) == before


def test_operations_are_named_once() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(names) == len(set(names))


KEYED = {
    "POST /v1/bookings",
    "POST /v1/bookings/{booking_id}/cancel",
    "POST /v1/bookings/{booking_id}/reschedule",
    "POST /v1/slots/hold",
    "POST /v1/messages",
}


def test_what_writes_once_wants_a_key_and_no_other_does() -> None:
    for name, operation in operations():
        headers = {
            one["name"]: one["required"]
            for one in map(resolved, operation.get("parameters", []))
            if one["in"] == "header"
        }
        assert headers.get("Idempotency-Key", False) is (name in KEYED), name
        codes = operation["responses"].get("400", {}).get("content", {"application/json": {"examples": {}}})
        assert ("missing_idempotency_key" in codes["application/json"]["examples"]) is (name in KEYED), name
        if name in KEYED:
            assert "Idempotency-Replayed" in operation["responses"]["200"]["headers"]


def test_making_the_app_opens_nothing(app: FastAPI) -> None:
    assert not hasattr(app.state, "services")


def limits() -> Iterator[tuple[str, str, Any, Any]]:
    """List the document's limits of a booking: where, the most that it allows, and one more."""
    for schema, where in (("BookingDetails", "booking"), ("Customer", "booking.customer")):
        for name, field in PARTNER["components"]["schemas"][schema]["properties"].items():
            for limited in (field, *field.get("anyOf", [])):
                if "maximum" in limited:
                    yield where, name, limited["maximum"], limited["maximum"] + 1
                elif "maxLength" in limited:
                    # Of a telephone number only the blanks around it can be too many.
                    made, fill = ("+15551234567", " ") if name == "phone" else ("a@b", "x")
                    most = made.ljust(limited["maxLength"], fill)
                    yield where, name, most, most + fill


def test_what_the_document_calls_too_much_of_a_booking_is_refused_and_no_less() -> None:
    def book(where: str, name: str, value: Any) -> None:
        body = copy.deepcopy(BOOK)
        (body["booking"] if where == "booking" else body["booking"]["customer"])[name] = value
        check_booking(body)

    for where, name, most, beyond in limits():
        book(where, name, most)
        with pytest.raises(InvalidRequest, match=rf"^{where}\.{name} must"):
            book(where, name, beyond)
    ids = ["service_id", "practitioner_id", "hold_id"]
    assert [name for _, name, *_ in limits()] == ["duration_minutes", "notes", *ids, "phone", "name", "email"]


@pytest.mark.parametrize(("schema", "within"), [("BotChanges", None), ("ChangedScheduling", "scheduling")])
def test_null_clears_of_a_bot_what_the_document_says_and_nothing_else(
    schema: str, within: str | None
) -> None:
    for name, field in PARTNER["components"]["schemas"][schema]["properties"].items():
        body = {within: {name: None}} if within else {name: None}
        nullable = {"type": "null"} in field.get("anyOf", [])
        with (
            contextlib.nullcontext()
            if nullable
            else pytest.raises(InvalidRequest, match=f"{name} is required")
        ):
            read_changes(body, RelaySettings())
