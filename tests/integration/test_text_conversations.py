"""Text messages to the whole server: changes are read back and done by a clear yes, danger reaches people."""

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.settings import CallSettings
from contracts.chat_sessions import ChatSession
from language.danger.says import says_in
from language.phone import E164
from practice.chat_sessions.views import SessionAccount
from practice.patients.views import Patient
from practice.records.bookings import BookingIntent
from practice.records.follow_ups import FollowUp
from practice.records.staff_messages import IncomingText
from tests.fakes.app import AppUnderTest, run_app
from webhooks.twilio.text_conversation import wishes_for_a_change

PATIENT = "+12025550177"
START = "2026-12-03T14:00:00-05:00"
SAYS = says_in("en").sentences
SURE, UNSURE = (SAYS[name].replace("$number", "911") for name in ("emergency_text", "unclear_text"))


class Line:
    """The practice's number, as somebody writes to it."""

    def __init__(self, app: AppUnderTest) -> None:
        self.app = app
        self._sent = 0

    async def write(self, text: str, number: str = PATIENT) -> str:
        """Send a text; gives what comes back, empty where nothing does."""
        self._sent += 1
        return await self.deliver(text, number)

    async def deliver(self, text: str, number: str = PATIENT) -> str:
        """Deliver the latest text, once more if it was before."""
        fields = {
            "To": self.app.demo.phone_number,
            "From": number,
            "MessageSid": f"SM{self._sent}",
            "Body": text,
        }
        answer = await self.app.twilio("/twilio/sms", fields)
        found = re.search("<Message>(.*)</Message>", answer.text)
        return html.unescape(found[1]) if found else ""

    async def book(self, start: str = START, phone: str = PATIENT) -> str:
        """Book half an hour by the Partner API; gives the booking's id."""
        customer = {"name": "Nora Quinn", "phone": phone}
        booking = {"start_at": start, "duration_minutes": 30, "customer": customer}
        answer = await self.app.client.post(
            "/v1/bookings",
            json={"bot_id": self.app.demo.bot_id, "booking": booking},
            headers=self.app.partner(**{"Idempotency-Key": f"k-{start}-{phone}"}),
        )
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["booking"]["id"]
        return made

    async def booking(self, booking_id: str) -> dict[str, Any]:
        """Read a booking as it is now."""
        path = f"/v1/bookings/{booking_id}"
        answer = await self.app.client.get(
            path, params={"bot_id": self.app.demo.bot_id}, headers=self.app.partner()
        )
        booking: dict[str, Any] = answer.json()["booking"]
        return booking

    async def changes(self) -> list[str]:
        """List what the ledger has beside bookings."""
        async with self.app.services.database.reading() as session:
            query = select(BookingIntent.operation).where(BookingIntent.operation != "book")
            return list(await session.scalars(query))

    async def inbox(self) -> list[tuple[str, str]]:
        """List what is in the inbox: how urgent, and the words."""
        found = await self.app.services.messages.list_of_sites([self.app.demo.site_id])
        return [(one.urgency, one.text) for one in found.messages]

    async def hand_offs(self) -> list[ChatSession]:
        """List the sessions that are open."""
        return await self.app.services.chat_sessions.list_open(self.desk)

    @property
    def desk(self) -> SessionAccount:
        """Whoever answers at the practice."""
        return SessionAccount("front-desk", (self.app.demo.site_id,))

    async def outcomes(self) -> list[str]:
        """List what was made of the texts."""
        async with self.app.services.database.reading() as session:
            return list(await session.scalars(select(IncomingText.outcome).order_by(IncomingText.id)))


@pytest.fixture
async def line(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Line]:
    async with run_app(tmp_path, sqlite_template) as app:
        await app.services.chat_session_tokens.create("front-desk", app.demo.site_id)
        yield Line(app)


