"""The practice at the console: every part in a form, checked as the file is; the second of two is told."""

import html
import re
from datetime import date
from typing import Any

import pytest

from practice.practice_file.model import PracticeFile
from tests.fakes.app import AppUnderTest
from tests.fakes.busy_practice import make_busy
from tests.fakes.console import Person, stranger_at, text_of_page

CONTACT = {"name": "desk", "to": "+12025550190", "when": "open", "ring_seconds": "20"}
BOOKING = {"notice_minutes": "0", "horizon_days": "9", "offers": "3"}
SECTIONS = "about hours services practitioners booking rules hand_off messages privacy".split()


async def practice_of(app: AppUnderTest) -> PracticeFile:
    return (await app.services.practice_files.read(app.demo.practice_id))[0]


async def saved(app: AppUnderTest, dana: Person, form: str, fields: dict[str, Any]) -> PracticeFile:
    """Send a form that has to be taken."""
    await filled(dana, form, fields, 303)
    return await practice_of(app)


async def filled(dana: Person, form: str, fields: dict[str, Any], status: int) -> str:
    """Send a form; gives what the page says that comes back."""
    section = "hours" if form == "special_days" else form
    page = await dana.get(f"/console/practice/{section}")
    assert page.status_code == 200
    found = re.search(r'name="revision" value="(\d+)"', page.text)
    assert found is not None
    body = {"action": "save", "revision": found[1], **fields}
    response = await dana.post(f"/console/practice/{form}", body)
    assert response.status_code == status, text_of_page(response)
    return text_of_page(response if status != 303 else await dana.get(response.headers["location"]))


async def test_form_that_is_sent_as_it_stands_changes_nothing(app: AppUnderTest, dana: Person) -> None:
    """What a form shows is what it sends: no part of the practice is lost by saving another."""
    before = await practice_of(app)
    for section in ("about", "hours", "booking", "rules", "messages", "privacy"):
        page = await dana.get(f"/console/practice/{section}")
        response = await dana.client.post(f"/console/practice/{section}", data=fields_of(page.text))
        assert response.status_code == 303, text_of_page(response)
        note = text_of_page(await dana.get(f"/console/practice/{section}"))
        assert "Nothing was changed" in note, (section, note[:300])
    assert await practice_of(app) == before


def fields_of(page: str) -> dict[str, list[str]]:
    """Read the fields of a page's form, as a browser would send them untouched."""

    form = page.partition('<form method="post" action="/console/practice/')[2].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        names = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if names.get("type") == "checkbox" and " checked" not in tag:
            continue
        sent.setdefault(names["name"], []).append(html.unescape(names.get("value", "")))
    for name, text in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', form):
        sent.setdefault(name, []).append(html.unescape(text))
    for name, body in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)", body)
        first = re.search(r"<option(?: value=\"([^\"]*)\")?>([^<]*)", body)
        found = chosen or first
        assert found is not None
        sent.setdefault(name, []).append(html.unescape(found[2] if found[1] is None else found[1]))
    return sent


async def test_about_is_saved_and_the_bot_says_it(app: AppUnderTest, dana: Person) -> None:
    page = await dana.get("/console/practice/about")
    fields = {**fields_of(page.text), "name": ["Harbor View Dental"], "address": ["12 Pier Street, Portland"]}
    assert (await dana.client.post("/console/practice/about", data=fields)).status_code == 303
    text = text_of_page(await dana.get("/console/practice"))
    assert "Thank you for calling Harbor View Dental" in text
    assert "We're at 12 Pier Street, Portland." in text
    assert "Harbor View Dental" in (await dana.get("/console")).text


async def test_hours_are_saved_and_spoken(app: AppUnderTest, dana: Person) -> None:
    fields = {"tuesday_from": ["08:00", "13:00"], "tuesday_to": ["12:00", "18:00"]}
    file = await saved(app, dana, "hours", fields)
    assert (file.hours.tuesday, file.hours.monday) == (["08:00-12:00", "13:00-18:00"], [])
    assert "from eight a.m. to noon and from one p.m. to six p.m." in text_of_page(
        await dana.get("/console/practice")
    ).replace("twelve p.m.", "noon")


