"""``chairside patients``: what is kept about a patient, found, given to them, and erased."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.data_folder import Records, with_records
from cli.durations import shown
from cli.errors import UserError
from cli.options import DataDir
from cli.output import AsJson, picked, print_json, print_rows, print_table, tell, writing
from contracts.timestamps import timestamp
from language import phone as phones
from practice.patients.service import Patients
from practice.patients.views import Patient, PatientView

patients = typer.Typer(
    no_args_is_help=True, help="Find what is kept about a patient, give it to them, erase it."
)

Phone = Annotated[str, typer.Argument(help="The patient's telephone number, such as +12025550142.")]
Account = Annotated[
    str | None,
    typer.Option(help="The practice's account, as find shows it; needed where several know the number."),
]
Name = Annotated[str | None, typer.Option(help="The full name, where several people share the number.")]


@patients.command()
def find(
    text: Annotated[str, typer.Argument(help="A telephone number, or a part of a name.")],
    account: Account = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List patients by number or name."""
    found = with_records(data_dir, lambda records: _find(records, text, account))
    print_rows(
        as_json,
        "patients",
        found,
        lambda one: picked(one, "account_id name phone records latest"),
        lambda one: {
            "practice": one.account_name,
            "account": one.account_id,
            **picked(one, "name phone"),
            "records": str(one.records),
            "latest": shown(one.latest),
        },
        "Nobody of that number or name is known.",
    )


@patients.command()
def export(
    phone: Phone,
    name: Name = None,
    account: Account = None,
    output: Annotated[Path | None, typer.Option(help="A file to write; otherwise it is printed.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Write down everything that is kept about a patient, as JSON: for them, when they ask."""
    kept = with_records(data_dir, lambda records: _export(records, phone, name, account))
    text = json.dumps(kept, default=timestamp, indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
        return
    with writing(output):
        output.touch(mode=0o600)
        output.write_text(text + "\n", encoding="utf-8")
    typer.echo(f"Written to {output}.")


@patients.command()
def erase(
    phone: Phone,
    name: Name = None,
    account: Account = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Erase a patient everywhere. Past appointments stay as time that was taken, without a name."""
    if not yes:
        whose = f"{name}, {phone}" if name else f"everybody with the number {phone}"
        typer.confirm(f"Erase {whose} for good?", abort=True)
    gone = with_records(data_dir, lambda records: _erase(records, phone, name, account))
    if as_json:
        print_json({"erased": gone})
        return
    print_table([{"erased": kind.replace("_", " "), "": str(count)} for kind, count in gone.items()], "")


@patients.command()
def born(
    phone: Phone,
    name: Annotated[str, typer.Argument(help="The patient's full name.")],
    date_of_birth: Annotated[
        str | None, typer.Argument(help="Such as 1980-03-31; left out, what is there is taken away.")
    ] = None,
    account: Account = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write down when a patient was born: they can show by it who they are."""
    try:
        day = date.fromisoformat(date_of_birth) if date_of_birth else None
    except ValueError:
        raise UserError(f"{date_of_birth} is no date; give it as 1980-03-31.") from None
    with_records(data_dir, lambda records: _born(records, phone, name, account, day))
    said = "The date of birth is written down." if day else "It is taken away."
    tell(as_json, {"known": day is not None}, said)


@patients.command()
def hold(
    phone: Phone,
    reason: Annotated[str | None, typer.Option(help="Why it has to be kept.")] = None,
    release: Annotated[bool, typer.Option("--release", help="End the hold instead.")] = False,
    name: Name = None,
    account: Account = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Hold a patient: nothing of theirs is erased or forgotten until the hold is over."""
    if release == (reason is not None):
        raise UserError("Say why with --reason, or end the hold with --release.")
    with_records(data_dir, lambda records: _hold(records, phone, name, account, reason))
    said = "The hold is over." if release else "Held: nothing of theirs is erased or forgotten."
    tell(as_json, {"held": not release}, said)


async def _find(records: Records, text: str, account: str | None) -> list[PatientView]:
    found = await records.of(Patients).find(text, account)
    await records.note("patients.find", " ".join(sorted({records.audit.patient(one.phone) for one in found})))
    return found


async def _export(records: Records, phone: str, name: str | None, account: str | None) -> dict[str, object]:
    who = await _patient(records, phone, name, account)
    kept = await records.of(Patients).export(who)
    await records.note("patients.export", records.audit.patient(who.phone))
    return kept


async def _born(records: Records, phone: str, name: str, account: str | None, day: date | None) -> None:
    who = await _patient(records, phone, name, account)
    await records.note("patients.born", records.audit.patient(who.phone))
    await records.of(Patients).keep_birth_date(who, day.isoformat() if day else "", "operator")


async def _hold(
    records: Records, phone: str, name: str | None, account: str | None, reason: str | None
) -> None:
    who = await _patient(records, phone, name, account)
    await records.note("patients.hold" if reason else "patients.release", records.audit.patient(who.phone))
    if reason:
        await records.of(Patients).hold(who, reason, "operator")
    else:
        await records.of(Patients).release(who)


async def _erase(records: Records, phone: str, name: str | None, account: str | None) -> dict[str, int]:
    who = await _patient(records, phone, name, account)
    erased = await records.of(Patients).erase(who)
    await records.note("patients.erase", records.audit.patient(who.phone))
    return {kind: getattr(erased, kind) for kind in erased.__slots__}


async def _patient(records: Records, phone: str, name: str | None, account: str | None) -> Patient:
    number = phones.parse(phone)
    if number is None:
        raise UserError(f"{phone} is no telephone number; give it as +12025550142.")
    if account is None:
        known = {one.id for one in await records.accounts.list_accounts()}
        having = {one.account_id for one in await records.of(Patients).find(number)} or known
        if len(having) != 1:
            raise UserError("Several practices could know that number: say which one with --account.")
        account = having.pop()
    return Patient(account, number, name)
