"""``chairside messages``: what callers left for the practice, and what became of it."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from cli.data_folder import Records, with_records
from cli.durations import shown
from cli.errors import UserError
from cli.options import DataDir
from cli.output import AsJson, picked, print_json, print_rows, tell, writing
from contracts.partner_messages import InboxMessage, MessageState
from practice.messages.service import Messages

messages = typer.Typer(no_args_is_help=True, help="Read what callers left for the practice, mark it as done.")
MessageId = Annotated[str, typer.Argument(metavar="MESSAGE", help="As the list shows it: msg_…")]
By = Annotated[str | None, typer.Option(help="Who says so.", show_default="your name on this machine")]
_STATES: tuple[MessageState, ...] = ("new", "seen", "done")
_SHOWN_CHARACTERS = 60


@messages.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="new, seen or done.", show_default="all")] = None,
    site: Annotated[int | None, typer.Option(help="Only of this site.", show_default="all")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many.")] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List messages, voicemails and bookings in doubt: open ones first, of them the most urgent."""
    wanted = next((one for one in _STATES if one == state), None)
    if state is not None and wanted is None:
        raise UserError(f"--state is one of {', '.join(_STATES)}.")
    sites = None if site is None else [site]
    found = with_records(
        data_dir, lambda records: records.of(Messages).list_of_sites(sites, wanted, limit)
    ).messages
    print_rows(
        as_json,
        "messages",
        found,
        _json,
        lambda one: {
            **picked(one, "id state urgency"),
            "kind": one.kind.replace("_", " "),
            "since": shown(one.created_at),
            "from": _sender(one),
            "text": _cut(one.text),
        },
        "There are no messages.",
    )


@messages.command()
def show(
    message_id: MessageId,
    recording: Annotated[Path | None, typer.Option(help="Write what was spoken to this WAV file.")] = None,
    by: By = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show a message whole; it counts as seen from then on."""

    async def work(records: Records) -> tuple[InboxMessage, bytes | None]:
        inbox = records.of(Messages)
        sound = None if recording is None else await inbox.get_recording(None, message_id)
        found = await inbox.get_message(None, message_id)
        if found.state == "new":
            found = await inbox.set_state(None, message_id, "seen", by or getpass.getuser())
        return found, sound

    found, sound = with_records(data_dir, work)
    if recording is not None and sound is not None:
        with writing(recording, "The recording "):
            recording.write_bytes(sound)
    if as_json:
        print_json({"message": _json(found)})
        return
    for name, value in (
        ("message", found.id),
        ("kind", found.kind.replace("_", " ")),
        ("urgency", found.urgency),
        ("from", _sender(found) or "not given"),
        ("left", shown(found.created_at)),
        ("seen", f"{shown(found.seen_at)} by {found.seen_by}"),
        ("done", f"{shown(found.done_at)} by {found.done_by}" if found.done_at else "not yet"),
        ("recording", "chairside messages show … --recording FILE" if found.has_recording else "none"),
    ):
        typer.echo(f"{name:<10} {value}")
    typer.echo(f"\n{found.text}")


@messages.command()
def done(
    message_id: MessageId,
    by: By = None,
    undo: Annotated[bool, typer.Option("--undo", help="It is not done after all.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say that a message is dealt with."""
    state: MessageState = "seen" if undo else "done"
    found = with_records(
        data_dir,
        lambda records: records.of(Messages).set_state(None, message_id, state, by or getpass.getuser()),
    )
    said = f"{found.id} is {'open again' if undo else f'done, by {found.done_by}'}."
    tell(as_json, {"message": _json(found)}, said)


def _json(one: InboxMessage) -> dict[str, object]:
    return one.model_dump(exclude_none=True)


def _sender(one: InboxMessage) -> str:
    return " ".join(part for part in (one.customer.name, one.customer.phone) if part)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[: _SHOWN_CHARACTERS - 1]}…"
