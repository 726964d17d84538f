"""The account at Twilio: whether we get in, and where its numbers lead."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Self

import httpx

from cli.errors import UserError
from config.settings import Settings

SECONDS = 10.0
VOICE, TEXTS, STATUS = "/twilio/voice", "/twilio/sms", "/twilio/status"
"""Where Twilio sends calls, text messages and the ends of calls, below our public address."""


@dataclass(frozen=True)
class TwilioNumber:
    """A number of the account; its ``voice_url`` is where its calls go, or empty."""

    sid: str
    number: str
    voice_url: str


class TwilioAccount:
    """A client of Twilio's REST API, used as a context; UserError where it refuses, or is not reached."""

    def __init__(self, settings: Settings) -> None:
        if not settings.twilio_account_sid or settings.twilio_auth_token is None:
            raise UserError("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to your account's.")
        self._path = f"/2010-04-01/Accounts/{settings.twilio_account_sid}"
        self._client = httpx.Client(
            base_url=settings.sms.api_url,
            auth=(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()),
            timeout=SECONDS,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._client.close()

    def time(self) -> datetime | None:
        """Get in, and give the time that it is at Twilio, where it says so."""
        date = self._asked("GET", f"{self._path}.json").headers.get("date")
        try:
            told = None if date is None else parsedate_to_datetime(date)
        except ValueError:
            return None
        return told if told is None or told.tzinfo is not None else told.replace(tzinfo=UTC)

    def find(self, number: str) -> TwilioNumber | None:
        """Find a number (E.164) of the account."""
        answer = self._asked("GET", f"{self._path}/IncomingPhoneNumbers.json", params={"PhoneNumber": number})
        found: list[dict[str, Any]] = answer.json().get("incoming_phone_numbers", [])
        one = next((one for one in found if one.get("phone_number") == number), None)
        if one is None:
            return None
        return TwilioNumber(str(one["sid"]), number, one.get("voice_url") or "")

    def connect(self, number: TwilioNumber, base: str) -> None:
        """Have a number's calls and text messages come to us."""
        fields = {
            "VoiceUrl": base + VOICE,
            "VoiceMethod": "POST",
            "SmsUrl": base + TEXTS,
            "SmsMethod": "POST",
            "StatusCallback": base + STATUS,
            "StatusCallbackMethod": "POST",
        }
        self._asked("POST", f"{self._path}/IncomingPhoneNumbers/{number.sid}.json", data=fields)

    def _asked(self, method: str, path: str, **sent: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **sent)
        except httpx.HTTPError as error:
            raise UserError(f"Twilio cannot be reached: {type(error).__name__}.") from error
        if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise UserError("Twilio refuses TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
        if not answer.is_success:
            raise UserError(f"Twilio answered {answer.status_code}.")
        return answer
