"""Assistants of sites: one record, however many doors lead to it, and every change a version."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from kit.text import is_text
from practice.assistants import repository, versions
from practice.assistants.tools import check_tools
from practice.assistants.views import AssistantFields, AssistantView, VersionView, cause_of
from practice.errors import AssistantNotFound, ChangedMeanwhile, InvalidField, SiteNotFound, VersionNotFound
from practice.records.assistants import Assistant, AssistantTool, AssistantVersion
from practice.records.finding import find_by, is_row_number
from practice.service import RecordsService
from practice.sites.repository import site_exists


class Assistants(RecordsService):
    """Assistants of sites."""

    async def list_assistants(self, site_id: int) -> list[AssistantView]:
        """List a site's assistants."""
        async with self._database.reading() as session:
            await _check_site(session, site_id)
            return await versions.present_all(session, Assistant.site_id == site_id)

    async def list_of_sites(self, site_ids: Sequence[int] | None) -> list[AssistantView]:
        """List the assistants of several sites."""
        async with self._database.reading() as session:
            return await versions.present_all(session, *of_sites(site_ids))

    async def get_assistant(self, site_id: int, assistant_id: int) -> AssistantView:
        """Get an assistant."""
        async with self._database.reading() as session:
            return await versions.present(session, await get(session, site_id, assistant_id))

    async def get_by_code(self, code: str, site_ids: Sequence[int] | None) -> AssistantView:
        """Get an assistant by its code."""
        if not is_text(code):  # PostgreSQL would not even compare it
            raise AssistantNotFound
        async with self._database.reading() as session:
            found = await repository.find_assistant(session, Assistant.code == code, *of_sites(site_ids))
            if found is None:
                raise AssistantNotFound
            return await versions.present(session, found)

    async def create_assistant(
        self,
        site_id: int,
        fields: AssistantFields | None = None,
        *,
        code: str | None = None,
        made_by: str | None = None,
    ) -> AssistantView:
        """Make an assistant."""
        fields, now = fields or {}, self._clock()
        assistant = Assistant(
            site_id=site_id,
            code=code or new_id("asst", now).replace("_", "-"),
            created_at=now,
            updated_at=now,
            **fields,
        )
        try:
            async with self._database.session() as session:
                await _check_site(session, site_id)
                session.add(assistant)
                await session.flush()
                await check_tools(session, assistant, fields.get("tool_ids"))
                session.add(AssistantTool(assistant_id=assistant.id, created_at=now))
                await versions.record(session, assistant, "created", made_by, now)
                return await versions.present(session, assistant)
        except IntegrityError as error:
            raise InvalidField("code", "assistant with this code already exists.") from error

    async def update_assistant(
        self,
        site_id: int,
        assistant_id: int,
        fields: AssistantFields,
        *,
        made_by: str | None = None,
        read_version: int | None = None,
    ) -> AssistantView:
        """Change an assistant; what was before stays as a version.

        Args:
            fields: What is to change; what is as it was makes no version.
            read_version: The version that whoever changes it has read; None is whatever there is.
        """
        async with self._database.session() as session:
            assistant = await get(session, site_id, assistant_id, lock=True)
            _check_version(assistant, read_version)
            changed: dict[str, Any] = {
                name: value for name, value in fields.items() if getattr(assistant, name) != value
            }
            if changed:
                await versions.begin(session, assistant)
                await check_tools(session, assistant, changed.get("tool_ids"))
                for name, value in changed.items():
                    setattr(assistant, name, value)
                await versions.record(session, assistant, cause_of(changed), made_by, self._clock())
            return await versions.present(session, assistant)

    async def delete_assistant(self, site_id: int, assistant_id: int) -> None:
        """Delete an assistant with its files, versions and routes."""
        async with self._database.session() as session:
            await get(session, site_id, assistant_id, lock=True)
            await repository.delete_assistant(session, assistant_id)

    async def list_versions(self, site_id: int, assistant_id: int) -> list[VersionView]:
        """List an assistant's versions."""
        async with self._database.reading() as session:
            assistant = await get(session, site_id, assistant_id)
            found = await repository.list_versions(session, assistant_id)
            if not found:
                return [VersionView(versions.FIRST, "created", None, assistant.created_at)]
            return [VersionView(one.number, one.cause, one.made_by, one.created_at) for one in found]

    async def get_version(self, site_id: int, assistant_id: int, number: int | None) -> AssistantView:
        """Get an assistant as it was."""
        async with self._database.reading() as session:
            assistant = await get(session, site_id, assistant_id)
            if number is None or number == max(versions.FIRST, assistant.version):
                return await versions.present(session, assistant)
            found = await find_by(session, AssistantVersion, assistant_id=assistant_id, number=number)
            if found is None:
                raise VersionNotFound
            return versions.view(assistant, number, found.snapshot, found.created_at)

    async def restore_version(
        self,
        site_id: int,
        assistant_id: int,
        number: int,
        *,
        made_by: str | None = None,
        read_version: int | None = None,
    ) -> AssistantView:
        """Make an assistant what it was at a version, a new one, if ``read_version`` is the latest.

        InvalidField where a tool of then would lead back to the assistant now.
        """
        now = self._clock()
        async with self._database.session() as session:
            assistant = await get(session, site_id, assistant_id, lock=True)
            _check_version(assistant, read_version)
            await versions.begin(session, assistant)
            found = await find_by(session, AssistantVersion, assistant_id=assistant_id, number=number)
            if found is None:
                raise VersionNotFound
            fields = {name: found.snapshot[name] for name in versions.KEPT}
            fields["tool_ids"] = await check_tools(
                session, assistant, fields["tool_ids"], leave_out_missing=True
            )
            for name, value in fields.items():
                setattr(assistant, name, value)
            await repository.set_files(session, assistant_id, found.snapshot["file_ids"], now)
            await versions.record(session, assistant, f"restored: version {number}", made_by, now)
            return await versions.present(session, assistant)


def of_sites(site_ids: Sequence[int] | None) -> list[ColumnElement[bool]]:
    """Give the condition that keeps a query to some sites."""
    return [] if site_ids is None else [Assistant.site_id.in_(site_ids)]


async def get(session: AsyncSession, site_id: int, assistant_id: int, *, lock: bool = False) -> Assistant:
    """Get the row of a site's assistant; to lock it the transaction must be a writing one."""
    assistant = await find_by(session, Assistant, site_id=site_id, id=assistant_id, lock=lock)
    if assistant is None:
        raise AssistantNotFound
    return assistant


def _check_version(assistant: Assistant, read_version: int | None) -> None:
    if read_version is not None and read_version != max(versions.FIRST, assistant.version):
        raise ChangedMeanwhile


async def _check_site(session: AsyncSession, site_id: int) -> None:
    if not is_row_number(site_id) or not await site_exists(session, site_id):
        raise SiteNotFound
