"""What the OpenAPI document says of endpoints whose bodies are read by hand."""

from typing import Any

from pydantic import BaseModel


def described(
    request: type[BaseModel] | None, answer: type[BaseModel] | None, *, idempotent: bool = False
) -> dict[str, Any]:
    """Describe an endpoint's bodies by the contract's wire models.

    Args:
        request: The model of the request's body, if it has one.
        answer: The model of the answer's body.
        idempotent: The endpoint wants an Idempotency-Key.

    Returns:
        What FastAPI's ``openapi_extra`` takes.
    """
    extra: dict[str, Any] = {}
    if request is not None:
        extra["requestBody"] = {"required": True, "content": _json(request)}
    if answer is not None:
        extra["responses"] = {"200": {"description": "Successful response", "content": _json(answer)}}
    if idempotent:
        schema = {"type": "string", "minLength": 1, "maxLength": 255}
        extra["parameters"] = [
            {"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema}
        ]
    return extra


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": _inlined(model.model_json_schema())}}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """Put definitions where they are used: ``$defs`` do not resolve in an OpenAPI document."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                return resolve(definitions[reference.rsplit("/", 1)[-1]])
            return {key: resolve(value) for key, value in node.items()}
        return [resolve(item) for item in node] if isinstance(node, list) else node

    inlined: dict[str, Any] = resolve(schema)
    return inlined
