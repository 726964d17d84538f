"""All functions that the model may call, and the one way to run them."""

import json
from collections.abc import Mapping
from typing import Any

from tools.context import ToolContext
from tools.errors import ToolError
from tools.function import Function, InvalidArguments, Result
from tools.functions.appointments import CANCEL_APPOINTMENT, FIND_APPOINTMENTS, RESCHEDULE_APPOINTMENT
from tools.functions.assistants import ask_assistant
from tools.functions.availability import SEARCH_AVAILABILITY
from tools.functions.booking import BOOK_APPOINTMENT
from tools.functions.call_control import END_CALL
from tools.functions.clock import GET_CURRENT_TIME
from tools.functions.handoff import REQUEST_PERSON, TAKE_MESSAGE
from tools.functions.knowledge import SEARCH_KNOWLEDGE
from tools.functions.memory import READ_MEMORY, WRITE_TO_MEMORY
from tools.functions.remote_api import CALL_API
from tools.spanish import in_spanish

__all__ = ["FUNCTIONS", "Function", "find_function", "offered", "run_function"]

FUNCTIONS: tuple[Function, ...] = (
    SEARCH_AVAILABILITY,
    BOOK_APPOINTMENT,
    FIND_APPOINTMENTS,
    CANCEL_APPOINTMENT,
    RESCHEDULE_APPOINTMENT,
    SEARCH_KNOWLEDGE,
    TAKE_MESSAGE,
    REQUEST_PERSON,
    END_CALL,
    GET_CURRENT_TIME,
    WRITE_TO_MEMORY,
    READ_MEMORY,
    CALL_API,
)
"""All built-in functions, in the order in which the model sees them."""

NOT_OFFERED = "I'm sorry, I can't do that here. Would you like to speak with somebody from the team?"


def find_function(name: str) -> Function | None:
    """Find a function by its name."""
    return next((one for one in FUNCTIONS if one.name == name), None)


def offered(ctx: ToolContext) -> list[Function]:
    """List the functions that a conversation's assistant may use.

    Returns:
        Those that its version names, other assistants among them; without a list, all built-in ones that
        there is a use for. Where nothing may be changed, only those that change nothing.
    """
    config = ctx.config
    kept = FUNCTIONS if not ctx.reads_only else [one for one in FUNCTIONS if not one.write or one is END_CALL]
    # Whatever its list says, an assistant without another system's API has none to call.
    kept = [one for one in kept if one is not CALL_API or (config is not None and config.apis)]
    if config is None or config.tools is None:
        return kept
    named = {tool.name for tool in config.tools if tool.type == "function"}
    others = [tool for tool in config.tools if tool.type == "assistant" and ctx.ask is not None]
    return [one for one in kept if one.name in named] + [ask_assistant(tool) for tool in others]


async def run_function(ctx: ToolContext, name: str, arguments: Mapping[str, Any] | str) -> Result:
    """Run a function for the model.

    Args:
        arguments: The model's arguments, parsed or as the JSON text that the model wrote.

    Returns:
        The function's result; ``{"status": "invalid", "error"}`` for a bad name or bad arguments, and
        ``{"status": "unavailable", "say"}`` when an endpoint failed.
    """
    found = next((one for one in offered(ctx) if one.name == name), None)
    if found is None:
        if find_function(name) is not None:
            return {"status": "unavailable", "say": NOT_OFFERED, "code": "not_offered"}
        return {"status": "invalid", "error": f"there is no function {name[:64]!r}"}
    try:
        checked = found.check(_parsed(arguments))
    except InvalidArguments as error:
        return {"status": "invalid", "error": str(error)}
    try:
        result = await found.run(ctx, checked)
    except ToolError as error:
        result = {"status": "unavailable", "say": error.say, "code": error.code}
    return in_spanish(ctx, found, checked, result) if ctx.language == "es" else result


def _parsed(arguments: Mapping[str, Any] | str) -> dict[str, Any]:
    try:
        parsed = json.loads(arguments or "{}") if isinstance(arguments, str) else arguments
        # What JSON's escapes say may still be no text: half a surrogate pair, NUL.
        readable = json.dumps(parsed, ensure_ascii=False).encode()
    except (ValueError, TypeError, RecursionError):
        raise InvalidArguments("the arguments are not JSON") from None
    if b"\\u0000" in readable:
        raise InvalidArguments("the arguments hold a character that is no text")
    if not isinstance(parsed, Mapping):
        raise InvalidArguments("the arguments are not a JSON object")
    return dict(parsed)
