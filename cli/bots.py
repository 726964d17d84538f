"""``chairside bots``: who answers which number, for whom."""

from typing import Annotated, Any

import typer

from cli.data_folder import with_records
from cli.options import DataDir
from cli.output import AsJson, print_json, print_table
from practice.partners.profile import describe
from practice.partners.views import BotView

bots = typer.Typer(no_args_is_help=True, help="List the bots. Partners add them: POST /v1/bots.")


@bots.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="At most this many, oldest first.")] = 100,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the bots of all partners, with their numbers and where they book."""
    found = with_records(data_dir, lambda records: records.bots.list_bots(limit))
    if as_json:
        print_json({"bots": [_json(one) for one in found]})
        return
    print_table(
        ("id", "name", "partner", "account", "numbers", "books at"),
        [
            (one.id, one.name, one.partner_id, one.account_id, ", ".join(one.phone_numbers), _platform(one))
            for one in found
        ],
        "There is no bot yet; chairside init makes one to try.",
    )


def _json(bot: BotView) -> dict[str, Any]:
    return {**describe(bot).model_dump(mode="json", exclude_unset=True), "partner_id": bot.partner_id}


def _platform(bot: BotView) -> str:
    if bot.webhook_url is not None:
        return bot.webhook_url
    return "embedded calendar" if bot.embedded else bot.account_webhook_url or "the usual platform, if any"
