"""What the records keep about a patient: found, given to them, and erased."""

from dataclasses import fields
from typing import Any

from sqlalchemy import inspect, select

from kit.ids import new_id
from language import phone as phones
from language.phone import E164
from practice.outbox.service import BOOKED
from practice.patients import repository
from practice.patients.anonymous import anonymise
from practice.patients.errors import AppointmentAhead, OutcomeUnknown, PatientHeld, PatientNotFound
from practice.patients.repository import Traces
from practice.patients.views import Erased, HoldView, Patient, PatientView
from practice.records.accounts import Account
from practice.records.base import Base
from practice.records.bookings import ERASED, Appointment, BookingIntent
from practice.records.identity import BirthDate
from practice.records.insert_once import insert_once
from practice.records.legal_holds import LegalHold
from practice.service import RecordsService

_UNDER_WAY = ("pending", "unknown")
_EXPORTED = "appointments changes requests messages texts hand_offs memories follow_ups birth_dates".split()


class Patients(RecordsService):
    """Finds, exports and erases patients, each within one account."""

    async def find(self, text: str, account_id: str | None = None) -> list[PatientView]:
        """Find patients by a telephone number, or by a part of a name, latest first."""
        number, part = phones.parse(text), text.casefold().strip()
        found: dict[tuple[str, str, str], list[Any]] = {}
        async with self._database.reading() as session:
            names = {one.id: one.name for one in await session.scalars(select(Account))}
            accounts = await repository.accounts_of_bots(session)
            async for record in repository.list_named(session, account_id):
                name, phone = _named(record)
                if (number is not None and phone == number) or (part and part in name.casefold()):
                    if isinstance(record, Appointment | BirthDate):
                        account = record.account_id
                    else:
                        account = accounts[record.bot_id]
                    made = record.updated_at if isinstance(record, BirthDate) else record.created_at
                    found.setdefault((account, name, phone), []).append(made)
        views = [
            PatientView(account, names.get(account, ""), name, phone, len(made), max(made))
            for (account, name, phone), made in found.items()
            if name != ERASED
        ]
        return sorted(views, key=lambda one: one.latest, reverse=True)

    async def export(self, who: Patient) -> dict[str, Any]:
        """Give everything that is kept about a patient, for them: a list of rows for each kind of record."""
        async with self._database.reading() as session:
            traces = await repository.gather(session, who)
            if not traces:
                raise PatientNotFound
            return {
                **{name: [_row(one) for one in getattr(traces, name)] for name in _EXPORTED},
                "conversations": [
                    {
                        **_row(thread),
                        "call": _row(call) if call is not None else None,
                        "messages": [_row(one) for one in said],
                    }
                    for thread, call, said in traces.conversations
                ],
            }

    async def erase(self, who: Patient) -> Erased:
        """Erase a patient from the records; past appointments stay as time that was taken by nobody named.

        Afterwards the database is rewritten, so that its file holds nothing of what was erased.
        """
        async with self._database.session() as session:
            traces = await repository.gather(session, who)
            if not traces:
                raise PatientNotFound
            if any(_overlap(who, one) for one in await repository.list_holds(session, who.account_id)):
                raise PatientHeld
            self._check(traces)
            anonymise(traces)
            for name in ("messages", "texts", "memories", "events", "birth_dates"):
                for row in getattr(traces, name):
                    await session.delete(row)
            await repository.forget_said(session, [thread.id for thread, _, _ in traces.conversations])
            for thread, call, _ in traces.conversations:
                if call is None:
                    await session.delete(thread)
                else:
                    call.from_number = call.ending_reason = None
                    thread.message_count, thread.content = 0, None
        await self._database.compact()
        return Erased(**{one.name: len(getattr(traces, one.name)) for one in fields(Erased)})

    async def hold(self, who: Patient, reason: str, made_by: str) -> None:
        """Keep what is kept about a patient, until they are released; a second hold changes nothing."""
        values = {
            "account_id": who.account_id,
            "phone": who.phone,
            "name": who.name or "",
            "reason": reason,
            "made_by": made_by,
            "created_at": self._clock(),
        }
        async with self._database.session() as session:
            await insert_once(session, LegalHold, values, ["account_id", "phone", "name"])

    async def keep_birth_date(self, who: Patient, born: str, made_by: str) -> None:
        """Write down, or take away, a patient's date of birth, ISO 8601; each name has its own."""
        now = self._clock()
        async with self._database.session() as session:
            for row in await repository.birth_dates(session, who):
                await session.delete(row)
            if born and who.name:
                session.add(
                    BirthDate(
                        id=new_id("born", now),
                        account_id=who.account_id,
                        phone_hash=who.phone,
                        phone=who.phone,
                        name=who.name,
                        date_of_birth=born,
                        made_by=made_by,
                        updated_at=now,
                    )
                )

    async def release(self, who: Patient) -> None:
        """End what holds a patient."""
        async with self._database.session() as session:
            for one in await repository.list_holds(session, who.account_id):
                if _overlap(who, one):
                    await session.delete(one)

    async def find_hold(self, who: Patient) -> HoldView | None:
        """Find what holds a patient, by their name or by the number alone."""
        return next((one for one in await self.list_holds(who.account_id) if _overlap(who, one)), None)

    async def list_holds(self, account_id: str | None = None) -> list[HoldView]:
        """List who is held, the longest first."""
        async with self._database.reading() as session:
            found = await repository.list_holds(session, account_id)
        return [
            HoldView(
                one.account_id, E164(one.phone), one.name or None, one.reason, one.made_by, one.created_at
            )
            for one in found
        ]

    def _check(self, traces: Traces) -> None:
        now = self._clock()
        ahead = [one for one in traces.appointments if one.status == "confirmed" and one.start_at > now]
        booked = [
            one
            for one in traces.requests
            if one.booking_status in BOOKED and one.slot_start is not None and one.slot_start > now
        ]
        if ahead or booked:
            raise AppointmentAhead
        if any(one.state in _UNDER_WAY and one.given_up_at is None for one in traces.requests):
            raise OutcomeUnknown


def _overlap(who: Patient, hold: LegalHold | HoldView) -> bool:
    """Tell whether somebody may be who is held: one name, or everybody with the number, on either side."""
    return who.phone == hold.phone and (
        not hold.name or who.name is None or who.is_named(hold.name, hold.phone)
    )


def _named(record: Any) -> tuple[str, str]:
    if isinstance(record, BookingIntent):
        customer = repository.customer_of(record)
        return str(customer.get("name") or ""), str(customer.get("phone") or "")
    if isinstance(record, BirthDate):
        return record.name, record.phone
    return record.customer_name or "", record.customer_phone or ""


def _row(row: Base) -> dict[str, Any]:
    """Give a row as it is, but for what it is looked up by."""
    columns = inspect(type(row)).column_attrs
    return {one.key: getattr(row, one.key) for one in columns if not one.key.endswith("_hash")}
