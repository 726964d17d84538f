"""The client of those endpoints of the Partner API that make sure of a caller."""

from pydantic import BaseModel

from contracts.partner_identity import Claimant, CodeAnswer, CodeRequest, Verdict, VerifyRequest
from tools.clients.outcomes import parsed
from tools.clients.upstream import Upstream, json_of


class IdentityClient:
    """The endpoints, for one bot. Nothing is sent twice: each try counts.

    What came to nothing raises `UpstreamError`.
    """

    def __init__(self, http: Upstream, bot_id: str) -> None:
        self._http = http
        self._bot_id = bot_id

    async def check_birth_date(self, conversation: str, phone: str, name: str, born: str) -> Verdict:
        """Have a date of birth compared with the one on record (`born`: ISO 8601)."""
        body = VerifyRequest(
            bot_id=self._bot_id,
            conversation=conversation,
            customer=Claimant(phone=phone, name=name),
            date_of_birth=born,
        )
        return parsed(Verdict, await self._post("verify", body))

    async def check_code(self, conversation: str, phone: str, code: str) -> Verdict:
        """Have a code compared with the one that was texted (`code`: six digits)."""
        body = VerifyRequest(
            bot_id=self._bot_id, conversation=conversation, customer=Claimant(phone=phone), code=code
        )
        return parsed(Verdict, await self._post("verify", body))

    async def send_code(self, conversation: str, phone: str) -> bool:
        """Have a code texted to a number, if it is on record; gives False where no code can be had."""
        body = CodeRequest(bot_id=self._bot_id, conversation=conversation, customer=Claimant(phone=phone))
        return parsed(CodeAnswer, await self._post("send-code", body)).asked

    async def _post(self, name: str, body: BaseModel) -> object:
        response = await self._http.request(
            "POST",
            f"/v1/customers/{name}",
            json_body=body.model_dump(mode="json", exclude_none=True),
            repeatable=False,
        )
        return json_of(response)
