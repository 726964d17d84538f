"""``chairside hand-off``: whom a practice has rung when a caller wants a person, in which order."""

from typing import Annotated, Any

import typer

from cli.data_folder import Records, with_records
from cli.errors import UserError
from cli.options import DataDir
from cli.output import AsJson, print_rows
from contracts.practice_rules import WEEKDAYS
from kit.clock import system_clock
from practice.chat_sessions.ladder import AVAILABLE, RING_SECONDS, Contact, Ladder

hand_off = typer.Typer(no_args_is_help=True, help="Say who is rung when a caller wants a person.")
PracticeId = Annotated[
    str, typer.Option("--practice", help="The practice: prac_…, as chairside practice list shows it.")
]


@hand_off.command("list")
def list_(practice: PracticeId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the contacts in the order in which they are rung."""
    _show(with_records(data_dir, lambda records: _ladder_of(records).list_contacts(practice)), as_json)


@hand_off.command()
def add(
    name: Annotated[str, typer.Argument(help='Such as "front desk".')],
    number: Annotated[str, typer.Argument(help="In full: +12075550190.")],
    practice: PracticeId,
    when: Annotated[str, typer.Option(help=f"{', '.join(AVAILABLE)}; hours need --hours.")] = "always",
    hours: Annotated[
        list[str] | None, typer.Option(help="monday=08:00-12:00, once for each interval.")
    ] = None,
    ring: Annotated[int, typer.Option(help="Seconds to ring.")] = RING_SECONDS,
    position: Annotated[
        int | None, typer.Option(help="Place in the order, from 1.", show_default="last")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a contact. Who picks up is asked to press 1; a machine presses no key."""
    available = next((one for one in AVAILABLE if one == when), None)
    if available is None:
        raise UserError(f"--when is one of {', '.join(AVAILABLE)}.")
    contact = Contact(0, name, number, available, _hours(hours or []) or None, ring)

    async def added(records: Records) -> list[Contact]:
        ladder = _ladder_of(records)
        contacts = await ladder.list_contacts(practice)
        contacts.insert(len(contacts) if position is None else max(position - 1, 0), contact)
        await ladder.set_contacts(practice, contacts)
        return await ladder.list_contacts(practice)

    _show(with_records(data_dir, added), as_json)


@hand_off.command()
def remove(
    position: Annotated[int, typer.Argument(help="As the list shows it, from 1.")],
    practice: PracticeId,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Remove a contact."""

    async def removed(records: Records) -> list[Contact]:
        ladder = _ladder_of(records)
        contacts = await ladder.list_contacts(practice)
        if not 1 <= position <= len(contacts):
            raise UserError(f"There is no contact {position}.")
        del contacts[position - 1]
        await ladder.set_contacts(practice, contacts)
        return await ladder.list_contacts(practice)

    _show(with_records(data_dir, removed), as_json)


def _hours(given: list[str]) -> dict[str, list[str]]:
    hours: dict[str, list[str]] = {}
    for one in given:
        day, _, interval = one.partition("=")
        if day not in WEEKDAYS:
            raise UserError(f"--hours takes monday=08:00-12:00, not {one[:40]}.")
        hours.setdefault(day, []).append(interval)
    return hours


def _show(contacts: list[Contact], as_json: bool) -> None:
    print_rows(
        as_json,
        "contacts",
        contacts,
        _json,
        lambda one: {
            "": str(one.position + 1),
            "name": one.name,
            "number": one.phone,
            "when": one.available,
            "rings": f"{one.ring_seconds} s",
        },
        "Nobody is rung; the bot's own transfer number is, if it has one.",
    )


def _ladder_of(records: Records) -> Ladder:
    return Ladder(records.database, system_clock, records.settings.sessions.countries)


def _json(contact: Contact) -> dict[str, Any]:
    return {
        "position": contact.position + 1,
        "name": contact.name,
        "number": contact.phone,
        "when": contact.available,
        "hours": contact.hours,
        "ring_seconds": contact.ring_seconds,
    }
