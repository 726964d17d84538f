"""What a file is, by what is in it; its name decides only between kinds of text."""

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from knowledge.extract.decode import decode
from knowledge.extract.errors import BrokenFile, EmptyFile, PasswordProtected, TooLargeInside, UnsupportedType
from knowledge.extract.zip_guard import open_zip


class Kind(Enum):
    """A kind of file that is read; the value is its MIME type."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    HTML = "text/html"
    JSON = "application/json"
    CSV = "text/csv"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file whose kind is known.

    Attributes:
        content: Its bytes.
        text: The same as text, for the kinds that are text; otherwise empty.
        value: The same as a JSON value, for JSON.
    """

    kind: Kind
    content: bytes
    text: str = ""
    value: Any = None


CONTENT_TYPES = "[Content_Types].xml"
WORD_DOCUMENT = b"wordprocessingml.document.main+xml"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = tuple(
    (re.compile(beginning, re.DOTALL), what)
    for beginning, what in (
        (rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP", "an image"),
        (rb"\0\0[\1\2]\0.\0|8BPS\0|\xff\x0a|\0\0\0\x0cJXL |.{4}ftyp(?:hei|hev|mif|msf|avi[fs])", "an image"),
        (
            rb".{4}ftyp|ID3[\2-\4]|OggS\0|fLaC\0|RIFF.{4}(?:WAVE|AVI )|\x1aE\xdf\xa3|\xff[\xfb\xf3\xf2]",
            "sound or video",
        ),
        (
            rb"MZ.{0,60}\0|\x7fELF|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe|\0asm|#!/",
            "a program",
        ),
        (
            rb"\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ\0|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\x28\xb5\x2f\xfd|MSCF\0",
            "an archive",
        ),
        (rb".{257}ustar", "an archive"),
        (rb"SQLite format 3\0", "a database"),
        (rb"\{\\rtf", "an RTF document, which Word can save as .docx"),
        (rb"%!PS", "a PostScript file, which can be saved as a PDF"),
    )
)
"""Beginnings of files, and what they tell."""
_PACKAGES = (
    ("xl/", "an Excel workbook, which can be saved as CSV"),
    ("ppt/", "a PowerPoint presentation, which can be saved as a PDF"),
    ("word/", "a Word document of a kind that is not read, which Word can save as .docx"),
    ("META-INF/container.xml", "an e-book"),
    ("mimetype", "an OpenDocument file, which can be saved as .docx or a PDF"),
    ("META-INF/MANIFEST.MF", "a program"),
)
"""Members of zip files, and what they tell."""
_PAGE_TAGS = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_ANY_TAG = re.compile(
    r"</?(?:p|div|span|h[1-6]|ul|ol|li|table|tr|td|br|a|b|strong|em|section|article|main)\b[^<>]{0,500}>",
    re.IGNORECASE,
)
_XML = re.compile(r"\s*<\?xml\b|\s*<svg\b", re.IGNORECASE)
_LEADING_JUNK = 1024
"""Readers of PDF allow so many bytes before the mark."""


def recognise(content: bytes, file_name: str, max_unpacked_bytes: int) -> Recognised:
    """Tell what a file is.

    Args:
        file_name: Its name, which decides between Markdown, plain text, CSV and a piece of HTML.
        max_unpacked_bytes: Bound on the size of a zip file's members together.

    Raises:
        EmptyFile: There is nothing in it, or nothing but blanks.
        UnsupportedType: It is something else.
        PasswordProtected: It is an encrypted document of Microsoft Office.
        BrokenFile: It is a damaged zip file, or was called JSON and is none.
        TooLargeInside: It is a zip file with too much in it.
    """
    if not content.strip(b" \t\r\n\v\f\0\xef\xbb\xbf\xfe\xff"):
        raise EmptyFile
    if _is_pdf(content):
        return Recognised(Kind.PDF, content)
    if content.startswith((b"PK\3\4", b"PK\5\6")):
        return Recognised(_kind_of_zip(content, max_unpacked_bytes), content)
    _refuse_foreign(content)
    text = decode(content)
    if text is None:
        raise UnsupportedType.because("not text")
    return _kind_of_text(content, text, file_name.lower())


def _is_pdf(content: bytes) -> bool:
    if content[:64].lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        return True
    return b"%PDF-" in content[:_LEADING_JUNK] and b"startxref" in content[-2 * _LEADING_JUNK :]


def _kind_of_zip(content: bytes, max_unpacked_bytes: int) -> Kind:
    with open_zip(content, max_unpacked_bytes) as package:
        names = package.names()
        if CONTENT_TYPES in names and WORD_DOCUMENT in package.read(CONTENT_TYPES):
            return Kind.DOCX
    for start, what in _PACKAGES:
        if any(name.startswith(start) for name in names):
            raise UnsupportedType.because(what)
    raise UnsupportedType.because("an archive")


def _refuse_foreign(content: bytes) -> None:
    if content.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in content:
            raise PasswordProtected(
                "The document is protected by a password. Save it without one and upload it again."
            )
        raise UnsupportedType.because(
            "an Office document of the old kind (such as .doc), which Word can save as .docx"
        )
    head = content[:512]
    for beginning, what in _FOREIGN:
        if beginning.match(head):
            raise UnsupportedType.because(what)


def _kind_of_text(content: bytes, text: str, name: str) -> Recognised:
    if text.lstrip()[:1] in ("{", "[") or name.endswith(".json"):
        try:
            # Numbers stay as they were written: a price of 1.50 is not 1.5.
            value = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
        except RecursionError:
            raise TooLargeInside("The values in this JSON file are nested too deeply.") from None
        except ValueError:
            if name.endswith(".json"):
                raise BrokenFile(
                    "The JSON in this file is not valid. Correct it and upload it again."
                ) from None
        else:
            return Recognised(Kind.JSON, content, text, value)
    if _PAGE_TAGS.match(text) or (_looks_like_a_piece_of_html(text, name)):
        return Recognised(Kind.HTML, content, text)
    if _XML.match(text):
        raise UnsupportedType.because("an image" if "<svg" in text[:2000].lower() else "an XML file")
    if name.endswith((".csv", ".tsv")):
        return Recognised(Kind.CSV, content, text)
    return Recognised(Kind.MARKDOWN if name.endswith((".md", ".markdown")) else Kind.TEXT, content, text)


def _looks_like_a_piece_of_html(text: str, name: str) -> bool:
    if name.endswith((".md", ".markdown", ".csv", ".tsv")):
        return False
    if name.endswith((".html", ".htm", ".xhtml")):
        return _ANY_TAG.search(text) is not None
    return text.lstrip().startswith("<") and _ANY_TAG.match(text.lstrip()) is not None
