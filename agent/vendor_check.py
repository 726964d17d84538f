"""What ``chairside doctor`` asks the chosen vendors: the key, the model, and how long each takes."""

import asyncio
import datetime as dt
import importlib
from dataclasses import dataclass

import numpy as np
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from agent.endings import ends_soon, look_up, used_models
from agent.extras import NotConfigured
from agent.llm.chosen import find_model
from agent.llm.messages import ModelFailed
from agent.speech.choice import SpeechChoice
from agent.speech.hearing import VendorHearing
from agent.speech.hosted import HostedService
from agent.speech.standby import Listening, Question
from agent.telephony.wire import SAMPLE_RATE_HZ
from config.choices import chosen_hearing, chosen_model, chosen_voice
from config.settings import Settings
from config.vendors import LOCAL

_QUESTION = "Say good morning."
_SENTENCE = "Good morning, how can I help you?"
_LOOK_SECONDS = 0.05
_FRAME_BYTES = 320
_TONE = (np.sin(np.arange(60 * _FRAME_BYTES // 2) / 5) * 5000).astype("<i2").tobytes()


@dataclass(frozen=True)
class VendorReport:
    """What was found of one vendor.

    Attributes:
        part: What it does: model, hearing, voice.
        vendor: Who.
        problem: What is wrong, or None.
        took_ms: How long the first token, the recognition or the first of a sentence took.
        warning: What will be wrong soon, or None.
    """

    part: str
    vendor: str
    problem: str | None = None
    took_ms: int | None = None
    warning: str | None = None


async def check_vendors(settings: Settings, today: dt.date) -> list[VendorReport]:
    """Ask every vendor that is chosen; what runs on this machine is not asked."""
    listed = {one.used.part: one for one in await asyncio.gather(*map(look_up, used_models(settings)))}
    reports = []
    for part, vendor, ask in (
        ("model", chosen_model(settings), _ask_model),
        ("hearing", chosen_hearing(settings), _hear),
        ("voice", chosen_voice(settings), _speak),
    ):
        if vendor is None or vendor.name == LOCAL:
            continue
        known = listed.get(part)
        warning = ends_soon(known, today, settings.model.ending_days) if known else None
        if known is not None and known.problem:
            reports.append(VendorReport(part, vendor.title, known.problem))
            continue
        try:
            took = await ask(settings)
        except NotConfigured as error:
            reports.append(VendorReport(part, vendor.title, str(error)))
        except Exception as error:  # noqa: BLE001 - the edge: a vendor's library raises what it likes
            problem = str(error) if isinstance(error, ModelFailed) else type(error).__name__
            reports.append(
                VendorReport(part, vendor.title, f"it does not answer ({problem})", warning=warning)
            )
        else:
            reports.append(VendorReport(part, vendor.title, None, round(took * 1000), warning))
    return reports


async def _ask_model(settings: Settings) -> float:
    """Time a model's first token."""
    choice = find_model(settings)
    if choice is None:
        raise NotConfigured("No model is chosen.")
    try:
        model = choice.for_text(None, _QUESTION, "chairside-doctor")
        began = asyncio.get_running_loop().time()
        await model.ask([{"role": "user", "content": _QUESTION}], [])
        return (model.first_words_at or asyncio.get_running_loop().time()) - began
    finally:
        await choice.close()


async def _hear(settings: Settings) -> float:
    """Time a recognition, from the end of the turn to its words."""
    heard: asyncio.Queue[Frame] = asyncio.Queue()
    speech = await _spoken(settings)
    hearing = SpeechChoice(settings, None, None).hearing(Listening(), Question)
    host = HostedService(hearing, heard.put)
    host.open()
    try:
        async with asyncio.timeout(settings.speech.hearing_seconds + settings.speech.voice_seconds):
            await host.ready.wait()
            while isinstance(hearing, VendorHearing) and not hearing.connected:  # noqa: ASYNC110 - theirs
                await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.sleep(settings.speech.hearing_settle_seconds)
        await host.put(VADUserStartedSpeakingFrame())
        for start in range(0, len(speech), _FRAME_BYTES):
            await host.put(InputAudioRawFrame(speech[start : start + _FRAME_BYTES], SAMPLE_RATE_HZ, 1))
        began = asyncio.get_running_loop().time()
        await host.put(VADUserStoppedSpeakingFrame())
        async with asyncio.timeout(3 * settings.speech.hearing_seconds):
            while not isinstance(await heard.get(), TranscriptionFrame):
                pass
        if isinstance(hearing, VendorHearing) and hearing.failures:
            raise ModelFailed("no transcription came")
        return asyncio.get_running_loop().time() - began
    finally:
        await host.close()


async def _speak(settings: Settings) -> float:
    """Time the first audio of a sentence."""
    began = asyncio.get_running_loop().time()
    return (await SpeechChoice(settings, None, None).try_voice(_SENTENCE))[0] - began


async def _spoken(settings: Settings) -> bytes:
    """Have a sentence for the hearing, by whoever can say one: many vendors answer nothing to a mere tone."""
    try:
        local = importlib.import_module("agent.speech.local")
    except ImportError:
        if chosen_voice(settings).name == LOCAL:
            return _TONE
        try:
            return (await SpeechChoice(settings, None, None).try_voice(_SENTENCE))[1]
        except Exception:  # noqa: BLE001 - what is wrong with the voice is reported as the voice's
            return _TONE
    voice = await asyncio.to_thread(local.SpeechSynthesizer, settings.speech)
    try:
        pcm: bytes = await voice.speak(_SENTENCE)
        return pcm
    finally:
        voice.close()
