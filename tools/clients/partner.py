"""The client of the Partner API: the bot's profile, availability, bookings, messages for staff."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from config.logs import get_logger
from contracts.partner import (
    Availability,
    AvailabilityFilter,
    AvailabilityQuery,
    AvailabilitySearch,
    Booking,
    BookingAnswer,
    BookingDetails,
    BookingRequest,
    BotAnswer,
    BotProfile,
    Cancellation,
    CancelRequest,
    Customer,
    CustomerPhone,
    LookupRequest,
    RescheduleDetails,
    RescheduleRequest,
    StartAtRange,
)
from contracts.partner_messages import (
    StaffMessage,
    StaffMessageAnswer,
    StaffMessageReceipt,
    StaffMessageRequest,
)
from tools.clients.identity import IdentityClient
from tools.clients.outcomes import (
    CANCELLED,
    BookingOutcome,
    ChangeOutcome,
    booking_failure,
    booking_outcome,
    change_failure,
    change_outcome,
    parsed,
)
from tools.clients.upstream import Upstream, json_of
from tools.errors import UpstreamDown, UpstreamError, UpstreamRefused, UpstreamResponseInvalid

FRESH_SECONDS = 20.0
"""How long availability that was fetched ahead is believed; a booking is checked by the endpoint anyway."""
WAIT_SECONDS = 6
"""How long the endpoint may work on a booking before it answers that it is still at it (RFC 7240)."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 30.0
_NO_SUCH_PATH = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)
_NO_SUCH_PATH_CODES = ("not_found", "method_not_allowed", "not_supported_by_platform", "refused", "down")
_LEARNT_SECONDS = 3600.0
"""How long it is believed that a server speaks the source document alone."""
_NO_FILTER: "_Filter" = (None, None, None)
_Done = TypeVar("_Done")
_Read = TypeVar("_Read", bound=BaseModel)
_Filter = tuple[str | None, int | None, str | None]
_log = get_logger(__name__)


@dataclass(frozen=True)
class _Fetched:
    start: datetime
    end: datetime
    at: float
    windows: tuple[Availability, ...]


