"""What can be changed of an assistant."""

from collections.abc import Mapping
from typing import Any, TypedDict


class AssistantFields(TypedDict, total=False):
    """What can be changed of an assistant; what is not there stays as it is."""

    name: str | None
    instructions: str | None
    model: str | None
    temperature_hundredths: int
    top_p_hundredths: int
    response_format_json: bool
    include_conversation_transcript: bool
    include_conversation_metadata: bool
    tool_ids: list[int] | None


def cause_of(fields: Mapping[str, Any]) -> str:
    """Say what changes, for the list of versions, such as ``changed: instructions, model``."""
    names = {"temperature_hundredths": "temperature", "top_p_hundredths": "top_p", "tool_ids": "tools"}
    return "changed: " + ", ".join(names.get(name, name) for name in fields)
