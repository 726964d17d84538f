"""The functions against our own server, through its app, down to the calendar's rows."""

from datetime import timedelta

from contracts.conversation import sentence_of
from tests.fakes.app import AppUnderTest
from tests.fakes.clock import NOW
from tests.fakes.demo_practice import FILES
from tests.fakes.tool_conversation import Talk, local
from tools.context import ToolContext
from tools.slots import SlotSealer


async def talk_with(app: AppUnderTest, call_id: str = "CA1") -> Talk:
    """Begin a conversation on the demo practice's bot."""
    partner = app.services.upstreams.partner(app.demo.bot_id)
    bot = await partner.get_bot()
    messages: list[dict[str, object]] = []
    ctx = ToolContext(
        bot=bot,
        facts=bot.facts(),
        partner=partner,
        site=None,
        knowledge=None,
        sealer=SlotSealer(app.services.keyring.derive("slots"), timedelta(minutes=30)),
        clock=lambda: NOW,
        call_id=call_id,
        caller_number="+12025550100",
        messages=lambda: messages,
    )
    return Talk(None, ctx, messages)  # type: ignore[arg-type] # there is no fake server here


async def book(talk: Talk, slot_id: str) -> str:
    """Go through read-back and agreement; gives the status."""
    wish = {"slot_id": slot_id, "name": "Anna Bell", "phone": "caller"}
    read_back = await talk.calls("book_appointment", **wish)
    talk.says(sentence_of(read_back))
    talk.hears("Yes, that's right.")
    status: str = (await talk.calls("book_appointment", **wish))["status"]
    return status


async def test_a_booked_time_is_in_the_calendar_and_is_offered_no_more(app: AppUnderTest) -> None:
    talk = await talk_with(app)
    found = await talk.calls(
        "search_availability", when="Thursday at ten", service="teeth cleaning", practitioner="Dr. Lee"
    )
    assert found["status"] == "ok"
    assert local(found)[0] == "12-03 10:00"
    assert found["slots"][0]["practitioner"] == "Dr. Maya Lee"
    assert await book(talk, found["slots"][0]["slot_id"]) == "booked"
    again = await talk.calls(
        "search_availability", when="Thursday at ten", service="teeth cleaning", practitioner="Dr. Lee"
    )
    assert "12-03 10:00" not in local(again)


async def test_a_caller_finds_moves_and_cancels_what_was_booked_in_an_earlier_call(app: AppUnderTest) -> None:
    before, talk = await talk_with(app), await talk_with(app, "CA2")
    found = await before.calls(
        "search_availability", when="Thursday at ten", service="check-up", practitioner="Dr. Lee"
    )
    assert await book(before, found["slots"][0]["slot_id"]) == "booked"

    mine = await talk.calls("find_appointments")
    assert "You have a check-up with Dr. Maya Lee on Thursday the third" in mine["say"], mine["say"]
    booking_id = mine["appointments"][0]["booking_id"]
    later = await talk.calls(
        "search_availability", when="Friday at eleven", booking_id=booking_id, practitioner="Dr. Haddad"
    )
    wish = {"booking_id": booking_id, "slot_id": later["slots"][0]["slot_id"]}
    moved = await agreed(talk, "reschedule_appointment", wish)
    assert (moved["status"], moved["spoken"]) == (
        "moved",
        "Friday the fourth of December at eleven a.m.",
    )
    cancelled = await agreed(talk, "cancel_appointment", {"booking_id": booking_id})
    assert cancelled["status"] == "cancelled"
    assert (await talk.calls("find_appointments"))["status"] == "none"
    booking = await talk.ctx.partner.get_booking(booking_id)
    assert (booking.status, (booking.model_extra or {})["practitioner"]["name"]) == (
        "cancelled",
        "Dr. Omar Haddad",
    )


async def agreed(talk: Talk, name: str, wish: dict[str, str]) -> dict[str, object]:
    """Hear the read-back of a change and say yes."""
    talk.says(sentence_of(await talk.calls(name, **wish)))
    talk.hears("Yes, please.")
    return await talk.calls(name, **wish)


async def test_two_callers_for_one_time_make_one_booking(app: AppUnderTest) -> None:
    first, second = await talk_with(app), await talk_with(app, "CA2")
    ids = []
    for talk in (first, second):
        found = await talk.calls("search_availability", when="Thursday at ten", service="cleaning")
        ids.append(found["slots"][0]["slot_id"])
    assert await book(first, ids[0]) == "booked"
    assert await book(second, ids[1]) == "taken"


async def test_a_message_reaches_the_practice(app: AppUnderTest) -> None:
    talk = await talk_with(app)
    assert (await talk.calls("take_message", text="Please call me back."))["status"] == "taken_down"


async def test_instructions_and_files_come_through_the_sites_door(app: AppUnderTest) -> None:
    site = app.services.upstreams.site(app.demo.site_id)
    assert (await site.get_assistant(app.demo.assistant_id)).assistant_instructions
    files = await site.list_files(app.demo.assistant_id)
    assert [one.file_name for one in files] == FILES
    for one in files:
        content = await site.get_file(app.demo.assistant_id, one.id)
        assert content.startswith(b"Insurer" if one.file_name.endswith(".csv") else b"#")


async def test_a_file_of_many_pieces_comes_whole_and_in_order(app: AppUnderTest) -> None:
    text = "".join(f"# Room {number}\n\nIt has the number {number}.\n\n" for number in range(501))
    answer = await app.client.post(
        f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}/files",
        files={"file": ("rooms.md", text.encode())},
        headers=app.site(),
    )
    site = app.services.upstreams.site(app.demo.site_id)
    chunks = await site.list_chunks(app.demo.assistant_id, answer.json()["id"])
    assert chunks is not None
    assert [one.heading for one in chunks] == [f"Room {number}" for number in range(501)]
