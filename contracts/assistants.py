"""The wire models of the Assistants Admin API: assistants, their tools, routes and remote APIs, evaluation.

Requests are as lenient as Django REST Framework: numbers are taken for texts, texts for numbers and booleans.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    RootModel,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from contracts.site import LONGEST_MESSAGE, Instructions, Name

MOST_TOOLS = 100
RESERVED_CODES = frozenset({"apis", "tools"})
"""Paths of the Assistants Admin API that an assistant of the same code would hide behind."""
SOURCE_MODELS = ("gpt-35-turbo", "gpt-35-turbo-16k", "gpt-4", "gpt-4o")
"""The models that the source document lists; the settings may add others. The vendor has ended them: they are
names on the wire, behind which a living model answers (``agent/llm/sampling.py``)."""
SOURCE_DEFAULT_MODEL = "gpt-4o"
"""What an assistant is shown with that names none, where the settings name none."""

JsonSchema = dict[str, Any]


def example(body: JsonSchema) -> ConfigDict:
    """Make a model's configuration: it shows an example of the whole body."""
    return ConfigDict(json_schema_extra={"examples": [body]})


def request_example(body: JsonSchema, required: Sequence[str] = ()) -> ConfigDict:
    """Configure a request: an example, no defaults for clients to send, and fields documented as required."""

    def finish(schema: JsonSchema) -> None:
        for field in schema["properties"].values():
            field.pop("default", None)
        schema["examples"] = [body]
        if required:
            schema["required"] = list(required)

    return ConfigDict(json_schema_extra=finish)


def left_out() -> Any:
    """Let a field be left out that cannot be null; what it is then, nobody is to read."""
    return Field(default=None)


class AdminRequest(BaseModel):
    """A request's body; unknown and read-only fields are ignored."""

    model_config = ConfigDict(coerce_numbers_to_str=True, use_attribute_docstrings=True)


class AdminResponse(BaseModel):
    """A response's body."""

    model_config = ConfigDict(use_attribute_docstrings=True)


def _not_blank(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("blank", "The text is blank.")
    return value


def _choice(value: Any) -> Any:
    if value is not None and not isinstance(value, str):
        raise PydanticCustomError("literal_error", "The value is none of those that are allowed.")
    return value


def _not_reserved(code: str) -> str:
    if code in RESERVED_CODES:
        raise PydanticCustomError("reserved", "This code is reserved.")
    return code


def _headers_text(value: Any) -> Any:
    """Write headers that are given as an object, or left blank, as the JSON text that they stand for."""
    return json.dumps(value) if isinstance(value, dict) else "{}" if value == "" else value


def _storable(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("null_characters", "Null characters are not allowed.")
    return text


NotBlank = BeforeValidator(_not_blank)
Code = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", min_length=3, max_length=255)]
NewCode = Annotated[Code, AfterValidator(_not_reserved), NotBlank]
Model = Annotated[str, BeforeValidator(_choice), Field(description="The server's own when left out.")]
"""One of those that the server offers, which its settings say."""
Url = Annotated[str, Field(max_length=200, json_schema_extra={"format": "uri"})]
Share = Annotated[
    Decimal,
    Field(ge=0, le=1, decimal_places=2),
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "format": "decimal",
            "multipleOf": 0.01,
            "maximum": 1,
            "minimum": 0,
            "pattern": r"^(0(\.\d{1,2})?|1(\.0{1,2})?)$",
            "description": "From 0 to 1, in steps of 0.01; a number is taken as well. Shown as `0.70`.",
        }
    ),
]
ToolNumber = Annotated[int, Field(strict=True)]
ToolNumbers = Annotated[
    list[ToolNumber], Field(max_length=MOST_TOOLS, description="Numbers of tools; may be empty.")
]
Headers = Annotated[
    str,
    BeforeValidator(_headers_text),
    Field(
        description="JSON text of an object of headers; an object itself is taken as well. Not those that"
        " frame a request or belong to its connection, such as `Host` or `Content-Length`. Tokens that may"
        " only read are shown masked values."
    ),
]
ConversationId = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_storable)]

READ_ONLY = Field(json_schema_extra={"readOnly": True})
Number = Annotated[int, READ_ONLY]

