"""Word files."""

import time
from pathlib import Path

import docx
import pytest
from docx.shared import Pt

from knowledge.chunk import Chunk
from knowledge.extract.errors import BrokenFile, NoText, PasswordProtected, TooLargeInside
from knowledge.extract.limits import Limits
from knowledge.extract.parse import parse
from knowledge.extract.zip_guard import MAX_MEMBERS, open_zip
from tests.fakes.word_files import DOCX_TYPES, docx_of, price_list, saved, zipped


def chunks(content: bytes) -> list[Chunk]:
    return parse(content, "a.docx", Limits()).chunks


def said(body: str, **parts: bytes) -> str:
    return "\n".join(one.text for one in chunks(docx_of(body, **parts)))


def test_headings_lists_and_tables_are_read_and_the_header_is_not() -> None:
    assert chunks(price_list()) == [
        Chunk(
            "These are our fees without insurance.\nVisit: Cleaning; Fee: $140\nVisit: Filling; Fee: $210",
            "Our practice / Fees",
        ),
        Chunk("We take:\nCards\nCash", "Our practice / Fees / Paying"),
    ]


def test_a_bold_line_is_a_title_and_a_bold_sentence_is_not() -> None:
    document = docx.Document()
    document.add_paragraph().add_run("Opening hours").bold = True
    document.add_paragraph("Monday to Thursday.")
    document.add_paragraph().add_run("Please be on time.").bold = True
    assert chunks(saved(document)) == [Chunk("Monday to Thursday.\nPlease be on time.", "Opening hours")]


def test_small_print_is_read_like_any_other() -> None:
    document = docx.Document()
    document.add_paragraph().add_run("A missed visit costs $50.").font.size = Pt(4)
    assert chunks(saved(document)) == [Chunk("A missed visit costs $50.")]


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    "body",
    [
        f"<w:sdt><w:sdtContent>{paragraph('Here.')}</w:sdtContent></w:sdt>",
        "<w:p><w:ins><w:r><w:t>Here.</w:t></w:r></w:ins></w:p>",
        "<w:p><w:hyperlink><w:r><w:t>Here.</w:t></w:r></w:hyperlink></w:p>",
        f"<w:p><w:r><w:txbxContent>{paragraph('Here.')}</w:txbxContent></w:r></w:p>",
        f"<w:tbl><w:tr><w:tc>{paragraph('Here.')}</w:tc></w:tr></w:tbl>",
        f"<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc>{paragraph('Here.')}</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>",
        "<w:p><w:r><w:t>He</w:t></w:r><w:r><w:t>re.</w:t></w:r></w:p>",
        paragraph("Here.", run='<w:vanish w:val="0"/>'),
    ],
)
def test_what_a_reader_sees_is_read(body: str) -> None:
    assert said(body) == "Here."


@pytest.mark.parametrize(
    "hidden",
    [
        "<w:p><w:del><w:r><w:delText>Gone.</w:delText><w:t>Gone.</w:t></w:r></w:del></w:p>",
        "<w:p><w:moveFrom><w:r><w:t>Gone.</w:t></w:r></w:moveFrom></w:p>",
        paragraph("Gone.", run="<w:vanish/>"),
        "<w:p><w:r><w:instrText>Gone.</w:instrText></w:r></w:p>",
        f"<mc:AlternateContent><mc:Fallback>{paragraph('Gone.')}</mc:Fallback></mc:AlternateContent>",
    ],
)
def test_what_a_reader_does_not_see_is_not_read(hidden: str) -> None:
    assert said(hidden + paragraph("Here.")) == "Here."


def test_a_text_box_follows_its_paragraph_once() -> None:
    box = f"<w:txbxContent>{paragraph('Box.')}</w:txbxContent>"
    body = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:t>Around.</w:t></w:r></w:p>"
    )
    assert said(body) == "Around.\nBox."


def test_styles_tell_headings_lists_and_contents() -> None:
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    styles = f"""<w:styles {namespace}>
      <w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
      <w:style w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="berschrift1"/></w:style>
      <w:style w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>
      <w:style w:styleId="Out"><w:name w:val="Out"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
      <w:style w:styleId="T1"><w:name w:val="toc 1"/></w:style>
    </w:styles>""".encode()
    body = (
        paragraph("Fees ... 1", '<w:pStyle w:val="T1"/>')
        + paragraph("Fees", '<w:pStyle w:val="Own"/>')
        + paragraph("Children", '<w:pStyle w:val="Out"/>')
        + paragraph("Half.", '<w:pStyle w:val="Loop"/>')
    )
    assert chunks(docx_of(body, styles=styles)) == [Chunk("Half.", "Fees / Children")]


