"""The model that the settings choose, loaded where one is chosen: the vendor's library takes its time."""

import importlib
from typing import TYPE_CHECKING, cast

from config.choices import chosen_model
from config.settings import Settings

if TYPE_CHECKING:
    from agent.llm.choice import ModelChoice


def find_model(settings: Settings) -> "ModelChoice | None":
    """Make what the settings choose, None for the receptionist alone, or raise NotConfigured."""
    vendor = chosen_model(settings)
    if vendor is None:
        return None
    return cast("ModelChoice", importlib.import_module("agent.llm.choice").ModelChoice(settings, vendor))
