"""The bodies of the Site Assistants API, for its endpoints, its document and its client.

Fields of answers have defaults where servers of others may leave out what ours always sends.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, Strict, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

LONGEST_NAME = 255
MOST_INSTRUCTION_BYTES = 100_000
"""UTF-8 bytes of an assistant's instructions."""
LONGEST_MESSAGE = 4000
MOST_TAGS = 20
LONGEST_TAG = 255
MOST_CHUNKS_AT_ONCE = 500
"""Pieces of a file's text in one answer."""
LONGEST_API_PATH = 2000
API_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LONGEST_KEY = 100
MOST_DATA_CHARACTERS = 10_000
"""JSON of one thing that an assistant writes down."""


def _not_null(schema: dict[str, Any]) -> None:
    (said,) = (one for one in schema.pop("anyOf") if one.get("type") != "null")
    schema.pop("default")
    schema.update(said)


def _sent() -> Any:
    """Make a field that this server always sends, and that is None where another leaves it out."""
    return Field(None, json_schema_extra=_not_null)


def _left_out() -> Any:
    """Make a field that is left out of the body where it is None."""
    return Field(None, exclude_if=lambda value: value is None, json_schema_extra=_not_null)


def _example(**body: Any) -> dict[str, Any]:
    return {"examples": [body]}


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "Text should not be blank")
    return text


def _short_enough(text: str) -> str:
    if len(text.encode()) > MOST_INSTRUCTION_BYTES:
        raise PydanticCustomError(
            "too_many_bytes", "Text should have at most {most} bytes", {"most": MOST_INSTRUCTION_BYTES}
        )
    return text


def _check_tags(tags: dict[str, Any]) -> dict[str, Any]:
    for name, value in tags.items():
        if not isinstance(value, str | int | float):
            raise PydanticCustomError("tag", "A tag's value must be a string, a number, true or false.")
        if not all(0 < len(text) <= LONGEST_TAG for text in (name, str(value))):
            raise PydanticCustomError(
                "tag", "A tag's name and value have 1 to {longest} characters.", {"longest": LONGEST_TAG}
            )
    return tags


def _storable(data: Any) -> Any:
    if len(json.dumps(data)) > MOST_DATA_CHARACTERS:
        raise PydanticCustomError(
            "too_much_json", "JSON should have at most {most} characters", {"most": MOST_DATA_CHARACTERS}
        )
    return data


Number = Annotated[int, WithJsonSchema({"type": "number"})]
"""A whole number; the contract calls every number one."""
RepeatedNumber = Annotated[float, Strict()]
"""A number that repeats one of the path; 1.0 is 1."""
Filled = Annotated[str, Field(min_length=1), AfterValidator(_not_blank)]
Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Instructions = Annotated[str, AfterValidator(_short_enough)]
Hundredths = Annotated[str, Field(json_schema_extra={"pattern": r"^[01]\.\d\d$"})]
_TAG_TEXT = {"type": "string", "minLength": 1, "maxLength": LONGEST_TAG}
Tags = Annotated[
    dict[str, Any],
    Field(
        max_length=MOST_TAGS,
        json_schema_extra={
            "propertyNames": {"minLength": 1, "maxLength": LONGEST_TAG},
            "additionalProperties": {"anyOf": [_TAG_TEXT, {"type": "number"}, {"type": "boolean"}]},
        },
    ),
    AfterValidator(_check_tags),
]


class SiteWire(BaseModel):
    """A body of the contract, whose names are in camel case."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


ASSISTANT: dict[str, Any] = {
    "assistantName": "HeyDonto AI",
    "assistantInstructions": "Ensure all appointments are updated daily.",
    "siteId": 123,
    "id": 456,
}
"""The contract's own example."""
FILE: dict[str, Any] = {
    "id": 7,
    "fileName": "parking.md",
    "mimeType": "text/markdown",
    "size": 1204,
    "description": "Instructions document for the assistant",
    "createdAt": "2026-12-01T14:00:00Z",
}
_NEW = {name: value for name, value in ASSISTANT.items() if name != "id"}
_CONFIG = {
    **ASSISTANT,
    "version": 2,
    "code": "maple-street",
    "model": "gpt-4o",
    "temperature": "0.70",
    "topP": "1.00",
    "responseFormatJson": False,
    "includeConversationTranscript": True,
    "includeConversationMetadata": True,
    "tools": [{"id": 1, "type": "function", "name": "get_current_time"}],
    "apis": ["billing"],
    "files": [FILE],
}
_CHUNK = {"text": "Parking is free.", "heading": "Parking", "page": 1}
_PASSWORD = "correct horse"  # noqa: S105 - an example
_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzdGFmZl8xIn0.c2lnbmF0dXJl"  # noqa: S105 - as above


