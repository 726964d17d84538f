"""A practice made by its file alone, and one made at the console alone: each answers with its own facts."""

import re
import tomllib
from collections.abc import Awaitable, Callable

import pytest

from practice.practice_file.folder import KeptFile, PracticeFolder
from practice.practice_file.model import PracticeFile
from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest
from tests.fakes.console import Person, person_at
from tests.fakes.live_call import LiveCalls

pytestmark = [pytest.mark.audio, pytest.mark.timeout(240)]

NAME, ADDRESS, NUMBER = "Harbor View Family Dental", "12 Pier Street, Portland, Maine 04101", "+12075550123"
PARKING = b"# Parking\n\nParking is free behind the house, on Elm Lane.\n"
FILE = f"""
[practice]
name = "{NAME}"
address = "{ADDRESS}"
timezone = "America/New_York"
phone_numbers = ["{NUMBER}"]
[hours]
tuesday = ["08:00-18:00"]
[[services]]
name = "Cleaning"
minutes = 45
price = "$140"
[[practitioners]]
name = "Dr. Ines Calder"
"""
EMAIL, PASSWORD = "maria@harborview.example", "a long password"
ASKED = {
    "What's your address?": "12 Pier Street",
    "When are you open on Tuesdays?": "six",
    "How much is a cleaning?": "140",
    "Where can I park?": "Elm Lane",
}


async def made_by_file(app: AppUnderTest) -> None:
    file = PracticeFile.model_validate(tomllib.loads(FILE))
    folder = PracticeFolder(file, "Be warm and brief.", (KeptFile("parking.md", PARKING),))
    await app.services.practice_files.apply(folder)


async def made_at_the_console(app: AppUnderTest) -> None:
    """Begin with a name alone, as `chairside init --name` does, and fill in the forms."""
    begun = PracticeFile.model_validate({"practice": {"name": "New", "timezone": "America/New_York"}})
    applied = await app.services.practice_files.apply(PracticeFolder(begun, ""))
    assert applied.ids is not None
    staff = Staff(app.services.database, app.services.wall_clock, CHEAP_HASHER)
    site = applied.ids.site_id
    await staff.create(EMAIL, PASSWORD, first_name="Maria", last_name="O", role="ADMIN", site_ids=(site,))
    maria = person_at(app)
    assert (await maria.log_in(EMAIL, PASSWORD)).status_code == 303
    about = {"name": NAME, "address": ADDRESS, "timezone": "America/New_York", "country": "US"}
    await fill(maria, "about", {**about, "kind": "dental", "languages": "en", "phone_numbers": NUMBER})
    await fill(maria, "hours", {"tuesday_from": "08:00", "tuesday_to": "18:00"})
    service = {"name": "Cleaning", "minutes": "45", "buffer_minutes": "0", "buffer_before_minutes": "0"}
    await fill(maria, "services", {**service, "price": "$140", "bookable": "on", "new_patients": "on"})
    await fill(maria, "practitioners", {"name": "Dr. Ines Calder", "services": "Cleaning", "languages": "en"})
    page = await maria.get("/console/assistant")
    here = page.headers.get("location", "") or f"/console/assistant/{applied.ids.assistant_id}"
    await maria.get(f"{here}/files")
    upload = await maria.post(f"{here}/files", files=[("files", ("parking.md", PARKING, "text/markdown"))])
    assert upload.status_code == 303


async def fill(person: Person, form: str, fields: dict[str, str]) -> None:
    page = await person.get(f"/console/practice/{form}")
    revision = re.search(r'name="revision" value="(\d+)"', page.text)
    assert revision is not None
    body = {"action": "save", "revision": revision[1], **fields}
    response = await person.post(f"/console/practice/{form}", body)
    assert response.status_code == 303, response.text


@pytest.mark.parametrize("make", [made_by_file, made_at_the_console])
async def test_practice_answers_the_phone_with_its_own_facts(
    make: Callable[[AppUnderTest], Awaitable[None]], app: AppUnderTest, calls: LiveCalls
) -> None:
    await make(app)
    bots = [one for one in await app.services.bots.list_bots() if NUMBER in one.phone_numbers]
    (bot,) = bots
    async with calls.place(upstreams=app.services.upstreams, bot_id=bot.id) as call:
        await call.hears(NAME)
        for question, fact in ASKED.items():
            await call.says(question)
            await call.hears(fact)
        said = " ".join(call.said())
        assert "Maple" not in said
