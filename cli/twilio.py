"""``chairside twilio``: have the numbers' calls come here."""

from typing import Annotated

import typer

from cli.data_folder import Records, with_records_of
from cli.errors import UserError
from cli.options import DataDir, load_settings
from cli.output import AsJson, tell
from cli.twilio_account import TwilioAccount

twilio = typer.Typer(no_args_is_help=True, help="Have the numbers' calls and text messages come here.")


@twilio.callback()
def _group() -> None:
    """Keep ``connect`` a word of its own, though it is the only one."""


@twilio.command()
def connect(
    number: Annotated[
        str | None,
        typer.Argument(help="Such as +12075550123.", show_default="every number that a bot answers"),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Set the webhooks of numbers at Twilio to this server's public address."""
    settings = load_settings(data_dir)
    base = (settings.server.public_url or "").rstrip("/")
    if not base.startswith("https://"):
        raise UserError("Set CHAIRSIDE_SERVER_PUBLIC_URL to the https:// address that Twilio reaches us by.")
    wanted = [number] if number is not None else with_records_of(settings, Records.list_numbers)
    if not wanted:
        raise UserError("No bot answers a number yet: chairside init")
    with TwilioAccount(settings) as account:
        found = [(one, account.find(one)) for one in wanted]
        missing = [one for one, there in found if there is None]
        if missing:
            raise UserError(f"Your Twilio account does not have {', '.join(missing)}.")
        for _, there in found:
            if there is not None:
                account.connect(there, base)
    said = "\n".join(f"Calls and text messages to {one} come to {base}." for one in wanted)
    tell(as_json, {"connected": wanted, "public_url": base}, said)
