"""``chairside clients``: integrators' OAuth 2 clients for the Assistants Admin API."""

from typing import Annotated, Any

import typer

from cli.data_folder import Records, with_records
from cli.durations import shown
from cli.options import DataDir
from cli.output import AsJson, picked, print_json, print_rows, print_secret, tell
from practice.integrators.service import SCOPES, Integrators
from practice.integrators.signing_keys import TOKEN_LIFETIME, SigningKeys
from practice.integrators.views import ClientView

clients = typer.Typer(no_args_is_help=True, help="Make integrators' clients, list them, revoke them.")


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
    name: Annotated[str | None, typer.Option(help="What it is for, to know it by.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a client. Its secret gets access tokens at /oauth/token/."""
    wanted = [one for text in scope or SCOPES for one in text.split()]
    made = with_records(
        data_dir,
        lambda records: records.of(Integrators).create_client(wanted, site_ids=site or None, name=name),
        noted="clients.add",
    )
    if as_json:
        print_json({"client_id": made.client.id, "client_secret": made.secret, **_json(made.client)})
    else:
        print_secret(f"{made.client.id} is made.", made.secret)


@clients.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the clients, without their secrets."""
    found = with_records(data_dir, lambda records: records.of(Integrators).list_clients())
    print_rows(
        as_json,
        "clients",
        found,
        _json,
        lambda one: {
            "id": one.id,
            "name": one.name,
            "scopes": " ".join(one.scopes),
            "sites": "all" if one.site_ids is None else ", ".join(map(str, one.site_ids)),
            "since": shown(one.created_at),
            "last used": shown(one.last_used_at, "never"),
            "state": "good" if one.revoked_at is None else "revoked",
        },
        "There are no clients; make one: chairside clients add",
    )


@clients.command()
def revoke(
    client_id: Annotated[str, typer.Argument(metavar="CLIENT", help="As the list shows it: client_…")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a client: its secret and its tokens open nothing from now on."""
    with_records(
        data_dir,
        lambda records: records.of(Integrators).revoke_client(client_id),
        noted="clients.revoke",
        about=client_id,
    )
    sentence = f"{client_id} is revoked: its secret and its tokens open nothing."
    tell(as_json, {"client_id": client_id, "revoked": True}, sentence)


@clients.command("rotate-keys")
def rotate_keys(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Sign access tokens with a new key; those that are out stay good until they end."""

    async def rotate(records: Records) -> str:
        return await SigningKeys(records.database, records.clock, records.keyring, TOKEN_LIFETIME).rotate()

    key_id = with_records(data_dir, rotate, noted="clients.rotate_keys")
    tell(as_json, {"key_id": key_id}, f"{key_id} signs from now on, within half a minute on every replica.")


def _json(client: ClientView) -> dict[str, Any]:
    scope = {"scope": " ".join(client.scopes)}
    return {
        **picked(client, "id name"),
        **scope,
        **picked(client, "site_ids created_at last_used_at revoked_at"),
    }
