"""The client of the Chat Sessions API: by it a bot hands a conversation over to a person."""

from pydantic import ValidationError

from contracts.chat_sessions import ChatSession, Urgency
from tools.clients.upstream import Upstream, json_of
from tools.errors import UpstreamResponseInvalid

FOR_THE_DESK = "desk"
"""Stands for whoever answers at the bot's site."""
_THREAD_PREFIX = "thrd_"


class ChatSessionsClient:
    """Hands the conversations of one bot over; what came to nothing raises `UpstreamError`."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def hand_over(
        self,
        conversation_id: str,
        *,
        summary: str,
        reason: str | None = None,
        urgency: Urgency | None = None,
        callback_at: str | None = None,
        ring: str | None = None,
    ) -> ChatSession:
        """Ask for a person in a conversation; asked again, its open session is brought up to date.

        Args:
            conversation_id: The carrier's id of a call, or ``thrd_…`` of a chat.
            callback_at: When to call back, in the caller's words.
            ring: The name of the contact to ring first.
        """
        place = "threadId" if conversation_id.startswith(_THREAD_PREFIX) else "callId"
        body = {
            "participants": [FOR_THE_DESK],
            place: conversation_id,
            "reason": reason,
            "urgency": urgency,
            "summary": summary,
            "callbackAt": callback_at,
            "ring": ring,
        }
        sent = {name: value for name, value in body.items() if value is not None}
        # Safe to repeat: the server keeps one open session for each conversation.
        response = await self._upstream.request("POST", "/chat-sessions", json_body=sent, repeatable=True)
        try:
            return ChatSession.model_validate(json_of(response))
        except ValidationError as error:
            raise UpstreamResponseInvalid("the session does not fit the contract") from error
