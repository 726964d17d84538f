"""The caller's voice and ears, in a process of their own, so that the line's 20 ms pace never slips."""

import asyncio
import contextlib
import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
from types import TracebackType
from typing import Any, Final, Protocol, Self

_NICENESS: Final = 5
"""A rehearsal may share its processor with the bot that it measures, which goes first."""
_LAST_WORD_SECONDS: Final = 3.0
"""How long what is being said or heard at the end may take."""


class SpeechError(Exception):
    """The speech process could not do what it was asked, or died."""


@dataclass(frozen=True)
class VoiceStyle:
    """How the caller sounds."""

    pitch: float = 0.85
    """Factor on pitch and timbre; below 1 the caller sounds deeper than the voice they are made of."""
    speed: float = 1.0
    """Pace of speaking."""
    seed: int = 1
    """The same seed gives the same audio, bit for bit."""


class Speech(Protocol):
    """Speaks and hears for a caller."""

    async def say(self, text: str, style: VoiceStyle) -> bytes:
        """Turn text into µ-law telephone audio, without silence at either end."""
        ...

    async def hear(self, audio: bytes) -> str:
        """Turn µ-law telephone audio into text; empty when there are no words in it."""
        ...


class SpeechProcess:
    """Speaks and hears with `rehearsal.speech_models` in another process, which it starts and ends.

    An async context manager. The program that uses it must be guarded by ``if __name__ == "__main__"``, as
    with `multiprocessing`.
    """

    def __init__(self) -> None:
        self._executor = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _prepare)
        self._process_id: int | None = None

    async def __aenter__(self) -> Self:
        self._process_id = await self._ask(os.getpid)
        self._executor.submit(_call, "load")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ended = asyncio.create_task(asyncio.to_thread(self._executor.shutdown, cancel_futures=True))
        await asyncio.wait({ended}, timeout=_LAST_WORD_SECONDS)
        if not ended.done():
            self.kill()
        await ended

    def kill(self) -> None:
        """End the process at once; what waits for it fails."""
        process_id, self._process_id = self._process_id, None
        if process_id is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)

    async def say(self, text: str, style: VoiceStyle) -> bytes:
        """Turn text into audio; see `Speech`."""
        audio: bytes = await self._ask(_call, "say", text, *astuple(style))
        return audio

    async def hear(self, audio: bytes) -> str:
        """Turn audio into text; see `Speech`."""
        text: str = await self._ask(_call, "hear", audio)
        return text

    async def _ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)
        except RuntimeError as error:
            # The process has ended, or was never there: BrokenProcessPool is one, too.
            raise SpeechError("the speech process is not running") from error
        except Exception as error:
            raise SpeechError(f"{type(error).__name__}: {error}") from error


def _prepare() -> None:
    """Make a process ready to load the models."""
    os.nice(_NICENESS)
    # Ctrl-C is for the command, which then hangs up and ends this process itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Models are loaded from installed packages; a look at the network would only delay them.
    os.environ |= {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


def _call(name: str, *arguments: Any) -> Any:
    """Call a function of the models' module, which only the process that speaks loads."""
    return getattr(importlib.import_module("rehearsal.speech_models"), name)(*arguments)
