"""The Chat Sessions API's document against the source document's tables: field by field, both ways."""

from typing import Any

import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from contracts.chat_sessions import ChatSession, ChatSessionCreate, ChatSessionPatch
from tests.fakes.documents import operations, resolved, written

DOCUMENT = written("chat-sessions")
RESPONSE = (
    "id createdAt type room startedAt startedBy acceptedAt acceptedBy rejectedAt rejectedBy rejectReason"
    " finishedAt finishedBy participants"
).split()
CREATE = [name for name in RESPONSE if name != "id"]
PATCH = [*CREATE, "start", "accept", "reject", "finish"]
EXTENSIONS = {"reason", "urgency", "summary", "threadId", "callId", "bookingId", "callbackAt"}
BESIDE = {"createdBy", "finishReason", "reachable"}
"""``createdBy`` stands in the source's examples alone, ``finishReason`` in our decision."""


@pytest.mark.parametrize(
    ("model", "names", "beside"),
    [
        (ChatSession, RESPONSE, EXTENSIONS | BESIDE),
        (ChatSessionCreate, CREATE, EXTENSIONS | {"ring"}),
        (ChatSessionPatch, PATCH, EXTENSIONS - {"threadId", "callId", "callbackAt"}),
    ],
)
def test_models_have_the_fields_of_the_tables(model: Any, names: list[str], beside: set[str]) -> None:
    assert set(model.model_fields) == {*names, *beside}


def test_document_is_valid_openapi() -> None:
    OPENAPI_31_VALIDATOR.validate(DOCUMENT)


def test_document_names_the_four_operations_and_the_extensions() -> None:
    assert {name: one["operationId"] for name, one in operations(DOCUMENT)} == {
        "GET /chat-sessions": "findChatSessions",
        "POST /chat-sessions": "createChatSession",
        "GET /chat-sessions/stream": "streamChatSessions",
        "GET /chat-sessions/{session_id}": "getChatSession",
        "PATCH /chat-sessions/{session_id}": "patchChatSession",
        "GET /chat-sessions/{session_id}/messages": "listChatSessionMessages",
        "POST /chat-sessions/{session_id}/messages": "createChatSessionMessage",
        "GET /chat-sessions/{session_id}/events": "streamChatSessionEvents",
    }


def test_created_session_is_answered_with_200() -> None:
    responses = DOCUMENT["paths"]["/chat-sessions"]["post"]["responses"]
    assert [status for status in responses if status.startswith("2")] == ["200"]
    schema = responses["200"]["content"]["application/json"]["schema"]
    assert set(resolved(DOCUMENT, schema)["required"]) == {"id", "createdAt", "createdBy", "participants"}
