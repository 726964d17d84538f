"""OpenAPI 3.1 documents of doors whose contracts have error shapes and schemas of their own.

A door says of each operation what it takes and what it answers, in tables; bodies are read by hand, so the
documents are not derived from signatures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from webhooks.openapi import JSON, VERSION

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What an operation may answer; answers of one status are shown as one.

    Attributes:
        status: HTTP status.
        schema: Of its body, None for no body.
        headers: Names of headers that it carries, of the door's ``headers``.
    """

    status: int
    description: str
    schema: Schema | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    media_type: str = JSON


@dataclass(frozen=True)
class Operation:
    """One method at one path.

    Attributes:
        request: Schema of its body, None for none.
        parameters: Names of parameters, of the door's ``parameters``.
        scope: What a token must be for, None where any token will do.
    """

    method: str
    path: str
    id: str
    tag: str
    summary: str
    description: str
    answers: Sequence[Answer]
    request: Schema | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)
    media_types: tuple[str, ...] = (JSON,)
    parameters: tuple[str, ...] = ()
    scope: str | None = None
    open: bool = False


@dataclass(frozen=True)
class Door:
    """A door and all its operations.

    Attributes:
        security: Security schemes by name; each of them opens every operation that is not open.
        operations: In the order in which they are to be read.
    """

    title: str
    version: str
    description: str
    tags: Mapping[str, str]
    security: Mapping[str, Schema]
    schemas: Mapping[str, Schema]
    headers: Mapping[str, Schema]
    parameters: Mapping[str, Schema]
    always: tuple[str, ...]
    operations: Sequence[Operation]


def ref(name: str) -> dict[str, str]:
    """Refer to one of the door's schemas."""
    return _ref("schemas", name)


def nullable(**schema: Any) -> dict[str, Any]:
    """Make the schema of what may also be null."""
    described = {"description": schema.pop("description")} if "description" in schema else {}
    return {"anyOf": [schema, {"type": "null"}], **described}


def array_of(name: str) -> dict[str, Any]:
    """Make the schema of a bare array of one of the door's schemas."""
    return {"type": "array", "items": ref(name)}


def parameter(name: str, where: str, description: str, *, example: Any = None, **schema: Any) -> Schema:
    """Describe a parameter.

    Args:
        where: ``path``, ``query`` or ``header``.
        **schema: Its JSON Schema; a text unless it says otherwise.

    Returns:
        The parameter; one in the path is required.
    """
    described: dict[str, Any] = {"name": name, "in": where, "required": where == "path"}
    described |= {"description": description, "schema": {"type": "string", **schema}}
    return {**described, "example": example} if example is not None else described


def document(door: Door, server_url: str = "/") -> dict[str, Any]:
    """Write a door's document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in door.operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(door, operation)
    return {
        "openapi": VERSION,
        "info": {"title": door.title, "version": door.version, "description": door.description},
        "servers": [{"url": server_url}],
        "tags": [{"name": tag, "description": text} for tag, text in door.tags.items()],
        "paths": paths,
        "components": {
            "schemas": dict(door.schemas),
            "parameters": dict(door.parameters),
            "headers": dict(door.headers),
            "securitySchemes": dict(door.security),
        },
    }


def _operation(door: Door, operation: Operation) -> dict[str, Any]:
    scope = f"\n\nNeeds the scope `{operation.scope}`." if operation.scope else ""
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": f"{operation.description}{scope}",
        "security": [] if operation.open else _security(door, operation.scope),
    }
    if operation.parameters:
        described["parameters"] = [_ref("parameters", name) for name in operation.parameters]
    if operation.request is not None:
        one = _content(operation.request, operation.examples)
        described["requestBody"] = {"required": True, "content": dict.fromkeys(operation.media_types, one)}
    described["responses"] = _responses(door, operation.answers)
    return described


def _security(door: Door, scope: str | None) -> list[dict[str, list[str]]]:
    return [
        {name: [scope] if scope and scheme["type"] == "oauth2" else []}
        for name, scheme in door.security.items()
    ]


def _responses(door: Door, answers: Iterable[Answer]) -> dict[str, Any]:
    by_status: dict[int, list[Answer]] = {}
    for answer in answers:
        by_status.setdefault(answer.status, []).append(answer)
    return {str(status): _response(door, found) for status, found in sorted(by_status.items())}


def _response(door: Door, answers: Sequence[Answer]) -> dict[str, Any]:
    first = answers[0]
    headers = dict.fromkeys([name for one in answers for name in one.headers] + list(door.always))
    phrase = f"{HTTPStatus(first.status).phrase}: " if first.status >= HTTPStatus.BAD_REQUEST else ""
    described: dict[str, Any] = {
        "description": phrase + " ".join(dict.fromkeys(one.description for one in answers)),
        "headers": {name: _ref("headers", name) for name in headers},
    }
    if first.schema is not None:
        examples = {name: value for one in answers for name, value in one.examples.items()}
        described["content"] = {first.media_type: _content(first.schema, examples)}
    return described


def _content(schema: Schema, examples: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": dict(schema)}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return content


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
