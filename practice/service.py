"""What the practice's services stand on."""

from kit.clock import Clock
from kit.db.database import Database


class RecordsService:
    """Works on the records, by a clock: the practice's, or the machine's where it says so."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
