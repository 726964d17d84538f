"""Tokens of accounts for the Chat Sessions API."""

import re
import secrets
from datetime import timedelta

from sqlalchemy import select

from kit.copying import copy_fields
from kit.ids import new_id
from kit.text import sha256
from practice.chat_sessions import repository
from practice.chat_sessions.errors import TokenNotFound
from practice.chat_sessions.views import SessionAccount, TokenView
from practice.errors import InvalidRequest, SiteNotFound
from practice.records.chat_sessions import ChatSessionToken
from practice.records.practices import Site
from practice.service import RecordsService
from practice.sites import repository as sites

PREFIX = "cst_"
_ACCOUNT = re.compile(r"[A-Za-z0-9._@+-]{1,255}")
_SHOWN = 8
"""Characters behind the prefix that a list shows, to tell tokens apart."""


class ChatSessionTokens(RecordsService):
    """Makes, lists and revokes tokens; each is good for one account at one site."""

    async def create(
        self, account_id: str, site_id: int, lifetime: timedelta | None = None
    ) -> tuple[TokenView, str]:
        """Make a token, shown this once; its account takes part in the site's hand-offs, open ones too."""
        if not _ACCOUNT.fullmatch(account_id) or account_id.startswith(("staf_", "bot_")):
            raise InvalidRequest(
                "An account's name has 1 to 255 letters, digits and . _ @ + -, and is no staff or bot id."
            )
        now = self._clock()
        token = PREFIX + secrets.token_urlsafe(32)
        row = ChatSessionToken(
            id=new_id("cstk", now),
            account_id=account_id,
            site_id=site_id,
            prefix=token[: len(PREFIX) + _SHOWN],
            sha256=sha256(token),
            created_at=now,
            expires_at=None if lifetime is None else now + lifetime,
        )
        async with self._database.session() as session:
            if await session.get(Site, site_id) is None:
                raise SiteNotFound
            session.add(row)
            await sites.join_open_hand_offs(session, site_id, account_id)
        return _view(row), token

    async def list_tokens(self) -> list[TokenView]:
        """List tokens without their secrets, oldest first."""
        async with self._database.reading() as session:
            return [
                _view(row)
                for row in list(await session.scalars(select(ChatSessionToken).order_by(ChatSessionToken.id)))
            ]

    async def revoke(self, token_id: str) -> None:
        """Revoke a token; one already revoked keeps its moment."""
        async with self._database.session() as session:
            row = await session.get(ChatSessionToken, token_id)
            if row is None:
                raise TokenNotFound
            row.revoked_at = row.revoked_at or self._clock()

    async def find_account(self, token: str) -> SessionAccount | None:
        """Find the account that a token is good for."""
        if not token.startswith(PREFIX):
            return None
        async with self._database.reading() as session:
            row = await repository.find_token(session, sha256(token), self._clock())
        return None if row is None else SessionAccount(row.account_id, (row.site_id,))


def _view(row: ChatSessionToken) -> TokenView:
    return copy_fields(TokenView, row)
