"""Models that their vendor is going to switch off: OpenAI's list of models says when."""

import asyncio
import datetime as dt
from dataclasses import dataclass

from config.choices import chosen_hearing, chosen_model, chosen_voice
from config.logs import get_logger
from config.settings import Settings
from config.vendors import COMPATIBLE, HEARING, MODELS, OPENAI, OPENAI_KEY, OPENAI_URL, VOICES

_log = get_logger(__name__)
_DAY_SECONDS = 86_400.0
_PATIENCE_SECONDS = 5.0
ELSEWHERE = "another one; see developers.openai.com/api/docs/deprecations"


@dataclass(frozen=True)
class UsedModel:
    """A model of OpenAI's list that is in use.

    Attributes:
        part: What it does: model, hearing, voice.
        setting: The variable that names another.
        default: What is used where none is named.
    """

    part: str
    name: str
    base_url: str
    key: str
    setting: str
    default: str


@dataclass(frozen=True)
class Listed:
    """What the vendor says of a model.

    Attributes:
        problem: Why it cannot be used, or None.
        ends: The day on which it ends, or None.
    """

    used: UsedModel
    problem: str | None = None
    ends: dt.date | None = None

    @property
    def instead(self) -> str:
        """What to use when it has ended."""
        return self.used.default if self.used.default != self.used.name else ELSEWHERE


def used_models(settings: Settings) -> list[UsedModel]:
    """Gather the models that stand on a list of OpenAI's shape."""
    found = []
    model, speech = chosen_model(settings), settings.speech
    if model is not None and model.name in {OPENAI, COMPATIBLE}:
        key = settings.model.api_key or settings.key_of(OPENAI_KEY)
        name = settings.model.name or model.model or ""
        address = settings.model.base_url or OPENAI_URL
        value = key.get_secret_value() if key else "none"
        found.append(
            UsedModel("model", name, address, value, "CHAIRSIDE_MODEL_NAME", MODELS[OPENAI].model or "")
        )
    hearing, voice = chosen_hearing(settings), chosen_voice(settings)
    for part, vendor, own, url, own_key, setting, default in (
        ("hearing", hearing, speech.stt_model, speech.stt_url, speech.stt_api_key, "STT", HEARING),
        ("voice", voice, speech.tts_model, speech.tts_url, speech.tts_api_key, "TTS", VOICES),
    ):
        key = own_key or settings.key_of(OPENAI_KEY)
        if vendor.key == OPENAI_KEY and key is not None:
            found.append(
                UsedModel(
                    part,
                    own or vendor.model or "",
                    url or OPENAI_URL,
                    key.get_secret_value(),
                    f"CHAIRSIDE_SPEECH_{setting}_MODEL",
                    default[vendor.name].model or "",
                )
            )
    return found


async def look_up(used: UsedModel) -> Listed:
    """Ask the vendor for a model: whether the key is good, the model there, and when it ends."""
    import openai  # noqa: PLC0415 - it takes its time to load, and most servers ask nobody

    client = openai.AsyncOpenAI(
        api_key=used.key, base_url=used.base_url, timeout=_PATIENCE_SECONDS, max_retries=0
    )
    async with client:
        try:
            model = await client.models.retrieve(used.name)
        except openai.AuthenticationError:
            return Listed(used, "the key is refused")
        except openai.NotFoundError:
            return Listed(used, f"there is no model {used.name}: name another in {used.setting}")
        except (openai.OpenAIError, ValueError) as error:
            return Listed(used, f"no answer from {used.base_url} ({type(error).__name__})")
    try:
        ends = dt.date.fromisoformat(model.shutdown_date) if model.shutdown_date else None
    except ValueError:
        ends = None
    return Listed(used, ends=ends)


def ends_soon(listed: Listed, today: dt.date, days: int) -> str | None:
    """Say of a model that it ends within so many days, and what to use instead; None when it does not."""
    if listed.ends is None or listed.ends - today > dt.timedelta(days=days):
        return None
    return f"{listed.used.name} ends on {listed.ends}; set {listed.used.setting} to {listed.instead}"


async def warn_once(settings: Settings, today: dt.date) -> None:
    """Write a warning for each model that is to end, or is gone."""
    for listed in await asyncio.gather(*map(look_up, used_models(settings))):
        if ends_soon(listed, today, settings.model.ending_days):
            _log.warning(
                "a model is to end",
                part=listed.used.part,
                model=listed.used.name,
                ends=str(listed.ends),
                instead=listed.instead,
                setting=listed.used.setting,
            )
        elif listed.problem:
            _log.warning("a model cannot be looked up", part=listed.used.part, problem=listed.problem)


async def warn_daily(settings: Settings) -> None:
    """Write those warnings once a day, for as long as the server runs."""
    while True:
        await warn_once(settings, dt.datetime.now(dt.UTC).date())
        await asyncio.sleep(_DAY_SECONDS)
