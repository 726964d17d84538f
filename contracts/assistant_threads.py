"""The wire models of the Assistants Admin API's threads and their messages."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
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

MOST_CHARACTERS = 100_000
"""Characters of a message's text, and of the arguments of all its calls together."""
MOST_CALLS = 128
"""Function calls of one message, as in the chat format itself."""

_THREAD: JsonSchema = {"user_id": "user-42", "content": {"ticket": "T-1001"}}
_MESSAGE: JsonSchema = {"role": "user", "content": "Is parking free?"}


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


class AssistantThreadMessageRequest(AdminRequest):
    """A message in the chat format."""

    model_config = request_example(_MESSAGE)

    role: Literal["user", "assistant", "system", "tool"] = "user"
    """`user` when left out."""
    tool_calls: (
        Annotated[
            list[ToolCall],
            Field(min_length=1, max_length=MOST_CALLS),
            AfterValidator(_fitting_calls),
        ]
        | None
    ) = None
    """What the assistant asked for; in its messages alone."""
    tool_call_id: Annotated[str, Field(min_length=1, max_length=255), NotBlank] | None = None
    """The call that a message of the role `tool` answers."""
    content: Annotated[str, Field(max_length=MOST_CHARACTERS)] | None
    """Null, or left out, only beside `tool_calls`."""

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

    def as_message(self) -> dict[str, Any]:
        """Give the message as a thread keeps it."""
        calls = self.model_dump(include={"tool_calls", "tool_call_id"}, exclude_none=True)
        return {"role": self.role, "content": self.content, **calls}


class AssistantThreadMessage(AdminResponse):
    """A message in the chat format, which the contract leaves untyped.

    Those of calls and chats have more: `answered_by`, `sources`.
    """

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"id": 1, **_MESSAGE, "created_at": "2026-12-01T14:00:00Z"}]},
    )

    id: Number
    """Its place, from 1."""
    role: str
    content: str | None
    tool_calls: list[ToolCall] = Field(default_factory=list)
    tool_call_id: str = Field(default_factory=str)
    created_at: Annotated[AwareDatetime, READ_ONLY]
