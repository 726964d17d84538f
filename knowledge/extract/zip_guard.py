"""Zip files that cannot be made to unpack into more than is allowed."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from knowledge.extract.errors import BrokenFile, PasswordProtected, TooLargeInside

MAX_MEMBERS = 10_000
_MAX_RATIO = 300
"""XML of real documents packs to a fiftieth at best; deflate could do a thousandth."""
_SMALL_BYTES = 2**20
"""Members up to this size may be packed as tightly as can be."""
_PIECE_BYTES = 2**16
_ENCRYPTED_FLAG = 0x1
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    lzma.LZMAError,
)
"""What ``zipfile`` raises over damaged files."""


class GuardedZip:
    """A zip file that has been looked over.

    Args:
        max_unpacked_bytes: Bound on all that is read out of it.
    """

    def __init__(self, archive: zipfile.ZipFile, max_unpacked_bytes: int) -> None:
        self._archive = archive
        self._left = max_unpacked_bytes

    def names(self) -> list[str]:
        """List the members."""
        return self._archive.namelist()

    def read(self, name: str) -> bytes:
        """Unpack a member.

        Args:
            name: One of ``names``.

        Raises:
            BrokenFile: The member is damaged.
            TooLargeInside: With it, more has been unpacked than is allowed, whatever its header says, or it
                is packed tighter than a document can be.
        """
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Unpack a member piece by piece; see ``read``."""
        info = self._archive.getinfo(name)
        if info.file_size > max(_SMALL_BYTES, _MAX_RATIO * info.compress_size):
            raise TooLargeInside
        with self._archive.open(info) as member:
            while piece := member.read(_PIECE_BYTES):
                self._left -= len(piece)
                if self._left < 0:
                    raise TooLargeInside
                yield piece


@contextmanager
def open_zip(content: bytes, max_unpacked_bytes: int) -> Iterator[GuardedZip]:
    """Open a zip file if its directory claims nothing outrageous.

    Raises:
        BrokenFile: It, or what is read of it meanwhile, is damaged.
        PasswordProtected: A member is encrypted.
        TooLargeInside: It has too many members, or they are too large.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(one.file_size for one in members) > max_unpacked_bytes:
                raise TooLargeInside
            if any(one.flag_bits & _ENCRYPTED_FLAG for one in members):
                raise PasswordProtected
            yield GuardedZip(archive, max_unpacked_bytes)
    except _DAMAGE as cause:
        raise BrokenFile from cause
