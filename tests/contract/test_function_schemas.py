"""What the model is told about the functions: changed knowingly, never by accident."""

import json
from pathlib import Path

import pytest
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema

from tools.function import Function
from tools.registry import FUNCTIONS, find_function

SNAPSHOT = Path(__file__).parent / "function_schemas.json"
"""Written by ``python tests/contract/test_function_schemas.py``."""


def described() -> str:
    """Write the functions as the model gets them."""
    return json.dumps([one.openai_tool() for one in FUNCTIONS], indent=2) + "\n"


def test_the_functions_are_described_as_agreed() -> None:
    assert described() == SNAPSHOT.read_text()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.name)
def test_every_parameter_is_described_and_flat_but_for_another_systems_own(function: Function) -> None:
    schema = function.parameters
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) <= set(schema["properties"])
    for field in schema["properties"].values():
        free = {"object"} if function.name == "call_api" else set()
        assert field["type"] in {"string", "integer", "boolean"} | free
        assert field["description"]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.name)
def test_the_schemas_fit_the_voice_framework(function: Function) -> None:
    schema = FunctionSchema(
        name=function.name,
        description=function.description,
        properties=function.parameters["properties"],
        required=function.parameters["required"],
    )
    assert schema.to_default_dict()["parameters"]["properties"] == function.parameters["properties"]


def test_what_writes_is_marked() -> None:
    assert {one.name for one in FUNCTIONS if one.write} == {
        "book_appointment",
        "cancel_appointment",
        "reschedule_appointment",
        "take_message",
        "request_person",
        "end_call",
        "call_api",
    }


def test_functions_are_found_by_name() -> None:
    assert find_function("call_api") is FUNCTIONS[-1]
    assert find_function("nothing") is None


if __name__ == "__main__":
    SNAPSHOT.write_text(described())
