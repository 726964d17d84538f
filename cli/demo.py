"""``chairside demo``: a phone call that ends in a booking, on a server of its own."""

import importlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from cli.demo_server import DemoServer
from cli.errors import UserError


def demo(
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder for the demo's data; by default a new one.")
    ] = None,
    keep: Annotated[bool, typer.Option(help="Keep the new folder afterwards.")] = True,
) -> None:
    """Place a real simulated phone call that ends in a booking.

    Makes a demo practice, starts the server, phones it with a speaking caller, and shows the conversation
    and the booking that came of it. No keys, no network.
    """
    began = time.monotonic()
    folder = _folder(data_dir)
    typer.echo("Starting the server and the caller's voice …")
    try:
        server = DemoServer(folder)
    except OSError as error:
        raise UserError(f"The data folder {folder} cannot be written: {error.strerror}.") from error
    try:
        # Loaded now, while the server starts: each takes seconds.
        place = importlib.import_module("cli.demo_call").show_call
        booked = place(server, folder, began=began, keep=keep or data_dir is not None)
    finally:
        server.stop()
    if booked and not keep and data_dir is None:
        shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(0 if booked else 1)


def _folder(wanted: Path | None) -> Path:
    if wanted is None:
        return Path(tempfile.mkdtemp(prefix="chairside-demo-"))
    return wanted.expanduser().resolve()
