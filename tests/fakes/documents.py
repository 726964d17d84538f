"""What tests ask of an OpenAPI document: its operations, its bodies, validators of its schemas."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

Document = dict[str, Any]


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
        for example in content.get("examples", {}).values():
            validate(document, content["schema"], example["value"])
        assert content.get("examples") or "*/*" in name or "multipart/form-data" in name, name
    for name, operation in operations(document):
        assert len(operation["description"]) > 50, name
        parameters = [resolved(document, one) for one in operation.get("parameters", [])]
        in_path = {one["name"] for one in parameters if one["in"] == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", name)), name
        expected = {"503"} | (set() if operation["security"] == [] else {"401"})
        if "requestBody" in operation:
            expected |= {"413"}
        assert expected <= set(operation["responses"]), name
        for status in {"429", "503"} & set(operation["responses"]):
            assert "Retry-After" in operation["responses"][status]["headers"]
