"""Text without what is only there for machines, or to deceive."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_JUNK = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # controls
    "\u00ad"  # soft hyphen
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u180e"  # invisible, or turns text around
    "\ud800-\udfff"  # halves of surrogate pairs
    "\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"  # no characters
    "\U000e0000-\U000e0fff"  # tags: text that no person sees
    "\ue000-\uf0b6\uf0b8-\uf8ff\U000f0000-\U0010ffff]"  # private use: icons of a font we do not have
    # Persian and Hindi words need the joiners; elsewhere they only hide.
    "|(?<![\u0600-\u0dff\ufb50-\ufdff])[\u200c\u200d]+|[\u200c\u200d]+(?![\u0600-\u0dff\ufb50-\ufdff])"
)
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BULLET_OF_SYMBOL_FONT = "\uf0b7"


def unify_lines(text: str) -> str:
    """Make every line end in one newline, and drop NUL."""
    return _LINE_ENDS.sub("\n", text).replace("\x00", "")


def clean(text: str) -> str:
    """Normalise a paragraph.

    Returns:
        NFC, with single spaces, without empty lines, controls, invisible or bidirectional characters and
        halves of surrogate pairs; empty when nothing else was there.
    """
    if text.isascii() and text.isprintable():
        return (_SPACES.sub(" ", text) if "  " in text else text).strip()
    text = _JUNK.sub("", unify_lines(text).replace(_BULLET_OF_SYMBOL_FONT, "•"))
    text = unicodedata.normalize("NFC", text)
    if "\n" not in text:
        return _SPACES.sub(" ", text).strip()
    return "\n".join(line for line in (_SPACES.sub(" ", one).strip() for one in text.split("\n")) if line)


def clean_line(text: str) -> str:
    """Normalise a heading, a cell or a row as ``clean`` does, to one line."""
    return clean(text).replace("\n", " ")
