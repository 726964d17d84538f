"""``/console/appointments``: the calendar, booked, moved and cancelled by the way that all bookings take."""

import secrets
from datetime import UTC, date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from contracts.partner import BookingDetails, Cancellation, RescheduleDetails
from practice.calendar.diary import AppointmentDetail
from practice.errors import ChangedMeanwhile, IdempotencyKeyReused, PracticeError
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from webhooks.audited_route import AuditedRoute
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.errors import NotKeptHere
from webhooks.console.forms import Fields, checked, local_moment
from webhooks.dependencies import Injected

DAYS_OF_WEEK = 7
LONGEST_NAME, LONGEST_NOTES = 200, 2000
NOT_FREE = (
    "That time is not free: taken, closed, past, or too soon or too far ahead for the practice's rules."
)
IN_DOUBT = "The calendar did not say what became of it. Look again in a minute before you repeat it."

router = APIRouter(prefix="/console/appointments", include_in_schema=False, route_class=AuditedRoute)
Day = Annotated[str, Query(max_length=10)]
BookingId = Annotated[str, Path(max_length=64)]


async def _bot(desk: AtDesk) -> BotView:
    """Get the bot by whose calendar the practice's people book; NotKeptHere where another system has it."""
    bot = await desk.services.bots.find_bot_by_site(desk.site_id)
    if bot is None or not bot.embedded or bot.account_id != desk.place.account_id:
        raise NotKeptHere
    return bot


OwnBot = Annotated[BotView, Depends(_bot)]


async def _appointment(services: Injected, bot: OwnBot, booking_id: BookingId) -> AppointmentDetail:
    """Get the appointment of the path; 404 when it is none of the practice's."""
    return await services.diary.get_appointment(bot.account_id, booking_id)


OwnAppointment = Annotated[AppointmentDetail, Depends(_appointment)]


@router.get("")
async def show_calendar(
    desk: AtDesk, bot: OwnBot, day: Day = "", view: Literal["day", "week"] = "day"
) -> Response:
    """Show a day, or the week that it is in."""
    shown = _day(day) or desk.today()
    first = shown - timedelta(days=shown.weekday()) if view == "week" else shown
    count = DAYS_OF_WEEK if view == "week" else 1
    return await desk.page(
        f"appointments_{view}",
        view=view,
        shown=shown,
        today=desk.today(),
        now=desk.services.clock(),
        step=timedelta(days=count),
        days=await desk.services.diary.list_days(bot.account_id, first, count),
    )


