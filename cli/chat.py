"""``chairside chat``: the bot by text, from the terminal, through a running server's API."""

import json
import re
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from cli.data_folder import prepare_data_dir
from cli.errors import UserError
from cli.options import DataDir, ServerUrl, load_settings, server_url
from cli.output import AsJson
from webhooks.security.runtime_credentials import RuntimeCredentials

ANSWER_SECONDS = 60.0
FOLLOW_SECONDS = 1.0
SESSION = timedelta(hours=1)
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def chat(
    message: Annotated[
        str | None, typer.Argument(help="Say this alone; without it a conversation begins.")
    ] = None,
    data_dir: DataDir = None,
    url: ServerUrl = None,
    site: Annotated[int, typer.Option(help="Number of the site.")] = 1,
    assistant: Annotated[
        int | None, typer.Option(help="Number of the assistant; the one that routes choose.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="name=value, for the routes; may be repeated.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="The number that it comes from, E.164, as by phone.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Talk to the bot by text, in the terminal or through a pipe (a line, a turn).

    Each run is a conversation of its own. With --json, each turn is an object on a line: what was said, what
    the bot answered, the functions that it called, and the thread's id.
    """
    if from_ is not None and not _NUMBER.fullmatch(from_):
        raise UserError(f"{from_} is not a number such as +12025550164.")
    settings = load_settings(data_dir)
    credentials = RuntimeCredentials(prepare_data_dir(settings))
    bearer = credentials.for_site(site, f"terminal-{secrets.token_hex(4)}", SESSION)
    headers = {"Authorization": f"Bearer {bearer}"}
    console = Console(highlight=False, soft_wrap=True)
    with httpx.Client(base_url=server_url(settings, url), headers=headers, timeout=ANSWER_SECONDS) as client:
        path = f"/site/{site}/chat" if assistant is None else f"/site/{site}/assistant/{assistant}/chat"
        begin = {"tags": _tags(tag)} if tag and assistant is None else {}
        thread: str | None = None
        following = False
        for line in [message] if message is not None else _lines(console):
            number = {"fromNumber": from_} if from_ else {}
            body = {"message": line, **number, **(begin if thread is None else {"threadId": thread})}
            answer = _asked(client, path, body)
            thread = answer.get("threadId")
            if as_json:
                typer.echo(json.dumps(_turn(line, answer), ensure_ascii=False))
                continue
            _print(console, answer["message"])
            if answer.get("withPerson") and not following:
                following = True
                _follow(console, client, f"/site/{site}/chat/{thread}/messages")


def _turn(line: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "said": line,
        "answer": answer["message"],
        "functions": answer.get("functions", []),
        "thread": answer.get("threadId"),
        "with_person": answer.get("withPerson", False),
    }


def _print(console: Console, text: str) -> None:
    if text:
        console.print(text, style="cyan" if console.is_terminal else None, markup=False)


def _follow(console: Console, client: httpx.Client, path: str) -> None:
    """Print what a person of the practice writes, as it comes, while the prompt waits."""
    console.print("[dim]Somebody of the team is here; the bot is silent.[/dim]")
    known = max((one["position"] for one in client.get(path).json()), default=-1)

    def follow() -> None:
        after = known
        while True:
            time.sleep(FOLLOW_SECONDS)
            try:
                found = client.get(path, params={"after": after}).json()
            except (httpx.HTTPError, RuntimeError):  # the conversation has ended, and its client with it
                return
            for one in found:
                after = one["position"]
                if one["role"] == "assistant":
                    _print(console, one["text"])

    threading.Thread(target=follow, daemon=True).start()


def _lines(console: Console) -> Iterator[str]:
    """Give what the person types, or what comes through the pipe, a line at a time."""
    if sys.stdin.isatty():
        console.print("[dim]Talk to the bot; an empty line or Ctrl-D ends the conversation.[/dim]")
    while True:
        try:
            line = console.input("[bold]> [/bold]" if sys.stdin.isatty() else "").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if line:
            # What a pipe holds may be no text; it is passed on as well as it can be read.
            yield line.encode("utf-8", "replace").decode()
        elif sys.stdin.isatty():
            return


def _tags(given: list[str]) -> dict[str, str]:
    tags = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not (name and equals and value):
            raise UserError("A tag is written name=value.")
        tags[name] = value
    return tags


def _asked(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    try:
        response = client.post(path, json=body)
    except httpx.TransportError as error:
        raise UserError(
            f"No server answers at {client.base_url}. Start one with: chairside serve, or give its --url."
        ) from error
    if response.is_success:
        return response.json()
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise UserError("The server does not know this data folder's key. Give the server's own --data-dir.")
    if response.status_code == httpx.codes.NOT_FOUND:
        raise UserError("The server has no such site or assistant. Make a practice with: chairside init")
    if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        raise UserError(f"{_reason(response)}. Make a practice with: chairside init")
    if response.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_ENTITY_TOO_LARGE):
        raise UserError(f"The message was not taken: {_reason(response)}.")
    raise UserError(f"The server answered with status {response.status_code}.")


def _reason(response: httpx.Response) -> str:
    """Read what the server says is wrong with a message."""
    try:
        reasons = response.json()["message"]
    except (ValueError, LookupError, TypeError):
        reasons = "it is too long"
    return ("; ".join(reasons) if isinstance(reasons, list) else str(reasons)).rstrip(".")
