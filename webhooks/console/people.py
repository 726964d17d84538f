"""``/console/people``: who logs in, which bots answer, and which programs reach the site."""

from fastapi import APIRouter
from starlette.responses import Response

from practice.errors import StaffExists, StaffNotFound
from practice.staff.views import StaffEntry
from webhooks.audited_route import AuditedRoute, concerns
from webhooks.console.desk import ADMIN, AtDesk, Desk
from webhooks.console.errors import AdminsOnly, FormRefused
from webhooks.console.first_log_in import PATH as FIRST_LOG_IN

HERE = "/console/people"
DESK = "SITE_USER"
ROLES = {ADMIN: "administrator", DESK: "desk"}
SAID = {"enable": "may log in again", "disable": "is out, at once", "one_step": "logs in by password alone"}

router = APIRouter(prefix=HERE, include_in_schema=False, route_class=AuditedRoute)


@router.get("")
async def show_people(desk: AtDesk) -> Response:
    """Show who and what reaches the practice."""
    return await _show(desk)


@router.post("")
async def change(desk: AtDesk) -> Response:
    """Add somebody, give them a new link, or take their access or second step away, or give access back."""
    desk.require_admin()
    async with desk.form() as fields:
        action, email = fields.text("action", 20), fields.needed("email", "The e-mail address", 320)
        concerns(desk.request, button=action)
        if action == "add":
            role = fields.text("role", 20)
            if "@" not in email or role not in ROLES:
                raise FormRefused("An e-mail address and a role are needed.")
            first, _, last = " ".join(fields.needed("name", "The name").split()).partition(" ")
            try:
                await desk.services.staff.create(
                    email, None, first_name=first, last_name=last, role=role, site_ids=(desk.site_id,)
                )
            except StaffExists as error:
                return await _show(desk, problem=error.message, status=error.status)
        else:
            member = await _own(desk, email)
            email = member.staff.email
            concerns(desk.request, member.staff.id)
        if action in {"add", "link"}:
            token = await desk.services.staff.make_link(email)
            base = desk.services.settings.server.public_url or str(desk.request.base_url).rstrip("/")
            link = f"{base.rstrip('/')}{FIRST_LOG_IN}?token={token}"
            return await _show(desk, link=link, link_for=email)
        if action not in SAID:
            raise FormRefused("There is no such button.")
        if action == "one_step":
            await desk.services.second_factors.remove(member.staff.id)
        else:
            await desk.services.staff.set_disabled(email, disabled=action == "disable")
    return desk.done(HERE, f"{email} {SAID[action]}.")


async def _own(desk: Desk, email: str) -> StaffEntry:
    """Find somebody whom this administrator may change.

    Raises:
        StaffNotFound: Nobody of this site has the address.
        AdminsOnly: It is themselves, or somebody who works at sites that they do not reach.
    """
    found = await desk.services.staff.list_staff(desk.site_id)
    member = next((one for one in found if one.staff.email == email.strip().lower()), None)
    if member is None:
        raise StaffNotFound
    reached = {place.site_id for place in desk.places}
    if member.staff.id == desk.staff.id or not set(member.staff.site_ids) <= reached:
        raise AdminsOnly("Only an administrator of all their sites can do that, and nobody to themselves.")
    return member


async def _show(
    desk: Desk, *, problem: str | None = None, link: str | None = None, link_for: str = "", status: int = 200
) -> Response:
    site_id = desk.site_id
    clients = await desk.services.clients.list_clients()
    return await desk.page(
        "people",
        status=status,
        problem=problem,
        link=link,
        link_for=link_for,
        people=await desk.services.staff.list_staff(site_id),
        roles=ROLES,
        bots=await desk.services.bots.list_bots_of_site(site_id),
        clients=[one for one in clients if one.reaches(site_id) and one.revoked_at is None],
    )
