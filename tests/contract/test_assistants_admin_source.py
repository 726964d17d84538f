"""The Assistants Admin API held to the words of its published document (Admin OpenAPI Spec 1.0.0)."""

from typing import Any

import pytest

from tests.fakes.documents import check_document, operations, resolved, written

DOCUMENT = written("assistants")
ROOT = "/apis/admin/assistants/"

# Path: schema, and each operation's id with its status; as the published document lists them.
SOURCE: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "apis/": ("Api", {"get": ("listApis", "200"), "post": ("createApi", "201")}),
    "apis/{code}/": (
        "Api",
        {
            "get": ("retrieveApi", "200"),
            "put": ("updateApi", "200"),
            "patch": ("partialUpdateApi", "200"),
            "delete": ("destroyApi", "204"),
        },
    ),
    "tools/": ("AssistantTool", {"get": ("listAssistantTools", "200")}),
    "tools/{id}/": ("AssistantTool", {"get": ("retrieveAssistantTool", "200")}),
    "": ("AssistantViewSet", {"get": ("listassistants", "200"), "post": ("createassistants", "201")}),
    "{code}/": (
        "AssistantViewSet",
        {
            "get": ("retrieveassistants", "200"),
            "put": ("updateassistants", "200"),
            "patch": ("partialUpdateassistants", "200"),
            "delete": ("destroyassistants", "204"),
        },
    ),
    "{assistant_code}/routes/": (
        "AssistantRoute",
        {"get": ("listAssistantRoutes", "200"), "post": ("createAssistantRoute", "201")},
    ),
    "{assistant_code}/routes/{id}/": (
        "AssistantRoute",
        {
            "get": ("retrieveAssistantRoute", "200"),
            "put": ("updateAssistantRoute", "200"),
            "patch": ("partialUpdateAssistantRoute", "200"),
            "delete": ("destroyAssistantRoute", "204"),
        },
    ),
    "{assistant_code}/threads/": (
        "AssistantThread",
        {"get": ("listAssistantThreads", "200"), "post": ("createAssistantThread", "201")},
    ),
    "{assistant_code}/threads/{id}/": (
        "AssistantThread",
        {
            "get": ("retrieveAssistantThread", "200"),
            "put": ("updateAssistantThread", "200"),
            "patch": ("partialUpdateAssistantThread", "200"),
            "delete": ("destroyAssistantThread", "204"),
        },
    ),
    "{assistant_code}/threads/{id}/messages/": (
        "",  # the published document leaves messages untyped
        {"get": ("listAssistantThreadMessages", "200"), "post": ("createAssistantThreadMessage", "201")},
    ),
}
READ_ONLY = {"type": "integer", "readOnly": True}
DECIMAL = {"type": "string", "format": "decimal", "multipleOf": 0.01, "maximum": 1, "minimum": 0}
# The published schemas, field by field.
SCHEMAS: dict[str, tuple[list[str], dict[str, dict[str, Any]]]] = {
    "Api": (
        ["url", "headers"],
        {
            "id": READ_ONLY,
            "url": {"type": "string", "format": "uri", "maxLength": 200},
            "headers": {"type": "string"},
        },
    ),
    "AssistantViewSet": (
        ["code", "name", "instructions", "tools"],
        {
            "id": READ_ONLY,
            "code": {"type": "string", "pattern": "^[a-z0-9-]+$", "maxLength": 255, "minLength": 3},
            "name": {"type": "string", "maxLength": 255},
            "instructions": {"type": "string"},
            "model": {"type": "string", "enum": ["gpt-35-turbo", "gpt-35-turbo-16k", "gpt-4", "gpt-4o"]},
            "response_format_json": {"type": "boolean"},
            "temperature": DECIMAL,
            "top_p": DECIMAL,
            "tools": {"type": "array", "items": {"type": "integer"}},
            "tools_json": {"type": "string", "readOnly": True},
            "include_conversation_transcript": {"type": "boolean"},
            "include_conversation_metadata": {"type": "boolean"},
        },
    ),
    "AssistantRoute": (
        [],
        {
            "id": READ_ONLY,
            "assistant": {"type": "string", "readOnly": True},
            "tags": {"type": "object"},
        },
    ),
    "AssistantTool": (
        [],
        {
            "id": READ_ONLY,
            "data": {"type": "object", "readOnly": True},
            "source_assistant": {"type": "string", "readOnly": True},
        },
    ),
    "AssistantThread": (
        [],
        {
            "id": READ_ONLY,
            "assistant": {"type": "string", "readOnly": True},
            # OpenAPI 3.0 says nullable where 3.1 says anyOf.
            "user_id": {"anyOf": [{"type": "string", "maxLength": 255}, {"type": "null"}]},
            "content": {"type": "object"},
        },
    ),
}


