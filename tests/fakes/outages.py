"""A database that goes away."""

from sqlalchemy import text

from kit.db.database import Database


async def lose_connections(database: Database) -> None:
    """Cut all connections, as a restart of PostgreSQL does; those of SQLite cannot be lost."""
    if database.is_sqlite:
        return
    cut = text(
        "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with database.session() as session:
        await session.execute(cut)
