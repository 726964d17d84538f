"""Who may use the Chat Sessions API: an account with a token, a staff member who is logged in, or the bot."""

from typing import Annotated

from fastapi import Depends, Security
from starlette.requests import Request

from practice.chat_sessions.views import SessionAccount
from webhooks.dependencies import services_of
from webhooks.http_errors import unauthorized
from webhooks.security.bearer import BearerToken
from webhooks.security.staff_sessions import find_session
from webhooks.security.tokens import TokenRefused

_SCHEME = BearerToken("apiToken", description="`Bearer <your-api-token>`: an account's token, or a log-in.")


async def account_of(
    request: Request, credential: Annotated[str | None, Security(_SCHEME)]
) -> SessionAccount:
    """Check a request's credential. Raises `HttpError`: there is none, or it is not valid (401)."""
    services = services_of(request)
    if credential is None:
        raise unauthorized("Not authenticated")
    if (account := await services.chat_session_tokens.find_account(credential)) is not None:
        return account
    try:
        bot_id = services.runtime.hand_offs_of(credential)
    except TokenRefused:
        session = await find_session(services.staff_tokens, services.staff, credential)
        if session is None:
            raise unauthorized("Not authenticated") from None
        return SessionAccount(session.staff.id, session.staff.site_ids)
    bot = await services.bots.find_bot(bot_id)
    if bot is None:
        raise unauthorized("Not authenticated")
    return SessionAccount(bot.id, (bot.site_id,) if bot.site_id is not None else (), is_bot=True)


Account = Annotated[SessionAccount, Depends(account_of)]
"""The account, as a parameter of an endpoint."""
