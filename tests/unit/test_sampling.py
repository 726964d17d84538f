"""Which model is asked, and what it is sent: only what it takes."""

from decimal import Decimal
from typing import Any

import pytest

from agent.llm.sampling import Sampling, sampling
from config.vendor_settings import ModelSettings
from config.vendors import DEFAULT_MODEL
from contracts.assistants import SOURCE_MODELS
from contracts.site import AssistantConfig


def how(model: str | None, *, asked: bool = True, **settings: Any) -> Sampling:
    config = AssistantConfig.model_validate(
        {"siteId": 1, "id": 1, "name": "A", "model": model, "temperature": "0.30", "topP": "0.90"}
    )
    return sampling(config if asked else None, ModelSettings(**settings), DEFAULT_MODEL)


@pytest.mark.parametrize("name", SOURCE_MODELS)
def test_the_names_of_the_admin_api_are_answered_by_a_living_model(name: str) -> None:
    assert how(name).model == DEFAULT_MODEL
    assert how(name, name="house-model").model == "house-model"
    assert how(name, aliases={name: "gpt-6-sol"}).model == "gpt-6-sol"


def test_a_further_model_is_asked_as_it_is_named() -> None:
    assert how("llama-4", extra_models=("llama-4",)).model == "llama-4"


@pytest.mark.parametrize("model", [DEFAULT_MODEL, f"{DEFAULT_MODEL}-2026-09-22", "gpt-6-sol", "gpt-5.6-luna"])
def test_a_model_that_need_not_reason_does_not_and_is_sampled(model: str) -> None:
    found = how(model)
    assert (found.effort, found.verbosity, found.limit) == ("none", "low", "max_completion_tokens")
    assert (found.temperature, found.top_p) == (0.3, 0.9)


@pytest.mark.parametrize(
    ("model", "settings"), [("gpt-6-astra", {}), ("gpt-6.1-sol", {}), (DEFAULT_MODEL, {"effort": "high"})]
)
def test_a_model_that_reasons_is_sent_no_sampling(model: str, settings: dict[str, Any]) -> None:
    found = how(model, **settings)
    assert found.effort in {"low", "high"}
    assert (found.temperature, found.top_p) == (None, None)


def test_a_model_that_is_not_in_the_table_is_sent_what_every_server_takes() -> None:
    found = how("llama-4", effort="high")
    assert (found.effort, found.verbosity, found.limit) == (None, None, "max_tokens")
    assert found.temperature == float(Decimal("0.30"))


def test_without_an_assistant_nothing_of_one_is_sent() -> None:
    found = how(None, asked=False)
    assert (found.model, found.temperature, found.top_p) == (DEFAULT_MODEL, None, None)
