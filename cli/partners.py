"""``chairside partners``: who may register bots, for which accounts, and where their events go."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.data_folder import Records, with_records
from cli.durations import shown
from cli.errors import UserError
from cli.options import DataDir
from cli.output import AsJson, print_json, print_rows, print_secret, tell
from practice.partners.service import Partners
from practice.partners.views import PartnerView

partners = typer.Typer(
    no_args_is_help=True, help="Add partners, disable them, grant them accounts, send them events."
)

PartnerId = Annotated[str, typer.Argument(metavar="PARTNER", help="As the list shows it: ptnr_…")]


@partners.command()
def add(
    name: Annotated[str, typer.Argument(help="What the partner is called.")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse an Idempotency-Key that comes again with another body.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a partner. Its keys are made with: chairside keys add."""

    async def work(records: Records) -> PartnerView:
        partner_id = await records.partners.create_partner(name, strict_idempotency=strict)
        return await records.partners.get_partner(partner_id)

    made = with_records(data_dir, work, noted="partners.add", makes=True)
    _say(made, f"is added. Make it a key: chairside keys add {made.id}", as_json=as_json)


@partners.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the partners and the accounts that they were granted."""
    found = with_records(data_dir, lambda records: records.partners.list_partners())
    print_rows(
        as_json,
        "partners",
        found,
        asdict,
        lambda one: {
            "id": one.id,
            "name": one.name,
            "since": shown(one.created_at),
            "state": "disabled" if one.disabled_at else "good",
            "strict": "yes" if one.strict_idempotency else "no",
            "events to": one.event_url,
            "accounts": ", ".join(one.account_ids),
        },
        "There is no partner yet; add one: chairside partners add NAME",
    )


@partners.command()
def disable(partner_id: PartnerId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Disable a partner: its keys open nothing from now on. Its bots go on answering the phone."""
    changed = _changed(
        partner_id, data_dir, lambda service: service.disable_partner(partner_id), noted="disable"
    )
    _say(changed, "is disabled: its keys open nothing.", as_json=as_json)


@partners.command()
def enable(partner_id: PartnerId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Enable a partner again: its keys are as good as before."""
    changed = _changed(
        partner_id, data_dir, lambda service: service.enable_partner(partner_id), noted="enable"
    )
    _say(changed, "is enabled.", as_json=as_json)


@partners.command()
def strict(
    partner_id: PartnerId,
    off: Annotated[bool, typer.Option("--off", help="Answer with the first booking instead.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Refuse an Idempotency-Key of a partner that comes again with another body."""
    changed = _changed(
        partner_id,
        data_dir,
        lambda service: service.set_strictness(partner_id, strict=not off),
        noted="strict",
    )
    what = "gets the first booking" if off else "is refused"
    _say(changed, f"{what} when it reuses a key for another body.", as_json=as_json)


@partners.command()
def grant(
    partner_id: PartnerId,
    granted: Annotated[
        str,
        typer.Argument(
            metavar="ACCOUNT|NUMBER", help="Whose calendar: acct_…; or a phone number: +12025550142"
        ),
    ],
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the grant back instead.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Grant a partner an account (calendar, sites, platform and its secret), or a number for its bots."""

    def work(service: Partners) -> Awaitable[None]:
        if granted.startswith("+"):
            return (service.withdraw_number if withdraw else service.grant_number)(partner_id, granted)
        return (service.withdraw_account if withdraw else service.grant_account)(partner_id, granted)

    noted = "withdraw" if withdraw else "grant"
    changed = _changed(partner_id, data_dir, work, noted=noted, about=granted)
    _say(changed, f"{'has lost' if withdraw else 'may use'} {granted}.", as_json=as_json)


@partners.command()
def events(
    partner_id: PartnerId,
    url: Annotated[str | None, typer.Option(help="Where events go from now on.")] = None,
    secret: Annotated[
        str | None, typer.Option(help="A secret of your own, whsec_ and base64; one is made otherwise.")
    ] = None,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Make a new secret; the old one signs beside it for a day.")
    ] = False,
    off: Annotated[bool, typer.Option("--off", help="Send no more events.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Send a partner signed events about its bots' bookings, by the rules of Standard Webhooks."""
    if off and (url or secret or rotate):
        raise UserError("--off goes with no other option.")
    if secret and rotate:
        raise UserError("--rotate makes a secret: leave --secret out.")

    async def work(records: Records) -> tuple[PartnerView, str | None]:
        service = records.partners
        url_now = (await service.get_partner(partner_id)).event_url
        if url is None and url_now is None and not off:
            raise UserError(f"{partner_id} gets no events yet: say where they go with --url.")
        fresh = await service.send_events_to(
            partner_id, None if off else url or url_now, secret, rotate=rotate
        )
        return await service.get_partner(partner_id), fresh

    partner, fresh = with_records(data_dir, work, noted="partners.events", about=partner_id)
    if as_json:
        print_json({"partner": asdict(partner), "event_secret": fresh})
    elif fresh is not None:
        print_secret(f"Events go to {partner.event_url}, signed with this secret.", fresh)
    else:
        typer.echo(f"Events go to {partner.event_url}." if partner.event_url else "No events are sent.")


def _changed(
    partner_id: str,
    data_dir: Path | None,
    change: Callable[[Partners], Awaitable[None]],
    *,
    noted: str,
    about: str = "",
) -> PartnerView:
    async def work(records: Records) -> PartnerView:
        await change(records.partners)
        return await records.partners.get_partner(partner_id)

    return with_records(data_dir, work, noted=f"partners.{noted}", about=f"{partner_id} {about}".strip())


def _say(partner: PartnerView, sentence: str, *, as_json: bool) -> None:
    tell(as_json, {"partner": asdict(partner)}, f"{partner.id} {sentence}")
