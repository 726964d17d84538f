"""``chairside keys``: what partners open the Partner API with."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

import typer

from cli.data_folder import Records, with_records
from cli.durations import moment_of, period_of, shown
from cli.options import DataDir
from cli.output import AsJson, print_json, print_rows, print_secret, tell
from kit.clock import system_clock
from practice.partners.scopes import SCOPES
from practice.partners.views import KeyView

keys = typer.Typer(no_args_is_help=True, help="Make partners' keys, list them, revoke them.")


@keys.command()
def add(
    partner_id: Annotated[str, typer.Argument(metavar="PARTNER", help="Whose key: ptnr_…")],
    name: Annotated[str | None, typer.Option(help="What it is for, to know it by.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help=f"What it may do, once for each: {', '.join(SCOPES)}.", show_default="everything"),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="When it ends: 90d, or a moment with its offset.", show_default="never")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. A partner may have several at once: make the new one, change over, revoke the old one."""
    expires_at = None if expires is None else moment_of(expires, "--expires", system_clock())
    made = with_records(
        data_dir,
        lambda records: records.partner_keys.create_key(
            partner_id, name=name, scopes_of_key=scope or None, expires_at=expires_at
        ),
        noted="keys.add",
        about=partner_id,
    )
    if as_json:
        print_json({"key": {**asdict(made.view), "key": made.key}})
    else:
        print_secret(f"{made.view.id} is made.", made.key)


@keys.command("list")
def list_(
    partner_id: Annotated[
        str | None, typer.Argument(metavar="PARTNER", help="Whose keys.", show_default="everybody's")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List keys by their first letters, with what they are for and when they were last used."""

    async def work(records: Records) -> tuple[list[KeyView], set[str]]:
        partners = records.partners
        owners = (
            await partners.list_partners() if partner_id is None else [await partners.get_partner(partner_id)]
        )
        keys = await records.partner_keys.list_keys(partner_id)
        return keys, {one.id for one in owners if one.disabled_at}

    found, disabled = with_records(data_dir, work)
    now = system_clock()
    print_rows(
        as_json,
        "keys",
        found,
        asdict,
        lambda one: {
            "id": one.id,
            "partner": one.partner_id,
            "key": f"{one.prefix}…",
            "name": one.name,
            "scopes": "everything" if one.scopes is None else " ".join(one.scopes),
            "since": shown(one.created_at),
            "last used": shown(one.last_used_at, "never"),
            "ends": shown(one.expires_at, "never"),
            "state": _state(one, now, disabled),
        },
        "There are no keys; make one: chairside keys add PARTNER",
    )


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="As the list shows it: key_…")],
    after: Annotated[
        str | None,
        typer.Option("--in", help="How long it is still good, to change over: 24h.", show_default="at once"),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a key, at once or when the partner has had time to change over to another."""
    period = timedelta(0) if after is None else period_of(after, "--in")
    view = with_records(
        data_dir,
        lambda records: records.partner_keys.revoke_key(None, key_id, period),
        noted="keys.revoke",
        about=key_id,
    )
    ends = "is revoked: it opens nothing" if view.revoked_at else f"ends at {shown(view.expires_at)}"
    tell(as_json, {"key": asdict(view)}, f"{key_id} {ends}.")


def _state(key: KeyView, now: datetime, disabled: set[str]) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= now:
        return "ended"
    return "partner disabled" if key.partner_id in disabled else "good"
