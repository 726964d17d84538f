"""``/console/patients``: what is kept about a patient, found, given to them, held, and erased.

Numbers and names travel in forms, never in addresses, which proxies and browsers write down.
"""

import json
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from contracts.conversation import text_of
from contracts.timestamps import timestamp
from language import phone as phones
from practice.patients.errors import PatientNotFound
from practice.patients.views import Patient
from webhooks.assistant_choice import find_account_of
from webhooks.audited_route import AuditedRoute, concerns
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.errors import FormRefused
from webhooks.console.forms import Fields
from webhooks.console.pages import attachment

HERE = "/console/patients"
LONGEST_REASON = 500

router = APIRouter(prefix=HERE, include_in_schema=False, route_class=AuditedRoute)


@router.get("")
async def show_search(desk: AtDesk) -> Response:
    """Ask whom somebody looks for, and show who is held."""
    return await _search(desk)


@router.post("")
async def find_patients(desk: AtDesk) -> Response:
    """List patients by a number or a part of a name."""
    async with desk.form() as fields:
        text = fields.needed("text", "A number or name", 200)
    return await _search(desk, text)


@router.post("/kept")
async def show_patient(desk: AtDesk) -> Response:
    """Show everything that is kept about a patient: as a page that can be given to them."""
    async with desk.form() as fields:
        who = await _patient(desk, fields)
    return await desk.page(
        "patient",
        who=who,
        kept=await desk.services.patients.export(who),
        hold=await desk.services.patients.find_hold(who),
        text_of=text_of,
    )


@router.post("/export.json")
async def export_patient(desk: AtDesk) -> Response:
    """Give the same for a machine to read."""
    async with desk.form() as fields:
        who = await _patient(desk, fields)
    kept = await desk.services.patients.export(who)
    text = json.dumps(kept, default=timestamp, indent=2, ensure_ascii=False)
    return attachment(text, "patient.json", "application/json")


@router.post("/born")
async def keep_date_of_birth(desk: AtDesk) -> Response:
    """Write down when a patient was born: by it a caller can show who they are."""
    async with desk.form() as fields:
        who = await _patient(desk, fields)
        text = fields.text("born", 10)
        try:
            born = date.fromisoformat(text) if text else None
        except ValueError:
            raise FormRefused("That is no date.") from None
        if born is not None and born > desk.services.clock().date():
            raise FormRefused("That day is still to come.")
        if who.name is None:
            raise FormRefused("Whose it is has to be said: find them by their name.")
    await desk.services.patients.keep_birth_date(who, born.isoformat() if born else "", desk.staff.id)
    return desk.done(HERE, "The date of birth is written down." if born else "It is taken away.")


@router.post("/erase")
async def erase_patient(desk: AtDesk) -> Response:
    """Erase a patient, for an administrator who has said that they mean it."""
    desk.require_admin()
    async with desk.form() as fields:
        if "sure" not in fields:
            raise FormRefused("Tick that you mean it: what is erased does not come back.")
        who = await _patient(desk, fields)
    erased = await desk.services.patients.erase(who)
    return desk.done(HERE, f"Erased: {erased.conversations} conversations, {erased.messages} messages.")


@router.post("/hold")
async def hold_patient(desk: AtDesk) -> Response:
    """Keep a patient's data whatever the practice's rules say, or let that go."""
    desk.require_admin()
    async with desk.form() as fields:
        who = await _patient(desk, fields)
        if "release" in fields:
            await desk.services.patients.release(who)
            return desk.done(HERE, "The hold is over.")
        reason = fields.needed("reason", "The reason", LONGEST_REASON)
    await desk.services.patients.hold(who, reason, desk.staff.id)
    return desk.done(HERE, "What is kept about them stays, until an administrator lets it go.")


async def _patient(desk: Desk, fields: Fields) -> Patient:
    """Read who is meant; FormRefused without a number, PatientNotFound at a site that has no account."""
    number = phones.parse(fields.text("phone", 60))
    if number is None:
        raise FormRefused("That is no telephone number.")
    concerns(desk.request, desk.services.audit.patient(number))
    account = await find_account_of(desk.services, desk.site_id)
    if account is None:
        raise PatientNotFound
    return Patient(account, number, fields.text("name", 200) or None)


async def _search(desk: Desk, text: str = "") -> Response:
    account = await find_account_of(desk.services, desk.site_id)
    values: dict[str, Any] = {"asked": text, "found": None, "holds": []}
    if account is not None:
        values["holds"] = await desk.services.patients.list_holds(account)
        if text:
            values["found"] = await desk.services.patients.find(text, account)
            concerns(desk.request, *{desk.services.audit.patient(one.phone) for one in values["found"]})
    return await desk.page("patients", **values)
