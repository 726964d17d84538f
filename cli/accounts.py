"""``chairside accounts``: whom bots answer for, and where these book."""

from dataclasses import asdict
from typing import Annotated

import typer

from cli.data_folder import with_records
from cli.errors import UserError
from cli.options import DataDir
from cli.output import AsJson, print_json, print_rows, print_secret

accounts = typer.Typer(
    no_args_is_help=True, help="List the accounts that bots answer for, say where they book."
)


@accounts.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the accounts, and the partners that were granted them."""
    found = with_records(data_dir, lambda records: records.accounts.list_accounts())
    print_rows(
        as_json,
        "accounts",
        found,
        asdict,
        lambda one: {
            "id": one.id,
            "name": one.name,
            "calendar here": "yes" if one.practice_id else "no",
            "platform": one.webhook_url,
            "partners": ", ".join(one.partner_ids),
        },
        "There is no account yet.",
    )


@accounts.command()
def platform(
    account_id: Annotated[str, typer.Argument(metavar="ACCOUNT", help="As the list shows it: acct_…")],
    url: Annotated[str | None, typer.Option(help="Base URL of the platform.")] = None,
    secret: Annotated[
        str | None, typer.Option(help="The secret that the platform knows.", show_default="a new one is made")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Take the platform away.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say where an account's bots book that have no webhook of their own, when it has no calendar here.

    Their partners need a grant of the account for it.
    """
    if off == (url is not None):
        raise UserError("Say where the platform is with --url, or take it away with --off.")
    fresh = with_records(
        data_dir,
        lambda records: records.accounts.set_platform(account_id, url, secret),
        noted="accounts.platform",
        about=account_id,
    )
    if as_json:
        print_json({"account": {"id": account_id, "webhook_url": url, "webhook_secret": fresh}})
    elif fresh is not None and secret is None:
        print_secret(f"Bots of {account_id} book at {url}, signed with this secret.", fresh)
    else:
        typer.echo(f"Bots of {account_id} book at {url}." if url else f"{account_id} has no platform.")
