"""Notes, prices that are struck out and headings within tables, in files as programs make them."""

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE

from knowledge.extract.limits import Limits
from knowledge.extract.parse import parse
from tests.fakes.pdf_files import pdf, placed_page
from tests.fakes.word_files import NAMESPACES, docx_of, saved

_AGES = (
    "Treatment: Graft; With Maple Plan, Under 12: $310; With Maple Plan, 12 and older: $420; Notes: per tooth"
)


def _said(content: str | bytes, name: str) -> list[str]:
    content = content.encode() if isinstance(content, str) else content
    return [line for one in parse(content, name, Limits()).chunks for line in one.text.split("\n")]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("The fee is $20*. It is due at once.\n\n* On Saturdays it is $35.\n", "a.md"),
        ("The fee is $20.* It is due at once.\n\n* On Saturdays it is $35.\n", "a.txt"),
        ("The fee is $20†. It is due at once.\n\n† On Saturdays it is $35.\n", "a.txt"),
        ("<p>The fee is $20*. It is due at once.</p><p>* On Saturdays it is $35.</p>", "a.html"),
        ("The fee is $20[^a]. It is due at once.\n\n[^a]: On Saturdays\n    it is $35.\n", "a.md"),
        (
            (
                '<p>The fee is $20<sup><a href="#n1" id="r1">1</a></sup>. It is due at once.</p>'
                '<ol><li id="n1">On Saturdays it is $35. <a href="#r1">↩</a></li></ol>'
            ),
            "a.html",
        ),
        (
            (
                '<p>The fee is $20<a href="#n1">[1]</a>. It is due at once.</p>'
                '<p id="n1">[1] On Saturdays it is $35.</p>'
            ),
            "a.html",
        ),
    ],
)
def test_a_note_is_said_where_it_is_pointed_at(content: str, name: str) -> None:
    assert _said(content, name) == ["The fee is $20 (On Saturdays it is $35). It is due at once."]


def test_a_note_at_the_end_of_a_word_document_is_said_where_it_is_pointed_at() -> None:
    notes = f"<w:endnotes {NAMESPACES}><w:endnote w:id='2'><w:p><w:r><w:t>$35 on Saturdays.</w:t></w:r></w:p>"
    body = "<w:p><w:r><w:t>It is $20</w:t></w:r><w:r><w:endnoteReference w:id='2'/></w:r></w:p>"
    file = docx_of(body, endnotes=f"{notes}</w:endnote></w:endnotes>".encode())
    assert _said(file, "a.docx") == ["It is $20 ($35 on Saturdays)"]


@pytest.mark.parametrize(
    "text",
    [
        "We bring**\n\n* one brush\n* one paste\n",
        "Prices from $9*.\n\n* one brush\n* one paste\n",
        "**Note:** bring a card.\n\n**Parking** is free.\n",
        "* one brush\n",
    ],
)
def test_a_bullet_is_no_note(text: str) -> None:
    assert "(" not in "".join(_said(text, "a.md"))


def _page(*, rule: int | None = None) -> bytes:
    """Draw a page with a raised mark; ``rule``: how high above the line of an old price a line is drawn."""
    raised = (
        b"BT /F1 10 Tf 72 700 Td (A lost plate costs $70) Tj /F1 7 Tf 4 Ts (1) Tj 0 Ts "
        b"/F1 10 Tf ( here.) Tj ET "
        b"BT /F1 7 Tf 72 600 Td 4 Ts (1) Tj 0 Ts /F1 10 Tf ( Free for members.) Tj ET"
    )
    line = b"" if rule is None else b"137 %d 17 0.8 re f" % (660 + rule)
    return b"\n".join(
        (raised, placed_page((72, 660, "A guard costs"), (137, 660, "$45"), (157, 660, "$25.")), line)
    )


def test_a_raised_mark_in_a_pdf_is_no_part_of_a_price_and_its_note_is_said_there() -> None:
    said = " ".join(_said(pdf([_page()]), "a.pdf"))
    assert "costs $70 (Free for members) here." in said
    assert "1" not in said


def test_what_a_line_is_drawn_through_in_a_pdf_is_no_price() -> None:
    assert "A guard costs $25." in _said(pdf([_page(rule=3)]), "a.pdf")
    assert "A guard costs $45 $25." in _said(pdf([_page(rule=-2)]), "a.pdf"), "underlined"


def test_rules_part_the_columns_of_a_pdf() -> None:
    rows = [("Service", "Cash", "Plan"), ("Graft", "$310", "$290"), ("Crown", "$900", "$850")]
    pieces = [
        (left, 700 - 20 * at, cell)
        for at, row in enumerate(rows)
        for left, cell in zip((72, 112, 144), row, strict=True)
    ]
    rules = b"\n".join(b"%d 650 0.5 70 re f" % left for left in (70, 110, 142, 174))
    assert _said(pdf([placed_page(*pieces) + b"\n" + rules]), "a.pdf")[0] == (
        "Service: Graft; Cash: $310; Plan: $290"
    )