@router.get("/new")
async def show_form(
    desk: AtDesk,
    bot: OwnBot,
    day: Day = "",
    time: Annotated[str, Query(max_length=5)] = "",
    person: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Ask who comes, when, for what."""
    shown = _day(day) or desk.today()
    given = {"day": shown.isoformat(), "time": time, "person": person}
    return await _form(desk, bot, given)


@router.post("")
async def book(desk: AtDesk, bot: OwnBot) -> Response:
    """Book, once however often the form is sent."""
    async with desk.form() as fields:
        names = ("day", "time", "person", "service", "name", "phone", "email", "notes", "key")
        given = {one: fields.text(one, LONGEST_NOTES) for one in names}
        booking = await _wanted(desk, bot, fields)
        key = fields.needed("key", "The form's key", 64)
    try:
        answer = await desk.services.bookings.book(bot, f"console-{key}", booking)
    except PracticeError as error:
        return await _form(desk, bot, given, problem=_sentence(error), status=409)
    if answer.status >= 300:  # noqa: PLR2004 - HTTP's own classes
        return await _form(desk, bot, given, problem=_refusal(answer), status=409)
    return desk.done(f"/console/appointments?day={given['day']}", _booked(answer, given["name"]))


@router.post("/blocks")
async def block(desk: AtDesk, bot: OwnBot) -> Response:
    """Keep some of somebody's time free, or give it back."""
    async with desk.form() as fields:
        day = fields.day("day", "The day")
        if fields.text("action", 20) == "remove":
            await desk.services.blocks.remove(bot.account_id, fields.text("block", 64))
            said = "The time is free again."
        else:
            start = local_moment(day, fields.clock("from", "The beginning"), desk.zone)
            end = local_moment(day, fields.clock("to", "The end"), desk.zone)
            person, reason = fields.text("person", 64), fields.text("reason", 200, called="The reason")
            await desk.services.blocks.add(bot.account_id, person, start, end, reason, desk.staff.id)
            said = "The time is blocked: nobody is offered it."
    return desk.done(f"/console/appointments?day={day}", said)


@router.get("/{booking_id}")
async def show_appointment(desk: AtDesk, bot: OwnBot, appointment: OwnAppointment) -> Response:
    """Show an appointment, to be moved or cancelled."""
    return await _show(desk, bot, appointment)


@router.post("/{booking_id}")
async def change(desk: AtDesk, bot: OwnBot, appointment: OwnAppointment) -> Response:
    """Move or cancel an appointment, unless somebody else has changed it since the page was loaded."""
    async with desk.form() as fields:
        action = fields.text("action", 20)
        try:
            answer = await _change(desk, bot, appointment, fields)
        except IdempotencyKeyReused:
            problem: str | None = ChangedMeanwhile.default_message
        except PracticeError as error:
            problem = _sentence(error)
        else:
            problem = _refusal(answer) if answer.status >= 300 else None  # noqa: PLR2004 - as above
    if problem is not None:
        now = await desk.services.diary.get_appointment(bot.account_id, appointment.id)
        return await _show(desk, bot, now, problem=problem, status=409)
    said = "The appointment is cancelled." if action == "cancel" else "The appointment is moved."
    return desk.done(f"/console/appointments/{appointment.id}", said)


async def _change(
    desk: Desk, bot: BotView, appointment: AppointmentDetail, fields: Fields
) -> PartnerResponse:
    """Do what the form says; ChangedMeanwhile or IdempotencyKeyReused when somebody else was quicker."""
    if fields.text("version", 64) != appointment.version:
        raise ChangedMeanwhile
    # From one state of an appointment there is one change: whoever else begins with the same state uses the
    # same key, and the ledger knows that it was used.
    key = f"console-{appointment.id}-{appointment.version}"
    if fields.text("action", 20) == "cancel":
        reason = fields.text("reason", LONGEST_NOTES, called="The reason")
        wanted = Cancellation.model_validate({"reason": reason} if reason else {})
        answer = await desk.services.bookings.cancel(bot, key, appointment.id, wanted)
    else:
        start = local_moment(fields.day("day", "The day"), fields.clock("time", "The time"), desk.zone)
        person = fields.text("person", 64)
        body = {"start_at": start.astimezone(UTC).isoformat(), "practitioner_id": person or None}
        moved = checked(RescheduleDetails, body)
        answer = await desk.services.bookings.reschedule(bot, key, appointment.id, moved)
    if answer.mismatch:
        raise ChangedMeanwhile
    return answer


async def _wanted(desk: Desk, bot: BotView, fields: Fields) -> BookingDetails:
    offered, _, _ = await desk.services.diary.open_form(bot.account_id)
    service_id = fields.text("service", 64)
    chosen = next((one for one in offered if one.id == service_id), None)
    start = local_moment(fields.day("day", "The day"), fields.clock("time", "The time"), desk.zone)
    customer = {
        "name": fields.needed("name", "The patient's name", LONGEST_NAME),
        "phone": fields.needed("phone", "The telephone number", 40),
    }
    if email := fields.text("email", 320):
        customer["email"] = email
    body: dict[str, Any] = {
        "start_at": start.astimezone(UTC).isoformat(),
        "duration_minutes": chosen.minutes if chosen else fields.whole("minutes", "The length"),
        "customer": customer,
    }
    if chosen:
        body["service_id"] = chosen.id
    if person := fields.text("person", 64):
        body["practitioner_id"] = person
    if notes := fields.text("notes", LONGEST_NOTES, called="The notes"):
        body["notes"] = notes
    return checked(BookingDetails, body)


def _day(given: str) -> date | None:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return None
    # A week or so further must still be a date.
    return day if date.min.year < day.year < date.max.year else None


def _sentence(error: PracticeError) -> str:
    if error.code == "slot_unavailable":
        return NOT_FREE
    return IN_DOUBT if getattr(error, "in_doubt", False) else error.message


def _refusal(answer: PartnerResponse) -> str:
    error = answer.body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    return NOT_FREE if code == "slot_unavailable" or not isinstance(message, str) else message


def _booked(answer: PartnerResponse, name: str) -> str:
    booking = answer.body.get("booking", {})
    pending = booking.get("status") == "pending"
    return f"{name} is asked for; the calendar still has to confirm it." if pending else f"{name} is booked."


async def _form(
    desk: Desk, bot: BotView, given: dict[str, str], *, problem: str | None = None, status: int = 200
) -> Response:
    offered, people, near = await desk.services.diary.open_form(bot.account_id, _day(given["day"]))
    return await desk.page(
        "appointment_new",
        status=status,
        given={"key": secrets.token_hex(12), **given},
        services=offered,
        people=people,
        near=near,
        problem=problem,
    )


async def _show(
    desk: Desk, bot: BotView, appointment: AppointmentDetail, *, problem: str | None = None, status: int = 200
) -> Response:
    local = appointment.start.astimezone(desk.zone)
    _, people, near = await desk.services.diary.open_form(bot.account_id, local.date())
    return await desk.page(
        "appointment",
        status=status,
        one=appointment,
        local=local,
        people=[
            one for one in people if appointment.service_id is None or appointment.service_id in one.services
        ],
        near=near,
        past=appointment.start <= desk.services.clock(),
        problem=problem,
    )