def test_a_cell_over_several_rows_speaks_for_each() -> None:
    def row(*cells: tuple[str, str]) -> str:
        inner = (f"<w:tc><w:tcPr>{merge}</w:tcPr>{paragraph(text)}</w:tc>" for text, merge in cells)
        return f"<w:tr>{''.join(inner)}</w:tr>"

    first, goes_on, wide = '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:gridSpan w:val="2"/>'
    rows = (
        row(("Dentist", ""), ("Day", ""), ("From", ""))
        + row(("Lee", first), ("Monday", ""), ("9", ""))
        + row(("", goes_on), ("Friday", ""), ("10", ""))
        + row(("Closed otherwise", wide), ("0", ""))
    )
    assert said(f"<w:tbl>{rows}</w:tbl>").split("\n") == [
        "Dentist: Lee; Day: Monday; From: 9",
        "Dentist: Lee; Day: Friday; From: 10",
        "Dentist: Closed otherwise; From: 0",
    ]


def with_entities(declared: str, text: str) -> bytes:
    xml = (
        f"<!DOCTYPE d [{declared}]>"
        f'<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    )
    return zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": xml.encode()})


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    file = tmp_path / "other.txt"
    file.write_text("Somebody else's.", encoding="utf-8")
    declared = f'<!ENTITY own "ha"><!ENTITY other SYSTEM "{file.as_uri()}">'
    assert chunks(with_entities(declared, "Here. &own; &other;")) == [Chunk("Here.")]


def test_a_billion_laughs_are_not_laughed() -> None:
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    start = time.perf_counter()
    with pytest.raises(BrokenFile):
        chunks(with_entities(f'<!ENTITY e0 "ha">{laughs}', "Here. &e11;"))
    assert time.perf_counter() - start < 10


def test_a_member_that_unpacks_beyond_belief_is_refused() -> None:
    body = b"<w:document>" + b" " * 50_000_000
    content = zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": body})
    assert len(content) < 100_000
    with pytest.raises(TooLargeInside):
        chunks(content)


def test_members_that_are_too_large_together_are_refused() -> None:
    members = {f"word/media/{n}.png": bytes(1_000_000) for n in range(101)}
    content = zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": b"<x/>", **members})
    with pytest.raises(TooLargeInside):
        parse(content, "a.docx", Limits(max_unpacked_bytes=100_000_000))


def test_a_member_that_lies_about_its_size_gives_no_more_than_it_says() -> None:
    content = bytearray(zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": b"x" * 1_000_000}))
    true_size = (1_000_000).to_bytes(4, "little")
    assert content.count(true_size) == 2
    with pytest.raises(BrokenFile):
        chunks(bytes(content.replace(true_size, (1000).to_bytes(4, "little"))))


def test_what_is_really_read_is_counted() -> None:
    with open_zip(zipped({"a": b"ab" * 400_000}), 1_000_000) as package:
        package.read("a")
        with pytest.raises(TooLargeInside):
            package.read("a")


def test_too_many_members_are_refused() -> None:
    members = {f"word/{n}.xml": b"" for n in range(MAX_MEMBERS)}
    with pytest.raises(TooLargeInside):
        chunks(zipped({"[Content_Types].xml": DOCX_TYPES, **members}))


def test_an_encrypted_member_asks_for_a_file_without_a_password() -> None:
    content = bytearray(price_list())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    with pytest.raises(PasswordProtected):
        chunks(bytes(content))


def test_a_picture_alone_has_no_text() -> None:
    with pytest.raises(NoText):
        chunks(docx_of("<w:p><w:r><w:drawing/></w:r></w:p>"))


@pytest.mark.parametrize("body", ["<w:p><w:r>", "<w:p>&nothing;</w:p>", "<w:p></w:r></w:p>"])
def test_xml_that_is_broken_is_a_broken_file(body: str) -> None:
    with pytest.raises(BrokenFile):
        chunks(docx_of(body))


def test_a_word_file_without_its_document_is_broken() -> None:
    with pytest.raises(BrokenFile):
        chunks(zipped({"[Content_Types].xml": DOCX_TYPES}))


def test_the_document_may_have_another_name() -> None:
    body = b'<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Here.</w:t></w:r></w:p></w:body></w:document>'
    relations = b'<R><r Type="http://x/officeDocument" Target="/word/document2.xml"/></R>'
    content = zipped(
        {"[Content_Types].xml": DOCX_TYPES, "_rels/.rels": relations, "word/document2.xml": body}
    )
    assert chunks(content) == [Chunk("Here.")]
