"""``chairside follow-ups``: what is still to be done after bookings, what was given up, and another try."""

from typing import Annotated, Any

import typer

from cli.data_folder import Records, with_records
from cli.durations import shown
from cli.options import DataDir
from cli.output import AsJson, print_json, print_table
from practice.follow_ups.dead_letters import DeadLetters
from practice.outbox.views import FollowUpView, State

follow_ups = typer.Typer(help="List what follows bookings, and try again what was given up.")


@follow_ups.callback(invoke_without_command=True)
def list_follow_ups(
    context: typer.Context,
    data_dir: DataDir = None,
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List what follows bookings: confirmations, reminders, events, bookings with an unknown outcome.

    What is said to and about patients is not shown.
    """
    if context.invoked_subcommand is not None:
        return
    found = with_records(data_dir, lambda records: _dead_letters(records).list_follow_ups(state, limit=limit))
    if as_json:
        print_json({"follow_ups": [_json(one) for one in found]})
        return
    print_table(
        ("id", "kind", "state", "due", "tries", "reason"),
        [
            (one.id, one.kind, one.state, shown(one.due_at), str(one.attempts), one.last_error or "")
            for one in found
        ],
        "There are none.",
    )


@follow_ups.command()
def retry(
    follow_up_id: Annotated[str, typer.Argument(metavar="ID", help="As the list shows it: fup_…")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Try again what was given up; its time begins anew.

    A running server or worker takes it up within seconds.
    """
    found = with_records(data_dir, lambda records: _dead_letters(records).retry(follow_up_id))
    if as_json:
        print_json({"follow_up": _json(found)})
    else:
        typer.echo(f"{found.id} waits to be tried again.")


def _dead_letters(records: Records) -> DeadLetters:
    return DeadLetters(records.database, records.clock)


def _json(one: FollowUpView) -> dict[str, Any]:
    """Give what may be shown of a follow-up: nothing that was said to or about a patient."""
    return {
        "id": one.id,
        "kind": one.kind,
        "state": one.state,
        "bot_id": one.bot_id,
        "booking_id": one.booking_id,
        "due_at": one.due_at,
        "attempts": one.attempts,
        "last_error": one.last_error,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }
