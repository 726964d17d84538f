"""``/console/forgotten``: a link by mail, for who has lost their password."""

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from config.logs import get_logger
from practice.errors import RateLimited, StaffNotFound
from practice.follow_ups.mail import MailFailed, can_mail, send_mail
from practice.staff.service import LINK_LIFETIME
from webhooks.console import cookies
from webhooks.console.first_log_in import PATH as CHOOSE
from webhooks.console.first_log_in import TOO_MANY
from webhooks.console.forms import posted
from webhooks.console.pages import public_page
from webhooks.dependencies import Injected, Services
from webhooks.rate_limit import client_address

PATH = "/console/forgotten"
SUBJECT = "Choose a new password"
TEXT = """Somebody, most likely you, has asked for a new password at {host}.

By this link you choose one. It works once, within {hours} hours:

{link}

If it was not you, there is nothing to do: your password is as it was.
"""

router = APIRouter(include_in_schema=False)
_log = get_logger(__name__)


@router.get(PATH)
async def show_forgotten(request: Request, services: Injected) -> Response:
    """Ask for an address; or say who else makes a link, where no mail is sent."""
    return await _form(request, services)


@router.post(PATH)
async def send_link(request: Request, services: Injected) -> Response:
    """Mail a link to an address that somebody logs in with; the answer is the same for every address."""
    async with posted(request, services.keyring, cookies.subject_of(request)) as fields:
        email = fields.needed("email", "The e-mail address", 320)
    try:
        await services.limits.count_log_in(client_address(request), PATH)
        await services.limits.count_reset_mail(email)
    except RateLimited:
        return await _form(request, services, problem=TOO_MANY, status=429)
    base = _base(services)
    response = await _form(request, services, sent=base is not None)
    if base is not None:
        # After the answer, so that it takes as long for an address that nobody has.
        response.background = BackgroundTask(_mail, services, email, base)
    return response


async def _mail(services: Services, email: str, base: str) -> None:
    try:
        token = await services.staff.make_link(email)
    except StaffNotFound:
        return
    text = TEXT.format(
        host=base.partition("//")[2],
        hours=int(LINK_LIFETIME.total_seconds() // 3600),
        link=f"{base}{CHOOSE}?token={token}",
    )
    try:
        await send_mail(services.settings.email, email, SUBJECT, text, services.wall_clock())
    except MailFailed as error:
        _log.warning("the mail with a new password's link was not sent", error=str(error))


def _base(services: Services) -> str | None:
    """Give the server's own address, where mail with links can be sent.

    Never that of the request: whoever asks could have somebody else's link lead to their own server.
    """
    address = services.settings.server.public_url
    return address.rstrip("/") if address and can_mail(services.settings) else None


async def _form(
    request: Request, services: Services, *, problem: str | None = None, sent: bool = False, status: int = 200
) -> Response:
    values = {"problem": problem, "sent": sent, "mails": _base(services) is not None}
    return await public_page(request, services.keyring, "forgotten", status=status, **values)
