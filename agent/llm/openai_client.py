"""The one way to OpenAI, or to another server that speaks its protocol."""

import openai

from config.settings import Settings


def openai_client(settings: Settings) -> openai.AsyncOpenAI | None:
    """Make a client to be shared by all conversations of a kind, or None without a key.

    Returns:
        A client that tries nothing twice: somebody is waiting, and the receptionist and the local models
        stand by.
    """
    if settings.openai_api_key is None:
        return None
    return openai.AsyncOpenAI(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai.base_url,
        timeout=settings.openai.timeout_seconds,
        max_retries=0,
    )
