"""The assistants' SQL."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.assistants import Assistant, AssistantFile
from practice.records.practices import Site
from practice.records.threads import Thread


async def site_exists(session: AsyncSession, site_id: int) -> bool:
    """Tell whether there is such a site."""
    return await session.scalar(select(Site.id).where(Site.id == site_id)) is not None


async def list_assistants(session: AsyncSession, site_id: int) -> list[Assistant]:
    """List a site's assistants, oldest first."""
    return list(
        await session.scalars(select(Assistant).where(Assistant.site_id == site_id).order_by(Assistant.id))
    )


async def find_assistant(session: AsyncSession, site_id: int, assistant_id: int) -> Assistant | None:
    """Find a site's assistant."""
    query = select(Assistant).where(Assistant.site_id == site_id, Assistant.id == assistant_id)
    return (await session.scalars(query)).one_or_none()


async def list_files(session: AsyncSession, assistant_id: int) -> list[AssistantFile]:
    """List an assistant's files without their content, oldest first."""
    query = select(AssistantFile).where(AssistantFile.assistant_id == assistant_id).order_by(AssistantFile.id)
    return list(await session.scalars(query))


async def find_file(session: AsyncSession, assistant_id: int, file_id: int) -> AssistantFile | None:
    """Find an assistant's file without its content."""
    query = select(AssistantFile).where(
        AssistantFile.assistant_id == assistant_id, AssistantFile.id == file_id
    )
    return (await session.scalars(query)).one_or_none()


async def get_content(session: AsyncSession, file_id: int) -> bytes:
    """Read a file's bytes."""
    query = select(AssistantFile.content).where(AssistantFile.id == file_id)
    return (await session.scalars(query)).one()


async def delete_file(session: AsyncSession, file_id: int) -> None:
    """Delete a file."""
    await session.execute(delete(AssistantFile).where(AssistantFile.id == file_id))


async def delete_assistant(session: AsyncSession, assistant_id: int) -> None:
    """Delete an assistant; its files and chats go with it, while calls keep what was said."""
    await session.execute(
        update(Thread)
        .where(Thread.assistant_id == assistant_id, Thread.kind == "call")
        .values(assistant_id=None)
    )
    await session.execute(delete(Assistant).where(Assistant.id == assistant_id))
