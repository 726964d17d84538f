"""``/console/practice``: what the practice is, in forms that explain themselves, and what its bot tells."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import ValidationError
from starlette.responses import Response

from agent.dialogue.policy import next_action
from agent.dialogue.responses import greeting
from contracts.conversation import Message
from contracts.practice_rules import WEEKDAYS
from practice.errors import ChangedMeanwhile, InvalidRequest, PracticeNotFound
from practice.practice_file.model import PracticeFile
from practice.practice_file.problems import problems_of
from practice.practice_file.service import Applied
from webhooks.audited_route import AuditedRoute
from webhooks.console.cookies import CSRF_FIELD
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.errors import FormRefused
from webhooks.console.practice_forms import EDITS
from webhooks.http_errors import HttpError

SECTIONS = {
    "about": "About",
    "hours": "Hours",
    "services": "Services",
    "practitioners": "People",
    "booking": "Booking",
    "rules": "Rules",
    "hand_off": "Hand-off",
    "messages": "Messages",
    "privacy": "Privacy",
}
FORMS = {"special_days": "hours"}
"""Forms that stand on another section's page."""
QUESTIONS = (
    "Are you open today?",
    "What are your hours?",
    "Where are you?",
    "What do you offer?",
    "Who can I see there?",
    "Can I cancel my appointment?",
)
"""Whose answers show how the bot tells of the practice."""
MOST_TOLD = 3

router = APIRouter(prefix="/console/practice", include_in_schema=False, route_class=AuditedRoute)
SectionName = Annotated[str, Path(max_length=40)]


@router.get("")
async def show_practice(desk: AtDesk) -> Response:
    """Show what the bot says of the practice, and what does not fit it."""
    if desk.place.practice_id is None or desk.place.account_id is None:
        return await desk.page("practice_none")
    file, _ = await desk.services.practice_files.read(desk.place.practice_id)
    return await desk.page(
        "practice",
        file=file,
        sections=SECTIONS,
        section="",
        spoken=await _preview(desk),
        conflicts=await desk.services.practice_files.list_conflicts(desk.place.account_id),
    )


@router.get("/{section}")
async def show_section(desk: AtDesk, section: SectionName) -> Response:
    """Show the forms of a section."""
    return await _show(desk, _known(section))


@router.post("/{form}")
async def save(desk: AtDesk, form: Annotated[str, Path(max_length=40)]) -> Response:
    """Keep what a form says, unless somebody else has changed the practice since the page was loaded."""
    desk.require_admin()
    section = _known(FORMS.get(form, form))
    async with desk.form() as fields:
        typed = {name: fields.texts(name, 100_000) for name in fields.names() if name != CSRF_FIELD}
        revision = fields.whole("revision", "The form")
        practice_id = _practice_of(desk)
        file, _ = await desk.services.practice_files.read(practice_id)
        tree = file.model_dump(by_alias=True)
        try:
            EDITS[form](tree, fields)
            wanted = PracticeFile.model_validate(tree)
            applied = await desk.services.practice_files.change(practice_id, revision, wanted)
        except ValidationError as error:
            # What does not fit is shown as it was typed, to be mended.
            problems = _told(error, tree)
            return await _show(desk, section, problems=problems, status=400, tree=tree)
        except (FormRefused, InvalidRequest, ChangedMeanwhile) as error:
            problems, status = [error.message], error.status
            return await _show(desk, section, problems=problems, status=status, typed=typed)
    return desk.done(f"/console/practice/{section}", _sentence(applied))


def _known(section: str) -> str:
    if section not in SECTIONS:
        raise HttpError(404, "not_found", "There is no such part of the practice.")
    return section


def _practice_of(desk: Desk) -> str:
    if desk.place.practice_id is None:
        raise PracticeNotFound
    return desk.place.practice_id


def _told(error: ValidationError, tree: dict[str, Any]) -> list[str]:
    """Say what does not fit, as whoever filled in the form would point at it."""
    found = problems_of(error, tree, "")
    told = []
    for one in found:
        place = one.where.partition(": ")[2].replace("_", " ")
        told.append(f"{place[:1].upper()}{place[1:]} {one.text}.".strip())
    return told


def _sentence(applied: Applied) -> str:
    if not applied.changes:
        return "Nothing was changed."
    told = "; ".join(applied.changes[:MOST_TOLD])
    more = len(applied.changes) - MOST_TOLD
    said = f"Saved: {told}{f'; and {more} more' if more > 0 else ''}."
    if applied.conflicts:
        count = len(applied.conflicts)
        said += f" {count} appointment{'s' if count > 1 else ''} to come no longer fit: see the overview."
    return said


async def _preview(desk: Desk) -> list[tuple[str, str]]:
    """Ask the local receptionist about the practice; what it has to look up first is left out."""
    bot = await desk.services.bots.find_bot_by_site(desk.site_id)
    if bot is None:
        return []
    facts, now = (await desk.services.bots.describe(bot)).facts(), desk.services.clock()
    hello = greeting(facts)

    def answers() -> list[tuple[str, str]]:
        told = [("The bot picks up", hello)]
        for question in QUESTIONS:
            messages: list[Message] = [
                {"role": "assistant", "content": hello},
                {"role": "user", "content": question},
            ]
            action = next_action(messages, facts, now, None)
            if action.call is None and action.say:
                told.append((question, action.say))
        return told

    return await asyncio.to_thread(answers)


async def _show(
    desk: Desk,
    section: str,
    *,
    problems: Sequence[str] = (),
    status: int = 200,
    tree: dict[str, Any] | None = None,
    typed: dict[str, list[str]] | None = None,
) -> Response:
    file, revision = await desk.services.practice_files.read(_practice_of(desk))
    return await desk.page(
        f"practice_{section}",
        status=status,
        file=tree or file.model_dump(by_alias=True),
        revision=revision,
        sections=SECTIONS,
        section=section,
        weekdays=WEEKDAYS,
        problems=problems,
        typed=typed or {},
    )
