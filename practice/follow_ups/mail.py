"""Mail to the practice's people, by SMTP.

SMTP has no idempotency keys. Each mail has one ``Message-ID``, made of its follow-up: should the process die
between the server's yes and our own record of it, what is sent again is the same mail to whoever reads it.
"""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from config.settings import EmailSettings, Settings
from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from practice.outbox import repository
from practice.outbox.views import AttemptResult, Cancelled, Completed, Dead, Delivery, FollowUpView, Retry

NO_SERVER = "there is no mail server: set CHAIRSIDE_EMAIL_HOST and CHAIRSIDE_EMAIL_FROM_ADDRESS"
_PERMANENT = 500


class MailFailed(Exception):
    """A mail server did not take a mail."""


def can_mail(settings: Settings) -> bool:
    """Tell whether mail can be sent at all."""
    return bool(settings.email.host and settings.email.from_address)


class Mails(Delivery):
    """Sends mail about messages and hand-offs."""

    def __init__(self, settings: Settings, database: Database, wall_clock: Clock) -> None:
        super().__init__(settings.followups, timedelta(hours=settings.email.hours))
        self._settings = settings.email
        self._can_send = can_mail(settings)
        self._database = database
        self._wall_clock = wall_clock

    async def attempt(  # noqa: PLR0911 - each way in which mail fails has a sentence
        self, follow_up: FollowUpView
    ) -> AttemptResult:
        """Send a mail once."""
        if not self._can_send:
            return Dead(NO_SERVER)
        waiting = follow_up.payload.get("session_id")
        if waiting is not None:
            async with self._database.reading() as session:
                if not await repository.is_hand_off_open(session, waiting):
                    return Cancelled("somebody has taken the hand-off")
        try:
            await _send(self._settings, self._mail(follow_up))
        except aiosmtplib.SMTPAuthenticationError as error:
            return Retry(f"the mail server refuses our log-in ({error.code})")  # the operator mends it
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            sentence = f"the mail server refuses the address ({', '.join(map(str, codes))})"
            return Dead(sentence) if all(code >= _PERMANENT for code in codes) else Retry(sentence)
        except aiosmtplib.SMTPResponseException as error:
            sentence = f"the mail server answered {error.code}"
            return Dead(sentence) if error.code >= _PERMANENT else Retry(sentence)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Retry(f"the mail server cannot be reached: {type(error).__name__}")
        return Completed()

    def _mail(self, follow_up: FollowUpView) -> EmailMessage:
        payload, now = follow_up.payload, self._wall_clock()
        return _mail(
            self._settings, payload["to"], str(payload["subject"]), payload["text"], now, follow_up.id
        )


async def send_mail(settings: EmailSettings, to: str, subject: str, text: str, now: datetime) -> None:
    """Send a mail once, now."""
    try:
        await _send(settings, _mail(settings, to, subject, text, now, new_id("mail", now)))
    except (aiosmtplib.SMTPException, OSError) as error:
        raise MailFailed(type(error).__name__) from error


def _mail(
    settings: EmailSettings, to: str, subject: str, text: str, now: datetime, mail_id: str
) -> EmailMessage:
    mail = EmailMessage()
    sender = settings.from_address or ""
    mail["From"], mail["To"] = sender, to
    # A header is one line, whatever a caller is called.
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2] or 'chairside'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail


async def _send(settings: EmailSettings, mail: EmailMessage) -> None:
    await aiosmtplib.send(
        mail,
        hostname=settings.host,
        port=settings.port,
        username=settings.username,
        password=None if settings.password is None else settings.password.get_secret_value(),
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        timeout=settings.timeout_seconds,
    )
