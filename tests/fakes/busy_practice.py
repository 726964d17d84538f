"""A practice on a working day, to look at: calls that were and are, hand-offs, appointments, versions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.chat_sessions import ChatSessionCreate
from contracts.partner import BookingDetails
from contracts.partner_messages import StaffMessage
from practice.chat_sessions.views import SessionAccount
from tests.fakes.app import AppUnderTest

CALLS = [
    ("+12025550171", ["Do you take Delta Dental?", "And is parking free?", "Thank you, bye."], 84, None),
    ("+12025550172", ["I'd like to cancel my appointment on Thursday.", "Yes."], 66, "cancelled"),
    ("+12025550173", ["My son has knocked out a tooth.", "Yes, please put me through."], 41, "transferring"),
    ("+12025550174", ["Could Dr. Lee call me back about my bill?"], 52, "taken_down"),
    (None, [], 9, None),
    ("+12025550176", ["I need a cleaning next week.", "The first one.", "Anna Bell.", "Yes."], 143, "booked"),
]
LIVE = [
    "Thank you for calling Maple Street Dental. How can I help?",
    "My crown came off at breakfast, and it hurts a little.",
    "I'm sorry. I'll ask somebody of the team to take your call.",
]
ANSWERS = [
    "Thank you for calling Maple Street Dental. How can I help?",
    "We are in network with Delta Dental PPO and Cigna DPPO.",
    "The first hour is free for patients in the car park behind the building.",
    "That's a cleaning on Tuesday the eighth of December at half past nine. Is that right?",
    "You're booked. Is there anything else?",
]
FUNCTIONS = {
    "booked": "book_appointment",
    "cancelled": "cancel_appointment",
    "transferring": "request_person",
    "taken_down": "take_message",
}


@dataclass(frozen=True)
class Busy:
    """What a page may be opened of."""

    call_id: str
    session_id: str
    booking_id: str
    message_id: str


async def make_busy(app: AppUnderTest) -> Busy:
    """Fill the demo practice with a working day."""
    services, demo = app.services, app.demo
    for place, (number, said, seconds, status) in enumerate(CALLS):
        call_id = f"CA{place:032x}"
        await _call(app, call_id, number, said, status)
        await services.calls.end(call_id, "hang_up", "goodbye")
        await services.calls.finish(call_id, "completed", seconds)
    await services.calls.start("CAlive", demo.bot_id, "+12025550164", demo.phone_number)
    for place, text in enumerate(LIVE):
        message = {"role": "user" if place % 2 else "assistant", "content": text}
        await services.calls.append("CAlive", message)
    bot = SessionAccount(demo.bot_id, (demo.site_id,), is_bot=True)
    session = await services.chat_sessions.create(
        bot,
        ChatSessionCreate.model_validate(
            {
                "participants": ["desk"],
                "callId": "CAlive",
                "reason": "a crown came off, and it hurts",
                "urgency": "urgent",
                "summary": "Caller: name not given, +1 202-555-0164.\nLast said: It came off at breakfast.",
            }
        ),
    )
    booking_id = await _book(app)
    await _leave(app, "Could somebody call me about the bill of November?", "Rosa Lind", "routine")
    message_id = await _leave(app, "My temporary filling has come out.", "Tom Baker", "urgent")
    await services.assistants.update_assistant(
        demo.site_id,
        demo.assistant_id,
        {"instructions": "Be brief and kind.\nOffer the earliest time first.\nNever promise a price."},
        made_by=None,
    )
    await services.routes.create_route(demo.assistant_id, {"after_hours": "true", "channel": "phone"})
    return Busy(f"CA{len(CALLS) - 1:032x}", session.id, booking_id, message_id)


async def _call(
    app: AppUnderTest, call_id: str, number: str | None, said: list[str], status: str | None
) -> None:
    calls = app.services.calls
    await calls.start(call_id, app.demo.bot_id, number, app.demo.phone_number)
    answers = iter(ANSWERS)
    await calls.append(call_id, {"role": "assistant", "content": next(answers)})
    for text in said:
        await calls.append(call_id, {"role": "user", "content": text})
        if text == said[-1] and status is not None:
            await calls.append(call_id, *_function(FUNCTIONS[status], status))
        await calls.append(call_id, {"role": "assistant", "content": next(answers)})


def _function(name: str, status: str) -> list[dict[str, Any]]:
    function = {"name": name, "arguments": '{"name": "Anna Bell", "slot_id": "s1"}'}
    return [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": f'{{"status": "{status}"}}'},
    ]


async def _book(app: AppUnderTest) -> str:
    """Book some appointments today and tomorrow, by the way every booking takes."""
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    services, people, _ = await app.services.diary.open_form(bot.account_id)
    noon = app.services.clock().replace(hour=17, minute=0, second=0, microsecond=0)
    wanted: list[tuple[datetime, int, int, str]] = [
        (noon, 0, 0, "Anna Bell"),
        (noon + timedelta(hours=1), 1, 0, "Ken Adams"),
        (noon + timedelta(minutes=30), 1, 1, "Sofia Marquez"),
        (noon + timedelta(hours=2), 2, 1, "Lena Okafor"),
        (noon + timedelta(days=1), 0, 0, "Peter Rowe"),
        (noon + timedelta(days=1, hours=1), 1, 1, "Mia Tran"),
    ]
    made = ""
    for place, (start, service, person, name) in enumerate(wanted):
        chosen = services[service]
        details = BookingDetails.model_validate(
            {
                "start_at": start.isoformat(),
                "duration_minutes": chosen.minutes,
                "customer": {"phone": f"+1202555018{place}", "name": name},
                "service_id": chosen.id,
                "practitioner_id": people[person].id,
            }
        )
        answer = await app.services.bookings.book(bot, f"busy-{place}", details)
        assert answer.status == 201, answer.body
        made = made or str(answer.body["booking"]["id"])
    return made


async def _leave(app: AppUnderTest, text: str, name: str, urgency: str) -> str:
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    customer = {"name": name, "phone": "+12025550166"}
    message = StaffMessage.model_validate({"text": text, "customer": customer, "urgency": urgency})
    answer = await app.services.messages.leave(bot, f"busy {name}", message)
    message_id: str = answer.body["message"]["id"]
    return message_id
