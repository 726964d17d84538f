"""The assistant at the console: instructions with versions, files with what was read, questions, routes."""

import html
import re

import httpx
import pytest

from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest
from tests.fakes.console import Person, person_at, text_of_page
from tests.fakes.pdf_files import pdf, scanned_page, text_page

FACTS = b"# Parking\n\nThere are twelve parking spaces behind the house, free for two hours.\n"

PDF = pdf([text_page("The first page says a little."), scanned_page(), text_page("The third says more.")])


@pytest.fixture
def here(app: AppUnderTest) -> str:
    return f"/console/assistant/{app.demo.assistant_id}"


async def desk_person(app: AppUnderTest) -> Person:
    staff = Staff(app.services.database, app.services.clock, CHEAP_HASHER)
    await staff.create(
        "tim@maple.example", "pass word", first_name="Tim", last_name="D", site_ids=(app.demo.site_id,)
    )
    person = person_at(app)
    await person.log_in("tim@maple.example", "pass word")
    return person


def version_of(page: httpx.Response) -> str:
    found = re.search(r'name="version" value="(\d+)"', page.text)
    assert found is not None
    return found[1]


async def test_instructions_are_saved_as_a_version(app: AppUnderTest, dana: Person, here: str) -> None:
    assert (await dana.get("/console/assistant")).headers["location"] == here
    page = await dana.get(here)
    assert "You answer the phone" in html.unescape(page.text) or "Maple" in page.text
    fields = {"version": version_of(page), "name": "Front desk", "instructions": "Say <hello>.\r\nBe kind."}
    assert (await dana.post(here, fields)).status_code == 303
    kept = await app.services.assistants.get_assistant(app.demo.site_id, app.demo.assistant_id)
    assert (kept.instructions, kept.name) == ("Say <hello>.\nBe kind.", "Front desk")
    page = await dana.get(here)
    assert f"Saved as version {kept.version}." in text_of_page(page)
    assert "Say &lt;hello&gt;." in page.text
    assert "Saved as" not in text_of_page(await dana.get(here))
    fields["version"] = version_of(page)
    await dana.post(here, fields)
    assert "Nothing was changed" in text_of_page(await dana.get(here))


async def test_second_of_two_editors_is_told_and_nothing_is_lost(
    app: AppUnderTest, dana: Person, here: str
) -> None:
    first, second = version_of(await dana.get(here)), version_of(await dana.get(here))
    await dana.post(here, {"version": first, "name": "A", "instructions": "Theirs"})
    response = await dana.post(here, {"version": second, "name": "B", "instructions": "Mine"})
    assert response.status_code == 409
    kept = await app.services.assistants.get_assistant(app.demo.site_id, app.demo.assistant_id)
    assert kept.instructions == "Theirs"
    assert re.search(r"<textarea[^>]*>Mine</textarea>", response.text)
    assert "<del>Theirs</del>" in response.text
    assert "<ins>Mine</ins>" in response.text
    again = {"version": version_of(response), "name": "B", "instructions": "Mine"}
    assert (await dana.post(here, again)).status_code == 303
    kept = await app.services.assistants.get_assistant(app.demo.site_id, app.demo.assistant_id)
    assert kept.instructions == "Mine"


async def test_versions_are_compared_and_restored(app: AppUnderTest, dana: Person, here: str) -> None:
    for text in ("One\nTwo\nThree", "One\n2\nThree"):
        page = await dana.get(here)
        await dana.post(here, {"version": version_of(page), "name": "", "instructions": text})
    page = await dana.get(f"{here}/versions?old=2&new=3")
    assert [one in page.text for one in ("<del>Two</del>", "<ins>2</ins>", "<del>One")] == [True, True, False]
    assert "you" in text_of_page(page)
    stale = await dana.post(f"{here}/versions", {"number": "2", "version": "2"})
    assert stale.status_code == 409
    await dana.post(f"{here}/versions", {"number": "2", "version": version_of(page)})
    kept = await app.services.assistants.get_assistant(app.demo.site_id, app.demo.assistant_id)
    assert kept.instructions == "One\nTwo\nThree"
    assert "Version 2 is in use again" in text_of_page(await dana.get(f"{here}/versions"))
    assert (await dana.get(f"{here}/versions?old=99&new=1")).status_code == 404


