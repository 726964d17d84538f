"""PDF files made by hand: text, pictures of text, passwords, any number of pages."""

import hashlib
from collections.abc import Sequence

_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_PERMISSIONS = -44
_ID = b"sixteen bytes id"


def text_page(*lines: str, size: int = 11, leading: int = 14) -> bytes:
    """Write lines on a page, from its top."""
    return _text_at(700, lines, size, leading)


def article_page(title: str, *paragraphs: Sequence[str]) -> bytes:
    """Write a page with a large title, and paragraphs with a gap between them."""
    content, height = [_text_at(740, [title], 24, 0)], 700
    for lines in paragraphs:
        content.append(_text_at(height, lines, 11, 14))
        height -= 14 * len(lines) + 14
    return b"\n".join(content)


def placed_page(*pieces: tuple[int, int, str], size: int = 10) -> bytes:
    """Write pieces of text where they are to stand, each by itself, from the lower left corner."""
    return b"\n".join(_text_at(height, [text], size, 0, left=left) for left, height, text in pieces)


def scanned_page() -> bytes:
    """Draw a page that is one picture."""
    return b"q 612 0 0 792 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \x00\xff\xff\x00 EI Q"


def _text_at(height: int, lines: Sequence[str], size: int, leading: int, *, left: int = 72) -> bytes:
    shown = b" ".join(b"(" + _escaped(line) + b") Tj T*" for line in lines)
    return b"BT /F1 %d Tf %d TL %d %d Td %s ET" % (size, leading, left, height, shown)


def _escaped(line: str) -> bytes:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")


def pdf(
    pages: Sequence[bytes], *, title: str = "", user: str | None = None, claimed_pages: int | None = None
) -> bytes:
    """Make a PDF.

    Args:
        pages: Their content streams.
        title: For the document's properties.
        user: Encrypt it; the password that opens it, or an empty one when it only forbids changes.
        claimed_pages: What the page tree says; without it, the truth.

    Returns:
        The file.
    """
    numbers = [6 + 2 * place for place in range(len(pages))]
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    count = len(pages) if claimed_pages is None else claimed_pages
    key, encryption = _encryption(user) if user is not None else (b"", b"<< >>")
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % count,
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: b"<< /Title (" + _escaped(title) + b") >>" if user is None else b"<< >>",
        5: encryption,
    }
    for number, page in zip(numbers, pages, strict=True):
        content = _rc4(_object_key(key, number + 1), page) if key else page
        objects[number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (number + 1)
        )
        objects[number + 1] = b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)
    return _file(objects, b"/Encrypt 5 0 R" if key else b"")


def _file(objects: dict[int, bytes], extra: bytes) -> bytes:
    parts, offsets, at = [b"%PDF-1.4\n"], [], 9
    for number in sorted(objects):
        offsets.append(at)
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, objects[number]))
        at += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table))
    ids = _ID.hex().encode()
    parts.append(
        b"trailer << /Size %d /Root 1 0 R /Info 4 0 R /ID [<%b> <%b>] %b >>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, ids, ids, extra, at)
    )
    return b"".join(parts)


def _encryption(user: str) -> tuple[bytes, bytes]:
    """Follow the PDF reference 1.7, 7.6.3 (revision 2: 40-bit RC4)."""
    owner_key = _md5(_padded("the owner's"))[:5]
    owner = _rc4(owner_key, _padded(user))
    key = _md5(_padded(user) + owner + _PERMISSIONS.to_bytes(4, "little", signed=True) + _ID)[:5]
    entry = b"<< /Filter /Standard /V 1 /R 2 /Length 40 /P %d /O <%b> /U <%b> >>"
    return key, entry % (_PERMISSIONS, owner.hex().encode(), _rc4(key, _PADDING).hex().encode())


def _object_key(key: bytes, number: int) -> bytes:
    return _md5(key + number.to_bytes(3, "little") + bytes(2))[: len(key) + 5]


def _padded(password: str) -> bytes:
    return (password.encode() + _PADDING)[:32]


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _rc4(key: bytes, content: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in content:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
