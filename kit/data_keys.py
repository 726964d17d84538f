"""The keys that patients' data is encrypted with in the database, wherever they come from."""

import base64
import hashlib
import hmac
import os
import re
import secrets
import shlex
import subprocess

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.operator_settings import EncryptionSettings
from config.settings import Settings
from kit.keyring import KEY_BYTES, Keyring

MARK = "enc1."
"""How a value that is encrypted begins: then come the key's id, a point, and nonce and text in base64."""
PLAIN = "plain"
"""Stands for the key of what is not encrypted, where keys are named."""
MOST_KEYS = 6
"""Keys at once, the installation's own among them: each is one more place where a look-up looks."""
COMMAND_SECONDS = 60
_NONCE_BYTES = 12
ID_CHARACTERS = 8
"""Of a key's id."""
_SEALED = re.compile(r"enc1\.[0-9a-f]{8}\.[A-Za-z0-9+/]{38,}={0,2}")


class DataKeyUnavailable(Exception):
    """A key of the data is not to be had, or is not the right one; the message is for the operator."""


class DataKeys:
    """Encrypts by the first key, decrypts (AES-256-GCM), and hashes what is looked up (HMAC-SHA256)."""

    def __init__(self, masters: list[bytes], *, writes: bool = True) -> None:
        keys = [_Key(one) for one in dict.fromkeys(masters)]
        if not keys:
            raise ValueError("there is no key")
        self._first = keys[0]
        self._keys = {one.id: one for one in reversed(keys)}
        self._newest_first = keys
        self.writes = writes

    def __repr__(self) -> str:
        return f"DataKeys({', '.join(self.ids)})"

    @classmethod
    def load(cls, settings: Settings) -> "DataKeys":
        """Load the keys that the settings name; the installation's own is the last of them.

        It reads and never writes: a key that lies beside the database would protect nothing.

        Raises:
            DataKeyUnavailable: A file cannot be read, a command fails, or what they hold is no key.
        """
        secret = settings.secret.get_secret_value() if settings.secret else None
        own = Keyring.load(settings.data_dir, secret).derive("data")
        masters = [*_told(settings.encryption), own]
        if len(masters) > MOST_KEYS:
            raise DataKeyUnavailable(
                f"There are {len(masters) - 1} keys for the data, and {MOST_KEYS - 1} are the most: encrypt "
                "everything with the newest (chairside encryption apply), and take the oldest away."
            )
        return cls(masters, writes=settings.encryption.writes)

    @property
    def ids(self) -> list[str]:
        """The keys' ids, that of the one that encrypts first."""
        return [one.id for one in self._newest_first]

    @property
    def writing_id(self) -> str:
        """The id of what values are written with: the first key's, or ``plain``."""
        return self._first.id if self.writes else PLAIN

    def seal(self, text: str, kind: str) -> str:
        """Encrypt a text as its kind, such as ``calls.from_number``; without keys it stays as it is."""
        # A text that looks like an encrypted one would be taken for one when it is read.
        if not self.writes and not is_sealed(text):
            return text
        sealed = base64.b64encode(self._first.seal(text.encode(), kind)).decode()
        return f"{MARK}{self._first.id}.{sealed}"

    def open(self, stored: str, kind: str) -> str:
        """Give a text that was stored, decrypted; DataKeyUnavailable if its key is not known."""
        if not is_sealed(stored):
            return stored
        name, sealed = stored[len(MARK) :].split(".", 1)
        return self._opened(name, base64.b64decode(sealed), kind).decode()

    def seal_bytes(self, content: bytes, kind: str) -> bytes:
        """Encrypt bytes, as ``seal`` does a text."""
        if not self.writes and not content.startswith(MARK.encode()):
            return content
        return f"{MARK}{self._first.id}.".encode() + self._first.seal(content, kind)

    def open_bytes(self, stored: bytes, kind: str) -> bytes:
        """Give bytes that were stored, as ``open`` does a text."""
        if not stored.startswith(MARK.encode()):
            return stored
        start = len(MARK) + ID_CHARACTERS
        return self._opened(stored[len(MARK) : start].decode(errors="replace"), stored[start + 1 :], kind)

    def hash(self, text: str, kind: str, place: int = 0) -> str:
        """Hash what is looked up, by one of the keys (0 encrypts): equal for equal texts of a kind."""
        key = self._newest_first[min(place, len(self._newest_first) - 1)]
        return hmac.new(key.hashing, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()

    def _opened(self, name: str, sealed: bytes, kind: str) -> bytes:
        key = self._keys.get(name)
        if key is None:
            raise DataKeyUnavailable(missing([name]))
        try:
            return key.open(sealed, kind)
        except InvalidTag as error:
            raise DataKeyUnavailable(f"A value of {kind} was changed outside of this program.") from error


class _Key:
    """One key: what it encrypts with, what it hashes with, and what it is called."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError(f"a key of the data has {KEY_BYTES} bytes")
        derived = Keyring(master)
        self.id = derived.derive("data-id").hex()[:ID_CHARACTERS]
        self.hashing = derived.derive("data-hash")
        self._box = AESGCM(derived.derive("data-encrypt"))

    def seal(self, content: bytes, kind: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._box.encrypt(nonce, content, kind.encode())

    def open(self, sealed: bytes, kind: str) -> bytes:
        return self._box.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], kind.encode())


def is_sealed(stored: str) -> bool:
    """Tell whether a stored text is an encrypted one."""
    return stored.startswith(MARK) and _SEALED.fullmatch(stored) is not None


def missing(ids: list[str]) -> str:
    """Say that keys are missing, and where they belong."""
    return (
        "Patients' data in this database is encrypted with a key that this process was not given "
        f"({', '.join(ids)}): CHAIRSIDE_ENCRYPTION_KEY, _KEY_FILE or _KEY_COMMAND has to give it."
    )


def new_key() -> str:
    """Make a key, as the settings take it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _told(settings: EncryptionSettings) -> list[bytes]:
    if settings.key_file is not None:
        where = f"CHAIRSIDE_ENCRYPTION_KEY_FILE ({settings.key_file})"
        try:
            text = settings.key_file.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise DataKeyUnavailable(f"{where} cannot be read: {error}.") from error
    elif settings.key_command is not None:
        where = "CHAIRSIDE_ENCRYPTION_KEY_COMMAND"
        text = _printed(settings.key_command)
    elif settings.key is not None:
        where, text = "CHAIRSIDE_ENCRYPTION_KEY", settings.key.get_secret_value()
    else:
        return []
    keys = [_decoded(one, where) for one in text.split()]
    if not keys:
        raise DataKeyUnavailable(f"{where} holds no key; chairside encryption new-key makes one.")
    return keys


def _printed(command: str) -> str:
    try:
        run = subprocess.run(  # noqa: S603 - the operator's own command, without a shell
            shlex.split(command), capture_output=True, check=True, timeout=COMMAND_SECONDS, text=True
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        # What it printed may be a key, or a part of one: it is not said.
        raise DataKeyUnavailable(
            f"CHAIRSIDE_ENCRYPTION_KEY_COMMAND failed ({type(error).__name__}); run it by hand to see why."
        ) from error
    return run.stdout


def _decoded(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise DataKeyUnavailable(
            f"{where} holds something that is no key: {KEY_BYTES} bytes in base64 or hexadecimal are one."
        )
    return key
