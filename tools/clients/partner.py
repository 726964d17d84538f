"""The client of the Partner API: the bot's profile, availability, bookings, messages for staff."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from tools.clients.far_end import FarEnd, json_of
from tools.contracts.partner import (
    Availability,
    AvailabilityFilter,
    AvailabilityQuery,
    AvailabilitySearch,
    Booking,
    BookingAnswer,
    BookingDetails,
    BookingRequest,
    BookingState,
    BotAnswer,
    BotProfile,
    StaffMessage,
    StaffMessageAnswer,
    StaffMessageReceipt,
    StaffMessageRequest,
    StartAtRange,
)
from tools.errors import FarEndAnswerInvalid, FarEndError, FarEndRefused, FarEndUnreachable

FRESH_SECONDS = 20.0
"""How long availability that was fetched ahead is believed; a booking is checked by the endpoint anyway."""
WAIT_SECONDS = 6
"""How long the endpoint may work on a booking before it answers that it is still at it (RFC 7240)."""
BOOKED = ("confirmed", "accepted")
"""Statuses that mean the appointment stands: the contract's and the platforms'."""

_Answer = TypeVar("_Answer", bound=BaseModel)
_Done = TypeVar("_Done")
_Filter = tuple[str | None, int | None, str | None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BookingOutcome:
    """What became of a booking request.

    Attributes:
        state: ``booked`` only when the endpoint said so for the very time that was asked.
        booking: The booking as the endpoint returned it.
        code: The endpoint's code when it is not booked.
        message: What happened, for logs and staff, not for the caller; without personal data.
    """

    state: BookingState
    booking: Booking | None = None
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class _Fetched:
    start: datetime
    end: datetime
    at: float
    windows: tuple[Availability, ...]


class PartnerClient:
    """The endpoints of one bot.

    Writes run in tasks of their own: when the caller's turn is cancelled (they spoke on), the request
    still goes through, and asking again for the same thing joins it.
    """

    def __init__(self, http: FarEnd, bot_id: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._bot_id = bot_id
        self._monotonic = monotonic
        self._writes: dict[str, asyncio.Task[Any]] = {}
        self._fetched: dict[_Filter, _Fetched] = {}

    async def get_bot(self) -> BotProfile:
        """Get the bot's profile with its practice's facts.

        Returns:
            The profile.

        Raises:
            FarEndError: The endpoint refused, was down, or answered off the contract.
        """
        response = await self._http.request(
            "GET", f"/v1/bots/{quote(self._bot_id, safe='')}", repeatable=True
        )
        return _parsed(BotAnswer, json_of(response)).bot

    async def search_availability(
        self,
        start: datetime,
        end: datetime,
        *,
        service_id: str | None = None,
        duration_minutes: int | None = None,
        practitioner_id: str | None = None,
    ) -> list[Availability]:
        """Search free windows.

        Args:
            start: Aware; earliest start of an appointment.
            end: Aware; starts are before it.
            service_id: Only windows for this service, where the platform understands that.
            duration_minutes: Only windows at least this long, likewise.
            practitioner_id: Only windows of this practitioner, likewise.

        Returns:
            The windows as the platform returned them; one that cannot be read is left out.

        Raises:
            FarEndError: The endpoint refused, was down, or answered off the contract.
        """
        wanted = (service_id, duration_minutes, practitioner_id)
        kept = self._fetched.get(wanted)
        if kept and kept.start <= start and end <= kept.end and self._monotonic() - kept.at < FRESH_SECONDS:
            return _clipped(kept.windows, start, end)
        return await self._search(start, end, wanted)

    async def prefetch(
        self, start: datetime, end: datetime, services: Sequence[tuple[str | None, int]]
    ) -> None:
        """Fetch the next days' availability before it is asked for; a failure is only logged.

        Args:
            start: Aware.
            end: Aware.
            services: Service id and minutes of each kind of appointment.
        """
        wanted: list[_Filter] = [(service_id, minutes, None) for service_id, minutes in services]
        answers = await asyncio.gather(
            *(self._search(start, end, one) for one in wanted), return_exceptions=True
        )
        for one, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, FarEndError):
                _log.warning("availability could not be fetched ahead: %s", answer.code)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self._fetched[one] = _Fetched(start, end, self._monotonic(), tuple(answer))

    async def create_booking(self, details: BookingDetails, idempotency_key: str) -> BookingOutcome:
        """Book an appointment, once per key, however often this is called or cancelled.

        Args:
            details: The appointment.
            idempotency_key: At most 100 characters; the same for the same intent.

        Returns:
            What became of it.
        """
        return await self._once(idempotency_key, lambda: self._book_afresh(details, idempotency_key))

    async def leave_message(self, message: StaffMessage, idempotency_key: str) -> StaffMessageReceipt:
        """Leave a message for the practice's staff.

        Args:
            message: The message.
            idempotency_key: At most 100 characters; the same for the same message.

        Returns:
            That it was kept.

        Raises:
            FarEndError: The endpoint refused, was down, or answered off the contract.
        """

        async def leave() -> StaffMessageReceipt:
            body = StaffMessageRequest(bot_id=self._bot_id, message=message)
            response = await self._http.request(
                "POST",
                "/v1/messages",
                json_body=body.model_dump(mode="json", exclude_none=True),
                headers={"Idempotency-Key": idempotency_key},
                repeatable=True,
            )
            return _parsed(StaffMessageAnswer, json_of(response)).message

        return await self._once(idempotency_key, leave)

    async def settle(self) -> None:
        """Wait until the writes under way have their answers."""
        while self._writes:
            await asyncio.wait(list(self._writes.values()))

    async def _once(self, key: str, write: Callable[[], Coroutine[Any, Any, _Done]]) -> _Done:
        task = self._writes.get(key)
        if task is None:
            task = asyncio.create_task(write())
            self._writes[key] = task
            task.add_done_callback(lambda _: self._writes.pop(key, None))
        done: _Done = await asyncio.shield(task)
        return done

    async def _search(self, start: datetime, end: datetime, wanted: _Filter) -> list[Availability]:
        service_id, duration_minutes, practitioner_id = wanted
        body = AvailabilitySearch(
            bot_id=self._bot_id,
            query=AvailabilityQuery(
                filter=AvailabilityFilter(
                    start_at_range=StartAtRange(start_at=start.isoformat(), end_at=end.isoformat()),
                    service_id=service_id,
                    duration_minutes=duration_minutes,
                    practitioner_id=practitioner_id,
                )
            ),
        )
        response = await self._http.request(
            "POST",
            "/v1/availability/search",
            json_body=body.model_dump(mode="json", exclude_none=True),
            repeatable=True,
        )
        answer = json_of(response)
        windows = answer.get("availabilities") if isinstance(answer, dict) else None
        if not isinstance(windows, list):
            raise FarEndAnswerInvalid("the answer holds no availabilities")
        return _clipped(_readable(windows), start, end)

    async def _book_afresh(self, details: BookingDetails, idempotency_key: str) -> BookingOutcome:
        """Book, and believe nothing that was fetched before or meanwhile, as by another call."""
        self._fetched.clear()
        try:
            return await self._book(details, idempotency_key)
        finally:
            self._fetched.clear()

    async def _book(self, details: BookingDetails, idempotency_key: str) -> BookingOutcome:
        body = BookingRequest(bot_id=self._bot_id, booking=details)
        try:
            response = await self._http.request(
                "POST",
                "/v1/bookings",
                json_body=body.model_dump(mode="json", exclude_none=True),
                headers={"Idempotency-Key": idempotency_key, "Prefer": f"wait={WAIT_SECONDS}"},
                repeatable=True,
            )
        except FarEndRefused as error:
            return _refused(error)
        except FarEndUnreachable as error:
            return BookingOutcome("refused", code=error.code, message=str(error))
        except FarEndError as error:
            return BookingOutcome("unknown", code=error.code, message=str(error))
        if response.status_code == 202:  # noqa: PLR2004 - accepted, not done
            return BookingOutcome("pending", code="pending")
        try:
            booking = _parsed(BookingAnswer, json_of(response)).booking
        except FarEndAnswerInvalid as error:
            return BookingOutcome("unknown", code=error.code, message=str(error))
        return _answered(booking, details)


def _answered(booking: Booking, details: BookingDetails) -> BookingOutcome:
    if booking.start_at != details.start_at:
        # Some platforms replay whatever the key was first used for.
        return BookingOutcome("unknown", booking, "other_time", "the answer is for another time")
    if booking.status in BOOKED:
        return BookingOutcome("booked", booking)
    if booking.status == "pending":
        return BookingOutcome("pending", booking, "pending")
    return BookingOutcome("refused", booking, booking.status[:64], "the booking does not stand")


def _refused(error: FarEndRefused) -> BookingOutcome:
    if error.code == "in_progress":
        return BookingOutcome("pending", code=error.code, message=str(error))
    if error.after_unclear:
        # An earlier try may have been carried out, and this refusal be about that very booking.
        return BookingOutcome("unknown", code=error.code, message=str(error))
    taken = error.status in (409, 410) and not error.code.startswith("idempotency")
    return BookingOutcome("taken" if taken else "refused", code=error.code, message=str(error))


def _readable(windows: Iterable[Any]) -> list[Availability]:
    readable = []
    for window in windows:
        try:
            readable.append(Availability.model_validate(window))
        except ValidationError:
            _log.warning("a free window that does not fit the contract was left out")
    return readable


def _clipped(windows: Iterable[Availability], start: datetime, end: datetime) -> list[Availability]:
    """Keep the windows in which an appointment can start within the span."""
    return [
        one
        for one in windows
        if one.start_at < end and one.start_at + timedelta(minutes=one.duration_minutes) > start
    ]


def _parsed(model: type[_Answer], body: Any) -> _Answer:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        raise FarEndAnswerInvalid(f"the answer does not fit the contract at {fields}") from None
