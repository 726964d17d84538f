"""``…/chat``: one turn of a conversation by text."""

from fastapi import APIRouter

router = APIRouter(prefix="/site/{siteId}/assistant/{siteAssistantId}/chat", tags=["Site Assistants"])
