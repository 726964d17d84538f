"""The OpenAPI document: every door's routes, the contract's bodies, and no dangling reference."""

import json
from typing import Any

import pytest
from fastapi import FastAPI

from config.settings import Settings
from webhooks.app import create_app


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    app: FastAPI = create_app(Settings(), voice_agent=None)
    return app.openapi()


ROUTES = {
    ("post", "/v1/availability/search"),
    ("post", "/v1/bookings"),
    ("get", "/v1/bots/{bot_id}"),
    ("post", "/v1/messages"),
    ("post", "/auth/login"),
    ("get", "/auth/user"),
    ("get", "/site/{siteId}/assistant"),
    ("post", "/site/{siteId}/assistant"),
    ("get", "/site/{siteId}/assistant/{siteAssistantId}"),
    ("put", "/site/{siteId}/assistant/{siteAssistantId}"),
    ("delete", "/site/{siteId}/assistant/{siteAssistantId}"),
    ("get", "/site/{siteId}/assistant/{siteAssistantId}/files"),
    ("post", "/site/{siteId}/assistant/{siteAssistantId}/files"),
    ("get", "/site/{siteId}/assistant/{siteAssistantId}/files/{assistantFileId}"),
    ("get", "/site/{siteId}/assistant/{siteAssistantId}/files/{assistantFileId}/content"),
    ("delete", "/site/{siteId}/assistant/{siteAssistantId}/files/{assistantFileId}"),
    ("post", "/site/{siteId}/assistant/{siteAssistantId}/chat"),
    ("post", "/twilio/voice"),
    ("post", "/twilio/voice/next"),
    ("post", "/twilio/voice/dialled"),
    ("post", "/twilio/voice/recorded"),
    ("post", "/twilio/status"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
}


def test_every_route_is_described_and_no_other(document: dict[str, Any]) -> None:
    described = {(method, path) for path, item in document["paths"].items() for method in item}
    assert described == ROUTES


def test_making_the_app_opens_nothing() -> None:
    app = create_app(Settings(), voice_agent=None)
    assert not hasattr(app.state, "services")


def test_the_booking_s_body_and_header_are_the_contract_s(document: dict[str, Any]) -> None:
    booking = document["paths"]["/v1/bookings"]["post"]
    schema = booking["requestBody"]["content"]["application/json"]["schema"]
    assert {"bot_id", "booking"} <= set(schema["required"])
    assert {"start_at", "duration_minutes", "customer"} <= set(schema["properties"]["booking"]["required"])
    (header,) = [one for one in booking["parameters"] if one["in"] == "header"]
    assert (header["name"], header["required"]) == ("Idempotency-Key", True)


def test_every_reference_in_the_document_resolves(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [one for value in node.values() for one in references(value)]
        return [one for item in node for one in references(item)] if isinstance(node, list) else []

    for reference in references(document):
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    json.dumps(document)
