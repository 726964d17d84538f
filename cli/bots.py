"""``chairside bots``: who answers which number, for whom."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

import typer

from cli.data_folder import Records, with_records
from cli.options import DataDir
from cli.output import AsJson, print_json, print_rows
from practice.errors import BotNotFound, NotSupportedByPlatform, PracticeError
from practice.partner_response import PartnerResponse
from practice.partners.profile import describe
from practice.partners.views import BotView
from practice.platforms.relay import Relay
from practice.platforms.response import is_success

bots = typer.Typer(no_args_is_help=True, help="List the bots. Partners add them: POST /v1/bots.")


@bots.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="At most this many, oldest first.")] = 100,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the bots of all partners, with their numbers and where they book."""
    found = with_records(data_dir, lambda records: records.bots.list_bots(limit))
    print_rows(
        as_json,
        "bots",
        found,
        _json,
        lambda one: {
            "id": one.id,
            "name": one.name,
            "partner": one.partner_id,
            "account": one.account_id,
            "numbers": ", ".join(one.phone_numbers),
            "books at": _platform(one),
        },
        "There is no bot yet; chairside init makes one to try.",
    )


@bots.command()
def check(
    bot_id: Annotated[str, typer.Argument(metavar="BOT", help="As the list shows it: bot_…")],
    days: Annotated[int, typer.Option(min=1, max=90, help="Days ahead to search.")] = 14,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Try a bot's booking platform: is the signature taken, can its free windows be read. Books nothing.

    Ends with exit code 1 when callers could not be offered anything.
    """
    steps = with_records(data_dir, lambda records: _try(records, bot_id, days))
    good = all(fine for _, fine, _ in steps)
    if as_json:
        print_json(
            {
                "good": good,
                "steps": [{"step": name, "good": fine, "says": said} for name, fine, said in steps],
            }
        )
    else:
        for name, fine, said in steps:
            typer.echo(f"{'ok   ' if fine else 'wrong'}  {name}: {said}")
    if not good:
        raise typer.Exit(1)


async def _try(records: Records, bot_id: str, days: int) -> list[tuple[str, bool, str]]:
    bot = await records.bots.find_bot(bot_id)
    if bot is None:
        raise BotNotFound
    if bot.embedded:
        return [("platform", True, "the calendar kept here: there is nothing to try")]
    relay = Relay(records.settings.relay, records.clock, records.keyring, embedded=None)
    now = records.clock()
    span = {"start_at": now.isoformat(), "end_at": (now + timedelta(days=days)).isoformat()}
    try:
        return [
            await _step("search", relay.search(bot, {"filter": {"start_at_range": span}}), _windows),
            await _step("look up a customer", relay.lookup(bot, {"phone": "+12025550100"}), _found),
        ]
    finally:
        await relay.aclose()


async def _step(
    name: str, work: Awaitable[PartnerResponse], told: Callable[[PartnerResponse], tuple[bool, str]]
) -> tuple[str, bool, str]:
    try:
        return name, *told(await work)
    except NotSupportedByPlatform:
        return name, True, "the platform has no such path, which is allowed"
    except PracticeError as error:
        return name, False, f"{error.code}: {error.message}"


def _windows(answer: PartnerResponse) -> tuple[bool, str]:
    windows = answer.body.get("availabilities")
    if not is_success(answer.status) or not isinstance(windows, list):
        return False, f"answered {answer.status}: {json.dumps(answer.body)[:200]}"
    if not windows:
        return False, "the signature is taken, and no time is free: callers are offered nothing"
    first = windows[0]
    return (
        True,
        f"{len(windows)} free windows, the first {first['start_at']}, {first['duration_minutes']} minutes",
    )


def _found(answer: PartnerResponse) -> tuple[bool, str]:
    if not is_success(answer.status):
        return False, f"answered {answer.status}: {json.dumps(answer.body)[:200]}"
    return True, "knows the number" if answer.body.get("found") else "does not know the number, as it should"


def _json(bot: BotView) -> dict[str, Any]:
    return {**describe(bot).model_dump(mode="json", exclude_unset=True), "partner_id": bot.partner_id}


def _platform(bot: BotView) -> str:
    if bot.webhook_url is not None:
        return bot.webhook_url
    return "embedded calendar" if bot.embedded else bot.account_webhook_url or "the usual platform, if any"
