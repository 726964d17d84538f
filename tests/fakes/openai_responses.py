"""OpenAI's Responses API as its types describe it: the events of one answer, for the websocket and for HTTP.

``response.create`` on the websocket is the body of ``POST /v1/responses`` without ``stream``; what it answers
are the same events.
"""

import itertools
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, get_type_hints

from openai.types.responses import ResponseStreamEvent
from openai.types.responses.function_tool_param import FunctionToolParam
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming
from openai.types.responses.response_input_item_param import ResponseInputItemParam
from pydantic import TypeAdapter, ValidationError

_WHOLE: TypeAdapter[Any] = TypeAdapter(ResponseCreateParamsStreaming)
_ITEM: TypeAdapter[Any] = TypeAdapter(ResponseInputItemParam)
_TOOL: TypeAdapter[Any] = TypeAdapter(FunctionToolParam)
_EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
_numbers = itertools.count(1)


def find_violation(body: dict[str, Any]) -> str | None:
    """Find what a request says that the schema of the installed library does not allow."""
    unknown = set(body) - set(get_type_hints(ResponseCreateParamsStreaming))
    if unknown:
        return f"the request has unknown fields: {sorted(unknown)}"
    if body.get("reasoning", {}).get("effort") not in {None, "none"} and {"temperature", "top_p"} & set(body):
        return "Unsupported parameter: a model that reasons takes no temperature and no top_p"
    checks = [(_WHOLE, {**body, "stream": True})]
    checks += [(_ITEM, one) for one in body.get("input", ())]
    checks += [(_TOOL, one) for one in body.get("tools", ())]
    for adapter, value in checks:
        try:
            adapter.validate_python(value)
        except ValidationError as error:
            return str(error)
    return None


def error_event(status: int, code: str) -> dict[str, Any]:
    """Make the websocket's event for a request that is refused."""
    return {"type": "error", "status": status, "error": {"type": code, "code": code, "message": code}}


class ResponseEvents:
    """Makes the events of one response; each is held to the library's type before it goes out."""

    def __init__(self, model: str) -> None:
        self._id = f"resp_{next(_numbers)}"
        self._model = model
        self._sequence = itertools.count()
        self._output: list[dict[str, Any]] = []

    def _event(self, kind: str, **fields: Any) -> dict[str, Any]:
        event = {"type": kind, "sequence_number": next(self._sequence), **fields}
        _EVENT.validate_python(event)
        return event

    def _response(self, status: str, **fields: Any) -> dict[str, Any]:
        usage = {
            "input_tokens": 10,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": 10,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 20,
        }
        return {
            "id": self._id,
            "object": "response",
            "created_at": 1_700_000_000,
            "model": self._model,
            "status": status,
            "output": self._output,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": usage,
            **fields,
        }

    def created(self) -> dict[str, Any]:
        """Give the first event."""
        return self._event("response.created", response=self._response("in_progress"))

    def text(self, words: str) -> Iterator[dict[str, Any]]:
        """Say words, one an event."""
        item_id, place = f"msg_{next(_numbers)}", len(self._output)
        item = {"id": item_id, "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        where = {"item_id": item_id, "output_index": place, "content_index": 0}
        yield self._event("response.output_item.added", output_index=place, item=item)
        for count, word in enumerate(words.split(" ")):
            delta = word if count == 0 else f" {word}"
            yield self._event("response.output_text.delta", **where, delta=delta, logprobs=[])
        yield self._event("response.output_text.done", **where, text=words, logprobs=[])
        part = {"type": "output_text", "text": words, "annotations": [], "logprobs": []}
        done = {**item, "status": "completed", "content": [part]}
        yield self._event("response.output_item.done", output_index=place, item=done)
        self._output.append(done)

    def call(self, name: str, arguments: str) -> Iterator[dict[str, Any]]:
        """Ask for a function."""
        number, place = next(_numbers), len(self._output)
        item = {
            "id": f"fc_{number}",
            "type": "function_call",
            "call_id": f"call_r{number}",
            "name": name,
            "arguments": "",
            "status": "in_progress",
        }
        where = {"item_id": item["id"], "output_index": place}
        yield self._event("response.output_item.added", output_index=place, item=item)
        for start in range(0, len(arguments), 12):
            piece = arguments[start : start + 12]
            yield self._event("response.function_call_arguments.delta", **where, delta=piece)
        yield self._event("response.function_call_arguments.done", **where, arguments=arguments, name=name)
        done = {**item, "arguments": arguments, "status": "completed"}
        yield self._event("response.output_item.done", output_index=place, item=done)
        self._output.append(done)

    def completed(self) -> dict[str, Any]:
        """End as it should be."""
        return self._event("response.completed", response=self._response("completed"))

    def incomplete(self) -> dict[str, Any]:
        """End at the limit of tokens."""
        details = {"reason": "max_output_tokens"}
        return self._event(
            "response.incomplete", response=self._response("incomplete", incomplete_details=details)
        )


async def as_sse(events: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    """Put events as the HTTP endpoint sends them."""
    async for event in events:
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
