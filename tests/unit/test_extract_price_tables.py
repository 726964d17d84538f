"""Prices in tables and lists of every make: each is told with its own row, column and parents."""

import json

import docx
import pytest

from knowledge.extract.limits import Limits
from knowledge.extract.parse import parse
from tests.fakes.word_files import NAMESPACES, docx_of, saved


def _said(content: str, name: str) -> str:
    return "\n".join(one.text for one in parse(content.encode(), name, Limits()).chunks)


def test_what_is_struck_through_is_no_price() -> None:
    for content, name in (
        ("A sealant costs ~~$62~~ $48.", "a.md"),
        ("A sealant costs <del>$62</del> $48.", "a.md"),
        ("<p>A sealant costs <s>$62</s> $48.</p>", "a.html"),
        ("<p>A sealant costs <del>$62</del> $48.</p>", "a.html"),
        ('<p>A sealant costs <span style="text-decoration: line-through">$62</span> $48.</p>', "a.html"),
    ):
        assert _said(content, name) == "A sealant costs $48.", (content, name)


def test_a_cell_over_several_rows_speaks_for_each_in_html() -> None:
    page = """<table><tr><th>Card</th><th>Month</th><th>Bonus</th></tr>
<tr><td rowspan=2>Silver</td><td>November</td><td>$5</td></tr>
<tr><td>December</td><td>$7</td></tr>
<tr><td colspan=2>Gold, any month</td><td>$9</td></tr></table>"""
    assert _said(page, "a.html").split("\n") == [
        "Card: Silver; Month: November; Bonus: $5",
        "Card: Silver; Month: December; Bonus: $7",
        "Card: Gold, any month; Bonus: $9",
    ]


@pytest.mark.parametrize("told", ["sep=;", "SEP=;"])
def test_the_line_that_tells_the_delimiter_is_no_row(told: str) -> None:
    assert _said(f"{told}\nService;Price\nCleaning;$140\nCheck-up;$95\n", "a.csv").split("\n") == [
        "Service: Cleaning; Price: $140",
        "Service: Check-up; Price: $95",
    ]


def test_an_item_says_what_it_stands_under() -> None:
    text = """- Implants
  - Consultation
    - Full arch: free
    - Single tooth: $90
  - Crown: $900
- Cleaning: $140
"""
    assert _said(text, "a.md").split("\n") == [
        "Implants",
        "Implants: Consultation",
        "Implants: Consultation: Full arch: free",
        "Implants: Consultation: Single tooth: $90",
        "Implants: Crown: $900",
        "Cleaning: $140",
    ]


def test_an_item_of_a_nested_list_says_its_parents_in_html_and_word() -> None:
    page = "<ul><li>Implants<ul><li>Full arch: free</li></ul></li><li>Cleaning: $140</li></ul>"
    told = ["Implants", "Implants: Full arch: free", "Cleaning: $140"]
    assert _said(page, "a.html").split("\n") == told
    document = docx.Document()
    for text, style in (("Implants:", ""), ("Full arch: free", " 2"), ("Cleaning: $140", "")):
        document.add_paragraph(text, style=f"List Bullet{style}")
    chunks = parse(saved(document), "a.docx", Limits()).chunks
    assert "\n".join(one.text for one in chunks).split("\n") == ["Implants:", *told[1:]]


def test_a_footnote_stands_where_it_is_pointed_at() -> None:
    told = "The late fee is $20 (On Saturdays it is $35)."
    assert _said("The late fee is $20[^late].\n\n[^late]: On Saturdays it is $35.\n", "a.md") == told
    notes = (
        f"<w:footnotes {NAMESPACES}><w:footnote w:id='-1' w:type='separator'><w:p/></w:footnote>"
        "<w:footnote w:id='2'><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>On Saturdays it is $35.</w:t></w:r>"
        "</w:p></w:footnote></w:footnotes>"
    )
    body = (
        "<w:p><w:r><w:t>The late fee is $20</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r>"
        "<w:r><w:t>.</w:t></w:r></w:p>"
    )
    file = docx_of(body, footnotes=notes.encode())
    assert parse(file, "a.docx", Limits()).chunks[0].text == told


def test_a_raised_number_is_no_part_of_a_price() -> None:
    assert _said("<p>The fee is $20<sup>1</sup>, due on the 10<sup>th</sup>.</p>", "a.html") == (
        "The fee is $20, due on the 10th."
    )
    raised = "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>1</w:t></w:r>"
    file = docx_of(f"<w:p><w:r><w:t>The fee is $20</w:t></w:r>{raised}</w:p>")
    assert parse(file, "a.docx", Limits()).chunks[0].text == "The fee is $20"


def test_a_price_in_json_says_of_what_it_is() -> None:
    prices = {"prices": {"cleaning": {"adult": 140}, "airflowPolish": {"adult": 75}}}
    assert "prices: airflow Polish; adult: $75" in _said(json.dumps(prices), "a.json")


def _row(*cells: str, before: int = 0, struck: str = "") -> str:
    shown = "".join(f"<w:tc><w:p><w:r><w:t>{one}</w:t></w:r></w:p></w:tc>" for one in cells)
    if struck:
        old = f"<w:r><w:rPr><w:strike/></w:rPr><w:t>{struck}</w:t></w:r>"
        shown = shown.replace("<w:p>", f"<w:p>{old}", 1)
    skipped = f'<w:trPr><w:gridBefore w:val="{before}"/></w:trPr>' if before else ""
    return f"<w:tr>{skipped}{shown}</w:tr>"


def test_a_row_that_begins_further_right_keeps_its_columns() -> None:
    rows = _row("Item", "Member", "Regular") + _row("Polish", "$25", "$40") + _row("$35", "$60", before=1)
    file = docx_of(f"<w:tbl>{rows}</w:tbl>")
    text = "\n".join(one.text for one in parse(file, "a.docx", Limits()).chunks)
    assert text.split("\n")[-1] == "Member: $35; Regular: $60"


def test_what_is_struck_through_in_word_is_no_price() -> None:
    rows = _row("Item", "Price") + _row("Sealant", "$48") + _row("$75", struck="$90 ", before=1)
    file = docx_of(f"<w:tbl>{rows}</w:tbl>")
    assert "$90" not in "".join(one.text for one in parse(file, "a.docx", Limits()).chunks)


def test_two_rows_of_names_are_told_together() -> None:
    markdown = """| Treatment | With Maple Plan | | Without | |
|---|---|---|---|---|
| | Adult | Child | Adult | Child |
| Cleaning | $31 | $22 | $140 | $85 |
"""
    page = (
        "<table><tr><th rowspan=2>Treatment</th>"
        "<th colspan=2>With Maple Plan</th><th colspan=2>Without</th></tr>"
        "<tr><th>Adult</th><th>Child</th><th>Adult</th><th>Child</th></tr>"
        "<tr><td>Cleaning</td><td>$31</td><td>$22</td><td>$140</td><td>$85</td></tr></table>"
    )
    told = (
        "Treatment: Cleaning; With Maple Plan, Adult: $31; With Maple Plan, Child: $22; "
        "Without, Adult: $140; Without, Child: $85"
    )
    assert _said(markdown, "a.md") == told
    assert _said(page, "a.html") == told


def test_a_row_of_words_below_the_names_is_no_second_row_of_names() -> None:
    table = (
        "| Day | Doctor | Note |\n|---|---|---|\n| | Lee | by appointment |\n| Monday | Haddad | 9 to 5 |\n"
    )
    assert _said(table, "a.md").split("\n")[0] == "Doctor: Lee; Note: by appointment"
