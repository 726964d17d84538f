"""``chairside sessions``: tokens by which accounts open the Chat Sessions API."""

from typing import Annotated, Any

import typer

from cli.data_folder import Records, with_records
from cli.durations import period_of, shown
from cli.options import DataDir
from cli.output import AsJson, print_json, print_secret, print_table
from practice.chat_sessions.tokens import ChatSessionTokens
from practice.chat_sessions.views import TokenView

sessions = typer.Typer(
    no_args_is_help=True, help="Give accounts access to hand-offs (the Chat Sessions API)."
)
token = typer.Typer(no_args_is_help=True, help="Make tokens for accounts, list them, revoke them.")
sessions.add_typer(token, name="token")


@token.command()
def add(
    account: Annotated[str, typer.Argument(help="The account's name, such as front-desk.")],
    site: Annotated[int, typer.Option(help="The site whose hand-offs it takes.")],
    expires: Annotated[
        str | None, typer.Option(help="How long it is good, such as 90d.", show_default="until it is revoked")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a token for an account. It takes part in the site's hand-offs from now on."""
    lifetime = period_of(expires, "--expires") if expires is not None else None
    view, secret = with_records(data_dir, lambda records: _tokens_of(records).create(account, site, lifetime))
    if as_json:
        print_json({"token": secret, **_json(view)})
    else:
        print_secret(f"{view.id} is made for {account}.", secret)


@token.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the tokens, without their secrets."""
    found = with_records(data_dir, lambda records: _tokens_of(records).list_tokens())
    if as_json:
        print_json({"tokens": [_json(one) for one in found]})
        return
    print_table(
        ("id", "account", "site", "token", "since", "until", "state"),
        [
            (
                one.id,
                one.account_id,
                str(one.site_id),
                f"{one.prefix}…",
                shown(one.created_at),
                shown(one.expires_at, "for good"),
                "good" if one.revoked_at is None else "revoked",
            )
            for one in found
        ],
        "There are no tokens; make one: chairside sessions token add ACCOUNT --site NUMBER",
    )


@token.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="TOKEN", help="As the list shows it: cstk_…")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a token: it opens nothing from now on."""
    with_records(data_dir, lambda records: _tokens_of(records).revoke(token_id))
    if as_json:
        print_json({"token_id": token_id, "revoked": True})
    else:
        typer.echo(f"{token_id} is revoked: it opens nothing.")


def _tokens_of(records: Records) -> ChatSessionTokens:
    return ChatSessionTokens(records.database, records.clock)


def _json(view: TokenView) -> dict[str, Any]:
    return {
        "id": view.id,
        "account": view.account_id,
        "site_id": view.site_id,
        "prefix": view.prefix,
        "created_at": view.created_at,
        "expires_at": view.expires_at,
        "revoked_at": view.revoked_at,
    }
