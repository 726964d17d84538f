"""Which model answers, and how freely: what an assistant asks for, said as the provider says it."""

from typing import Any

from config.settings import OpenAISettings
from contracts.site import AssistantConfig

ALSO_KNOWN_AS = {"gpt-35-turbo": "gpt-3.5-turbo", "gpt-35-turbo-16k": "gpt-3.5-turbo-16k"}
"""Names of the Assistants Admin API that OpenAI spells otherwise."""
DEFAULT_TEMPERATURE, DEFAULT_TOP_P = 0.7, 1.0
"""What an assistant has that nobody has set. It is not sent: some models take no other than their own."""


def sampling(config: AssistantConfig | None, settings: OpenAISettings) -> dict[str, Any]:
    """Give the parameters of a request to the model.

    Args:
        config: The assistant at its version, or None.

    Returns:
        ``model``, and ``temperature`` and ``top_p`` where they are not what nobody has set.
    """
    named = config.model if config is not None else None
    params: dict[str, Any] = {"model": ALSO_KNOWN_AS.get(named, named) if named else settings.model}
    if config is None:
        return params
    for name, given, default in (
        ("temperature", config.temperature, DEFAULT_TEMPERATURE),
        ("top_p", config.top_p, DEFAULT_TOP_P),
    ):
        if given is not None and float(given) != default:
            params[name] = float(given)
    return params
