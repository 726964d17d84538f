"""``chairside sessions``: tokens by which accounts open the Chat Sessions API."""

from typing import Annotated, Any

import typer

from cli.data_folder import with_records
from cli.durations import period_of, shown
from cli.options import DataDir
from cli.output import AsJson, picked, print_json, print_rows, print_secret, tell
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
    view, secret = with_records(
        data_dir, lambda records: records.of(ChatSessionTokens).create(account, site, lifetime)
    )
    if as_json:
        print_json({"token": secret, **_json(view)})
    else:
        print_secret(f"{view.id} is made for {account}.", secret)


@token.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the tokens, without their secrets."""
    found = with_records(data_dir, lambda records: records.of(ChatSessionTokens).list_tokens())
    print_rows(
        as_json,
        "tokens",
        found,
        _json,
        lambda one: {
            "id": one.id,
            "account": one.account_id,
            "site": str(one.site_id),
            "token": f"{one.prefix}…",
            "since": shown(one.created_at),
            "until": shown(one.expires_at, "for good"),
            "state": "good" if one.revoked_at is None else "revoked",
        },
        "There are no tokens; make one: chairside sessions token add ACCOUNT --site NUMBER",
    )


@token.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="TOKEN", help="As the list shows it: cstk_…")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a token: it opens nothing from now on."""
    with_records(data_dir, lambda records: records.of(ChatSessionTokens).revoke(token_id))
    tell(as_json, {"token_id": token_id, "revoked": True}, f"{token_id} is revoked: it opens nothing.")


def _json(view: TokenView) -> dict[str, Any]:
    account = {"id": view.id, "account": view.account_id}
    return {**account, **picked(view, "site_id prefix created_at expires_at revoked_at")}
