"""Every row of the tables of vendors can be made, and lacks nothing but what it says."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr, ValidationError

from agent.extras import NotConfigured
from agent.llm.chosen import find_model
from agent.speech.choice import SpeechChoice
from agent.speech.standby import Listening, Question
from config.settings import Settings
from config.vendor_settings import ModelSettings, SpeechSettings
from config.vendors import COMPATIBLE, HEARING, KEYS, LOCAL, MODELS, OPENAI, VOICES, Vendor
from tests.fakes.practice_api import FakePracticeApi


def keys() -> dict[str, SecretStr]:
    return {name: SecretStr("key") for name in KEYS}


def needed(vendor: Vendor, folder: Path) -> dict[str, str]:
    """Give the arguments that have no default."""
    private = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "project_id": "p",
        "private_key": private.decode(),
        "client_email": "a@p.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    file = folder / "account.json"
    file.write_text(json.dumps(account))
    known = {
        "endpoint": "https://x.openai.azure.com/openai/v1",
        "region": "eastus",
        "credentials_path": str(file),
    }
    return {name: known[name] for name in vendor.needs}


@pytest.mark.parametrize("name", MODELS)
async def test_every_model_can_be_made_for_a_call_and_for_a_chat(name: str, tmp_path: Path) -> None:
    vendor = MODELS[name]
    url = "http://127.0.0.1:9/v1" if name == COMPATIBLE else None
    model = ModelSettings(
        service=name,
        name=None if vendor.model is None else "m",
        base_url=url,
        options=needed(vendor, tmp_path),
    )
    choice = find_model(Settings(model=model, openai_api_key=SecretStr("key"), vendor_keys=keys()))
    assert choice is not None
    assert choice.default_model
    ctx = FakePracticeApi().context(list)
    assert choice.for_call(ctx, "Be brief.").name
    assert choice.for_text(None, "Be brief.", "key").instruction == "Be brief."
    await choice.close()


@pytest.mark.parametrize("name", [one for one in HEARING if one != LOCAL])
async def test_every_hearing_can_be_made(name: str, tmp_path: Path) -> None:
    vendor = HEARING[name]
    speech = SpeechSettings(stt=name, stt_options=needed(vendor, tmp_path))
    made = SpeechChoice(
        Settings(speech=speech, openai_api_key=SecretStr("key"), vendor_keys=keys()), None, None
    )
    assert made.hearing(Listening(("Dr. Maya Lee",), ("en",)), Question).name


@pytest.mark.parametrize("name", [one for one in VOICES if one != LOCAL])
async def test_every_voice_can_be_made(name: str, tmp_path: Path) -> None:
    vendor = VOICES[name]
    voice = "v" if vendor.voice == "" else None
    speech = SpeechSettings(tts=name, tts_voice=voice, tts_options=needed(vendor, tmp_path))
    made = SpeechChoice(
        Settings(speech=speech, openai_api_key=SecretStr("key"), vendor_keys=keys()), None, None
    )
    assert made.voice().name


def test_a_voice_that_may_reword_is_one_of_our_own_that_checks() -> None:
    assert [one.name for one in VOICES.values() if not one.exact] == [OPENAI]
    assert VOICES[OPENAI].service.startswith("agent.speech.")


def test_a_name_that_nobody_has_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(ValidationError, match="did you mean deepgram"):
        SpeechSettings(stt="deepgran")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(model=ModelSettings(service="groq")), "GROQ_API_KEY is not set"),
        (Settings(model=ModelSettings(service="ollama")), "CHAIRSIDE_MODEL_NAME"),
        (Settings(model=ModelSettings(service="azure"), vendor_keys=keys()), "CHAIRSIDE_MODEL_NAME"),
        (
            Settings(model=ModelSettings(service="azure", name="m"), vendor_keys=keys()),
            "needs endpoint among its options",
        ),
    ],
)
def test_what_is_missing_is_said(settings: Settings, said: str) -> None:
    with pytest.raises(NotConfigured, match=said):
        find_model(settings)
