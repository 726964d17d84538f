"""``chairside follow-ups``: what is still to be done after bookings, what was given up, and another try."""

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.data_folder import open_database, prepare_data_dir, said_plainly
from cli.options import DataDir, load_settings
from config.settings import Settings
from kit.clock import system_clock
from practice.follow_ups.dead_letters import DeadLetters
from practice.outbox.views import FollowUpView, State

follow_ups = typer.Typer(help="List what follows bookings, and try again what was given up.")

WIDE = 250

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


@follow_ups.callback(invoke_without_command=True)
def list_follow_ups(
    context: typer.Context,
    data_dir: DataDir = None,
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List what follows bookings: confirmations, reminders, events, bookings in doubt.

    What is said to and about patients is not shown.
    """
    if context.invoked_subcommand is not None:
        return
    settings = load_settings(data_dir)
    prepare_data_dir(settings)
    with said_plainly():
        found = asyncio.run(_list(settings, state, limit))
    if as_json:
        typer.echo(json.dumps({"follow_ups": [_shown(one) for one in found]}))
        return
    if not found:
        typer.echo("There are none.")
        return
    table = Table(box=None)
    for heading in ("id", "kind", "state", "due", "tries", "reason"):
        table.add_column(heading, no_wrap=True)
    for one in found:
        due = one.due_at.isoformat(timespec="minutes").replace("+00:00", "Z")
        table.add_row(one.id, one.kind, one.state, due, str(one.attempts), one.last_error or "")
    # A narrow terminal folds the lines; an id that was cut could not be tried again.
    Console(highlight=False, soft_wrap=True, width=WIDE).print(table)


@follow_ups.command()
def retry(
    follow_up_id: Annotated[str, typer.Argument(metavar="ID", help="As the list shows it: fup_…")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Try again what was given up; its time begins anew.

    A running server or worker takes it up within seconds.
    """
    settings = load_settings(data_dir)
    prepare_data_dir(settings)
    with said_plainly():
        found = asyncio.run(_retry(settings, follow_up_id))
    typer.echo(
        json.dumps({"follow_up": _shown(found)}) if as_json else f"{found.id} waits to be tried again."
    )


async def _list(settings: Settings, state: State | None, limit: int) -> list[FollowUpView]:
    async with open_database(settings) as database:
        return await DeadLetters(database, system_clock).list_follow_ups(state, limit=limit)


async def _retry(settings: Settings, follow_up_id: str) -> FollowUpView:
    async with open_database(settings) as database:
        return await DeadLetters(database, system_clock).retry(follow_up_id)


def _shown(one: FollowUpView) -> dict[str, str | int | None]:
    """Give what may be seen of a follow-up: nothing that was said to or about a patient."""
    return {
        "id": one.id,
        "kind": one.kind,
        "state": one.state,
        "bot_id": one.bot_id,
        "booking_id": one.booking_id,
        "due_at": one.due_at.isoformat().replace("+00:00", "Z"),
        "attempts": one.attempts,
        "last_error": one.last_error,
        "created_at": one.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": one.updated_at.isoformat().replace("+00:00", "Z"),
    }