class PartnerClient:
    """The endpoints of one bot.

    A server elsewhere may speak the source document alone: search and booking, and none of our extensions. It
    is then sent the document's fields and asked for nothing else. The bot's profile and messages for the team
    are those of our own API.

    Writes run in tasks of their own: when the caller's turn is cancelled (they spoke on), the request
    still goes through, and asking again for the same thing joins it. What came to nothing raises
    `UpstreamError`; of a write, its outcome says so.
    """

    def __init__(
        self,
        http: Upstream,
        bot_id: str,
        *,
        own: "PartnerClient | None" = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the client (`own`: the same bot at our own API, where the server is another)."""
        self._http = http
        self._bot_id = bot_id
        self._own = own
        self.identity = IdentityClient(http, bot_id)
        """Makes sure of callers, at the server that has the appointments."""
        self._monotonic = monotonic
        self._plain_until = 0.0
        self._writes: dict[str, asyncio.Task[Any]] = {}
        self._kept: set[asyncio.Task[StaffMessageReceipt]] = set()
        self._fetched: dict[_Filter, _Fetched] = {}

    @property
    def is_plain(self) -> bool:
        """Whether the server is known to speak the source document alone."""
        return self._monotonic() < self._plain_until

    async def get_bot(self) -> BotProfile:
        """Get the bot's profile with its practice's facts."""
        if self._own is not None and self.is_plain:
            return await self._own.get_bot()
        path = f"/v1/bots/{quote(self._bot_id, safe='')}"
        try:
            response = await self._http.request("GET", path, repeatable=True)
        except (UpstreamDown, UpstreamRefused) as error:
            if self._own is None or error.status not in _NO_SUCH_PATH:
                raise
            _log.info("the other server has no profile of the bot: it is asked for the contract alone")
            self._plain_until = self._monotonic() + _LEARNT_SECONDS
            return await self._own.get_bot()
        return parsed(BotAnswer, json_of(response)).bot

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

        Returns:
            The windows as the platform returned them; one that cannot be read is left out.
        """
        wanted = _NO_FILTER if self.is_plain else (service_id, duration_minutes, practitioner_id)
        kept = self._fetched.get(wanted)
        if kept and kept.start <= start and end <= kept.end and self._monotonic() - kept.at < FRESH_SECONDS:
            return _clipped(kept.windows, start, end)
        return await self._search(start, end, wanted)

    async def prefetch(
        self, start: datetime, end: datetime, services: Sequence[tuple[str | None, int]]
    ) -> None:
        """Fetch the next days' availability before it is asked for; a failure is only logged.

        Args:
            services: Service id and minutes of each kind of appointment.
        """
        wanted: list[_Filter] = [(service_id, minutes, None) for service_id, minutes in services]
        if self.is_plain:
            wanted = [_NO_FILTER]
        answers = await asyncio.gather(
            *(self._search(start, end, one) for one in wanted), return_exceptions=True
        )
        for one, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, UpstreamError):
                _log.warning("availability could not be fetched ahead", code=answer.code)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self._fetched[one] = _Fetched(start, end, self._monotonic(), tuple(answer))

    async def create_booking(self, details: BookingDetails, idempotency_key: str) -> BookingOutcome:
        """Book an appointment, once per key, however often this is called or cancelled.

        Args:
            idempotency_key: At most 100 characters; the same for the same intent.
        """
        return await self._once(idempotency_key, lambda: self._book_afresh(details, idempotency_key))

    async def get_booking(self, booking_id: str) -> Booking:
        """Get a booking as it is now, or how one stands that was pending, by its id or ``pending_id``.

        UpstreamError; of a booking that was pending, a refusal is what became of it.
        """
        path = f"{_booking_path(booking_id)}?bot_id={quote(self._bot_id, safe='')}"
        response = await self._http.request("GET", path, repeatable=True)
        return parsed(BookingAnswer, json_of(response)).booking

    async def find_bookings(self, phone: str) -> list[Booking] | None:
        """Find the bookings a customer still has, soonest first; None where the server has no such search."""
        if self.is_plain:
            return None
        body = LookupRequest(bot_id=self._bot_id, customer=CustomerPhone(phone=phone))
        try:
            response = await self._http.request(
                "POST", "/v1/bookings/search", json_body=body.model_dump(mode="json"), repeatable=True
            )
        except (UpstreamDown, UpstreamRefused) as error:
            if error.status in _NO_SUCH_PATH and error.code in _NO_SUCH_PATH_CODES:
                return None
            raise
        answer = json_of(response)
        found = answer.get("bookings") if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise UpstreamResponseInvalid("the answer holds no bookings")
        return _readable(Booking, found)

    async def cancel_booking(
        self, booking_id: str, idempotency_key: str, reason: str | None = None
    ) -> ChangeOutcome:
        """Cancel a booking, once per key, however often this is called or its caller is cancelled."""
        body = CancelRequest(
            bot_id=self._bot_id, cancellation=Cancellation(reason=reason) if reason else None
        )
        path = f"{_booking_path(booking_id)}/cancel"
        return await self._once(
            idempotency_key,
            lambda: self._change(path, body, idempotency_key, lambda booking: booking.status in CANCELLED),
        )

    async def reschedule_booking(
        self,
        booking_id: str,
        idempotency_key: str,
        start: datetime,
        duration: timedelta | None = None,
        practitioner_id: str | None = None,
    ) -> ChangeOutcome:
        """Move a booking, once per key, however often this is called or its caller is cancelled.

        Args:
            start: Aware; where to.
            duration: How long it is to be, in whole minutes; None leaves that as it is.
            practitioner_id: With whom it is to be; None leaves that as it is.
        """
        minutes = None if duration is None else int(duration.total_seconds() // 60)
        wanted = RescheduleDetails(start_at=start, duration_minutes=minutes, practitioner_id=practitioner_id)
        body = RescheduleRequest(bot_id=self._bot_id, booking=wanted)
        path = f"{_booking_path(booking_id)}/reschedule"
        return await self._once(
            idempotency_key,
            lambda: self._change(path, body, idempotency_key, lambda booking: booking.start_at == start),
        )

    async def leave_message(self, message: StaffMessage, idempotency_key: str) -> StaffMessageReceipt:
        """Leave a message for the practice's staff; the key has at most 100 characters."""
        if self._own is not None and self.is_plain:
            return await self._own.leave_message(message, idempotency_key)

        async def leave() -> StaffMessageReceipt:
            body = StaffMessageRequest(bot_id=self._bot_id, message=message)
            response = await self._http.request(
                "POST",
                "/v1/messages",
                json_body=body.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
                headers={"Idempotency-Key": idempotency_key},
                repeatable=True,
            )
            return parsed(StaffMessageAnswer, json_of(response)).message

        return await self._once(idempotency_key, leave)

    def keep_message(
        self, message: StaffMessage, idempotency_key: str
    ) -> "asyncio.Task[StaffMessageReceipt]":
        """Leave a message for the practice's staff as soon as it can be left; it is tried for an hour.

        Returns:
            The work, which goes on whoever waits for it or not.
        """
        keeping = asyncio.create_task(self._leave_at_last(message, idempotency_key))
        self._kept.add(keeping)
        keeping.add_done_callback(self._no_longer_kept)
        return keeping

    async def settle(self) -> None:
        """Wait until the writes under way have their answers; messages that cannot be left are given up."""
        while self._writes:
            await asyncio.wait(list(self._writes.values()))
        for one in self._kept:
            one.cancel()
        await asyncio.gather(*self._kept, return_exceptions=True)
        if self._own is not None:
            await self._own.settle()

    async def _leave_at_last(self, message: StaffMessage, key: str) -> StaffMessageReceipt:
        pause, until = _FIRST_PAUSE_SECONDS, self._monotonic() + self._http.retries.keep_seconds
        while True:
            try:
                return await self.leave_message(message, key)
            except UpstreamRefused:
                raise
            except UpstreamError:
                if self._monotonic() > until:
                    raise
            await self._http.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _no_longer_kept(self, keeping: "asyncio.Task[StaffMessageReceipt]") -> None:
        self._kept.discard(keeping)
        if keeping.cancelled() or keeping.exception() is not None:
            _log.error("a message for the team was given up")

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
            raise UpstreamResponseInvalid("the answer holds no availabilities")
        return _clipped(_readable(Availability, windows), start, end)

    async def _book_afresh(self, details: BookingDetails, idempotency_key: str) -> BookingOutcome:
        """Book, and believe nothing that was fetched before or meanwhile, as by another call."""
        self._fetched.clear()
        try:
            return await self._book(details, idempotency_key)
        finally:
            self._fetched.clear()

    async def _book(self, details: BookingDetails, idempotency_key: str) -> BookingOutcome:
        if self.is_plain:
            known = details.customer
            details = BookingDetails(
                start_at=details.start_at,
                duration_minutes=details.duration_minutes,
                customer=Customer(phone=known.phone, name=known.name, email=known.email),
                notes=details.notes,
            )
        body = BookingRequest(bot_id=self._bot_id, booking=details)
        try:
            response = await self._write("/v1/bookings", body, idempotency_key)
        except UpstreamError as error:
            return booking_failure(error)
        return booking_outcome(response, details.start_at)

    async def _change(
        self, path: str, body: BaseModel, idempotency_key: str, happened: Callable[[Booking], bool]
    ) -> ChangeOutcome:
        """Cancel or move; nothing that was fetched before or meanwhile is believed afterwards."""
        if self.is_plain:
            return ChangeOutcome("unsupported", code="not_supported_by_platform")
        try:
            return change_outcome(await self._write(path, body, idempotency_key), happened)
        except UpstreamError as error:
            return change_failure(error)
        finally:
            self._fetched.clear()

    async def _write(self, path: str, body: BaseModel, idempotency_key: str) -> httpx.Response:
        return await self._http.request(
            "POST",
            path,
            json_body=body.model_dump(mode="json", exclude_none=True),
            headers={"Idempotency-Key": idempotency_key, "Prefer": f"wait={WAIT_SECONDS}"},
            repeatable=True,
        )


def _booking_path(booking_id: str) -> str:
    return f"/v1/bookings/{quote(booking_id, safe='')}"


def _readable(model: type[_Read], listed: Iterable[Any]) -> list[_Read]:
    readable = []
    for one in listed:
        try:
            readable.append(model.model_validate(one))
        except ValidationError:
            _log.warning("what does not fit the contract was left out", model=model.__name__)
    return readable


def _clipped(windows: Iterable[Availability], start: datetime, end: datetime) -> list[Availability]:
    """Keep the windows in which an appointment can start within the span."""
    return [
        one
        for one in windows
        if one.start_at < end and one.start_at + timedelta(minutes=one.duration_minutes) > start
    ]
