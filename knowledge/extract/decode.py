"""Bytes to text: marks first, then UTF-8, then what the letters tell."""

import codecs
import importlib
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_CONTROLS_IN_TEXT = 0.01
"""Share of control characters up to which a file still is text."""
_FEW = 2
"""So many control characters are allowed in a short one, too."""
_SAMPLE_BYTES = 65_536
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{2,40})|<\?xml[^>]{0,200}?encoding=["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_KNOWN_ENCODING = re.compile(
    r"(?:us-)?ascii|latin-?1|iso-?8859-?\d+|(?:windows|cp)-?\d{3,4}|koi8-[ru]|mac(?:intosh|-?roman)|shift[_-]jis|euc-(?:jp|kr)|gb(?:2312|k|18030)|big5",
    re.IGNORECASE,
)
_WESTERN = "cp1252"
_WESTERN_SIGNS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøœùúûüÿ¿¡«»„“”…•·€£¥¢§°ºª©®™±²³µ½¼¾÷"
    "\u2018\u2019\u201a\u2039\u203a\u2013\u2014\u00d7\u00a0"
)
_MOSTLY = 0.3
"""Western languages write fewer of their letters with accents."""
_NEVER_GUESSED = [
    "utf_16",
    "utf_16_be",
    "utf_16_le",
    "utf_32",
    "utf_32_be",
    "utf_32_le",
    "utf_7",
    "mac_cyrillic",
]


def decode(content: bytes) -> str | None:
    """Decode a file that is not empty, without its byte order mark; None when it is no text."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    wide = _wide_encoding(content[:_SAMPLE_BYTES])
    if wide:
        return content.decode(wide, "replace")
    controls = len(content) - len(content.translate(None, _CONTROLS))
    if controls > max(_FEW, _CONTROLS_IN_TEXT * len(content)):
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        if wrong.start >= len(content) - 3:  # cut off within its last character
            return content[: wrong.start].decode("utf-8")
    return content.decode(_declared(content) or _guessed(content), "replace")


def _wide_encoding(sample: bytes) -> str | None:
    """Tell UTF-16 without a mark by the NULs beside its ASCII letters."""
    half = len(sample) // 2
    if sample[0::2].count(0) > 0.4 * half and sample[1::2].count(0) < 0.02 * half:
        return "utf-16-be"
    if sample[1::2].count(0) > 0.4 * half and sample[0::2].count(0) < 0.02 * half:
        return "utf-16-le"
    return None


def _declared(content: bytes) -> str | None:
    found = _DECLARED.search(content[:4096])
    name = (found[1] or found[2]).decode("ascii") if found else ""
    if not _KNOWN_ENCODING.fullmatch(name):
        return None
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _guessed(content: bytes) -> str:
    sample = content[:_SAMPLE_BYTES]
    western = sample.decode(_WESTERN, "replace")
    signs = [sign for sign in western if sign > "\x7f"]
    accented = sum(map(str.isalpha, signs))
    if _WESTERN_SIGNS.issuperset(signs) and accented <= max(1, _MOSTLY * sum(map(str.isalpha, western))):
        return _WESTERN
    # Only a file that is neither pays for loading it.
    detector = importlib.import_module("charset_normalizer")
    guess = detector.from_bytes(sample, cp_exclusion=_NEVER_GUESSED).best()
    return guess.encoding if guess else _WESTERN
