"""PDF files."""

import time

import pytest

from knowledge.blocks import Heading, Paragraph, Rows
from knowledge.chunk import Chunk
from knowledge.extract.errors import BrokenFile, NoText, PasswordProtected, TooManyPages
from knowledge.extract.limits import Limits
from knowledge.extract.page_layout import Layout, Line
from knowledge.extract.parse import Parsed, parse
from knowledge.extract.running_lines import RunningLines
from tests.fakes.pdf_files import article_page, pdf, placed_page, scanned_page, text_page


def parsed(content: bytes) -> Parsed:
    return parse(content, "a.pdf", Limits())


def test_each_chunk_knows_its_page() -> None:
    result = parsed(pdf([text_page("Parking is free."), scanned_page(), text_page("We take cards.")]))
    assert (result.mime_type, result.pages) == ("application/pdf", 3)
    assert result.chunks == [Chunk("Parking is free.", "", 1), Chunk("We take cards.", "", 3)]


def test_large_letters_are_a_heading_and_gaps_part_paragraphs() -> None:
    page = article_page(
        "Fees and insurance",
        ["We are in network with Delta Dental PPO, Cigna DPPO and MetLife, and appoint-", "ments are free."],
        [
            "Call us before you come, since every plan is another, and yours may not pay",
            "for your check-",
            "up.",
        ],
    )
    assert parsed(pdf([page])).chunks == [
        Chunk(
            "We are in network with Delta Dental PPO, Cigna DPPO and MetLife, and appointments are free.\n"
            "Call us before you come, since every plan is another, and yours may not pay for your check-up.",
            "Fees and insurance",
            1,
        )
    ]


def test_lines_of_a_list_of_prices_stay_lines() -> None:
    page = text_page("Cleaning $140", "Filling $210", "Panoramic X-ray $110")
    assert parsed(pdf([page])).chunks == [Chunk("Cleaning $140\nFilling $210\nPanoramic X-ray $110", "", 1)]


def test_the_title_is_the_outermost_heading_unless_a_program_made_it_up() -> None:
    pages = [text_page("Parking is free.")]
    assert parsed(pdf(pages, title="Visiting us")).chunks[0].heading == "Visiting us"
    assert parsed(pdf(pages, title="Microsoft Word - fees.docx")).chunks[0].heading == ""
    assert parsed(pdf(pages, title="untitled")).chunks[0].heading == ""


def test_a_sentence_that_goes_on_overleaf_stays_whole() -> None:
    result = parsed(
        pdf([text_page("Parking behind the house is free"), text_page("for patients.", "Really.")])
    )
    assert result.chunks == [Chunk("Parking behind the house is free for patients.\nReally.", "", 1)]


def test_a_password_is_asked_to_be_taken_off() -> None:
    with pytest.raises(PasswordProtected, match=r"The PDF is protected by a password\. Save it without one"):
        parsed(pdf([text_page("Hello.")], user="secret"))


def test_a_pdf_that_only_forbids_changes_is_read() -> None:
    assert parsed(pdf([text_page("Hello there.")], user="")).chunks == [Chunk("Hello there.", "", 1)]


def test_a_scan_has_no_text() -> None:
    with pytest.raises(NoText, match="text recognition"):
        parsed(pdf([scanned_page(), scanned_page()]))


def test_ten_thousand_pages_are_refused_at_once() -> None:
    content = pdf([text_page("Hello.")] * 10_000)
    start = time.perf_counter()
    with pytest.raises(TooManyPages, match=r"10,000 pages; at most 2,000 can be read\. Split it"):
        parsed(content)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("claimed", [10**9, -5, 0])
def test_a_page_tree_that_lies_is_refused_or_read(claimed: int) -> None:
    result = parsed(pdf([text_page("Hello.")], claimed_pages=claimed))
    assert (result.pages, result.chunks) == (1, [Chunk("Hello.", "", 1)])


def test_pages_that_are_not_there_are_left_out() -> None:
    assert parsed(pdf([text_page("Hello there.")], claimed_pages=3)).chunks == [Chunk("Hello there.", "", 1)]


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"%PDF-1.4\n%%EOF", b"%PDF-" + b"\xff" * 5000])
def test_a_pdf_of_nothing_is_broken(content: bytes) -> None:
    with pytest.raises(BrokenFile, match="The PDF is damaged"):
        parsed(content)


def test_letters_outside_ascii_are_read() -> None:
    assert (
        parsed(pdf([text_page("Café à 5 €, naïve \u2013 “so”")])).chunks[0].text
        == "Café à 5 €, naïve \u2013 “so”"
    )


def lines(*texts: str, left: float = 72, top: float = 700, height: float = 11) -> list[Line]:
    places = [top - 14 * place for place in range(len(texts))]
    return [
        Line(text, left, left + 5 * len(text), base, base, height)
        for text, base in zip(texts, places, strict=True)
    ]


def test_items_are_rows_without_their_bullets() -> None:
    layout = Layout()
    blocks = list(layout.blocks([lines("We take:", "• Cards of any", "- Cash", "1. Come")], 1))
    assert blocks == [Paragraph("We take:", 1), Rows(("Cards of any", "Cash", "1. Come"), 1)]


