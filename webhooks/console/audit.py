"""``/console/audit``: who read or changed what at the site."""

import csv
import io
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from practice.audit.service import AuditView
from webhooks.audited_route import AuditedRoute
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.pages import attachment

HERE = "/console/audit"
MOST_EXPORTED = 100_000

router = APIRouter(prefix=HERE, include_in_schema=False, route_class=AuditedRoute)


@router.get("")
async def show_audit_log(
    desk: AtDesk,
    before: Annotated[int | None, Query(ge=1, le=2**31)] = None,
    about: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Show the latest entries, or those about one id."""
    desk.require_admin()
    entries = await desk.services.audit.list_entries(
        desk.site_id, before=before, subjects=[about] if about else ()
    )
    return await desk.page("audit", entries=entries, about=about, names=await _names(desk))


@router.get(".csv")
async def export_audit_log(desk: AtDesk) -> Response:
    """Give the log as a table for a spreadsheet."""
    desk.require_admin()
    entries = await desk.services.audit.list_entries(desk.site_id, limit=MOST_EXPORTED)
    return attachment(as_csv(entries), "audit-log.csv", "text/csv")


def as_csv(entries: list[AuditView]) -> str:
    """Write entries as a table."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["number", "at", "who", "action", "about", "detail"])
    for one in entries:
        detail = "; ".join(f"{name}={value}" for name, value in one.detail.items())
        table.writerow([one.number, one.at.isoformat(), one.who, one.action, " ".join(one.subject), detail])
    return text.getvalue()


async def _names(desk: Desk) -> dict[str, str]:
    people = await desk.services.staff.list_staff(desk.site_id)
    return {one.staff.id: f"{one.staff.first_name} {one.staff.last_name}".strip() for one in people}
