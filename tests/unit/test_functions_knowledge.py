"""The index over the practice's files."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunk import Chunk, cut
from knowledge.extract.markdown import markdown_blocks
from knowledge.search.index import KnowledgeIndex
from knowledge.search.passage import Passage
from knowledge.search.spelling import Spelling
from knowledge.search.terms import stem, terms, words

FEES = """# Fees and insurance

## Fees
A cleaning is $120 and takes thirty minutes. A checkup is $90, X-rays included.

## Insurance
We take Delta Dental, Aetna and Cigna. We do not take Medicaid.

## Payment
You can pay by card or cash. Plans over three months are possible.
"""
PLACE = """Maple Street Dental is at 12 Maple Street, behind the library, on the second floor; there is a lift
in the hall for anybody who needs it.

Parking is free in the library's garage, and the bus number nine stops in front of the house every ten minutes
during the day.

After an extraction do not smoke, and eat soft food for a day."""


def _index(*files: tuple[str, str]) -> KnowledgeIndex:
    return KnowledgeIndex.build([(name, cut(markdown_blocks(text))) for name, text in files])


@pytest.fixture(scope="module")
def index() -> KnowledgeIndex:
    return _index(("fees.md", FEES), ("place.txt", PLACE))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much does a cleaning cost?", "A cleaning is $120"),
        ("what do you charge for x rays", "X-rays included"),
        ("Do you take Delta Dental?", "We take Delta Dental"),
        ("is medicaid accepted", "We do not take Medicaid"),
        ("Where can I park?", "Parking is free"),
        ("where are you located", "12 Maple Street"),
        ("can I smoke after having a tooth pulled", "After an extraction"),
        ("can i pay with a card", "by card or cash"),
    ],
)
def test_a_question_finds_its_passage_first(index: KnowledgeIndex, question: str, answer: str) -> None:
    assert answer in index.search(question)[0].text


@pytest.mark.parametrize(
    "question",
    [
        "What's the weather in Paris?",
        "Do you do teeth whitening?",
        "Can I bring my dog to the cinema?",
        "",
        "hello",
        "???",
    ],
)
def test_what_no_file_says_finds_nothing(index: KnowledgeIndex, question: str) -> None:
    assert index.search(question) == []


def test_a_passage_names_its_file_and_headings(index: KnowledgeIndex) -> None:
    passage = index.search("insurance")[0]
    assert (passage.file, passage.heading) == ("fees.md", "Fees and insurance / Insurance")


def test_the_beginning_of_a_long_question_is_read(index: KnowledgeIndex) -> None:
    assert index.search("Where can I park? " + "um " * 100_000)[0].file == "place.txt"
    assert index.search("um " * 400 + "where can I park?") == []


def test_no_more_than_the_limit_comes_back(index: KnowledgeIndex) -> None:
    assert len(index.search("cleaning checkup insurance parking", limit=1)) <= 1


@pytest.mark.parametrize(
    "files", [[], [("empty.md", "")], [("stop.md", "the of and")], [("marks.md", "?! ...")]]
)
def test_files_without_words_find_nothing(files: list[tuple[str, str]]) -> None:
    index = _index(*files)
    assert len(index) == 0
    assert index.search("anything") == []


def test_a_passage_keeps_its_page() -> None:
    index = KnowledgeIndex.build(
        [("book.pdf", [Chunk("Parking is free.", "Cars", 7), Chunk("We like tea.")])]
    )
    (found,) = index.search("where can I park")
    assert found == Passage("Parking is free.", "book.pdf", "Cars", 7, found.score)
    assert found.score > 0


def test_what_stands_in_the_heading_counts_more_than_what_stands_in_the_text() -> None:
    index = KnowledgeIndex.build(
        [
            ("a.md", [Chunk("Bring your parking ticket to the desk and wait there a while.", "Bills")]),
            ("b.md", [Chunk("Behind the house, on the left, beside the tall old trees.", "Parking")]),
            (
                "c.md",
                [Chunk("We speak Spanish."), Chunk("The tea is warm."), Chunk("Dr. Lee is in on Mondays.")],
            ),
        ]
    )
    assert [one.heading for one in index.search("parking?")] == ["Parking", "Bills"]


def test_who_asks_for_a_price_is_answered_with_one() -> None:
    filling = Chunk("A filling takes an hour and is done by Dr. Lee.", "Fillings")
    others = [Chunk("Parking is behind the house."), Chunk("We speak Spanish."), Chunk("A cleaning is $95.")]
    index = KnowledgeIndex.build([("pages.md", [filling, *others])])
    assert [one.text for one in index.search("tell me about fillings")] == [filling.text]
    assert index.search("how much is a filling") == []


def test_one_heading_does_not_take_all_the_places() -> None:
    many = [Chunk(f"Parking is on deck {number}, by the parking lift.", "Parking") for number in range(5)]
    index = KnowledgeIndex.build([("a.md", many), ("b.md", [Chunk("Bring your parking ticket.", "Desk")])])
    assert [one.file for one in index.search("parking")] == ["a.md", "a.md", "b.md"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what does a cleening cost", "A cleaning is $120"),
        ("do you take medicade", "Medicaid"),
        ("do you take medic aid", "Medicaid"),
        ("is there a parking garege", "Parking is free"),
        ("do you do xrays at the check up", "X-rays included"),
        ("do you do x rays at the check-up", "X-rays included"),
        ("is it thirty minutes for a cleaning", "thirty minutes"),
        ("is it 30 minutes for a cleaning", "thirty minutes"),
        ("is that a hundred and twenty dollars for the cleaning", "$120"),
    ],
)
def test_slips_of_the_ear_and_other_spellings_are_found(
    index: KnowledgeIndex, question: str, answer: str
) -> None:
    assert answer in index.search(question)[0].text


@pytest.mark.parametrize(
    ("asked", "mended"),
    [
        ("What does a cleening cost?", "what does a cleaning cost?"),
        ("do you take medic aid, or not", "do you take medicaid, or not"),
        ("where is the car-park", "where is the carpark"),
        ("Is there a bridge?", "Is there a bridge?"),
    ],
)
def test_a_question_is_spelled_as_the_files_do(asked: str, mended: str) -> None:
    spelling = Spelling([stem(one) for one in ("bring", "cleaning", "medicaid", "carpark")])
    found = spelling.mend(asked)
    assert [stem(one) for one in words(found)] == [stem(one) for one in words(mended)]
    assert ("?" in found, "," in found) == ("?" in asked, "," in asked)


def test_letters_of_every_kind_are_small_and_plain() -> None:
    assert terms("CAFÉ Ⓒleaning \uff26\uff25\uff25 ﬁlling") == ["cafe", "clean", "fee", "fill"]


@given(text=st.text(max_size=120))
def test_any_text_has_terms(text: str) -> None:
    assert all(terms(text))


@given(question=st.text(max_size=120))
def test_any_question_is_answered_or_not(index: KnowledgeIndex, question: str) -> None:
    assert len(index.search(question, limit=2)) <= 2


def test_importing_the_functions_loads_no_compiler_and_prints_nothing() -> None:
    code = "import sys, threading, tools.registry; print('numba' in sys.modules, threading.active_count())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert (done.stdout, done.stderr) == ("False 1\n", "")


def test_building_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    _index(("fees.md", FEES))
    assert capfd.readouterr() == ("", "")
