"""``/twilio/sms``: a text message has come in."""

import re
from typing import get_args

from fastapi import APIRouter
from starlette.responses import Response
from twilio.twiml.messaging_response import MessagingResponse

from config.logs import get_logger
from contracts.partner_bots import E164_PATTERN
from practice.texts.service import OptOut
from webhooks.twilio.auth import SignedWebhook
from webhooks.twilio.text_conversation import NumbersConversation

_SID = re.compile(r"[A-Z]{2}[0-9A-Za-z]{1,64}")

router = APIRouter(prefix="/twilio", tags=["Twilio"])
_log = get_logger(__name__)


@router.api_route("/sms", methods=["GET", "POST"])
async def receive_text(hook: SignedWebhook) -> Response:
    """Take a text for the bot of its number, and write back what was made of it."""
    answer = MessagingResponse()
    bot = await hook.services.bots.find_bot_by_number(hook.form.get("To", ""))
    number, text_id = hook.form.get("From", ""), hook.form.get("MessageSid", "")
    if bot is None or not re.fullmatch(E164_PATTERN, number) or not _SID.fullmatch(text_id):
        return _sent(answer)
    wanted: OptOut | None = next(
        (one for one in get_args(OptOut) if one == hook.form.get("OptOutType")), None
    )
    # The same text may come twice at once.
    async with hook.services.thread_locks.of(f"{bot.id} {number}"):
        received = await hook.services.texts.receive(
            bot,
            text_id,
            number,
            hook.form.get("Body", ""),
            wanted,
            conversation=NumbersConversation(hook.services, bot, number),
        )
    _log.info("text received", outcome=received.outcome)
    if received.answer is not None:
        answer.message(received.answer)
    return _sent(answer)


def _sent(answer: MessagingResponse) -> Response:
    return Response(str(answer), media_type="application/xml")