@pytest.mark.parametrize(
    ("form", "fields", "told"),
    [
        ("hours", {"monday_from": ["08:00"], "monday_to": [""]}, "Monday: an interval begins and ends."),
        ("hours", {"monday_from": ["08:00", "09:00"], "monday_to": ["10:00", "11:00"]}, "overlap"),
        ("about", {"name": "x", "timezone": "Mars/Olympus", "country": "US", "kind": "dental"}, "time zone"),
        ("about", {"name": "", "timezone": "UTC", "country": "US", "kind": "dental"}, "must not be blank"),
        ("services", {"name": "", "minutes": "30"}, "The name is missing"),
        ("services", {"name": "X", "minutes": "no"}, "The length must be a whole number"),
        (
            "services",
            {"name": "cleaning", "minutes": "5", "buffer_minutes": "0", "buffer_before_minutes": "0"},
            "two services are called",
        ),
        ("practitioners", {"name": "Dr. X", "absences": "next week"}, "Absences: one a line"),
        ("practitioners", {"name": "Dr. X", "absences": "2026-13-01"}, "is no date"),
        (
            "hand_off",
            {**CONTACT, "to": "12"},
            "no telephone number",
        ),
        (
            "hand_off",
            {**CONTACT, "ring_seconds": "1"},
            "at least 5",
        ),
        ("messages", {"email": "nobody", "sms": ""}, "no e-mail address"),
        ("booking", {**BOOKING, "offers": "9"}, "at most 5"),
        (
            "booking",
            {**BOOKING, "reminder_hours": "x"},
            "whole hours",
        ),
        ("special_days", {"from": "2026-12-24", "to": "2026-12-01"}, "is before"),
    ],
)
async def test_what_does_not_fit_is_told_in_words(
    app: AppUnderTest, dana: Person, form: str, fields: dict[str, Any], told: str
) -> None:
    before = await practice_of(app)
    assert told in await filled(dana, form, fields, 400)
    assert await practice_of(app) == before


async def test_service_is_added_renamed_and_taken_away_wherever_it_is_named(
    app: AppUnderTest, dana: Person
) -> None:
    fields = {
        "name": "Whitening",
        "minutes": "60",
        "buffer_minutes": "10",
        "buffer_before_minutes": "0",
        "also": "bleaching, brighter teeth",
        "price": "$300",
        "bookable": "on",
    }
    file = await saved(app, dana, "services", fields)
    added = file.services[-1]
    assert (added.name, added.also, added.price) == ("Whitening", ["bleaching", "brighter teeth"], "$300")
    assert (added.new_patients, added.bookable, added.buffer_minutes) == (False, True, 10)
    place = str(len(file.services) - 1)
    file = await saved(
        app, dana, "practitioners", {"name": "Hygienist", "services": ["Whitening", "Cleaning"]}
    )
    assert file.practitioners[-1].services == ["Cleaning", "Whitening"]
    file = await saved(app, dana, "services", {**fields, "place": place, "name": "Bleaching", "also": ""})
    assert file.practitioners[-1].services == ["Cleaning", "Bleaching"]
    file = await saved(app, dana, "services", {**fields, "place": place, "action": "delete"})
    assert "Bleaching" not in [one.name for one in file.services]
    assert file.practitioners[-1].services == ["Cleaning"]
    names = [one.name for one in file.services]
    file = await saved(app, dana, "services", {**fields, "place": "1", "action": "up", "name": names[1]})
    assert [one.name for one in file.services][:2] == [names[1], names[0]]


async def test_people_have_hours_and_absences_of_their_own(app: AppUnderTest, dana: Person) -> None:
    fields = {
        "name": "Dr. Ines Calder",
        "say_as": "Doctor Ee-ness Calder",
        "services": ["Check-up"],
        "languages": "en, es",
        "absences": "2026-12-07 to 2026-12-11: holiday\n2026-12-24",
        "own_hours": "on",
        "monday_from": "09:00",
        "monday_to": "12:00",
    }
    added = (await saved(app, dana, "practitioners", fields)).practitioners[-1]
    assert added.hours is not None
    assert (added.hours.monday, added.languages) == (["09:00-12:00"], ["en", "es"])
    assert [one.days for one in added.absences] == [
        (date(2026, 12, 7), date(2026, 12, 11)),
        (date(2026, 12, 24), date(2026, 12, 24)),
    ]
    text = (await dana.get("/console/practice/practitioners")).text
    assert "2026-12-07 to 2026-12-11: holiday\n2026-12-24" in text


