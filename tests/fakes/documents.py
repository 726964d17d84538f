"""What tests ask of an OpenAPI document: its operations, its bodies, validators of its schemas."""

import functools
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from fastapi import FastAPI

from config.settings import Settings
from config.vendor_settings import ModelSettings
from webhooks.docs.routes import WRITERS
from webhooks.routers import include_routers

Document = dict[str, Any]


@functools.cache
def _app() -> FastAPI:
    app = FastAPI()
    include_routers(app)
    return app


@functools.cache
def written(api: str, server_url: str = "/", model: str | None = None) -> Document:
    """Write an API's document as the server does, once for all tests: they only read it."""
    settings = Settings() if model is None else Settings(model=ModelSettings(name=model))
    return WRITERS[api](_app().routes, settings, server_url)


def resolved(document: Document, node: Any) -> Any:
    """Follow a reference within a document."""
    while isinstance(node, dict) and "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def validate(document: Document, schema: dict[str, Any], value: Any) -> None:
    """Hold a value to a schema of a document."""
    whole = {**schema, "components": document["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(value)


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """List a document's operations by method and path."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def bodies(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """List every body of a document: of requests, answers and errors."""
    for name, operation in operations(document):
        for of, one in (("request", operation.get("requestBody", {})), *operation["responses"].items()):
            for kind, content in one.get("content", {}).items():
                yield f"{name} {of} {kind}", content


def examples_of(document: Document, content: dict[str, Any]) -> list[Any]:
    """List the examples of a body: its own, or those of its schema."""
    if "examples" in content:
        return [one["value"] for one in content["examples"].values()]
    schema = resolved(document, content["schema"])
    found: list[Any] = resolved(document, schema.get("items", schema)).get("examples", [])
    return [found] if found and schema.get("type") == "array" else found


def check_document(document: Document) -> None:
    """Make sure that a document is whole: nothing unused, nothing missing, examples that fit."""
    text = str(document)
    used = set(re.findall(r"'\$ref': '#/components/([^']+)'", text))
    declared = {
        f"{kind}/{name}"
        for kind, named in document["components"].items()
        if kind != "securitySchemes"
        for name in named
    }
    assert declared == used
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    for name, content in bodies(document):
        examples = examples_of(document, content)
        for example in examples:
            validate(document, content["schema"], example)
        assert examples or any(kind in name for kind in ("*/*", "octet-stream", "form-data")), name
    for name, operation in operations(document):
        assert len(operation["description"]) > 50, name
        parameters = [resolved(document, one) for one in operation.get("parameters", [])]
        in_path = {one["name"] for one in parameters if one["in"] == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", name)), name
        expected = {"503"} | ({"401"} if operation.get("security") else set())
        if "requestBody" in operation:
            expected |= {"413"}
        assert expected <= set(operation["responses"]), name
        for status in {"429", "503"} & set(operation["responses"]):
            assert "Retry-After" in operation["responses"][status]["headers"]