async def test_files_are_read_listed_asked_and_taken_away(app: AppUnderTest, dana: Person, here: str) -> None:
    await dana.get(f"{here}/files")
    files = [
        ("files", ("../parking.md", FACTS, "text/markdown")),
        ("files", ("broken.pdf", b"%PDF-1.4 nothing", "application/pdf")),
        ("files", ("blank.pdf", PDF, "application/pdf")),
    ]
    response = await dana.post(f"{here}/files", {"description": "Where to park"}, files=files)
    assert response.status_code == 400
    text = text_of_page(response)
    assert "broken.pdf was not kept." in text
    assert "Kept: parking.md, blank.pdf." in text
    assert "No text on page 2" in text
    found = re.search(rf'{here}/files/(\d+)">parking\.md', response.text)
    assert found is not None
    file = f"{here}/files/{found[1]}"
    assert "twelve parking spaces" in text_of_page(await dana.get(file))
    content = await dana.get(f"{file}/content")
    assert (content.content, content.headers["content-security-policy"]) == (FACTS, "sandbox")
    asked = await dana.get(f"{here}/ask?q=Where+can+I+park%3F", headers={"HX-Request": "true"})
    assert "<html" not in asked.text
    assert "twelve parking spaces" in asked.text
    nothing = text_of_page(await dana.get(f"{here}/ask?q=Do+you+treat+horses%3F"))
    assert "Nothing in the files answers this" in nothing
    assert (await dana.post(f"{file}/delete")).status_code == 303
    assert (await dana.get(file)).status_code == 404


async def test_passage_against_the_record_is_marked(app: AppUnderTest, dana: Person, here: str) -> None:
    await dana.get(f"{here}/files")
    wrong = b"# Visiting\n\nOur address is 99 Elm Avenue, Suite 7, Boston.\n"
    await dana.post(f"{here}/files", files=[("files", ("old.md", wrong, "text/markdown"))])
    assert "callers do not hear it" in text_of_page(await dana.get(f"{here}/ask?q=What+is+your+address%3F"))


async def test_routes_choose_the_assistant(app: AppUnderTest, dana: Person, here: str) -> None:
    await dana.get(f"{here}/routes")
    refused = await dana.post(f"{here}/routes", {"name": "", "value": ""})
    assert refused.status_code == 400
    fields = {"name": ["after_hours", ""], "value": ["true", ""]}
    assert (await dana.post(f"{here}/routes", fields)).status_code == 303
    (route,) = await app.services.routes.list_routes(app.demo.assistant_id)
    assert route.tags == {"after_hours": "true"}
    assert "after_hours = true" in text_of_page(await dana.get(f"{here}/routes"))
    await dana.post(f"{here}/routes/{route.id}/delete")
    assert await app.services.routes.list_routes(app.demo.assistant_id) == []


async def test_desk_reads_and_changes_nothing(app: AppUnderTest, here: str) -> None:
    tim = await desk_person(app)
    page = await tim.get(here)
    assert (page.status_code, "readonly" in page.text) == (200, True)
    for path, fields in (
        (here, {"version": "1", "instructions": "mine"}),
        (f"{here}/versions", {"version": "1", "number": "1"}),
        (f"{here}/files", {}),
        (f"{here}/files/1/delete", {}),
        (f"{here}/routes", {"name": "a", "value": "b"}),
        (f"{here}/routes/1/delete", {}),
    ):
        response = await tim.post(path, fields)
        assert (response.status_code, "Only an administrator" in text_of_page(response)) == (403, True), path
    assert (await app.services.assistants.get_assistant(app.demo.site_id, app.demo.assistant_id)).version == 1


async def test_other_practices_assistant_is_not_there(app: AppUnderTest, dana: Person) -> None:
    site = await app.services.sites.create_site("Elsewhere Dental")
    other = await app.services.assistants.create_assistant(site, {"instructions": "theirs alone"})
    for path in ("", "/files", "/ask?q=theirs", "/versions", "/routes"):
        response = await dana.get(f"/console/assistant/{other.id}{path}")
        assert (response.status_code, "theirs alone" in response.text) == (404, False)
    await dana.get("/console")
    fields = {"version": "1", "instructions": "mine"}
    assert (await dana.post(f"/console/assistant/{other.id}", fields)).status_code == 404


async def test_larger_upload_than_allowed_is_refused(dana: Person, here: str) -> None:
    await dana.get(f"{here}/files")
    big = [("files", ("big.txt", b"x" * (21 * 2**20), "text/plain"))]
    assert (await dana.post(f"{here}/files", files=big)).status_code == 413
