"""``chairside clients``: integrators' OAuth 2 clients for the Assistants Admin API."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from cli.administration import AsJson, print_json, print_secret, print_table
from cli.moments import shown, written
from cli.options import DataDir, load_settings
from cli.records import open_database, prepare_data_dir, said_plainly
from config.clock import system_clock
from config.database import Database
from config.keyring import Keyring
from practice.clients.service import SCOPES, Clients
from practice.clients.signing_keys import TOKEN_LIFETIME, SigningKeys
from practice.clients.views import ClientView

clients = typer.Typer(no_args_is_help=True, help="Make integrators' clients, list them, revoke them.")

_Result = TypeVar("_Result")


@clients.command()
def add(
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it may do, in one text or once for each.", show_default=" ".join(SCOPES)),
    ] = None,
    site: Annotated[
        list[int] | None,
        typer.Option(help="A site that it reaches, once for each.", show_default="all sites"),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What it is for, to know it by.", show_default=False)
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a client. Its secret gets access tokens at /oauth/token/."""
    wanted = [one for text in scope or SCOPES for one in text.split()]
    made = _with_records(
        data_dir,
        lambda database, _: Clients(database, system_clock).create_client(
            wanted, site_ids=site or None, name=name
        ),
    )
    if as_json:
        print_json({"client_id": made.client.id, "client_secret": made.secret, **_json(made.client)})
    else:
        print_secret(f"{made.client.id} is made.", made.secret)


@clients.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the clients, without their secrets."""
    found = _with_records(data_dir, lambda database, _: Clients(database, system_clock).list_clients())
    if as_json:
        print_json({"clients": [_json(one) for one in found]})
        return
    print_table(
        ("id", "name", "scopes", "sites", "since", "last used", "state"),
        [
            (
                one.id,
                one.name or "",
                " ".join(one.scopes),
                "all" if one.site_ids is None else ", ".join(map(str, one.site_ids)),
                shown(one.created_at),
                shown(one.last_used_at, "never"),
                "good" if one.revoked_at is None else "revoked",
            )
            for one in found
        ],
        "There are no clients; make one: chairside clients add",
    )


@clients.command()
def revoke(
    client_id: Annotated[str, typer.Argument(metavar="CLIENT", help="As the list shows it: client_…")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a client: its secret and its tokens open nothing from now on."""
    _with_records(data_dir, lambda database, _: Clients(database, system_clock).revoke_client(client_id))
    if as_json:
        print_json({"client_id": client_id, "revoked": True})
    else:
        typer.echo(f"{client_id} is revoked: its secret and its tokens open nothing.")


@clients.command("rotate-keys")
def rotate_keys(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Sign access tokens with a new key; those that are out stay good until they end."""

    async def rotate(database: Database, keyring: Keyring) -> str:
        return await SigningKeys(database, system_clock, keyring, TOKEN_LIFETIME).rotate()

    key_id = _with_records(data_dir, rotate)
    if as_json:
        print_json({"key_id": key_id})
    else:
        typer.echo(f"{key_id} signs from now on, within half a minute on every replica.")


def _with_records(data_dir: Path | None, work: Callable[[Database, Keyring], Awaitable[_Result]]) -> _Result:
    settings = load_settings(data_dir)
    keyring = prepare_data_dir(settings)

    async def run() -> _Result:
        async with open_database(settings) as database:
            return await work(database, keyring)

    with said_plainly():
        return asyncio.run(run())


def _json(client: ClientView) -> dict[str, Any]:
    return {
        "id": client.id,
        "name": client.name,
        "scope": " ".join(client.scopes),
        "site_ids": None if client.site_ids is None else list(client.site_ids),
        "created_at": written(client.created_at),
        "last_used_at": written(client.last_used_at),
        "revoked_at": written(client.revoked_at),
    }
