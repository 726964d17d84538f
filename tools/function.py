"""A function that the model may call: plain Python, with the schema read off its signature and docstring."""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

if TYPE_CHECKING:
    from tools.context import ToolContext

Result = dict[str, Any]
"""What a function gives back: JSON-able, with a ``status``, a ``say`` where it may be spoken as is, and an
``ask`` where a question goes with it."""


class InvalidArguments(ValueError):
    """The model's arguments do not fit the function's parameters."""


@dataclass(frozen=True)
class Function:
    """A function as the model sees it, and the code behind it.

    Attributes:
        description: When and how to use it; written for the model.
        parameters: JSON schema of the arguments (an object).
        run: The code; takes the context and arguments that fit.
        write: Whether it changes something in the world.
        check: Turns a model's raw arguments into ones that fit.
        exact: The statuses whose sentence (``say`` and ``ask``) is said as it stands, by whoever runs the
            function; the model is not asked to repeat it.
        quiet: The statuses after which there is nothing to say.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    run: Callable[["ToolContext", dict[str, Any]], Awaitable[Result]]
    write: bool
    check: Callable[[dict[str, Any]], dict[str, Any]]
    exact: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()

    def openai_tool(self) -> dict[str, Any]:
        """Give the function in the shape of OpenAI's ``tools`` list."""
        described = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": described}


def function(
    code: Callable[..., Awaitable[Result]], *, write: bool, exact: str = "", quiet: str = ""
) -> Function:
    """Make a function for the model out of a coroutine function.

    Args:
        code: Takes the context first, then few typed arguments; its docstring up to ``Args:`` is the
            description, its ``Args:`` section describes the parameters.
        exact: The statuses whose sentence is said as it stands, separated by blanks.
    """
    description, documented = _read_docstring(inspect.getdoc(code) or "")
    _, *parameters = inspect.signature(code, eval_str=True).parameters.values()
    fields: dict[str, Any] = {}
    for parameter in parameters:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (
            parameter.annotation,
            Field(default=default, description=documented[parameter.name]),
        )
    config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True)
    model = create_model(code.__name__, __config__=config, **fields)

    async def run(ctx: "ToolContext", arguments: dict[str, Any]) -> Result:
        return await code(ctx, **arguments)

    return Function(
        name=code.__name__,
        description=description,
        parameters=_schema(model),
        run=run,
        write=write,
        check=lambda raw: _check(model, raw),
        exact=frozenset(exact.split()),
        quiet=frozenset(quiet.split()),
    )


def _check(model: type[BaseModel], raw: dict[str, Any]) -> dict[str, Any]:
    # Models fill what they do not know with empty strings or the word null.
    meant = {name: None if value in ("", "null", "None") else value for name, value in raw.items()}
    given = {name: value for name, value in meant.items() if value is not None}
    try:
        return model.model_validate(given).model_dump()
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise InvalidArguments("; ".join(problems)) from None


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    properties = {}
    for name, field in schema["properties"].items():
        choices = [one for one in field.pop("anyOf", [{}]) if one.get("type") != "null"]
        kept = {
            key: value for key, value in {**field, **choices[0]}.items() if key not in ("title", "default")
        }
        properties[name] = kept
    return {
        "type": "object",
        "properties": properties,
        "required": schema.get("required", []),
        "additionalProperties": False,
    }


def _read_docstring(doc: str) -> tuple[str, dict[str, str]]:
    description, _, rest = doc.partition("\nArgs:\n")
    arguments, _, _ = rest.partition("\n\n")
    documented: dict[str, str] = {}
    for match in re.finditer(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", arguments, re.MULTILINE):
        documented[match[1]] = " ".join(match[2].split())
    paragraphs = [" ".join(paragraph.split()) for paragraph in description.strip().split("\n\n")]
    return "\n".join(paragraphs), documented
