"""One OpenAPI 3.1 document per API, made by FastAPI from that API's routes.

How an API gets its document:

1. Bodies are pydantic models in ``contracts/``: limits in ``Field``, examples of the whole body in its
   ``json_schema_extra={"examples": [...]}`` (FastAPI drops nulls in those). Endpoints take them on a router
   with ``route_class=BodyRoute``. Headers, queries and paths are ``Header()``, ``Query()`` and ``Path()``
   parameters with a ``description``.
2. The decorator carries ``operation_id``, ``summary``, ``tags`` and ``status_code``; the endpoint's docstring
   is the operation's description. ``responses=`` is made with ``reply()`` and of the error classes::

       @router.post(
           "/bookings",
           operation_id="createBooking",
           summary="Book an appointment",
           tags=["Bookings"],
           status_code=201,
           responses={
               200: reply("Booked before, under this key.", BookingAnswer, headers=("Idempotency-Replayed",)),
               201: reply("Booked.", BookingAnswer),
               **errors(SlotUnavailable, BotNotFound),
           },
       )

   where ``errors = ErrorShape(...).responses`` is made once in the API's ``errors.py``. Examples given here
   are shown with names, and may hold nulls.
3. Credentials are dependencies on a security scheme (``security.bearer.BearerToken(scheme_name=...)``), used
   as ``Security(access, scopes=["bookings:write"])``. The document then says which scope an operation needs.
4. The API's ``document.py`` holds its ``ApiDocument``: title, description, tags, path prefixes, headers.
5. ``webhooks/docs/routes.py`` registers it in ``WRITERS``; tests get it by
   ``tests.fakes.documents.written("site")``.

What FastAPI adds and no API of ours answers is removed: 422 responses that nobody declared, and titles that
repeat a field's name.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from practice.errors import PracticeError
from webhooks.http_errors import HttpError, http_error_of

JSON = "application/json"

Responses = dict[int | str, dict[str, Any]]
"""What FastAPI takes as ``responses=``."""


def reply(
    description: str,
    model: Any = None,
    *,
    examples: Mapping[str, Any] | None = None,
    headers: Sequence[str] = (),
) -> dict[str, Any]:
    """Describe a response of an operation.

    Args:
        model: Its body's type, None for none or for the endpoint's own ``response_model``.
        examples: Bodies by name, where the model's own examples are not the ones to show.
        headers: Names of headers that it may carry, of the document's ``headers``.
    """
    described: dict[str, Any] = {"description": description}
    if model is not None:
        described["model"] = model
    if examples:
        named = {name: {"value": value} for name, value in examples.items()}
        described["content"] = {JSON: {"examples": named}}
    if headers:
        described["headers"] = {name: _header_ref(name) for name in headers}
    return described


def header(description: str, **schema: Any) -> dict[str, Any]:
    """Describe a header of a response, which is a text unless its schema says otherwise."""
    return {"description": description, "schema": {"type": "string", **schema}}


@dataclass(frozen=True)
class ErrorShape:
    """How an API's document shows errors.

    Attributes:
        model: The type of an error's body.
        body: Makes an error's body, as the API answers it.
        label: What a response's description calls an error: its message, unless said otherwise.
    """

    model: Any
    body: Callable[[HttpError], Any]
    label: Callable[[HttpError], str] = lambda error: error.message

    def responses(self, *errors: type[PracticeError] | HttpError) -> Responses:
        """Describe errors, classes or single ones, those of one status in one response."""
        by_status: dict[int, list[HttpError]] = {}
        for one in errors:
            error = one if isinstance(one, HttpError) else http_error_of(one)
            by_status.setdefault(error.status, []).append(error)
        return {status: self._response(status, by_status[status]) for status in sorted(by_status)}

    def _response(self, status: int, errors: Sequence[HttpError]) -> dict[str, Any]:
        labels = ", ".join(dict.fromkeys(map(self.label, errors)))
        examples: dict[str, Any] = {}
        for error in errors:
            name = error.code if error.code not in examples else f"{error.code} {len(examples) + 1}"
            examples[name] = self.body(error)
        headers = dict.fromkeys(name for error in errors for name in error.headers)
        headers.pop("Connection", None)  # of the connection, not of the API
        description = f"{HTTPStatus(status).phrase}: {labels}"
        return reply(description, self.model, examples=examples, headers=list(headers))


@dataclass(frozen=True)
class ApiDocument:
    """What an API's document says beside its operations.

    Attributes:
        paths: Prefixes of the paths that belong to the API.
        tags: Descriptions of the groups of operations, by name.
        headers: Header objects by name; responses refer to them.
        always: Names of headers that every response carries.
        answers_apart: Schemas of answers are made for what is sent: a field with a default is required.
    """

    title: str
    version: str
    description: str
    paths: tuple[str, ...]
    tags: Mapping[str, str]
    headers: Mapping[str, Mapping[str, Any]]
    always: tuple[str, ...] = ("X-Request-Id",)
    answers_apart: bool = False

    def write(self, routes: Sequence[BaseRoute], server_url: str = "/") -> dict[str, Any]:
        """Write the document of those of an app's routes that belong to the API and are in its schema."""
        contexts = [one for one in iter_route_contexts(routes) if self._owns(one)]
        document = get_openapi(
            title=self.title,
            version=self.version,
            description=self.description,
            routes=contexts,
            tags=[{"name": name, "description": text} for name, text in self.tags.items()],
            servers=[{"url": server_url}],
            separate_input_output_schemas=self.answers_apart,
        )
        used: set[str] = set(self.always)
        for context in contexts:
            for method in context.methods or ():
                operation = document["paths"][context.path_format][method.lower()]
                self._finish(operation, context.responses)
                _order_parameters(operation, context.path_format or "")
                used.update(name for one in operation["responses"].values() for name in one["headers"])
        components = document.setdefault("components", {})
        components["schemas"] = _without_titles(components.get("schemas", {}))
        document["paths"] = _without_titles(document["paths"])
        components["headers"] = {name: dict(header) for name, header in self.headers.items() if name in used}
        if "schemas/HTTPValidationError'" not in str(document["paths"]):
            for name in ("HTTPValidationError", "ValidationError"):
                components["schemas"].pop(name, None)
        tidied: dict[str, Any] = _as_markdown(document)
        return tidied

    def _owns(self, context: RouteContext) -> bool:
        shown = isinstance(context.original_route, APIRoute) and context.include_in_schema
        return shown and (context.path or "").startswith(self.paths)

    def _finish(self, operation: dict[str, Any], declared: Mapping[int | str, Any]) -> None:
        """Correct what FastAPI wrote of an operation, given the responses that it declares."""
        responses = operation["responses"]
        if "422" not in map(str, declared):
            responses.pop("422", None)
        for status, one in declared.items():
            for media_type, content in one.get("content", {}).items():
                if "examples" in content:  # once more: FastAPI drops the nulls in them
                    shown = responses[str(status)]["content"][media_type]
                    shown["examples"] = copy.deepcopy(content["examples"])
        operation["responses"] = dict(sorted(responses.items()))
        for response in responses.values():
            for content in response.get("content", {}).values():
                if content.pop("itemSchema", None) is not None:  # of OpenAPI 3.2
                    content["schema"] = {"type": "string", "description": "Server-sent events."}
            headers = response.setdefault("headers", {})
            headers |= {name: _header_ref(name) for name in self.always if name not in headers}
        scopes = dict.fromkeys(
            scope for one in operation.get("security", ()) for scopes in one.values() for scope in scopes
        )
        if scopes:
            needed = ", ".join(f"`{scope}`" for scope in scopes)
            operation["description"] = (
                f"{operation.get('description', '')}\n\nNeeds the scope {needed}.".strip()
            )


