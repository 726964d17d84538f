"""Writes the audit log, reads it, and finds out whether it is whole."""

import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.records.audit import AuditEntry
from practice.records.insert_once import insert_once
from practice.service import RecordsService

FIRST = "0" * 64
"""What stands for the digest before the first entry."""
PAGE = 100
_ROUNDS = 100
"""How often somebody else may be quicker to write the next entry."""
_VERIFIED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AuditView:
    """An entry, numbered from 1 without gaps, by a ``staf_…``, an ``operator:…`` or a refused ``email:…``."""

    number: int
    at: datetime
    who: str
    action: str
    site_id: int | None
    subject: tuple[str, ...]
    detail: dict[str, Any]


class AuditLog(RecordsService):
    """The audit log of an installation."""

    def __init__(self, database: Database, clock: Clock, keyring: Keyring) -> None:
        super().__init__(database, clock)
        self._key = keyring.derive("audit-log")
        self._patients = keyring.derive("audit-patients")

    async def note(
        self, who: str, action: str, *, site_id: int | None = None, subject: str | None = None, **detail: Any
    ) -> None:
        """Write an entry. Its subject is ids, apart by blanks; nothing by which strangers know a patient."""
        for _ in range(_ROUNDS):
            async with self._database.session() as session:
                latest = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)
                last = (await session.scalars(latest)).one_or_none()
                values = {
                    "number": 1 if last is None else last.number + 1,
                    "at": self._clock(),
                    "who": who,
                    "action": action,
                    "site_id": site_id,
                    "subject": subject or None,
                    "detail": detail or None,
                    "previous": FIRST if last is None else last.digest,
                }
                values["digest"] = self._digest(values)
                if await insert_once(session, AuditEntry, values, ["number"]):
                    return
        raise RuntimeError("the audit log could not be written")

    def patient(self, phone: str) -> str:
        """Give what stands for a patient in the log: the same for the same number, and nothing else."""
        return "pat_" + hmac.digest(self._patients, phone.encode(), hashlib.sha256).hex()[:24]

    async def list_entries(
        self,
        site_id: int | None = None,
        *,
        subjects: Collection[str] = (),
        before: int | None = None,
        limit: int = PAGE,
    ) -> list[AuditView]:
        """List entries, newest first: those of a site, or all, for the operator."""
        query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)
        if site_id is not None:
            query = query.where(AuditEntry.site_id == site_id)
        if before is not None:
            query = query.where(AuditEntry.number < before)
        if subjects:
            query = query.where(or_(*(_about(one) for one in subjects)))
        async with self._database.reading() as session:
            return [_view(one) for one in await session.scalars(query)]

    async def find_break(self) -> int | None:
        """Look the whole log through.

        Returns:
            The number of the first entry that is missing or not as it was written; None when all are whole.
            Whether the newest entries were cut off is seen only by who knows how many there were.
        """
        expected, previous = 1, FIRST
        while True:
            query = select(AuditEntry).where(AuditEntry.number >= expected).order_by(AuditEntry.number)
            async with self._database.reading() as session:
                rows = list(await session.scalars(query.limit(_VERIFIED_AT_ONCE)))
            for row in rows:
                values = {name: getattr(row, name) for name in _SIGNED}
                if (
                    row.number != expected
                    or row.previous != previous
                    or not hmac.compare_digest(row.digest, self._digest(values))
                ):
                    return expected
                expected, previous = expected + 1, row.digest
            if not rows:
                return None

    def _digest(self, values: dict[str, Any]) -> str:
        at = values["at"].astimezone(UTC).isoformat()
        given = [at if name == "at" else values[name] for name in _SIGNED]
        text = json.dumps(given, sort_keys=True, ensure_ascii=False)
        return hmac.digest(self._key, text.encode(), hashlib.sha256).hex()


_SIGNED = ("number", "at", "who", "action", "site_id", "subject", "detail", "previous")


def _about(subject: str) -> ColumnElement[bool]:
    return (" " + AuditEntry.subject + " ").contains(f" {subject} ", autoescape=True)


def _view(row: AuditEntry) -> AuditView:
    subject = tuple((row.subject or "").split())
    return AuditView(row.number, row.at, row.who, row.action, row.site_id, subject, row.detail or {})
