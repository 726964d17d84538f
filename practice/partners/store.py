"""What the services of this room share."""

from datetime import timedelta

from config.settings import RelaySettings
from kit.clock import Clock, system_clock
from kit.db.database import Database
from kit.keyring import Keyring
from kit.vault import Vault
from practice.partners.views import EVENT_SECRETS, SECRETS


class Store:
    """Where partners, keys and bots are kept, and what their secrets are sealed with.

    Args:
        wall_clock: The machine's time, which keys and secrets end by. Not a rehearsed one: whoever made
            them may be another process.
        settings: Where webhooks may lead, and how long a replaced secret is still good.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        keyring: Keyring,
        *,
        wall_clock: Clock = system_clock,
        settings: RelaySettings | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wall_clock = wall_clock
        self._vault = Vault(keyring, SECRETS)
        self._event_vault = Vault(keyring, EVENT_SECRETS)
        self._settings = settings or RelaySettings()
        self._overlap = timedelta(hours=self._settings.secret_overlap_hours)