def test_the_document_is_whole() -> None:
    check_document(DOCUMENT)


def test_assistants_admin_openapi_paths_and_methods() -> None:
    extensions = {"{code}/versions/", "{code}/versions/{version}/restore/"}
    paths = {path.removeprefix(ROOT) for path in DOCUMENT["paths"] if path.startswith(ROOT)}
    assert paths == set(SOURCE) | extensions
    for path, (name, methods) in SOURCE.items():
        described = DOCUMENT["paths"][ROOT + path]
        assert {
            method: (one["operationId"], next(iter(one["responses"]))) for method, one in described.items()
        } == methods
        for method, (_, status) in methods.items():
            if name and status != "204":
                content = described[method]["responses"][status]["content"]["application/json"]["schema"]
                expected: dict[str, Any] = {"$ref": f"#/components/schemas/{name}"}
                many = "{code}" not in path and "{id}" not in path and method == "get"
                assert content == ({"type": "array", "items": expected} if many else expected)


def test_assistants_admin_openapi_request_bodies() -> None:
    for path, (name, methods) in SOURCE.items():
        for method in {"post", "put", "patch"} & set(methods):
            content = DOCUMENT["paths"][ROOT + path][method]["requestBody"]["content"]
            forms = {"application/x-www-form-urlencoded", "multipart/form-data"}
            assert set(content) == {"application/json"} | (
                forms if (path, method) == ("apis/", "post") else set()
            )
            # Generated clients tell the media types by the types of the bodies.
            assert len({str(one["schema"]) for one in content.values()}) == len(content)
            if not name:
                continue
            required, fields = SCHEMAS[name]
            found = resolved(DOCUMENT, content["application/json"]["schema"])
            # A partial update requires nothing; the published document reuses the whole schema.
            assert found.get("required", []) == ([] if method == "patch" else required)
            written = {field: schema for field, schema in fields.items() if not schema.get("readOnly")}
            check_fields(found, written)


@pytest.mark.parametrize("name", SCHEMAS)
def test_assistants_admin_openapi_schema(name: str) -> None:
    schema = DOCUMENT["components"]["schemas"][name]
    assert set(SCHEMAS[name][0]) <= set(schema["required"])
    check_fields(schema, SCHEMAS[name][1])


def check_fields(schema: dict[str, Any], published: dict[str, dict[str, Any]]) -> None:
    """Hold a schema's fields to the published ones; what it has more is marked as an extension."""
    for field, expected in published.items():
        found = schema["properties"][field]
        assert {key: found.get(key) for key in expected} == expected, field
    for field in set(schema["properties"]) - set(published):
        assert schema["properties"][field]["description"].startswith("Extension"), field


def test_assistants_admin_openapi_security() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert schemes == {
        "OAuth2ClientCredentialFlow": {
            "type": "oauth2",
            "flows": {
                "clientCredentials": {
                    "scopes": {
                        "assistants:read": "Read access to assistants",
                        "assistants:write": "Write access to assistants",
                    },
                    "tokenUrl": "/oauth/token/",
                }
            },
        },
        "bearerAuth": {"type": "http", "scheme": "bearer"},
    }
    for name, operation in operations(DOCUMENT):
        if "/oauth/" in name:
            assert not operation.get("security")
            continue
        reads = name.startswith("GET ") or name.endswith("/evaluate")
        scope = "assistants:read" if reads else "assistants:write"
        assert operation["security"] == [{"bearerAuth": []}, {"OAuth2ClientCredentialFlow": [scope]}]
        assert f"`{scope}`" in operation["description"]


def test_evaluation_guide_input_and_output() -> None:
    operation = DOCUMENT["paths"]["/api/v2/assistants/{assistant_code}/evaluate"]["post"]
    parameters = [resolved(DOCUMENT, one) for one in operation["parameters"]]
    assert [(one["name"], one["in"], one["required"]) for one in parameters] == [
        ("assistant_code", "path", True),
        ("conversation_id", "query", False),
    ]
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["EvaluationInput"]["required"] == ["input"]
    assert schemas["EvaluationInput"]["properties"]["input"]["type"] == "object"
    assert schemas["EvaluationOutput"]["required"] == ["output"]
    assert schemas["EvaluationOutput"]["properties"]["output"]["type"] == "string"
    assert "422" in operation["responses"]


def test_models_from_the_settings_are_in_the_document() -> None:
    schema = written("assistants", model="house-model")["components"]["schemas"]["AssistantViewSet"]
    assert schema["properties"]["model"]["enum"][-1] == "house-model"
