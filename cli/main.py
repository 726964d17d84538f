"""The ``chairside`` command: a file a subcommand, loaded when it is the one that was asked for."""

import importlib
import importlib.metadata
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from cli.errors import UserError
from cli.garbage import uncollected

COMMANDS = {
    "serve": "Answer calls: run the server with every API.",
    "init": "Create the database and a practice: yours, or the demo.",
    "practice": "Apply a practice's folder, export it, check it, list practices.",
    "call": "Phone a bot: a simulated patient, or your own voice from a WAV file.",
    "rehearse": "Let simulated patients talk with a bot, and judge what they leave behind.",
    "chat": "Talk to the same bot by text, in the terminal.",
    "demo": "Place a real simulated phone call that ends in a booking.",
    "doctor": "Check what is missing for real calls, and how to fix it.",
    "partners": "Add partners, disable them, grant them accounts, send them events.",
    "keys": "Make partners' keys, list them, revoke them.",
    "bots": "List the bots of all partners.",
    "accounts": "List the accounts that bots answer for, and say where they book.",
    "clients": "Make integrators' clients for the Assistants Admin API, list them, revoke them.",
    "messages": "Read what callers left for the practice, mark it as done.",
    "staff": "Add the practice's people, give them log-ins, take them away.",
    "twilio": "Have the numbers' calls and text messages come here.",
    "hand-off": "Say who is rung when a caller wants a person.",
    "sessions": "Give accounts access to hand-offs: the Chat Sessions API.",
    "worker": "Run follow-ups without serving: text messages, events, reconciliation.",
    "patients": "Find what is kept about a patient, give it to them, erase it.",
    "audit": "Show who read or changed what, and find out whether that is all.",
    "retention": "Tell how long each practice keeps what, and what is due to be forgotten.",
    "encryption": "Show the keys of patients' data, make a new one, apply it.",
    "backup": "Copy the database into one file, while the server runs.",
    "restore": "Put a backup in the place of the database.",
    "bookings": "List booking requests; record the outcome of one in doubt.",
    "follow-ups": "List follow-ups, and retry dead ones.",
}
"""The subcommands in the order of the help; each is the function, or the group of further subcommands, of
that name in ``cli/<name>.py``, with underscores."""


_HELP = "The receptionist that answers a practice's phone and books the appointment, once."
_INTERRUPTED = 130
"""Exit code of what Ctrl-C ends, as shells have it."""


def make_app(wanted: str | None) -> typer.Typer:
    """Make the command line with one subcommand loaded and the others by their names alone.

    Loading all of them would take seconds before the first line of help.
    """
    app = typer.Typer(
        name="chairside",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=_HELP)(_chairside)
    for name, summary in COMMANDS.items():
        command: Callable[..., Any] | typer.Typer = _not_loaded
        if name == wanted:
            module = name.replace("-", "_")
            command = getattr(importlib.import_module(f"cli.{module}"), module)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, short_help=summary)
        else:
            app.command(name, short_help=summary)(command)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a failure that a person can correct is one line on standard error."""
    # The voice framework greets on standard error when it is imported, before the log is set up.
    os.environ.setdefault("LOGURU_AUTOINIT", "0")
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((argument for argument in given if not argument.startswith("-")), None)
    try:
        with uncollected():
            app = make_app(wanted)
        app(given, prog_name="chairside")
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)  # while what it takes was being loaded
    except UserError as error:
        typer.echo(f"chairside: {error}", err=True)
        sys.exit(1)


def _print_version(wanted: bool | None) -> None:
    if wanted:
        typer.echo(f"chairside {importlib.metadata.version('chairside')}")
        raise typer.Exit


def _chairside(
    _version: Annotated[
        bool | None,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = None,
) -> None:
    """Take what belongs to no subcommand."""


def _not_loaded() -> None:
    """Stand for a subcommand that was not asked for."""


if __name__ == "__main__":
    main()
