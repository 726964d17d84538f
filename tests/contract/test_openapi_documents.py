"""The APIs' OpenAPI documents: valid, whole, and true to the published Partner API's own words."""

import json
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from config.settings import Settings
from contracts.partner import AvailabilityAnswer, AvailabilitySearch, BookingAnswer, BookingRequest
from practice.partners.scopes import SCOPES
from tests.fakes.documents import bodies, check_document, examples_of, operations, resolved, validate, written
from webhooks.app import create_app
from webhooks.docs.routes import WRITERS

PARTNER = written("partner", "https://appointments.example.com")

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
KEYED = {
    "POST /v1/bookings",
    "POST /v1/bookings/{booking_id}/cancel",
    "POST /v1/bookings/{booking_id}/reschedule",
    "POST /v1/slots/hold",
    "POST /v1/messages",
}


@pytest.mark.parametrize("api", WRITERS)
def test_the_documents_are_valid(api: str) -> None:
    described = written(api, "https://appointments.example.com")
    json.dumps(described, allow_nan=False)
    assert described["paths"]
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(described)] == []
    for schema in described["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_the_document_is_whole() -> None:
    check_document(PARTNER)


@pytest.mark.parametrize(("model", "example"), SOURCE.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_the_source_s_own_examples_fit_and_are_shown(model: type, example: str) -> None:
    parsed = json.loads(example)
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    validate(PARTNER, reference, parsed)
    shown = [
        one
        for _, content in bodies(PARTNER)
        if content["schema"] == reference
        for one in examples_of(PARTNER, content)
    ]
    assert parsed in shown


@pytest.mark.parametrize(("name", "operation"), list(operations(PARTNER)))
def test_every_operation_needs_a_scope_and_says_what_can_become_of_it(
    name: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["tags"][0] in {tag["name"] for tag in PARTNER["tags"]}
    ((scheme, (scope,)),) = operation["security"][0].items()
    assert scheme in PARTNER["components"]["securitySchemes"]
    assert scope in SCOPES
    assert f"`{scope}`" in operation["description"]
    responses = operation["responses"]
    assert {"401", "403", "429", "503"} <= set(responses)
    if "requestBody" in operation:
        assert {"400", "413", "415"} <= set(responses)
    assert "WWW-Authenticate" in responses["401"]["headers"]
    headers = {
        one["name"]: one["required"]
        for one in (resolved(PARTNER, parameter) for parameter in operation.get("parameters", []))
        if one["in"] == "header"
    }
    assert headers.get("Idempotency-Key", False) is (name in KEYED), name
    refusals = responses.get("400", {}).get("content", {"application/json": {"examples": {}}})
    assert ("missing_idempotency_key" in refusals["application/json"]["examples"]) is (name in KEYED), name
    assert ("Idempotency-Replayed" in responses.get("200", {"headers": {}})["headers"]) is (name in KEYED)


def test_making_the_app_opens_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("app")), voice_agent=None)
    assert not hasattr(app.state, "services")