async def test_a_cancellation_is_read_back_and_done_by_a_yes_once(line: Line) -> None:
    booking = await line.book()
    asked = await line.write("Please cancel my appointment")
    assert asked == (
        "Maple Street Dental: That's your appointment with Dr. Maya Lee on Thursday the third of December at"
        " two p.m. Shall I cancel it?"
    )
    assert (await line.booking(booking))["status"] == "confirmed"
    done = await line.write("YES")
    assert "is cancelled" in done
    assert await line.deliver("YES") == done
    assert (await line.booking(booking))["status"] == "cancelled"
    assert await line.changes() == ["cancel"]
    assert await line.inbox() == []
    assert await line.outcomes() == ["conversation"] * 2


async def test_without_a_clear_yes_nothing_is_cancelled(line: Line) -> None:
    for hour, answer in enumerate(["No, keep it", "maybe", "C", "Absolutely not"], 10):
        number = f"+120255501{hour}"
        booking = await line.book(f"2026-12-03T{hour}:00:00-05:00", number)
        await line.write("I need to cancel my appointment on Thursday", number)
        await line.write(answer, number)
        assert (await line.booking(booking))["status"] == "confirmed", answer
    assert await line.changes() == []


async def test_a_move_is_offered_read_back_and_done_by_a_yes(line: Line) -> None:
    booking = await line.book()
    offered = await line.write("Can I move my appointment to Friday at ten in the morning?")
    said = [offered]
    while not said[-1].endswith("Is that right?"):
        assert len(said) < 4, said
        assert (await line.booking(booking))["start_at"] == "2026-12-03T19:00:00Z"
        said.append(await line.write("The first one, please"))
    assert (await line.booking(booking))["start_at"] == "2026-12-03T19:00:00Z"
    done = await line.write("Yes, that's right")
    assert "moved to Friday the fourth of December at ten a.m." in done
    assert (await line.booking(booking))["start_at"].startswith("2026-12-04T")
    assert await line.changes() == ["reschedule"]


async def test_nobody_changes_what_another_number_has_booked(line: Line) -> None:
    booking = await line.book(phone="+12025550199")
    said = await line.write("Cancel my appointment on Thursday")
    said += await line.write("Yes")
    assert "third" not in said
    assert (await line.booking(booking))["status"] == "confirmed"


@pytest.mark.parametrize("rule", ["attested", "never"])
async def test_where_numbers_have_to_be_vouched_for_a_text_opens_nothing_by_itself(
    tmp_path: Path, sqlite_template: Path, rule: str
) -> None:
    wanted = CallSettings.model_validate({"number_proves": rule})
    async with run_app(tmp_path, sqlite_template, call=wanted) as app:
        line = Line(app)
        who = Patient(app.demo.account_id, E164(PATIENT), "Nora Quinn")
        await app.services.patients.keep_birth_date(who, "1980-03-03", "operator")
        booking = await line.book()
        said = [await line.write("Please cancel my appointment")]
        assert "December" not in said[0]
        for text in ("Nora Quinn", PATIENT, "March third 1980"):
            assert (await line.booking(booking))["status"] == "confirmed"
            said.append(await line.write(text))
        assert "Shall I cancel it?" in said[-1], said


async def test_what_somebody_texted_is_theirs_to_have_and_to_have_erased(line: Line) -> None:
    await line.write("Please cancel my appointment")
    who = Patient(line.app.demo.account_id, E164(PATIENT))
    kept = await line.app.services.patients.export(who)
    (talk,) = kept["conversations"]
    assert talk["messages"][0]["message"]["content"] == "Please cancel my appointment"
    await line.app.services.patients.erase(who)
    found = await line.app.services.chats.find_latest(line.app.demo.bot_id, f"sms:{PATIENT}")
    assert found is None
    assert await line.outcomes() == []


async def test_a_question_is_open_for_half_a_day(line: Line) -> None:
    booking = await line.book(start="2026-12-09T14:00:00-05:00")
    await line.write("Please cancel my appointment")
    line.app.services.clock = lambda: now + timedelta(hours=13)
    now = (await line.app.services.chats.find_latest(line.app.demo.bot_id, f"sms:{PATIENT}"))[2]  # type: ignore[index] # it is there
    assert "our team has your message" in await line.write("Yes")
    assert (await line.booking(booking))["status"] == "confirmed"
    assert await line.inbox() == [("urgent", "Yes")]


