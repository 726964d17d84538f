"""What may be said of an assistant, checked before it is kept."""

import re
from collections.abc import Mapping
from typing import Any, TypedDict

from contracts.site import LONGEST_NAME, MOST_INSTRUCTION_BYTES
from kit.text import is_text
from practice.errors import InvalidField

SHORTEST_CODE, LONGEST_CODE = 3, 255
CODE = re.compile(r"[a-z0-9-]+", re.ASCII)
RESERVED_CODES = frozenset({"apis", "tools"})
"""Paths of the Assistants Admin API that an assistant of the same code would hide behind."""
SEED_MODELS = ("gpt-35-turbo", "gpt-35-turbo-16k", "gpt-4", "gpt-4o")
"""The models that the source document lists; the settings may add others."""


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


def check_fields(fields: AssistantFields) -> None:
    """Make sure that an assistant's texts and numbers can be kept.

    Raises:
        InvalidField: It names the first field that does not fit.
    """
    for name in ("name", "instructions", "model"):
        value: str | None = fields.get(name)  # type: ignore[assignment] # each of them is a text
        if value is not None and not is_text(value):
            raise InvalidField(name, "The text holds characters that cannot be stored.")
    if len(fields.get("name") or "") > LONGEST_NAME:
        raise InvalidField("name", f"Ensure this field has no more than {LONGEST_NAME} characters.")
    if len((fields.get("instructions") or "").encode()) > MOST_INSTRUCTION_BYTES:
        raise InvalidField(
            "instructions", f"Ensure this field has no more than {MOST_INSTRUCTION_BYTES} bytes."
        )


def check_code(code: str) -> None:
    """Make sure that a code is one.

    Raises:
        InvalidField: Other characters, too short or long, or reserved.
    """
    if not SHORTEST_CODE <= len(code) <= LONGEST_CODE:
        raise InvalidField("code", f"Ensure this field has {SHORTEST_CODE} to {LONGEST_CODE} characters.")
    if not CODE.fullmatch(code):
        raise InvalidField("code", "This value does not match the required pattern ^[a-z0-9-]+$.")
    if code in RESERVED_CODES:
        raise InvalidField("code", "This code is reserved.")


def cause_of(fields: Mapping[str, Any]) -> str:
    """Say what changes, for the list of versions.

    Returns:
        For example ``changed: instructions, model``.
    """
    names = {"temperature_hundredths": "temperature", "top_p_hundredths": "top_p", "tool_ids": "tools"}
    return "changed: " + ", ".join(names.get(name, name) for name in fields)
