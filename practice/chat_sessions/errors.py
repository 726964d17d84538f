"""Errors of chat sessions."""

from practice.errors import PracticeError


class SessionNotFound(PracticeError):
    """No such session, or the account takes no part in it: the two look alike."""

    code = "chat_session_not_found"
    status = 404
    default_message = "No such chat session."

    def __init__(self, session_id: str) -> None:
        super().__init__(f"No record found for id '{session_id[:255]}'")


class SessionConflict(PracticeError):
    """A directive that the session's state does not allow any more."""

    code = "conflict"
    status = 409
    default_message = "The session does not allow that any more."


class DirectivesContradict(PracticeError):
    """A session cannot be accepted and rejected in one request."""

    code = "invalid_request"
    status = 400
    default_message = "accept and reject exclude each other"


class TokenNotFound(PracticeError):
    """No such token of a chat sessions account."""

    code = "token_not_found"
    status = 404
    default_message = "No such token."
