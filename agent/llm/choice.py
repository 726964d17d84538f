"""The model that the settings choose: pipecat's service of that vendor, for a call or for a chat.

Services are made for each conversation; what they share, a connection pool and a key, is made once.
"""

import importlib
from typing import Any, cast

from pipecat.services.llm_service import LLMService
from pipecat.services.openai.base_llm import BaseOpenAILLMService
from pipecat.services.openai.responses.llm import OpenAIResponsesHttpLLMService

from agent.extras import NotConfigured, load_class, vendor_arguments
from agent.llm.ask import ChatCompletionsText, CollectedText, ResponsesText, TextLimits, TextModel
from agent.llm.prompt import cache_key
from agent.llm.sampling import Sampling, sampling
from agent.llm.services import FallbackMixin
from agent.llm.wire import ChatCompletionsWire, MessagesWire, ResponsesWire
from config.settings import Settings
from config.vendors import COMPATIBLE, OPENAI, OPENAI_KEY, OPENAI_URL, ModelVendor
from contracts.site import AssistantConfig
from tools.context import ToolContext


class ModelChoice:
    """A vendor's model, ready to be used."""

    def __init__(self, settings: Settings, vendor: ModelVendor) -> None:
        """Load the vendor's service; NotConfigured where a package, a key or the model's name is missing."""
        self.vendor = vendor
        self._settings = settings.model
        chosen = load_class(vendor)
        if vendor.model == "" and settings.model.name is None:
            raise NotConfigured(f"{vendor.title} is chosen; name its model in CHAIRSIDE_MODEL_NAME.")
        self._arguments = self._shared_arguments(settings)
        fields: dict[str, Any] = {"client": None, "patience_seconds": settings.model.timeout_seconds}
        wire: tuple[type[Any], ...] = ()
        by_text: tuple[type[Any], ...] = (CollectedText, chosen)
        if vendor.api == "responses":
            wire, fields["drain_seconds"] = (ResponsesWire,), settings.model.drain_seconds
            by_text = (ResponsesText, OpenAIResponsesHttpLLMService)
        elif issubclass(chosen, BaseOpenAILLMService):
            wire = (ChatCompletionsWire,)
            by_text = (ChatCompletionsText, ChatCompletionsWire, chosen)
        elif vendor.name == "anthropic":
            wire, by_text = (MessagesWire,), (CollectedText, MessagesWire, chosen)
        self._kind = chosen
        self._for_calls = type(f"{chosen.__name__}InCall", (*wire, FallbackMixin, chosen), dict(fields))
        self._for_chats = type(f"{chosen.__name__}ByText", by_text, dict(fields))
        self.default_model = vendor.model or self._settings.name or self._default_of_the_class()

    def _shared_arguments(self, settings: Settings) -> dict[str, Any]:
        vendor, chosen = self.vendor, settings.model
        url = chosen.base_url or (OPENAI_URL if vendor.name == OPENAI else None)
        if vendor.name == COMPATIBLE:
            # A server at home rarely wants a key, and the client cannot do without.
            key = chosen.api_key or settings.key_of(OPENAI_KEY)
            return {"base_url": url, "api_key": key.get_secret_value() if key else "none", **chosen.options}
        if vendor.client is None:
            return vendor_arguments(vendor, settings, key=chosen.api_key, url=url, options=chosen.options)
        made = vendor_arguments(vendor, settings, key=chosen.api_key, url=url, options={})
        module, _, name = vendor.client.partition(":")
        client = getattr(importlib.import_module(module), name)(
            **made, timeout=chosen.timeout_seconds, max_retries=0
        )
        return {"api_key": made["api_key"], "client": client, **chosen.options}

    def _default_of_the_class(self) -> str:
        """Read which model pipecat asks when none is named."""
        made = self._for_chats(**self._arguments)
        return cast("str", made._settings.model)  # noqa: SLF001 - pipecat has no other way to tell

    def how(self, config: AssistantConfig | None) -> Sampling:
        """Decide which model an assistant is answered by, and how it is asked."""
        return sampling(config, self._settings, self.default_model)

    def for_call(self, ctx: ToolContext, instruction: str) -> FallbackMixin:
        """Make a call's model; say who stands by (``stand_by``) before it is used."""
        arguments = dict(self._arguments)
        if self.vendor.api == "responses":
            arguments["ws_url"] = _socket_url(arguments["base_url"])
        made = self._make(self._for_calls, arguments, ctx.config, instruction, cache_key(ctx), {})
        return cast("FallbackMixin", made)

    def for_text(
        self, config: AssistantConfig | None, instruction: str, key: str, *, in_json: bool = False
    ) -> TextModel:
        """Make the model of one turn by text; its prompt is cached under ``key`` (``cache_key``)."""
        extra: dict[str, Any] = {}
        if in_json and self.vendor.api == "responses":
            extra = {"text": {"format": {"type": "json_object"}}}
        elif in_json and self.vendor.api == "chat":
            extra = {"response_format": {"type": "json_object"}}
        service = self._make(self._for_chats, dict(self._arguments), config, instruction, key, extra)
        made = cast("TextModel", service)
        chosen = self._settings
        made.limits = TextLimits(chosen.timeout_seconds, chosen.answer_seconds, chosen.answer_characters)
        made.instruction = instruction
        return made

    def _make(
        self,
        kind: type[Any],
        arguments: dict[str, Any],
        config: AssistantConfig | None,
        instruction: str,
        key: str,
        extra: dict[str, Any],
    ) -> LLMService[Any]:
        how = self.how(config)
        given: dict[str, Any] = {"model": how.model, "system_instruction": instruction}
        given |= {
            name: value for name in ("temperature", "top_p") if (value := getattr(how, name)) is not None
        }
        if self.vendor.api == "responses":
            text = {**how.for_responses().get("text", {}), **extra.get("text", {})}
            extra = {**how.for_responses(), **extra, **({"text": text} if text else {})}
            extra["prompt_cache_key"] = key
            given["max_completion_tokens"] = how.max_tokens
        elif self.vendor.api == "chat":
            extra = {**how.for_chat_completions(), **extra}
            given[how.limit] = how.max_tokens
        else:
            given["max_tokens"] = how.max_tokens
        settings = self._kind.Settings(**given, extra=extra)
        return cast("LLMService[Any]", kind(settings=settings, **arguments))

    async def close(self) -> None:
        """Let go of the connections."""
        for kind in (self._for_calls, self._for_chats):
            if (client := getattr(kind, "client", None)) is not None:
                await client.close()
        if (client := self._arguments.get("client")) is not None:
            await client.close()


def _socket_url(base_url: str) -> str:
    """Give the address of the Responses API's websocket beside that of its HTTP endpoint."""
    return "ws" + base_url.removeprefix("http").rstrip("/") + "/responses"
