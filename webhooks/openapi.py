"""OpenAPI 3.1 documents, made of what a door says of its operations and of the contract's wire models.

Bodies are read by hand, for the door's own errors; so the documents are not derived from signatures.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

VERSION = "3.1.0"
JSON = "application/json"


@dataclass(frozen=True)
class ErrorCase:
    """An error that an operation may answer with.

    Attributes:
        status: HTTP status.
        headers: Names of headers that it carries, of the door's ``headers``.
    """

    status: int
    code: str
    message: str
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """An answer below 400.

    Attributes:
        status: HTTP status.
        model: Its body, None for none.
        headers: Names of headers that it may carry, of the door's ``headers``.
    """

    status: int
    description: str
    model: type[BaseModel] | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """One method at one path.

    Attributes:
        replies: What it answers when all is well.
        request: Its body, None for none.
        parameters: Names of parameters, of the door's ``parameters``.
    """

    method: str
    path: str
    id: str
    tag: str
    summary: str
    description: str
    scope: str
    replies: Sequence[Reply]
    errors: Sequence[ErrorCase]
    request: type[BaseModel] | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Door:
    """A door and all its operations.

    Attributes:
        security: The security scheme: its name, and the scheme.
        always: Headers that any answer to a known caller may carry.
        operations: In the order in which they are to be read.
    """

    title: str
    version: str
    description: str
    tags: Mapping[str, str]
    security: tuple[str, Mapping[str, Any]]
    error: type[BaseModel]
    headers: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Mapping[str, Any]]
    always: tuple[str, ...]
    operations: Sequence[Operation]


def document(door: Door, server_url: str = "/") -> dict[str, Any]:
    """Write a door's document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in door.operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(door, operation)
    name, scheme = door.security
    whole = {
        "openapi": VERSION,
        "info": {"title": door.title, "version": door.version, "description": door.description},
        "servers": [{"url": server_url}],
        "tags": [{"name": tag, "description": text} for tag, text in door.tags.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas(_models(door)),
            "parameters": dict(door.parameters),
            "headers": dict(door.headers),
            "securitySchemes": {name: dict(scheme)},
        },
    }
    # The examples are everybody's: whoever changes the document must not change them.
    return copy.deepcopy(whole)


def _operation(door: Door, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": f"{operation.description}\n\nNeeds the scope `{operation.scope}`.",
        "security": [{door.security[0]: [operation.scope]}],
    }
    if operation.parameters:
        described["parameters"] = [_ref("parameters", name) for name in operation.parameters]
    if operation.request is not None:
        content = _content(operation.request, operation.examples)
        described["requestBody"] = {"required": True, "content": content}
    replies = {str(one.status): _reply(door, one) for one in operation.replies}
    described["responses"] = {**replies, **_errors(door, operation.errors)}
    return described


def _reply(door: Door, reply: Reply) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": reply.description,
        "headers": {name: _ref("headers", name) for name in (*reply.headers, *door.always)},
    }
    if reply.model is not None:
        described["content"] = _content(reply.model, reply.examples)
    return described


def _errors(door: Door, errors: Iterable[ErrorCase]) -> dict[str, Any]:
    by_status: dict[int, list[ErrorCase]] = {}
    for error in errors:
        by_status.setdefault(error.status, []).append(error)
    responses = {}
    for status, cases in sorted(by_status.items()):
        examples = {one.code: {"error": {"code": one.code, "message": one.message}} for one in cases}
        headers = dict.fromkeys(name for one in cases for name in one.headers)
        codes = ", ".join(f"`{code}`" for code in examples)
        responses[str(status)] = {
            "description": f"{HTTPStatus(status).phrase}: {codes}",
            "headers": {name: _ref("headers", name) for name in (*headers, *door.always)},
            "content": _content(door.error, examples),
        }
    return responses


def _content(model: type[BaseModel], examples: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _ref("schemas", model.__name__)}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {JSON: content}


def _models(door: Door) -> list[type[BaseModel]]:
    models = [door.error]
    for operation in door.operations:
        models += [one for one in (operation.request, *(reply.model for reply in operation.replies)) if one]
    return list(dict.fromkeys(models))


class _Untitled(GenerateJsonSchema):
    """Schemas without a title for each field, which would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's own signature
        return False


def _schemas(models: Sequence[type[BaseModel]]) -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(model, "validation") for model in models],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Untitled,
    )
    schemas: dict[str, Any] = _as_markdown(definitions["$defs"])
    return schemas


def _as_markdown(node: Any) -> Any:
    """Take the docstrings' double backticks for what CommonMark writes with one."""
    if isinstance(node, dict):
        return {
            key: value.replace("``", "`")
            if key == "description" and isinstance(value, str)
            else _as_markdown(value)
            for key, value in node.items()
        }
    return [_as_markdown(item) for item in node] if isinstance(node, list) else node


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
