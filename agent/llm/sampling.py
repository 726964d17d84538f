"""Which model answers, and how: what the settings and an assistant ask for, as far as the model takes it."""

from dataclasses import dataclass
from typing import Any

from agent.llm.families import NO_EFFORT, family_of
from config.vendor_settings import ModelSettings
from contracts.assistants import SOURCE_MODELS
from contracts.site import AssistantConfig


@dataclass(frozen=True)
class Sampling:
    """How a model is asked.

    Attributes:
        temperature: How freely it answers; None leaves it to the vendor, as ``top_p``.
        effort: How much it reasons first; None where it cannot be told, as ``verbosity``.
        limit: How Chat Completions calls ``max_tokens``.
    """

    model: str
    max_tokens: int
    limit: str
    temperature: float | None = None
    top_p: float | None = None
    effort: str | None = None
    verbosity: str | None = None

    def for_responses(self) -> dict[str, Any]:
        """Give what the Responses API takes beside model, limit and sampling."""
        params: dict[str, Any] = {"reasoning": {"effort": self.effort}} if self.effort else {}
        return params | ({"text": {"verbosity": self.verbosity}} if self.verbosity else {})

    def for_chat_completions(self) -> dict[str, Any]:
        """Give what Chat Completions takes beside model, limit and sampling."""
        params = {"reasoning_effort": self.effort} if self.effort else {}
        return params | ({"verbosity": self.verbosity} if self.verbosity else {})


def sampling(config: AssistantConfig | None, settings: ModelSettings, default_model: str) -> Sampling:
    """Decide how the model is asked; ``default_model`` is that where nobody names a living one."""
    house = settings.name or default_model
    model = model_for(config.model if config is not None else None, settings, house)
    family = family_of(model)
    effort = (settings.effort or family.effort) if family.effort else None
    samples = family.samples and effort in {None, NO_EFFORT} and config is not None
    return Sampling(
        model,
        settings.max_tokens,
        family.limit,
        temperature=_number(config.temperature) if samples and config else None,
        top_p=_number(config.top_p) if samples and config else None,
        effort=effort,
        verbosity=settings.verbosity if family.verbosity else None,
    )


def model_for(asked: str | None, settings: ModelSettings, house: str) -> str:
    """Find the living model behind the name that an assistant asks for.

    The names of the Assistants Admin API stand on the wire for ever; the models behind them have ended.
    """
    if asked is None:
        return house
    if asked in settings.aliases:
        return settings.aliases[asked]
    return house if asked in SOURCE_MODELS else asked


def _number(given: float | str | None) -> float | None:
    return None if given is None else float(given)
