"""``chairside follow-ups``: what is still to be done after bookings, what was given up, and another try."""

from typing import Annotated, Any

import typer

from cli.data_folder import with_records
from cli.durations import shown
from cli.options import DataDir
from cli.output import AsJson, picked, print_rows, tell
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
    found = with_records(
        data_dir, lambda records: records.of(DeadLetters).list_follow_ups(state, limit=limit)
    )
    print_rows(
        as_json,
        "follow_ups",
        found,
        _json,
        lambda one: {
            **picked(one, "id kind state"),
            "due": shown(one.due_at),
            "tries": str(one.attempts),
            "reason": one.last_error,
        },
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
    found = with_records(data_dir, lambda records: records.of(DeadLetters).retry(follow_up_id))
    tell(as_json, {"follow_up": _json(found)}, f"{found.id} waits to be tried again.")


def _json(one: FollowUpView) -> dict[str, Any]:
    """Give what may be shown of a follow-up: nothing that was said to or about a patient."""
    return picked(one, "id kind state bot_id booking_id due_at attempts last_error created_at updated_at")
