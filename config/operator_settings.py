"""Settings for whoever keeps an installation: the keys of its data, its metrics, its tests of survival."""

from pathlib import Path

from pydantic import Field, SecretStr, model_validator

from config.group import Group


class EncryptionSettings(Group):
    """What patients' data is encrypted with in the database; without a key it is not.

    There is no key by default: it would lie beside the database, and protect nothing.
    """

    enabled: bool = True
    """Encrypt what is written, where there is a key. What was encrypted is read either way, as long as its
    key is known."""
    key: SecretStr | None = None
    """The keys, apart by blanks: the first encrypts, the others only read."""
    key_file: Path | None = None
    """A file that holds them, a line each, best on another disk than the database."""
    key_command: str | None = Field(default=None, min_length=1)
    """A command that prints them, such as a key management service's; it is run as the process starts."""

    @property
    def writes(self) -> bool:
        """Whether what is written is encrypted."""
        return self.enabled and any(one is not None for one in (self.key, self.key_file, self.key_command))

    @model_validator(mode="after")
    def _has_one_source(self) -> "EncryptionSettings":
        if sum(one is not None for one in (self.key, self.key_file, self.key_command)) > 1:
            raise ValueError("give one of KEY, KEY_FILE and KEY_COMMAND, not several")
        return self


class MetricsSettings(Group):
    """``/metrics``, which Prometheus reads."""

    token: SecretStr | None = None
    """The bearer token of whoever reads it; without one it is read from the same machine alone."""


class FaultSettings(Group):
    """Faults on purpose, for tests of what survives them; never set in production."""

    kill_at: str | None = None
    """Name of the fault point at which the process kills itself, such as ``ledger.claimed``."""