async def test_anything_else_goes_to_people(line: Line) -> None:
    await line.book()
    texts = ["Do you take Delta Dental?", "Thanks so much!", "I'm running ten minutes late", "ok", "👍"]
    for text in texts:
        assert "Nothing is changed yet" in await line.write(text)
    assert sorted(await line.inbox()) == sorted(("urgent", text) for text in texts)
    assert set(await line.outcomes()) == {"inbox"}


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("My husband collapsed and he won't wake up", SURE),
        ("I swallowed my crown.", UNSURE),
        ("cancel my appointment, I can't breathe right", SURE),
    ],
)
async def test_somebody_in_danger_is_warned_at_once_and_people_are_asked_for(
    line: Line, text: str, warning: str
) -> None:
    await line.book()
    first = await line.write(text)
    assert warning in first
    assert "?" not in first
    assert await line.deliver(text) == first, "a repeated webhook gets the same answer"
    assert await line.inbox() == [("urgent", text)]
    (session,) = await line.hand_offs()
    assert (session.urgency, session.acceptedAt) == ("emergency", None)
    assert PATIENT in (session.summary or "")
    said = await line.app.services.chat_sessions.list_messages(line.desk, session.id)
    assert said[0].text == text


async def test_danger_in_the_middle_of_a_cancellation_comes_first(line: Line) -> None:
    booking = await line.book()
    await line.write("Please cancel my appointment")
    assert SURE in await line.write("Yes, he's turning blue")
    assert (await line.booking(booking))["status"] == "confirmed"
    assert [one.urgency for one in await line.hand_offs()] == ["emergency"]


async def test_what_a_person_answers_is_texted_and_the_bot_is_silent(line: Line) -> None:
    await line.write("My husband collapsed and he won't wake up")
    (session,) = await line.hand_offs()
    client, services = line.app.client, line.app.services
    _, token = await services.chat_session_tokens.create("maria", line.app.demo.site_id)
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/chat-sessions/{session.id}"
    assert (await client.patch(path, json={"accept": True}, headers=headers)).status_code == 200
    long = "Help is on its way. " * 100
    for words in ("This is Maria.", long):
        answer = await client.post(f"{path}/messages", json={"text": words}, headers=headers)
        assert answer.status_code in (200, 201), answer.text
    async with services.database.reading() as db:
        query = (
            select(FollowUp).where(FollowUp.kind == "reply_sms").order_by(FollowUp.created_at, FollowUp.id)
        )
        sent = [one.payload for one in await db.scalars(query)]
    assert {one["to"] for one in sent} == {PATIENT}
    texts = [one["text"].partition(": ")[2] for one in sent]
    assert "This is Maria." in texts
    assert sorted(map(len, texts)) == [14, 600, 1400]
    assert await line.write("Thank you, we are at the hospital") == ""
    said = await services.chat_sessions.list_messages(line.desk, session.id)
    assert said[-1].text == "Thank you, we are at the hospital"
    assert SURE in await line.write("no, he stopped breathing again, he's turning blue")


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("cancel my appointment", True),
        ("CANCEL", True),
        ("Please cancel Thursday, I'm sick", True),
        ("I can't make it tomorrow", True),
        ("Need to reschedule", True),
        ("Could we move it to next week?", True),
        ("Necesito cancelar mi cita", True),
        ("What is your cancellation policy?", False),
        ("Do you take my insurance?", False),
        ("Running 5 minutes late", False),
        ("When is my appointment?", False),
        ("Thanks, see you then", False),
        ("Who is this?", False),
    ],
)
def test_a_wish_for_a_change_is_known_by_its_meaning(text: str, wishes: bool) -> None:
    assert wishes_for_a_change(text) is wishes
