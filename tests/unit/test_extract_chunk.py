"""Cutting what was read into pieces."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.blocks import Block, Heading, Paragraph, Rows
from knowledge.chunk import LONGEST_CHUNK_CHARS, MAX_CHUNK_CHARS, SHORT_CHARS, Chunk, cut
from knowledge.extract.clean import clean, clean_line
from knowledge.extract.flow import join_wrapped

several = settings(max_examples=50)

SENTENCE = "A short sentence of eight words stands here. "


def test_a_chunk_knows_the_headings_above_it() -> None:
    chunks = cut(
        [
            Heading("Fees", 1),
            Heading("Children", 2),
            Paragraph("Half."),
            Heading("Paying", 1),
            Paragraph("Cards."),
        ]
    )
    assert chunks == [Chunk("Half.", "Fees / Children"), Chunk("Cards.", "Paying")]


def test_short_pieces_join_under_one_heading_and_never_across() -> None:
    chunks = cut(
        [Heading("A", 1), Paragraph("One."), Paragraph("Two."), Heading("B", 1), Paragraph("Three.")]
    )
    assert [(one.heading, one.text) for one in chunks] == [("A", "One.\nTwo."), ("B", "Three.")]


def test_a_page_ends_a_chunk() -> None:
    chunks = cut([Paragraph("One.", 1), Paragraph("Two.", 2), Rows(("Three",), 2)])
    assert chunks == [Chunk("One.", "", 1), Chunk("Two.\nThree", "", 2)]


def test_long_paragraphs_are_cut_between_sentences() -> None:
    chunks = cut([Paragraph(SENTENCE * 60)])
    assert len(chunks) > 3
    assert all(len(one.text) <= MAX_CHUNK_CHARS and one.text.endswith("here.") for one in chunks)


def test_a_title_before_a_name_ends_no_sentence() -> None:
    text = "Ask for Dr. Lee at 5 p.m. on Main St. when you come, e.g. on Monday. " * 30
    assert all(one.text.endswith("Monday.") for one in cut([Paragraph(text)]))


def test_rows_are_never_torn() -> None:
    rows = tuple(f"Service: Treatment {number}; Price: ${number}; Notes: {'x' * 60}" for number in range(50))
    chunks = cut([Rows(rows)])
    assert [line for one in chunks for line in one.text.split("\n")] == list(rows)
    assert all(len(one.text) <= MAX_CHUNK_CHARS for one in chunks)


def test_a_lead_stays_with_the_first_rows_of_its_list() -> None:
    chunks = cut(
        [Paragraph("We take:"), Rows(tuple(f"Insurance number {n}, a long name" for n in range(40)))]
    )
    assert chunks[0].text.startswith("We take:\nInsurance number 0")


def test_a_record_stands_alone() -> None:
    chunks = cut([Paragraph("Team:"), Rows(("name: Lee",), alone=True), Rows(("name: Haddad",), alone=True)])
    assert [one.text for one in chunks] == ["Team:", "name: Lee", "name: Haddad"]


def test_a_heading_with_nothing_under_it_is_kept_when_it_says_something() -> None:
    chunks = cut(
        [Heading("Contact", 1), Heading("Open on Saturdays until noon", 2), Heading("Call 555-0100", 2)]
    )
    assert chunks == [
        Chunk("Open on Saturdays until noon", "Contact"),
        Chunk("Call 555-0100", "Contact"),
    ]


def test_an_empty_heading_ends_the_one_before() -> None:
    chunks = cut([Heading("Team", 1), Paragraph("Dr. Lee."), Heading("", 1), Paragraph("Open daily.")])
    assert [one.heading for one in chunks] == ["Team", ""]


def test_a_title_that_is_repeated_counts_once() -> None:
    assert cut([Heading("Fees", 0), Heading("Fees", 1), Paragraph("Low.")]) == [Chunk("Low.", "Fees")]


def test_a_word_of_a_million_letters_is_torn() -> None:
    chunks = cut([Paragraph("x" * 1_000_000)])
    assert "".join(one.text for one in chunks) == "x" * 1_000_000
    assert max(len(one.text) for one in chunks) <= LONGEST_CHUNK_CHARS


TEXTS = st.text(alphabet="ab. ,;\n!?D", max_size=3000).map(clean)
BLOCKS = st.lists(
    st.one_of(
        st.builds(Heading, st.text("xyz", max_size=5), st.integers(0, 4)),
        st.builds(Paragraph, TEXTS.filter(bool), st.integers(1, 3)),
        st.builds(Rows, st.lists(TEXTS.map(clean_line).filter(bool), min_size=1, max_size=6).map(tuple)),
    ),
    max_size=12,
)


@given(BLOCKS)
@several
def test_no_letter_is_lost_and_no_chunk_too_long(blocks: list[Block]) -> None:
    chunks = cut(blocks)
    said = "".join(
        "".join(one.lines) if isinstance(one, Rows) else one.text
        for one in blocks
        if not isinstance(one, Heading)
    )
    assert not said or "".join("".join(one.text for one in chunks).split()) == "".join(said.split())
    assert all(one.text.strip() and len(one.text) <= LONGEST_CHUNK_CHARS for one in chunks)


@given(st.lists(st.text("ab. ", min_size=10, max_size=400).map(clean).filter(bool), max_size=20))
@several
def test_only_the_last_chunk_under_a_heading_may_be_short(texts: list[str]) -> None:
    chunks = cut(map(Paragraph, texts))
    for one, following in pairwise(chunks):
        first = following.text.split("\n")[0]
        assert len(one.text) >= SHORT_CHARS or len(one.text) + len(first) > MAX_CHUNK_CHARS - 2


def test_text_is_normalised() -> None:
    assert clean("Cafe\u0301\u00a0  au\tlait\r\n\r\n  at   ten\x00\x07 ") == "Café au lait\nat ten"
    assert clean("fees\u202e\u2066 \u200bare\ufeff low\U000e0041\U000e0042\udc80") == "fees are low"
    assert clean("\uf0b7 Cards \ue001") == "• Cards"
    assert clean_line("two\nlines") == "two lines"


def test_joiners_stay_where_words_need_them() -> None:
    assert (
        clean("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 pass\u200cword")
        == "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 password"
    )


@given(st.text(max_size=200))
@several
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode()


def test_lines_broken_by_the_margin_are_joined() -> None:
    lines = [
        "There is a car park behind the building, entered from Elm",
        "Lane. The first hour is free for patients: bring your tic-",
        "ket to the desk.",
    ]
    assert join_wrapped(lines) == " ".join(lines).replace("tic- ket", "ticket")


def test_lines_that_ended_by_themselves_stay_lines() -> None:
    assert join_wrapped(["Phone: 555-0100", "Fax: 555-0101"]) == "Phone: 555-0100\nFax: 555-0101"


def test_a_hyphen_of_the_word_stays() -> None:
    line = "You can walk in for a cleaning, or book it with your check-"
    assert join_wrapped([line, "up."]) == line + "up."


def test_a_file_of_nothing_but_titles_is_kept() -> None:
    assert cut([Heading("Parking", 1), Heading("Free", 2), Heading("Paying", 1)]) == [Chunk("Free\nPaying")]
