"""The bot tried out at the console: it answers as to a patient, and books nothing unless that is wanted."""

from tests.fakes.app import AppUnderTest
from tests.fakes.console import Person, stranger_at, text_of_page

ALL_SAID = (
    "I'd like a cleaning on Thursday afternoon, please.",
    "The first one, please.",
    "My name is Anna Bell.",
    "202 555 0164",
    "Yes, that's right.",
)


async def conversation(dana: Person, **fields: str) -> str:
    """Book by typing; gives what stands on the page at the end."""
    await dana.get("/console/try")
    text = ""
    for said in ALL_SAID:
        response = await dana.post("/console/try", {"text": said, **fields}, headers={"HX-Request": "true"})
        assert response.status_code == 200
        text = text_of_page(response)
    return text


async def test_rehearsed_booking_is_said_and_not_booked(app: AppUnderTest, dana: Person) -> None:
    text = await conversation(dana)
    assert "You are booked for" in text
    assert "Rehearsed, not booked: Anna Bell" in text
    assert await app.services.calendar.list_appointments(app.demo.account_id) == []
    assert "Nothing said yet" not in text_of_page(await dana.get("/console/try"))
    await dana.post("/console/try/new")
    assert "Nothing said yet" in text_of_page(await dana.get("/console/try"))


async def test_real_booking_is_booked(app: AppUnderTest, dana: Person) -> None:
    text = await conversation(dana, real="on")
    assert "You are booked for" in text
    assert "Rehearsed" not in text
    (made,) = await app.services.calendar.list_appointments(app.demo.account_id)
    assert (made.patient, made.phone) == ("Anna Bell", "+12025550164")


async def test_rehearsal_changes_a_real_appointment_on_paper_alone(app: AppUnderTest, dana: Person) -> None:
    await conversation(dana, real="on")
    who = {"phone": "+12025550164", "name": "Anna Bell"}
    await dana.post("/console/patients/born", {**who, "born": "1980-03-03"})
    await dana.post("/console/try/new")
    await dana.get("/console/try")
    text = ""
    proof = ("Anna Bell", "202 555 0164", "March third nineteen eighty")
    for said in ("I need to cancel my appointment.", *proof, "Yes, please.", "Yes."):
        text = text_of_page(await dana.post("/console/try", {"text": said}))
    assert "is cancelled" in text
    (made,) = await app.services.calendar.list_appointments(app.demo.account_id)
    assert made.status == "confirmed"


async def test_messages_of_a_rehearsal_reach_nobody(app: AppUnderTest, dana: Person) -> None:
    await dana.get("/console/try")
    for said in (
        "Can I leave a message for Dr. Lee?",
        "Please call me back about my bill.",
        "Anna Bell",
        "No.",
    ):
        await dana.post("/console/try", {"text": said})
    assert (await app.services.messages.list_of_sites([app.demo.site_id])).messages == []
    assert "Nobody is waiting" in text_of_page(await dana.get("/console"))


async def test_nothing_is_tried_without_a_bot_or_words(app: AppUnderTest, dana: Person) -> None:
    eve = await stranger_at(app)
    assert "No bot answers for this site" in text_of_page(await eve.get("/console/try"))
    await dana.get("/console/try")
    assert (await dana.post("/console/try", {"text": " "})).status_code == 400