def _order_parameters(operation: dict[str, Any], path: str) -> None:
    """List the parameters of the path first, in its order; FastAPI lists those of dependencies last."""
    if "parameters" in operation:
        in_path = {name: place for place, name in enumerate(re.findall(r"{(\w+)}", path))}
        operation["parameters"] = sorted(
            _without_titles(operation["parameters"]), key=lambda one: in_path.get(one["name"], len(in_path))
        )


def _header_ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


_VERBATIM = frozenset({"example", "examples", "default", "const", "enum", "value"})
"""Where a document holds data, not descriptions."""


def _without_titles(node: Any) -> Any:
    """Drop pydantic's titles; a property of that name stays, as it is no text."""
    if isinstance(node, dict):
        return {
            key: value if key in _VERBATIM else _without_titles(value)
            for key, value in node.items()
            if not (key == "title" and isinstance(value, str))
        }
    return [_without_titles(item) for item in node] if isinstance(node, list) else node


def _as_markdown(node: Any) -> Any:
    """Write the docstrings' double backticks as CommonMark's single ones."""
    if isinstance(node, dict):
        return {
            key: value.replace("``", "`")
            if key == "description" and isinstance(value, str)
            else value
            if key in _VERBATIM
            else _as_markdown(value)
            for key, value in node.items()
        }
    return [_as_markdown(item) for item in node] if isinstance(node, list) else node