def test_struck_through_by_a_class_or_a_style_is_no_price() -> None:
    page = (
        "<style>.was {color: red; text-decoration: line-through}</style>"
        '<p>A sealant costs <b class="was">$62</b> $48.</p><p class="sr-only">It was $62.</p>'
    )
    assert _said(page, "a.html") == ["A sealant costs $48."]
    document = docx.Document()
    document.styles.add_style("Old", WD_STYLE_TYPE.CHARACTER).font.strike = True
    paragraph = document.add_paragraph("A sealant costs ")
    paragraph.add_run("$62 ", style="Old")
    paragraph.add_run("$48.")
    assert _said(saved(document), "a.docx") == ["A sealant costs $48."]
    assert _said("A sealant costs ~$62~ $48, a rinse ~$5 or ~$6.", "a.md") == [
        "A sealant costs $48, a rinse ~$5 or ~$6."
    ]


def _word_table() -> bytes:
    document = docx.Document()
    table = document.add_table(rows=0, cols=4)

    def row(*texts: str) -> None:
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text

    row("Treatment", "With Maple Plan", "", "Notes")
    row("", "Under 12", "12 and older", "")
    row("Graft", "$310", "$420", "per tooth")
    cells = table.rows[0].cells
    cells[1].merge(cells[2])
    for column in (0, 3):
        table.rows[0].cells[column].merge(table.rows[1].cells[column])
    return saved(document)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (_word_table(), "a.docx"),
        (
            (
                "<table><thead><tr><th rowspan=2>Treatment<th colspan=2>With Maple Plan"
                "<th rowspan=2>Notes</tr>"
                "<tr><th>Under 12<th>12 and older</tr></thead>"
                "<tr><td>Graft<td>$310<td>$420<td>per tooth</tr></table>"
            ),
            "a.html",
        ),
        (
            (
                "| Treatment | With Maple Plan | | Notes |\n|---|---|---|---|\n"
                "| | Under 12 | 12 and older | |\n"
                "| Graft | $310 | $420 | per tooth |\n"
            ),
            "a.md",
        ),
        ("Treatment,With Maple Plan,,Notes\n,Under 12,12 and older,\nGraft,$310,$420,per tooth\n", "a.csv"),
    ],
)
def test_ages_in_a_second_row_of_names_are_told_with_the_plan_above(content: str | bytes, name: str) -> None:
    assert _said(content, name) == [_AGES]


def test_ages_may_name_the_columns_of_a_csv() -> None:
    assert _said("Service,Under 12,12+\nPolish,$20,$35\n", "a.csv") == [
        "Service: Polish; Under 12: $20; 12+: $35"
    ]
    assert _said("Whitening,from 16 years\nBraces,from 7 years\n", "a.csv")[0] == "Whitening: from 16 years"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (
            (
                "<table><tr><th>Service<th>Price</tr><tr><th colspan=2>Children</tr>"
                "<tr><td>Crown<td>$310</tr>"
                "<tr><th colspan=2>Adults</tr><tr><td>Crown<td>$900</tr>"
                "<tr><td colspan=2>With x-rays.</tr></table>"
            ),
            "a.html",
        ),
        (
            (
                "| Service | Price |\n|---|---|\n| **Children** | |\n| Crown | $310 |\n| Adults: | |\n"
                "| Crown | $900 |\n| **With x-rays.** | |\n"
            ),
            "a.md",
        ),
    ],
)
def test_a_row_over_the_whole_table_is_told_with_the_rows_below_it(content: str, name: str) -> None:
    assert _said(content, name) == [
        "Service: Children, Crown; Price: $310",
        "Service: Adults, Crown; Price: $900",
        "With x-rays.",
    ]


def test_a_service_without_a_price_is_not_what_the_next_one_stands_under() -> None:
    assert _said("Service,Price\nWhitening,\nCrown,$900\n", "a.csv") == [
        "Service: Whitening",
        "Service: Crown; Price: $900",
    ]


def test_amounts_in_json_are_said_as_such() -> None:
    services = (
        '[{"name": "Polish", "minutes": 30, "price": {"amount": 75, "currency": "USD"}},'
        ' {"name": "Varnish", "prices": [{"age": "under 12", "usd": 20}, {"age": "12 and over", "usd": 35}]},'
        ' {"name": "Veneer", "price_cents": 89900}, {"name": "Loan", "fee_id": 12}]'
    )
    assert _said(services, "a.json") == [
        "name: Polish; minutes: 30; price: $75",
        "name: Varnish; age: under 12; price: $20",
        "name: Varnish; age: 12 and over; price: $35",
        "name: Veneer; price: $899",
        "name: Loan; fee id: 12",
    ]
