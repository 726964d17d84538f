"""Making sure of a caller: an extension of the Partner API that the runtime uses."""

from fastapi import APIRouter

from contracts.partner import CustomerPhone
from contracts.partner_identity import Claimant, CodeAnswer, CodeRequest, Verdict, VerifyRequest
from practice.bookings.command import customer_with_e164
from practice.errors import BotNotFound, InvalidRequest
from practice.partners.views import BotView
from webhooks.api_documents import reply
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected
from webhooks.partner_api.auth import ReadsBookings
from webhooks.partner_api.errors import BODY, CALLER, errors

router = APIRouter(route_class=BodyRoute, tags=["Customers"])


@router.post(
    "/customers/verify",
    operation_id="verifyCustomer",
    summary="Make sure of a customer",
    responses={200: reply("What came of it.", Verdict), **errors(*CALLER, *BODY, BotNotFound)},
)
async def verify_customer(services: Injected, access: ReadsBookings, body: VerifyRequest) -> Verdict:
    """Whether somebody is who they say: by name and date of birth, or by a code that was texted to them.

    So much may be tried in a conversation, and for a number in a day. The answer is the same for a wrong
    name, a wrong date and nobody at all.
    """
    bot = await access.get_bot(body.bot_id)
    phone = _phone(body.customer, bot)
    if (body.date_of_birth is None) == (body.code is None):
        raise InvalidRequest("One of date_of_birth and code is required.")
    if body.code is not None:
        return await services.identity.check_code(bot, body.conversation, phone, body.code)
    return await services.identity.check_birth_date(
        bot, body.conversation, phone, body.customer.name, body.date_of_birth or ""
    )


@router.post(
    "/customers/send-code",
    operation_id="sendCode",
    summary="Text a code",
    responses={200: reply("Asked for, or not.", CodeAnswer), **errors(*CALLER, *BODY, BotNotFound)},
)
async def send_code(services: Injected, access: ReadsBookings, body: CodeRequest) -> CodeAnswer:
    """Texts six digits to a number, if it is on record: an appointment to come, or a patient.

    Nobody learns whether it was. The text counts against the limits of texts.
    """
    bot = await access.get_bot(body.bot_id)
    phone = _phone(body.customer, bot)
    return CodeAnswer(asked=await services.identity.send_code(bot, body.conversation, phone))


def _phone(customer: Claimant, bot: BotView) -> str:
    phone: str = customer_with_e164(CustomerPhone(phone=customer.phone), bot.language)["phone"]
    return phone