_ASSISTANT: JsonSchema = {
    "code": "front-desk",
    "name": "Front desk",
    "instructions": "Be brief and kind. Offer a callback when you do not know.",
    "model": "gpt-4o",
    "response_format_json": False,
    "temperature": "0.70",
    "top_p": "1.00",
    "tools": [1],
    "include_conversation_transcript": True,
    "include_conversation_metadata": True,
}
_TOOL: JsonSchema = {
    "type": "function",
    "function": {
        "name": "get_current_time",
        "description": "The time now.",
        "parameters": {"type": "object", "properties": {"timezone": {"type": "string"}}},
    },
}
_API: JsonSchema = {
    "code": "billing",
    "url": "https://billing.example.com/v1",
    "headers": '{"X-Api-Key": "4f1c-secret"}',
}
_ROUTE: JsonSchema = {"tags": {"called_number": "+15551230000", "after_hours": "true"}}


class AssistantViewSetRequest(AdminRequest):
    """An assistant that is made or replaced; a field that is left out is what it is by default."""

    model_config = request_example(_ASSISTANT)

    code: NewCode
    """Unique, and never changed. `apis` and `tools` are reserved."""
    name: Name
    instructions: Instructions
    """At most 100 000 bytes."""
    model: Model = left_out()
    response_format_json: bool = False
    temperature: Share = Decimal("0.70")
    top_p: Share = Decimal("1.00")
    tools: ToolNumbers
    include_conversation_transcript: bool = True
    include_conversation_metadata: bool = True
    site_id: Annotated[Any, WithJsonSchema({"type": "integer"})] = None
    """Extension: the site that it belongs to; the client's own site, or the first, when left out. It is given
    once, and never changed."""


class PatchedAssistantViewSetRequest(AssistantViewSetRequest):
    """What changes of an assistant; a field that is left out stays as it is."""

    code: NewCode = left_out()
    name: Name = left_out()
    instructions: Instructions = left_out()
    tools: ToolNumbers = left_out()


class AssistantViewSet(AdminResponse):
    """An assistant."""

    model_config = example(
        {"id": 7, **_ASSISTANT, "tools_json": json.dumps([_TOOL]), "site_id": 1, "version": 1}
    )

    id: Number
    code: Code
    name: Name
    instructions: str
    model: Model
    response_format_json: bool
    temperature: Share
    top_p: Share
    tools: list[int]
    tools_json: Annotated[str, READ_ONLY]
    """JSON text of the tools as a model is told of them."""
    include_conversation_transcript: bool
    include_conversation_metadata: bool
    site_id: int
    """Extension: the site that it belongs to."""
    version: Number
    """Extension: grows with every change."""


class AssistantVersion(AdminResponse):
    """One version of an assistant."""

    model_config = example(
        {
            "version": 2,
            "cause": "changed: instructions",
            "made_by": "client_01h2xcejqtf2nbrexx3vqjhp41",
            "created_at": "2026-12-01T14:00:00Z",
        }
    )

    version: int
    cause: str
    made_by: str | None
    created_at: AwareDatetime


class AssistantTool(AdminResponse):
    """Something that an assistant may be given: a built-in function, or another assistant."""

    model_config = example({"id": 1, "data": _TOOL, "source_assistant": ""})

    id: Number
    data: Annotated[dict[str, Any], READ_ONLY]
    """As a model is told of it."""
    source_assistant: Annotated[str, READ_ONLY]
    """The code of the assistant that it is; empty for a built-in function."""


class AssistantRouteRequest(AdminRequest):
    """Tags that choose an assistant for a conversation."""

    model_config = request_example(_ROUTE)

    tags: Annotated[dict[str, Any], Field(default_factory=dict)]
    """The route fits a conversation that has all of them. Only those whose values are strings take part;
    others are kept for you."""


class AssistantRoute(AdminResponse):
    """A route to an assistant."""

    model_config = example({"id": 2, "assistant": "front-desk", **_ROUTE})

    id: Number
    assistant: Annotated[str, READ_ONLY]
    """The assistant's code."""
    tags: dict[str, Any]
    """The route fits a conversation that has all of them whose values are strings."""


