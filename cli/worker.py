"""``chairside worker``: the follow-ups alone, on the data folder or database that servers work on."""

import asyncio
import signal

from rich.console import Console

from cli.data_folder import Records, with_records_of
from cli.options import DataDir, Now, clock_of, load_settings
from config.logs import configure_logs
from config.settings import Settings


def worker(data_dir: DataDir = None, now: Now = None) -> None:
    """Run follow-ups without serving: text messages, events, reconciliation, until SIGTERM.

    For servers that are told not to (CHAIRSIDE_FOLLOWUPS_IN_SERVER=false), or beside them. What a stopped
    worker leaves is taken up by another, or at its next start.
    """
    settings = load_settings(data_dir)
    clock = clock_of(now)
    with_records_of(settings, _checked, makes=True)
    configure_logs(settings.log)
    # As for the server: help, and what is wrong, must not wait for what takes seconds to load.
    from webhooks.app import create_app  # noqa: PLC0415

    # The application holds the embedded calendar's API; nothing listens for requests.
    app = create_app(settings, clock, voice_agent=None, follow_ups=True)

    async def run() -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        async with app.router.lifespan_context(app):
            Console(highlight=False, soft_wrap=True).print(
                f"[bold green]Chairside[/bold green] follows up on {_place(settings)}"
            )
            await stopped.wait()

    asyncio.run(run())


async def _checked(_records: Records) -> None:
    """Do nothing: that the records can be opened is what is to be known before the log is set up."""


def _place(settings: Settings) -> str:
    return "the database" if settings.database.url else str(settings.data_dir)