async def test_rules_contacts_days_messages_and_privacy_are_kept(app: AppUnderTest, dana: Person) -> None:
    contact = {"name": "front desk", "to": "+12025550190", "when": "hours", "ring_seconds": "15"}
    await saved(app, dana, "hand_off", {**contact, "friday_from": "08:00", "friday_to": "12:00"})
    rules = {
        "to_a_person": "billing dispute",
        "always_ask": "insurance: Which insurance do you have?",
        "never_rows": "1",
        "never_days_0": ["monday"],
        "never_services_0": [],
        "never_say_0": "Not on Mondays.",
        "emergency_rows": "1",
        "emergency_signs_0": "knocked-out tooth",
        "emergency_say_0": "That needs us right away.",
        "emergency_ring_0": "front desk",
        "cancelling_allowed": "on",
        "cancelling_notice_hours": "24",
    }
    await saved(app, dana, "rules", rules)
    await saved(
        app, dana, "special_days", {"from": "2026-12-31", "special_from": "08:00", "special_to": "12:00"}
    )
    await saved(app, dana, "messages", {"email": "desk@maple.example", "sms": "+12025550191"})
    privacy = {"keep_transcripts_days": "90", "keep_recordings_days": "7", "announce_assistant": "on"}
    file = await saved(app, dana, "privacy", privacy)
    assert file.hand_off[-1].ring_seconds == 15
    assert not isinstance(file.hand_off[-1].when, str)
    assert (file.rules.never_book[0].days, file.rules.never_book[0].say) == (["monday"], "Not on Mondays.")
    assert (file.rules.always_ask[0].key, file.rules.to_a_person) == ("insurance", ["billing dispute"])
    assert file.rules.emergencies[0].ring == "front desk"
    assert ["08:00-12:00"] in [one.hours for one in file.special_days]
    assert (file.messages.email, file.privacy.keep_transcripts_days) == (["desk@maple.example"], 90)
    for section in SECTIONS:
        assert (await dana.get(f"/console/practice/{section}")).status_code == 200


async def test_second_of_two_is_told_and_sees_what_was_typed(app: AppUnderTest, dana: Person) -> None:
    page = await dana.get("/console/practice/about")
    stale = fields_of(page.text)
    await saved(app, dana, "messages", {"email": "desk@maple.example", "sms": ""})
    response = await dana.client.post("/console/practice/about", data={**stale, "name": ["My <Name>"]})
    assert response.status_code == 409
    text = text_of_page(response)
    assert "Somebody else has changed this" in text
    assert "My <Name>" in text
    assert (await practice_of(app)).practice.name == "Maple Street Dental"


async def test_bookings_that_no_longer_fit_are_listed_and_stand(app: AppUnderTest, dana: Person) -> None:

    await make_busy(app)
    note = await filled(dana, "hours", {"monday_from": "09:00", "monday_to": "12:00"}, 303)
    assert "no longer fit" in note
    text = text_of_page(await dana.get("/console/practice"))
    assert "Appointments that no longer fit" in text
    assert "Anna Bell" in text


async def test_desk_changes_nothing_and_strangers_see_nothing(app: AppUnderTest, dana: Person) -> None:
    eve = await stranger_at(app)
    assert "No practice is kept" in text_of_page(await eve.get("/console/practice"))
    assert (await eve.get("/console/practice/about")).status_code == 404
    assert (await eve.post("/console/practice/about", {"revision": "1"})).status_code == 403
    assert (await dana.get("/console/practice/nonsense")).status_code == 404
    await dana.get("/console/practice/about")
    assert (await dana.post("/console/practice/nonsense", {"revision": "1"})).status_code == 404
