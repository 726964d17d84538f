"""Options that commands share, and the settings they lead to."""

import difflib
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from dotenv import dotenv_values
from pydantic import ValidationError

from cli.errors import UserError
from config.settings import PREFIX, Settings
from kit.clock import Clock, clock_from, system_clock

SERVER_FILE = "server.url"
"""In the data folder while a server runs on it: its address."""

FIRST_YEAR, LAST_YEAR = 2020, 2099
"""Between these a practice's clock may start: ids and sealed slots count from the first."""

DataDir = Annotated[
    Path | None,
    typer.Option(help="Folder of the database, the key and the recordings. [env: CHAIRSIDE_DATA_DIR]"),
]
Now = Annotated[
    str | None,
    typer.Option(
        metavar="MOMENT", help="Start the practice's clock there, for example 2026-12-01T09:00:00-05:00."
    ),
]
ServerUrl = Annotated[
    str | None,
    typer.Option("--url", help="Address of the running server; by default the one of the data folder."),
]


def load_settings(data_dir: Path | None = None, **server: Any) -> Settings:
    """Read the settings from the environment, ``.env`` and the command line (``server``).

    UserError names the variable whose value does not fit, or which is none of ours.
    """
    _refuse_unknown_variables()
    given: dict[str, Any] = {} if data_dir is None else {"data_dir": data_dir.expanduser().resolve()}
    try:
        settings = Settings(**given)
        changes = {name: value for name, value in server.items() if value is not None}
        if changes:
            checked = type(settings.server).model_validate({**settings.server.model_dump(), **changes})
            settings = settings.model_copy(update={"server": checked})
    except ValidationError as error:
        raise UserError("; ".join(_sentence(one["loc"], one["msg"]) for one in error.errors())) from error
    return settings


def hint(settings: Settings, command: str) -> str:
    """Give a command as it is to be typed: with the ``--data-dir`` that was given, if one was."""
    usual = Settings().data_dir
    return f"chairside {command}" + ("" if settings.data_dir == usual else f" --data-dir {settings.data_dir}")


def clock_of(now: str | None) -> Clock:
    """Make the clock of ``--now``, an ISO moment with its offset; UserError when it is none."""
    if now is None:
        return system_clock
    try:
        start = datetime.fromisoformat(now)
        clock = clock_from(start)
    except (ValueError, OverflowError) as error:
        raise UserError(
            f"--now {now} is not a moment with its offset, such as 2026-12-01T09:00:00-05:00."
        ) from error
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise UserError(f"--now {now} is not between the years {FIRST_YEAR} and {LAST_YEAR}.")
    return clock


def server_url(settings: Settings, url: str | None = None) -> str:
    """Find the running server's address."""
    if url is not None:
        return url.rstrip("/")
    note = settings.data_dir / SERVER_FILE
    if note.is_file():
        return note.read_text().strip()
    host = settings.server.host
    return f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{settings.server.port}"


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    name = "_".join(str(part) for part in location).upper()
    variable = name if name in {"OPENAI_API_KEY", "TWILIO_AUTH_TOKEN"} else f"CHAIRSIDE_{name}"
    return f"{variable}: {message[0].lower()}{message[1:]}"


def _refuse_unknown_variables() -> None:
    """Refuse a misspelled variable: a limit that was set and does nothing is worse than none."""
    known = Settings.variables()
    given = {name.upper() for name in [*os.environ, *dotenv_values(".env")]}
    for name in sorted(one for one in given - known if one.startswith(PREFIX)):
        near = difflib.get_close_matches(name, known, n=1)
        raise UserError(f"{name} is no setting of Chairside." + (f" Did you mean {near[0]}?" if near else ""))
