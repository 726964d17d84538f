"""``/site/{siteId}/messages``: the inbox of a site's people. An extension."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from contracts.partner_messages import InboxMessage, InboxPage, MessageChange, MessageState
from practice.errors import InvalidRequest, MessageNotFound, RecordingNotFound
from webhooks.api_documents import reply
from webhooks.audited_route import AuditedBodyRoute
from webhooks.dependencies import Injected
from webhooks.site_api.auth import Access
from webhooks.site_api.errors import BODY, site_errors

USUAL_PAGE = 50
MessageId = Annotated[str, Path(alias="messageId", examples=["msg_01h2xcejqtf2nbrexx3vqjhp41"])]

router = APIRouter(prefix="/site/{siteId}/messages", tags=["Messages"], route_class=AuditedBodyRoute)


@router.get(
    "",
    operation_id="listMessages",
    summary="List messages",
    response_model_exclude_none=True,
    responses={200: reply("A page of the inbox."), **site_errors(InvalidRequest)},
)
async def list_messages(
    access: Access,
    services: Injected,
    state: Annotated[MessageState | None, Query(description="Only those in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most messages on a page.")] = USUAL_PAGE,
    page: Annotated[str | None, Query(max_length=20, description="`next_page` of the page before.")] = None,
) -> InboxPage:
    """Extension: what callers left, open ones first and of them the most urgent; newest first."""
    return await services.messages.list_of_sites([access.site_id], state, limit, page)


@router.get(
    "/{messageId}",
    operation_id="getMessage",
    summary="Get a message",
    response_model_exclude_none=True,
    responses={200: reply("The message."), **site_errors(MessageNotFound)},
)
async def get_message(access: Access, message_id: MessageId, services: Injected) -> InboxMessage:
    """Extension: reading a message does not mark it as seen."""
    return await services.messages.get_message([access.site_id], message_id)


@router.patch(
    "/{messageId}",
    operation_id="changeMessage",
    summary="Mark a message",
    response_model_exclude_none=True,
    responses={200: reply("As it is now."), **site_errors(MessageNotFound, *BODY)},
)
async def change_message(
    access: Access, message_id: MessageId, services: Injected, body: MessageChange
) -> InboxMessage:
    """Extension: `seen` and `done` keep who said so first, and when; `new` takes both back."""
    return await services.messages.set_state([access.site_id], message_id, body.state, access.user)


@router.get(
    "/{messageId}/recording",
    operation_id="getMessageRecording",
    summary="Listen to a message",
    response_class=Response,
    responses={
        200: {
            "description": "The sound, WAV.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **site_errors(MessageNotFound, RecordingNotFound),
    },
)
async def get_recording(access: Access, message_id: MessageId, services: Injected) -> Response:
    """Extension: what was spoken, for as long as the practice keeps it."""
    sound = await services.messages.get_recording([access.site_id], message_id)
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "private, no-store"})
