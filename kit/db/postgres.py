"""PostgreSQL's connections: asked whether they live when they have lain idle."""

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine

IDLE_SECONDS = 0.2
"""No server restarts in less; and a request that takes up four connections does not ask four times."""
_USED = "chairside_used"


def ping_the_idle(engine: AsyncEngine) -> None:
    """Ask a connection that has lain idle whether it lives, before it is used.

    A server that was restarted is no outage for who comes after. SQLAlchemy's own ``pool_pre_ping`` asks each
    time, which is a round trip more for every transaction.
    """
    dialect = engine.dialect

    def checked_out(connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get(_USED)
        if used is None or time.monotonic() - used < IDLE_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the pool makes another

    def checked_in(_connection: Any, record: Any) -> None:
        record.info[_USED] = time.monotonic()

    event.listen(engine.sync_engine, "checkout", checked_out)
    event.listen(engine.sync_engine, "checkin", checked_in)
