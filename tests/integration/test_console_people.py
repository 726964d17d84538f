"""People at the console: added with a link that works once, shut out at once, by administrators alone."""

import re

from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest
from tests.fakes.console import Person, person_at, stranger_at, text_of_page

PASSWORD = "a password of my own"


async def test_somebody_is_added_logs_in_by_the_link_and_is_shut_out(app: AppUnderTest, dana: Person) -> None:
    await dana.get("/console/people")
    fields = {"action": "add", "email": "Tim@maple.example", "name": "Tim Dow", "role": "SITE_USER"}
    added = await dana.post("/console/people", fields)
    found = re.search(r"http://testserver(/console/first-log-in\?token=[\w-]+)", added.text)
    assert found is not None
    assert "no password yet" in text_of_page(added)
    tim = person_at(app)
    page = await tim.get(found[1])
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token is not None
    chosen = {"token": token[1], "password": PASSWORD, "again": PASSWORD}
    assert (await tim.post("/console/first-log-in", chosen)).status_code == 303
    assert (await tim.log_in("tim@maple.example", PASSWORD)).status_code == 303
    assert (await tim.get("/console/people")).status_code == 200
    refused = await tim.post("/console/people", {"action": "disable", "email": app.demo.staff_email})
    assert refused.status_code == 403
    await dana.get("/console/people")
    await dana.post("/console/people", {"action": "disable", "email": "tim@maple.example"})
    assert "no access" in text_of_page(await dana.get("/console/people"))
    assert (await tim.get("/console")).status_code == 303
    await dana.post("/console/people", {"action": "enable", "email": "tim@maple.example"})
    assert (await tim.log_in("tim@maple.example", PASSWORD)).status_code == 303


async def test_nobody_shuts_out_themselves_or_strangers(app: AppUnderTest, dana: Person) -> None:
    await stranger_at(app)
    site = await app.services.sites.create_site("A second site")
    staff = Staff(app.services.database, app.services.clock, CHEAP_HASHER)
    await staff.create(
        "both@maple.example", PASSWORD, first_name="B", last_name="O", site_ids=(app.demo.site_id, site)
    )
    page = text_of_page(await dana.get("/console/people"))
    assert ("eve@elsewhere.example" in page, "both@maple.example" in page) == (False, True)
    for email, status in (
        (app.demo.staff_email, 403),
        ("both@maple.example", 403),
        ("eve@elsewhere.example", 404),
        ("nobody@maple.example", 404),
    ):
        response = await dana.post("/console/people", {"action": "disable", "email": email})
        assert response.status_code == status, email
    taken = {"action": "add", "email": "eve@elsewhere.example", "name": "E", "role": "ADMIN"}
    assert (await dana.post("/console/people", taken)).status_code == 409
    assert (await dana.post("/console/people", {**taken, "role": "KING"})).status_code == 400
