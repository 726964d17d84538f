"""What a file is: its content decides."""

import codecs
import json

import pytest

from knowledge.extract.decode import decode
from knowledge.extract.errors import BrokenFile, DocumentError, EmptyFile, PasswordProtected, UnsupportedType
from knowledge.extract.kind import Kind, recognise
from tests.fakes.pdf_files import pdf, text_page
from tests.fakes.word_files import price_list, zipped

UNPACKED = 10**8
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def kind(content: bytes, name: str = "upload") -> Kind:
    return recognise(content, name, UNPACKED).kind


@pytest.mark.parametrize("name", ["fees.pdf", "fees.docx", "fees.txt", "fees", "fees.csv", "fees.json"])
def test_a_name_cannot_make_a_pdf_or_a_word_file_something_else(name: str) -> None:
    assert kind(pdf([text_page("Hello")]), name) is Kind.PDF
    assert kind(price_list(), name) is Kind.DOCX


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.md", Kind.MARKDOWN),
        ("A.MD", Kind.MARKDOWN),
        ("a.txt", Kind.TEXT),
        ("a", Kind.TEXT),
        ("a.csv", Kind.CSV),
    ],
)
def test_the_name_decides_between_kinds_of_text(name: str, expected: Kind) -> None:
    assert kind(b"Service,Price\nCleaning,$120\n", name) is expected


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        ("<!DOCTYPE html><p>Hi</p>", "a.txt", Kind.HTML),
        ("\n <!-- made by hand -->\n<HTML><body>Hi</body></HTML>", "a.md", Kind.HTML),
        ('<?xml version="1.0"?><html xmlns="x"><body>Hi</body></html>', "a", Kind.HTML),
        ("<div><p>Hi</p></div>", "a.txt", Kind.HTML),
        ("Hi<br>there", "a.html", Kind.HTML),
        ("<p align=center>A picture</p>\n\n# Fees", "readme.md", Kind.MARKDOWN),
        ("We pay < 3 days > after", "a.txt", Kind.TEXT),
        ('{"fee": 120}', "a.txt", Kind.JSON),
        ("[1, 2]", "a.csv", Kind.JSON),
        ("[Fees](fees.md) are low", "a.md", Kind.MARKDOWN),
        ("{curly}", "a.txt", Kind.TEXT),
        ("ID3 and MZ and BM are letters", "a.txt", Kind.TEXT),
    ],
)
def test_text_is_told_by_what_it_looks_like(content: str, name: str, expected: Kind) -> None:
    assert kind(content.encode(), name) is expected


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "an image"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "an image"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "an image"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>Hi</text></svg>", "an image"),
        (b"ID3\x03\0" + bytes(20), "sound or video"),
        (b"\0\0\0\x18ftypisom" + bytes(20), "sound or video"),
        (b"MZ\x90\0\x03" + bytes(80), "a program"),
        (b"\x7fELF\x02\x01\x01", "a program"),
        (b"#!/bin/sh\nrm -r x\n", "a program"),
        (b"\x1f\x8b\x08\0" + bytes(9), "an archive"),
        (b"{\\rtf1 Hello}", "an RTF document"),
        (b"<?xml version='1.0'?><invoice/>", "an XML file"),
        (OLE + bytes(600), "of the old kind (such as .doc)"),
        (bytes(range(256)) * 4, "not text"),
    ],
)
def test_what_is_not_read_is_named(content: bytes, what: str) -> None:
    with pytest.raises(UnsupportedType) as refusal:
        kind(content, "fees.txt")
    assert what in refusal.value.message
    assert (
        "Upload a PDF, a Word document (.docx), or a text, Markdown, HTML, CSV or JSON"
        in refusal.value.message
    )


@pytest.mark.parametrize(
    ("member", "what"),
    [
        ("xl/workbook.xml", "an Excel workbook"),
        ("ppt/presentation.xml", "a PowerPoint"),
        ("word/document.xml", "a Word document of a kind that is not read"),
        ("photos/tooth.png", "an archive"),
    ],
)
def test_packed_files_are_named_by_what_is_in_them(member: str, what: str) -> None:
    with pytest.raises(UnsupportedType, match=what):
        kind(zipped({"[Content_Types].xml": b"<Types/>", member: b"x"}))


def test_an_encrypted_office_document_asks_for_one_without_a_password() -> None:
    with pytest.raises(PasswordProtected, match="Save it without one"):
        kind(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    "content", [b"", b"  \r\n\t", codecs.BOM_UTF8, codecs.BOM_UTF16_LE + b"\n\0", bytes(50)]
)
def test_nothing_but_blanks_is_empty(content: bytes) -> None:
    with pytest.raises(EmptyFile):
        kind(content)


def test_what_is_called_json_and_is_none_is_broken() -> None:
    with pytest.raises(BrokenFile, match="JSON"):
        kind(b'{"fee": 120', "fees.json")
    with pytest.raises(DocumentError, match="nested too deeply"):
        kind(b"[" * 100_000, "fees.json")


def test_numbers_in_json_stay_as_they_were_written() -> None:
    value = recognise(json.dumps({"fee": 1}).replace("1", "1.50").encode(), "a", UNPACKED).value
    assert value == {"fee": "1.50"}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("La limpieza cuesta 95 € y dura una hora; mañana abrimos.", "utf-8"),
        ("La limpieza cuesta 95 € y dura una hora; mañana abrimos.", "utf-8-sig"),
        ("La limpieza cuesta 95 € y dura una hora; mañana abrimos.", "utf-16"),
        ("La limpieza cuesta 95 € y dura una hora; mañana abrimos.", "utf-16-le"),
        ("La limpieza cuesta 95 € y dura una hora; mañana abrimos.", "utf-16-be"),
        ("La limpieza cuesta 95 € y dura una hora; mañana abrimos.", "utf-32"),
        ("La limpieza cuesta 95 € y dura una hora; mañana abrimos.", "cp1252"),
        ("Die Füllung kostet 210. Öffnungszeiten: täglich.", "latin-1"),
        ("“Café” \u2013 naïve…", "cp1252"),
        ("Чистка зубов стоит 120 долларов, приходите в понедельник утром.", "cp1251"),
        ("歯のクリーニングは一万円です。月曜日から金曜日まで開いています。", "shift_jis"),
        ("Čištění zubů stojí tisíc korun. Příští týden máme otevřeno.", "cp1250"),
    ],
)
def test_letters_arrive_as_they_were_meant(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_page_says_its_own_encoding() -> None:
    page = '<html><head><meta charset="windows-1251"></head><body>Да</body></html>'
    assert decode(page.encode("cp1251")) == page


def test_a_file_cut_off_within_a_letter_loses_that_letter_only() -> None:
    assert decode("Café".encode()[:-1]) == "Caf"


def test_a_stray_control_character_does_not_make_text_binary() -> None:
    assert decode(b"Parking is \x00free.\x0c") == "Parking is \x00free.\x0c"
