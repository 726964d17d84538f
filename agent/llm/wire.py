"""The wire of the models' APIs, over pipecat's services: one client for all, and no answer that was cut off.

A mixin here is laid over pipecat's service of a vendor, for calls and for chats alike.
"""

# mypy: allow-untyped-calls
# (pipecat leaves its connection's methods untyped)

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import openai
from openai.types.chat import ChatCompletionChunk
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.llm_service import LLMService, WebsocketReconnectedError
from pipecat.services.openai.base_llm import BaseOpenAILLMService
from pipecat.services.openai.responses.llm import OpenAIResponsesHttpLLMService, OpenAIResponsesLLMService
from pipecat.services.websocket_service import WebsocketService

from agent.llm.messages import ModelFailed

_WHOLE = frozenset({"stop", "tool_calls", "function_call"})
"""Reasons for which an answer ends that are no fault."""

_WHOLE_MESSAGES = frozenset({"end_turn", "tool_use", "stop_sequence"})


def check_finish(reason: str | None) -> None:
    """Raise ModelFailed for an answer that was cut off: by the connection, by its length, by a filter."""
    if reason not in _WHOLE:
        raise ModelFailed(f"the answer was cut off: {reason}")


class ChatCompletionsWire(BaseOpenAILLMService):
    """Chat Completions, as OpenAI and many others speak it."""

    client: ClassVar[Any] = None
    """Of the vendor's kind; made with the first service, and shared by all of the class."""
    patience_seconds: ClassVar[float] = 8.0

    def create_client(self, *args: Any, **kwargs: Any) -> Any:
        """Give the shared client instead of one a call; it tries nothing twice, for somebody is waiting."""
        kind = type(self)
        if kind.client is None:
            made = super().create_client(*args, **kwargs)
            kind.client = made.with_options(timeout=self.patience_seconds, max_retries=0)
        return kind.client

    async def get_chat_completions(self, context: LLMContext) -> Any:
        """Ask, and watch that the answer comes to its end."""
        return _watched(await super().get_chat_completions(context))


async def _watched(stream: openai.AsyncStream[ChatCompletionChunk]) -> AsyncIterator[ChatCompletionChunk]:
    reason = None
    try:
        async for chunk in stream:
            if chunk.choices:
                reason = chunk.choices[0].finish_reason or reason
            yield chunk
    finally:
        await stream.close()
    check_finish(reason)


def _shared(kind: Any, api_key: str, base_url: str) -> openai.AsyncOpenAI:
    """Make the client of a class of services with the first of them."""
    if kind.client is None:
        kind.client = openai.AsyncOpenAI(
            api_key=api_key, base_url=base_url, timeout=kind.patience_seconds, max_retries=0
        )
    client: openai.AsyncOpenAI = kind.client
    return client


class ResponsesWire(OpenAIResponsesLLMService):
    """The Responses API over a websocket: a call's own connection, made while the greeting is spoken."""

    client: ClassVar[Any] = None
    """Asks for nothing in a call; pipecat's service wants one."""
    patience_seconds: ClassVar[float] = 8.0
    drain_seconds: ClassVar[float] = 0.3
    _connecting: asyncio.Task[None] | None = None
    _said: bool

    def _create_client(self, api_key: Any = None, base_url: Any = None, **_: Any) -> openai.AsyncOpenAI:  # type: ignore[override] # what it is called with
        return _shared(type(self), api_key, base_url)

    async def _connect(self) -> None:
        # Nobody waits for it: a vendor that does not answer must not keep the greeting back.
        await WebsocketService._connect(self)  # noqa: SLF001 - past pipecat's own, which waits
        self._connecting = self.create_task(self._connect_websocket())

    async def _disconnect(self) -> None:
        connecting, self._connecting = self._connecting, None
        if connecting:
            await self.cancel_task(connecting)
        await super()._disconnect()

    async def _ensure_connected(self) -> None:
        if self._connecting:
            connecting, self._connecting = self._connecting, None
            await connecting
        if self._websocket is None or self._websocket.close_code is not None:
            self._websocket = None
            await self._connect_websocket()
        if self._websocket is None:
            raise ConnectionError("no connection to the model")

    async def _try_reconnect(self, *_: Any, **__: Any) -> bool:
        # Once and at once: pipecat's own waits for seconds, and the receptionist stands by.
        self._websocket = None
        self._clear_previous_response_state()
        await self._connect_websocket()
        return self._websocket is not None

    async def _ws_recv(self) -> dict[str, Any]:
        try:
            return await super()._ws_recv()
        except WebsocketReconnectedError:
            if self._said:  # asked again, the model would say its first words twice
                raise ModelFailed("the answer was cut off") from None
            raise

    async def _drain_cancelled_response(self) -> None:
        # The rest of what the caller cut off. It may never come: a new connection is quicker than waiting.
        try:
            async with asyncio.timeout(self.drain_seconds):
                await super()._drain_cancelled_response()
        except TimeoutError:
            await self._abandon()

    async def _abandon(self) -> None:
        left, self._websocket = self._websocket, None
        self._clear_previous_response_state()
        self._clear_cancellation_state()
        if left is not None:
            self.create_task(left.close())


class ResponsesHttpWire(OpenAIResponsesHttpLLMService):
    """The Responses API by HTTP: for chats, which come one by one."""

    client: ClassVar[Any] = None
    patience_seconds: ClassVar[float] = 8.0

    def _create_client(self, api_key: Any = None, base_url: Any = None, **_: Any) -> openai.AsyncOpenAI:  # type: ignore[override] # what it is called with
        return _shared(type(self), api_key, base_url)


class MessagesWire(LLMService[Any]):
    """Anthropic's Messages API."""

    async def _create_message_stream(self, api_call: Any, params: dict[str, Any]) -> Any:
        """Ask, and watch that the answer comes to its end."""
        return _watched_messages(await super()._create_message_stream(api_call, params))  # type: ignore[misc] # the vendor's service has it


async def _watched_messages(stream: Any) -> AsyncIterator[Any]:
    reason = None
    try:
        async for event in stream:
            if event.type == "message_delta":
                reason = event.delta.stop_reason or reason
            yield event
    finally:
        await stream.close()
    if reason not in _WHOLE_MESSAGES:
        raise ModelFailed(f"the answer was cut off: {reason}")
