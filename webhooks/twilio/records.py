"""The records of a call whose caller hears nothing until they are there."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from kit.db.database import DatabaseUnavailable
from webhooks.dependencies import Services

_Result = TypeVar("_Result")


async def promptly(services: Services, work: Coroutine[Any, Any, _Result]) -> _Result:
    """Wait for the records for a moment only: then the caller had better hear that they have to wait.

    A driver whose server says nothing takes its time to be interrupted; nobody waits for that.

    Raises:
        DatabaseUnavailable: They take longer.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=services.settings.call.record_seconds)
    finally:
        if not task.done():
            task.add_done_callback(_forget)
            task.cancel()
    if task.done():
        return task.result()
    raise DatabaseUnavailable("The database takes too long to answer.")


def _forget(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