def test_the_second_column_is_read_after_the_first() -> None:
    layout = Layout()
    page = lines("Left column one.", "Left column two.") + lines("Right column.", left=300)
    assert [*layout.blocks([page], 1), *layout.rest()] == [
        Paragraph("Left column one.\nLeft column two.", 1),
        Paragraph("Right column.", 1),
    ]


_LEFT = ("Our implant patients receive a", "written plan with all costs", "before anything is done.")
_RIGHT = ("Parents of small children may", "stay in the room, and please", "leave prams in the hall.")
_FEES = (
    ("Service", "Adult", "Child"),
    ("Cleaning", "$140", "$85"),
    ("Filling, one surface, with", "$210", "$150"),
    ("local numbing", "", ""),
    ("Crown", "$1,250", "on request"),
)


@pytest.mark.parametrize("by_line", [True, False], ids=["drawn by line", "drawn by column"])
def test_texts_side_by_side_are_read_one_after_the_other(*, by_line: bool) -> None:
    pieces = [(left, 700 - 14 * at, text) for left, texts in ((72, _LEFT), (330, _RIGHT))
              for at, text in enumerate(texts)]  # fmt: skip
    if by_line:
        pieces.sort(key=lambda one: -one[1])
    page = placed_page(
        (72, 740, "For everybody who comes to see us, from the day of the first visit on:"), *pieces
    )
    first, second = (one.text.replace("\n", " ") for one in parsed(pdf([page])).chunks)
    assert first.endswith(f"from the day of the first visit on: {' '.join(_LEFT)}")
    assert second == " ".join(_RIGHT)


@pytest.mark.parametrize("by_row", [True, False], ids=["drawn by row", "drawn by column"])
def test_a_table_is_read_row_by_row(*, by_row: bool) -> None:
    pieces = [(left, 700 - 16 * at, row[column]) for column, left in enumerate((72, 300, 400))
              for at, row in enumerate(_FEES) if row[column]]  # fmt: skip
    if by_row:
        pieces.sort(key=lambda one: -one[1])
    page = placed_page(*pieces, (72, 580, "All our fees are for patients without any insurance."))
    assert [line for one in parsed(pdf([page])).chunks for line in one.text.split("\n")] == [
        "Service: Cleaning; Adult: $140; Child: $85",
        "Service: Filling, one surface, with local numbing; Adult: $210; Child: $150",
        "Service: Crown; Adult: $1,250; Child: on request",
        "All our fees are for patients without any insurance.",
    ]


def test_a_bullet_far_from_its_item_is_no_column() -> None:
    pieces = [(left, 700 - 16 * at, text) for at, item in enumerate(("Cards of any kind", "Cash"))
              for left, text in ((72, "\u2022"), (100, item))]  # fmt: skip
    assert parsed(pdf([placed_page(*pieces)])).chunks == [Chunk("Cards of any kind\nCash", "", 1)]


def test_larger_headings_hold_smaller_ones() -> None:
    layout = Layout()
    page = [
        *lines("Practice", top=760, height=30),
        *lines("Fees", top=720, height=20),
        *lines("Our fees are low, and they have been so for years, which is why people come.", "And stay."),
    ]
    blocks = [*layout.blocks([page], 1), *layout.rest()]
    levels = [one.level for one in blocks if isinstance(one, Heading)]
    assert levels == sorted(levels)
    assert len(set(levels)) == 2


def test_headers_and_page_numbers_are_said_once_at_most() -> None:
    running = RunningLines()
    kept = [
        [
            line.text
            for line in running.left_out(lines("Our fees", "Cleaning $140", f"Text {page}", str(page)), page)
        ]
        for page in (1, 2, 3)
    ]
    assert kept[0] == ["Our fees", "Cleaning $140", "Text 1"]
    assert kept[1:] == [["Cleaning $140", "Text 2"], ["Cleaning $140", "Text 3"]]


def test_headers_of_left_and_right_pages_take_turns() -> None:
    running = RunningLines()
    heads = ["Fees 1", "2 Maple Street", "Fees 3", "4 Maple Street"]
    kept = [
        [line.text for line in running.left_out(lines(head, "Text.", f"More of {page * page}."), page)]
        for page, head in enumerate(heads, start=1)
    ]
    assert [len(one) for one in kept] == [3, 3, 2, 2]


def test_prices_at_the_edge_of_a_page_are_no_page_numbers() -> None:
    running = RunningLines()
    for page, price in ((1, 95), (2, 140), (3, 141)):
        page_lines = lines(f"Fee {price}", "Text.", f"From {price} dollars")
        assert running.left_out(page_lines, page) == page_lines


def test_no_page_is_left_empty() -> None:
    running = RunningLines()
    assert all(running.left_out(lines("Parking is free.", "1"), page) for page in (1, 2, 3))
    assert parsed(pdf([text_page("Parking is free.")] * 2)).chunks[1].page == 2
