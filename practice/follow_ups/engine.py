"""The workflow engine: DBOS, in a thread with an event loop of its own.

DBOS is one to a process, and waits for its database in whichever thread calls it. Its loop here is not the
one that carries calls: workflows and their waiting live there, and only the attempts themselves, which need
our services, come over to the loop in which the engine was started.
"""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID

from kit.db.database import Database

T = TypeVar("T")

VERSION = "1"
"""Of the workflow below: changed only when one begun by the version before could not be carried on."""
WORKFLOW = "follow_up"
LIVE = ["PENDING", "ENQUEUED", "DELAYED"]
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
CONNECTIONS = 5
THREADS = 2
LISTENER_SECONDS = 0.25
"""How long a stopping engine may find its listener asleep; nothing is listened for."""
PAGE = 500

Attempt = Callable[[str], Awaitable[float | None]]
"""Tries a follow-up by its id; gives the seconds until it is to be tried again, or None."""


class WorkflowEngine:
    """Runs a follow-up until it is over, across restarts and deaths; tries it in the loop it started in."""

    def __init__(self, database: Database, replica_id: str, attempt: Attempt) -> None:
        self._url = _url(database)
        self._replica_id = replica_id
        self._attempt = attempt
        self._loop = asyncio.new_event_loop()
        self._ours = self._loop
        self._thread = threading.Thread(target=self._loop.run_forever, name="follow-ups", daemon=True)
        self._run: Callable[[str], Coroutine[Any, Any, None]] | None = None
        self._closing = False

    async def start(self) -> None:
        """Open the tables, and go on with what this replica left."""
        self._ours = asyncio.get_running_loop()
        if not self._thread.is_alive():
            self._thread.start()
        launching = asyncio.ensure_future(self._there(self._launch()))
        try:
            await asyncio.shield(launching)
        except BaseException:
            # Whoever stops us while it launches must not stop it half-way.
            await asyncio.gather(launching, return_exceptions=True)
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
            raise

    async def stop(self) -> None:
        """Leave what waits to another process, or to the next start."""
        self._closing = True
        if self._thread.is_alive():
            logging.getLogger("dbos").setLevel(logging.ERROR)  # it warns of every task that ends with it
            await self._there(_cancel_all())
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
            await self._there(_cancel_all())
            self._loop.call_soon_threadsafe(self._loop.stop)
            await asyncio.to_thread(self._thread.join)
        self._loop.close()

    async def hand_over(self, run_id: str, follow_up_id: str) -> None:
        """Begin a follow-up; the same run again does nothing."""
        await self._there(self._begin(run_id, follow_up_id))

    async def list_owners(self) -> set[str]:
        """List the replicas that workflows are under way in."""
        rows = await self._there(
            DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        )
        return {row.executor_id for row in rows if row.executor_id}

    async def take_over(self, owners: Collection[str]) -> None:
        """Go on with what replicas left that are gone; of two that do so, each workflow goes to one."""
        await asyncio.to_thread(DBOS._recover_pending_workflows, list(owners))  # noqa: SLF001 - no other door

    async def list_live(self, run_ids: Sequence[str]) -> set[str]:
        """List which of some runs are not over."""
        rows = await self._there(
            DBOS.list_workflows_async(
                workflow_ids=list(run_ids), status=LIVE, load_input=False, load_output=False
            )
        )
        return {row.workflow_id for row in rows}

    async def forget(self, before: datetime) -> None:
        """Delete the record of the runs that were over before a moment."""
        text = before.astimezone(UTC).isoformat()
        while rows := await self._there(
            DBOS.list_workflows_async(
                status=FINISHED, completed_before=text, limit=PAGE, load_input=False, load_output=False
            )
        ):
            await self._there(DBOS.delete_workflows_async([row.workflow_id for row in rows]))

    async def _launch(self) -> None:
        _quieten()
        DBOS(config=_config(self._url, self._replica_id))

        async def follow_up(follow_up_id: str) -> None:
            await self._follow_up(follow_up_id)

        self._run = DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(follow_up)
        # In this loop, so that DBOS takes it for its own.
        DBOS.launch()

    async def _begin(self, run_id: str, follow_up_id: str) -> None:
        if self._run is None:
            raise RuntimeError("the engine has not been started")
        with SetWorkflowID(run_id):
            await DBOS.start_workflow_async(self._run, follow_up_id)

    async def _follow_up(self, follow_up_id: str) -> None:
        """Try until it is over. What is waited for is remembered; while waiting, nothing is held."""
        while True:
            pause = await DBOS.run_step_async({"name": "attempt"}, self._try, follow_up_id)
            if pause is None:
                return
            await DBOS.sleep_async(pause)

    async def _try(self, follow_up_id: str) -> float | None:
        if self._closing:
            await asyncio.Event().wait()  # until the loop is ended
        there = asyncio.run_coroutine_threadsafe(self._attempt_here(follow_up_id), self._ours)
        return await asyncio.wrap_future(there)

    async def _attempt_here(self, follow_up_id: str) -> float | None:
        return await self._attempt(follow_up_id)

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _quieten() -> None:
    """Send DBOS' lines where all others go: with a handler in place it adds none of its own."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.propagate = True


def _url(database: Database) -> str:
    url = database.url.set(drivername="sqlite") if database.is_sqlite else database.url
    return url.render_as_string(hide_password=False)


class _QuickConnection(sqlite3.Connection):
    """A connection whose commits do not wait for the disk.

    Each keeps SQLite's one place for writers several times shorter. What a power cut could take back is done
    again: our own rows, which do wait, say what was done, and with them everything before them is kept.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute("PRAGMA synchronous=NORMAL")


def _config(url: str, replica_id: str) -> DBOSConfig:
    config: DBOSConfig = {
        "name": "chairside",
        "system_database_url": url,
        "sys_db_pool_size": CONNECTIONS,
        "dbos_system_schema": "dbos",
        "application_version": VERSION,
        "executor_id": replica_id,
        "log_level": "WARNING",
        "enable_otlp": False,
        # Few: they share the interpreter with the calls, and on SQLite one place for writers.
        "max_executor_threads": THREADS,
        # Nothing here waits for a notification: polling looks at an empty list.
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": LISTENER_SECONDS,
    }
    if url.startswith("sqlite"):
        config["db_engine_kwargs"] = {"connect_args": {"factory": _QuickConnection}}
    return config
