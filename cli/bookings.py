"""``chairside bookings``: booking requests, and the outcome of those in doubt, which staff record."""

from typing import Annotated, Any

import typer

from cli.data_folder import Records, with_records
from cli.durations import shown
from cli.errors import UserError
from cli.options import DataDir
from cli.output import AsJson, picked, print_rows, tell
from practice.bookings.reconciliation import BookingRequests, RequestView
from practice.outbox.service import Outbox
from practice.twilio_rest import has_account

bookings = typer.Typer(
    no_args_is_help=True, help="List booking requests; record the outcome of one in doubt."
)

_STATES = {"under_way": "under way", "in_doubt": "in doubt", "done": "done", "refused": "not done"}
_SETTLED = {
    ("book", True): "is booked",
    ("book", False): "is not booked, and its time is free",
    ("cancel", True): "is cancelled",
    ("cancel", False): "is not cancelled",
    ("reschedule", True): "is moved",
    ("reschedule", False): "is not moved",
}


@bookings.command("list")
def list_(
    in_doubt: Annotated[bool, typer.Option("--in-doubt", help="Only those with an unknown outcome.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List requests to book, cancel and move, with the patients' names and numbers.

    One that is in doubt and was given up waits for you: look in the platform's own calendar, then settle it.
    """
    found = with_records(
        data_dir, lambda records: _requests_of(records).list_requests(in_doubt=in_doubt, limit=limit)
    )
    print_rows(
        as_json,
        "bookings",
        found,
        _json,
        lambda one: {
            "id": one.id,
            "asked to": one.operation,
            "state": _STATES[one.state],
            "given up": shown(one.given_up_at),
            "time": shown(one.start),
            "patient": one.customer_name,
            "phone": one.customer_phone,
            "booking": one.booking_id,
        },
        "Nothing is in doubt." if in_doubt else "There are no requests yet.",
    )


@bookings.command()
def settle(
    intent_id: Annotated[str, typer.Argument(metavar="ID", help="As the list shows it: intent_…")],
    done: Annotated[
        bool | None, typer.Option("--done/--not-done", help="It was done, or it was not.")
    ] = None,
    booking_id: Annotated[
        str | None, typer.Option(help="The platform's id of the booking, if you know it.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record the outcome of a request in doubt, after a look in the platform's own calendar.

    Done: it is confirmed, reminded of and told to the partner as any other. Not done: its time is free.
    """
    if done is None:
        raise UserError("Say what became of it: --done or --not-done.")
    settled = with_records(
        data_dir, lambda records: _requests_of(records).settle(intent_id, done=done, booking_id=booking_id)
    )
    said = f"{settled.id} is settled: the appointment {_SETTLED[settled.operation, done]}."
    tell(as_json, {"booking": _json(settled)}, said)


def _requests_of(records: Records) -> BookingRequests:
    settings = records.settings
    outbox = Outbox(settings.followups, sends_sms=has_account(settings))
    return BookingRequests(
        records.database, records.clock, records.clock, records.bots, outbox, settings.ledger
    )


def _json(one: RequestView) -> dict[str, Any]:
    return {
        **picked(one, "id bot_id account_id operation state booking_id"),
        "start_at": one.start,
        "end_at": one.end,
        "customer": {"name": one.customer_name, "phone": one.customer_phone},
        **picked(one, "attempts given_up_at created_at updated_at"),
    }