class SiteAssistant(SiteWire, json_schema_extra=_example(**ASSISTANT)):
    """An assistant of a site. A field without a value is left out."""

    id: Number
    """The ID of the assistant"""
    site_id: Number
    """The ID of the site the assistant is associated with"""
    assistant_name: Annotated[str, Field(json_schema_extra={"maxLength": LONGEST_NAME})] | None = _left_out()
    """The name of the assistant for the site"""
    assistant_instructions: str | None = _left_out()
    """Instructions for the assistant. At most 100 000 bytes."""


class CreateSiteAssistant(SiteWire, json_schema_extra=_example(**_NEW)):
    """A new assistant."""

    site_id: RepeatedNumber
    """The ID of the site the assistant is associated with; that of the path."""
    assistant_name: Name | None = None
    """The name of the assistant for the site"""
    assistant_instructions: Instructions | None = None
    """Instructions for the assistant. At most 100 000 bytes."""


class UpdateSiteAssistant(SiteWire, json_schema_extra=_example(**ASSISTANT)):
    """What changes about an assistant: a field that is left out stays."""

    site_id: RepeatedNumber
    """The ID of the site the assistant is associated with; that of the path."""
    id: RepeatedNumber
    """The ID of the assistant to be updated; that of the path."""
    assistant_name: Name | None = None
    """The name of the assistant for the site"""
    assistant_instructions: Instructions | None = None
    """Instructions for the assistant. At most 100 000 bytes."""


class RestoredAssistant(SiteAssistant, json_schema_extra=_example(**ASSISTANT, version=3)):
    """An assistant, and the version that it now has."""

    version: Number


class AssistantFile(SiteWire, json_schema_extra=_example(**FILE)):
    """A file that an assistant answers from."""

    id: Number
    file_name: str
    mime_type: str = ""
    """By the content, not by the name."""
    size: Number = 0
    """Bytes."""
    description: str | None = None
    created_at: AwareDatetime | None = _sent()


class AssistantToolSpec(SiteWire):
    """Something that an assistant may use: a built-in function, or another assistant."""

    id: Number | None = _sent()
    type: Literal["function", "assistant"]
    name: str
    """By which a model calls it."""
    code: str | None = _left_out()
    assistant_id: Number | None = _left_out()
    description: str | None = _left_out()


class AssistantConfig(SiteAssistant, json_schema_extra=_example(**_CONFIG)):
    """An assistant at one version, with all that a conversation needs.

    ``tools`` of None are all built-in functions. A server without versions gives name and instructions.
    """

    version: Number | None = _sent()
    code: str | None = _sent()
    model: str | None = None
    """The server's own, where it is null."""
    temperature: Hundredths | None = _sent()
    top_p: Hundredths | None = _sent()
    response_format_json: bool = False
    include_conversation_transcript: bool = True
    include_conversation_metadata: bool = True
    tools: list[AssistantToolSpec] | None = _sent()
    apis: list[str] = []
    """Codes of remote APIs."""
    files: list[AssistantFile] | None = _sent()


class Version(
    SiteWire,
    json_schema_extra=_example(
        version=2,
        cause="file added: parking.md",
        madeBy="staf_01h2xcejqtf2nbrexx3vqjhp41",
        createdAt="2026-12-01T14:00:00Z",
    ),
):
    """One version of an assistant, as a list shows it."""

    version: Number
    cause: str
    made_by: str | None = None
    created_at: AwareDatetime


class FileChunk(SiteWire):
    """A piece of a file's text."""

    text: str
    heading: str = ""
    """The headings it stands under: `Fees / Cleaning`."""
    page: Number | None = None


class FileChunks(SiteWire, json_schema_extra=_example(pages=3, chunks=[_CHUNK], next=500)):
    """A file's text in pieces."""

    pages: Number | None = None
    chunks: list[FileChunk] = Field(json_schema_extra={"maxItems": MOST_CHUNKS_AT_ONCE})
    next: int | None = None
    """Ask again with this as `start`; null when this was the end."""


class ChatMessage(SiteWire, json_schema_extra=_example(message="Please update all appointments for today.")):
    """A message to an assistant."""

    message: Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE), AfterValidator(_not_blank)]
    """The message content to be sent to the assistant"""
    thread_id: str | None = None
    """Extension: which conversation goes on; without it, your latest while it is fresh."""
    from_number: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")] | None = None
    """Extension: the number that the message comes from, E.164, as a call's does. Taken from the server's own
    runtime alone: whoever has a number is told of its appointments."""


