"""Errors of chat sessions."""

from practice.errors import Conflict, NotFound, PracticeError


class SessionNotFound(NotFound, code="chat_session_not_found", says="No such chat session."):
    """No such session, or the account takes no part in it: the two look alike."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"No record found for id '{session_id[:255]}'")


class SessionConflict(Conflict, code="conflict", says="The session does not allow that any more."):
    """A directive that the session's state does not allow any more."""


class DirectivesContradict(
    PracticeError, code="invalid_request", status=400, says="accept and reject exclude each other"
):
    """A session cannot be accepted and rejected in one request."""


class TokenNotFound(NotFound, code="token_not_found", says="No such token."):
    """No such token of a chat sessions account."""
