"""Alembic's entry: runs the migrations on the connection that it is handed."""

from alembic import context

from practice.records.tables import metadata


def run() -> None:
    """Run inside the caller's transaction, so that a migration is there whole or not at all."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


run()
