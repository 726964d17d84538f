"""The wire models of the Assistants Admin API's threads and their messages.

A message may be any JSON, as the contract has it. One in the chat format is used by the bot; whatever else is
kept, and given back.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from contracts.assistants import (
    READ_ONLY,
    AdminRequest,
    AdminResponse,
    JsonSchema,
    NotBlank,
    Number,
    example,
    request_example,
)
from contracts.conversation import ADDED_BY, GIVEN, OTHER, Message

MOST_CHARACTERS = 100_000
"""Characters of a message's text, and of the arguments of all its calls together."""
MOST_CALLS = 128
"""Function calls of one message, as in the chat format itself."""

_THREAD: JsonSchema = {"user_id": "user-42", "content": {"ticket": "T-1001"}}
MESSAGE: JsonSchema = {"role": "user", "content": "Is parking free?"}
"""An example of a message as it is given."""
SHOWN: JsonSchema = {"id": 1, **MESSAGE, "created_at": "2026-12-01T14:00:00Z"}
"""The same as a thread shows it."""


class AssistantThreadRequest(AdminRequest):
    """What an integrator keeps of a thread."""

    model_config = request_example(_THREAD)

    user_id: Annotated[str, Field(max_length=255)] | None = None
    """Your own."""
    content: Annotated[dict[str, Any], Field(default_factory=dict)]
    """Your own; the messages are not in it."""


class AssistantThread(AdminResponse):
    """A thread: a call, a chat, or one that an integrator keeps."""

    model_config = example(
        {
            "id": 12,
            "assistant": "front-desk",
            **_THREAD,
            "kind": "chat",
            "conversation_id": "conv-1001",
            "assistant_version": 1,
            "created_at": "2026-12-01T14:00:00Z",
        }
    )

    id: Number
    assistant: Annotated[str, READ_ONLY]
    """The assistant's code."""
    user_id: Annotated[str, Field(max_length=255)] | None
    """Your own."""
    content: dict[str, Any]
    """Your own; the messages are not in it."""
    kind: Annotated[Literal["call", "chat"], READ_ONLY]
    """Extension."""
    conversation_id: Annotated[str | None, READ_ONLY]
    """Extension: the conversation that it was evaluated with."""
    assistant_version: Annotated[int | None, READ_ONLY]
    """Extension: the version that it began with, and keeps."""
    created_at: Annotated[AwareDatetime, READ_ONLY]
    """Extension."""


class _ContentPart(AdminRequest):
    """A part of a message's content; the bot reads those of text."""

    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=False)

    type: str
    text: str = ""


class CalledFunction(AdminRequest):
    """The function of a function call."""

    model_config = ConfigDict(coerce_numbers_to_str=False)

    name: Annotated[str, Field(pattern="^[a-zA-Z0-9_-]{1,64}$")]
    arguments: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    """JSON."""


class ToolCall(AdminRequest):
    """A function call of an assistant's message."""

    id: Annotated[str, Field(min_length=1, max_length=255), NotBlank]
    type: Literal["function"] = "function"
    function: CalledFunction


def _fitting_calls(calls: list[ToolCall]) -> list[ToolCall]:
    if len({one.id for one in calls}) < len(calls):
        raise PydanticCustomError("same_id", "Two function calls have the same id.")
    if sum(len(one.function.arguments) for one in calls) > MOST_CHARACTERS:
        raise PydanticCustomError(
            "too_many_arguments", f"Ensure the arguments have no more than {MOST_CHARACTERS} characters."
        )
    return calls


class _ChatMessage(AdminRequest):
    """A message in the chat format."""

    model_config = ConfigDict(coerce_numbers_to_str=False)

    role: Literal["user", "assistant", "system", "developer", "tool"] = "user"
    tool_calls: (
        Annotated[list[ToolCall], Field(min_length=1, max_length=MOST_CALLS), AfterValidator(_fitting_calls)]
        | None
    ) = None
    tool_call_id: Annotated[str, Field(min_length=1, max_length=255), NotBlank] | None = None
    content: Annotated[str, Field(max_length=MOST_CHARACTERS)] | list[_ContentPart] | None
    """Null, or left out, only beside ``tool_calls``."""

    @model_validator(mode="before")
    @classmethod
    def _content_may_be_missing_beside_calls(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("tool_calls"):
            return {"content": None, **given}
        return given

    @field_validator("tool_calls")
    @classmethod
    def _calls_are_the_assistants(cls, calls: Any, info: ValidationInfo) -> Any:
        if calls is not None and info.data.get("role", "assistant") != "assistant":
            raise PydanticCustomError("role", "Only a message of the assistant has function calls.")
        return calls

    @field_validator("tool_call_id")
    @classmethod
    def _results_are_tools(cls, call_id: Any, info: ValidationInfo) -> Any:
        if call_id is not None and info.data.get("role", "tool") != "tool":
            raise PydanticCustomError("role", "Only a message of the role tool answers a function call.")
        return call_id

    @field_validator("content")
    @classmethod
    def _content_is_there_without_calls(cls, content: Any, info: ValidationInfo) -> Any:
        if content is None and info.data.get("tool_calls", ()) is None:
            raise PydanticCustomError("null", "The text is missing.")
        return content


def kept_message(given: Any) -> Message:
    """Give what an integrator adds as a thread keeps it: as it was given, and what is used of it."""
    try:
        chat = _ChatMessage.model_validate(given)
    except ValidationError:
        return {"role": OTHER, GIVEN: given}
    used = chat.model_dump(include={"role", "tool_calls", "tool_call_id"}, exclude_none=True)
    message: Message = {"content": given.get("content"), **used}
    if any(name not in message or message[name] != value for name, value in given.items()):
        message[GIVEN] = given
    return message


def shown_message(place: int, message: Message, created_at: datetime) -> Any:
    """Give a message of a thread as an integrator sees it: what it gave itself as it was given."""
    if message.get("role") == OTHER:
        return message[GIVEN]
    fields = {name: value for name, value in message.items() if name not in (GIVEN, ADDED_BY)}
    return {"id": place, "created_at": created_at, **fields, **message.get(GIVEN, {})}