class RoutedChatMessage(
    ChatMessage,
    json_schema_extra=_example(
        message="Please update all appointments for today.", tags={"campaign": "spring"}
    ),
):
    """A message to the assistant that the site's routes choose."""

    tags: Tags | None = None
    """What you know of the conversation, for the routes; beside `channel` (`text`), `bot_id`, `language`,
    `site_id` and `after_hours`, which the server knows."""


class CalledFunction(SiteWire, json_schema_extra=_example(name="book_appointment", status="booked")):
    """A function that the assistant called for its answer, and what came of it."""

    name: str
    status: str
    """Empty where the function gives none."""


class ChatAnswer(
    SiteWire,
    json_schema_extra=_example(
        message="Of course. Which day would suit you?",
        assistantId=456,
        siteId=123,
        threadId="thrd_01h2xcejqtf2nbrexx3vqjhp41",
        createdAt="2026-12-01T14:00:00Z",
    ),
):
    """What an assistant says."""

    message: str
    """What the assistant says."""
    assistant_id: Number
    site_id: Number
    thread_id: str
    """Names the conversation."""
    created_at: AwareDatetime
    with_person: bool | None = _left_out()
    """True while a person of the practice is in the conversation: the bot is silent, and their answers are
    read by `GET …/chat/{threadId}/messages`."""
    functions: list[CalledFunction] | None = _left_out()
    """Which functions were called for the answer, in order; left out when none was."""


class SaidMessage(
    SiteWire,
    json_schema_extra=_example(
        position=4,
        role="assistant",
        text="This is Maria. I have your bill here.",
        answeredBy="staf_01h2xcejqtf2nbrexx3vqjhp41",
        createdAt="2026-12-01T14:00:00Z",
    ),
):
    """Something that was said in a conversation."""

    position: int
    """Its place in the conversation, from 0."""
    role: str
    """`user`, or `assistant` for the bot and for people of the practice."""
    text: str
    answered_by: str | None = _left_out()
    """A model's name, `receptionist`, or the account of a person."""
    created_at: AwareDatetime


class ApiCall(
    SiteWire,
    json_schema_extra=_example(apiCode="billing", path="/invoices/12", method="GET", query={"lines": True}),
):
    """A call of a remote API."""

    api_code: str
    path: str = Field(json_schema_extra={"maxLength": LONGEST_API_PATH})
    """Below the API's base URL."""
    method: str = Field("GET", json_schema_extra={"enum": list(API_METHODS)})
    query: dict[str, Any] | None = None
    body: Any = None
    """Sent as JSON; nothing is sent without it."""


class ApiAnswer(
    SiteWire, json_schema_extra=_example(status=200, body={"id": 12, "due": "120.00"}, truncated=False)
):
    """What a remote API answered."""

    status: int
    body: Any = None
    """JSON where it is JSON, else text; credentials are struck out."""
    truncated: bool = False
    """There was more than is read of an answer."""


class MemoryEntry(SiteWire, json_schema_extra=_example(key="insurance", data={"name": "Delta"})):
    """Something that an assistant writes down in a conversation."""

    key: str = Field(min_length=1, max_length=LONGEST_KEY)
    data: Annotated[Any, AfterValidator(_storable)]
    """Anything, up to 10 000 characters of JSON."""


class LogIn(SiteWire, json_schema_extra=_example(email="anna@example.com", password=_PASSWORD)):
    """Who logs in."""

    email: Filled
    password: Filled
    code: str | None = None
    """Extension: of the person's authenticator, where they have a second factor."""


class LoggedIn(
    SiteWire, json_schema_extra=_example(message="Login successful", accessToken=_TOKEN, token=_TOKEN)
):
    """The token of a session."""

    message: str
    access_token: str
    token: str
    """The same: two versions of the contract name it differently."""


class User(SiteWire):
    """A person of the practice."""

    id: str
    email: str
    first_name: str | None
    last_name: str | None
    role: str
    organization_ids: list[Number] = []
    brand_ids: list[Number] = []
    site_ids: list[Number]
    fhir_store_id: str | None = None
    tos_accepted_at: AwareDatetime | None = None


class Done(SiteWire, json_schema_extra=_example(message="Logout successful", statusCode=200)):
    """Something was done, and there is nothing to show for it."""

    message: str
    status_code: Literal[200] = 200


class Error(SiteWire):
    """A refusal."""

    message: str | list[str]
    """A list where several things are wrong."""
    error: str
    """The status in words."""
    status_code: int


class Unauthorized(SiteWire):
    """No token, or one that is not valid."""

    message: Literal["Unauthorized"] = "Unauthorized"
    status_code: Literal[401] = 401
