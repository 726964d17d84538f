"""What a file may cost, as far as the parsers see to it themselves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file.

    Attributes:
        max_chunks: Pieces that the text is cut into.
        max_unpacked_bytes: Size of a packed file's members together, unpacked.
    """

    max_pages: int = 2_000
    max_chars: int = 25_000_000
    max_chunks: int = 100_000
    max_unpacked_bytes: int = 100 * 2**20