class OAuthClient(BaseModel):
    """An OAuth 2 client of a remote API, for client credentials."""

    token_url: Url
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: Annotated[str, Field(min_length=1)]
    scope: str = ""


class ApiRequest(AdminRequest):
    """A remote API that is made known or replaced."""

    model_config = request_example(_API)

    code: NewCode = left_out()
    """Extension: how `call_api` names it; made of the host when left out."""
    url: Annotated[Url, NotBlank]
    """Base URL."""
    headers: Headers
    oauth: Annotated[OAuthClient | None, Field(json_schema_extra={"writeOnly": True})] = None
    """Extension: an OAuth 2 client, for client credentials; never shown again."""


class PatchedApiRequest(ApiRequest):
    """What changes of a remote API; a field that is left out stays as it is."""

    url: Annotated[Url, NotBlank] = left_out()
    headers: Headers = left_out()


class Api(AdminResponse):
    """A remote API that assistants may call."""

    model_config = example({"id": 3, **_API, "auth": "headers"})

    id: Number
    code: Code
    """Extension: how `call_api` names it."""
    url: Url
    """Base URL."""
    headers: Headers
    auth: Annotated[Literal["none", "headers", "oauth2"], READ_ONLY]
    """Extension: how requests to it are authorised."""


def _sayable(given: dict[str, Any]) -> dict[str, Any]:
    if len(message_of(given)) > LONGEST_MESSAGE:
        raise PydanticCustomError(
            "string_too_long", f"Input should have at most {LONGEST_MESSAGE} characters"
        )
    return given


def message_of(given: dict[str, Any]) -> str:
    """Write an evaluation's input as one message: a lone text as it is, anything else as JSON."""
    values = list(given.values())
    alone = values[0] if len(values) == 1 and isinstance(values[0], str) else None
    return alone if alone is not None else json.dumps(given, ensure_ascii=False)


class EvaluationInput(BaseModel):
    """What an assistant is asked."""

    model_config = example({"input": {"message": "Is parking free?"}})

    input: Annotated[
        dict[str, Any],
        AfterValidator(_sayable),
        Field(description="A lone text is said as it is, all else as JSON; at most 4000 characters."),
    ]


class EvaluationOutput(AdminResponse):
    """What an assistant answers."""

    model_config = example({"output": "Yes, parking behind the house is free."})

    output: str
    """JSON text of an object where the assistant has `response_format_json`; with `message` alone, when no
    model made one."""


class Detail(BaseModel):
    """An error."""

    detail: str


class Invalid(RootModel[Detail | dict[str, list[str]]]):
    """What is wrong with each field; or `detail`, where the body cannot be read."""


class ValidationError(BaseModel):
    """One finding of FastAPI's validation."""

    loc: list[str | int]
    msg: str
    type: str


class HTTPValidationError(BaseModel):
    """A request that does not fit, as FastAPI answers it."""

    detail: list[ValidationError]


class TokenRequest(BaseModel):
    """The client credentials grant (RFC 6749, section 4.4).

    The client is checked before the grant, so that no field is required here.
    """

    model_config = request_example(
        {
            "grant_type": "client_credentials",
            "client_id": "client_01h2xcejqtf2nbrexx3vqjhp41",
            "client_secret": "cs_3q2vAeC1bXZyT0pWnR8sKd",
            "scope": "assistants:read assistants:write",
        },
        required=["grant_type"],
    )

    grant_type: Annotated[str, WithJsonSchema({"type": "string", "enum": ["client_credentials"]})] = ""
    client_id: Annotated[str, Field(description="Here, or by HTTP Basic.")] = ""
    client_secret: str = ""
    scope: Annotated[str, Field(description="Parted by spaces; all that the client has, without.")] = ""


class Token(AdminResponse):
    """An access token."""

    model_config = example(
        {
            "access_token": "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtleV8xIn0.eyJzdWIiOiJjbGllbnQifQ.c2lnbmF0dXJl",
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": "assistants:read assistants:write",
        }
    )

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    """Seconds: an hour."""
    scope: str


class TokenError(BaseModel):
    """RFC 6749, section 5.2."""

    error: str
    error_description: str | None = None
