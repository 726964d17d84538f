"""The index over the practice's files."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.knowledge_index import MAX_PASSAGE_CHARS, Document, KnowledgeIndex, passages_of

FEES = Document(
    "fees.md",
    """# Fees and insurance

## Fees
A cleaning is $120 and takes thirty minutes. A checkup is $90, X-rays included.

## Insurance
We take Delta Dental, Aetna and Cigna. We do not take Medicaid.

## Payment
You can pay by card or cash. Plans over three months are possible.
""",
)
PLACE = Document(
    "place.txt",
    """Maple Street Dental is at 12 Maple Street, behind the library, on the second floor; there is a lift
in the hall for anybody who needs it.

Parking is free in the library's garage, and the bus number nine stops in front of the house every ten minutes
during the day.

After an extraction do not smoke, and eat soft food for a day.""",
)


@pytest.fixture(scope="module")
def index() -> KnowledgeIndex:
    return KnowledgeIndex.build([FEES, PLACE])


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


def test_no_more_than_the_limit_comes_back(index: KnowledgeIndex) -> None:
    assert len(index.search("cleaning checkup insurance parking", limit=1)) <= 1


@pytest.mark.parametrize("documents", [[], [Document("empty.md", "")], [Document("stop.md", "the of and")]])
def test_documents_without_words_find_nothing(documents: list[Document]) -> None:
    index = KnowledgeIndex.build(documents)
    assert len(index) == 0
    assert index.search("anything") == []


def test_long_paragraphs_are_cut_between_sentences() -> None:
    passages = passages_of(Document("long.md", "A short sentence of eight words stands here. " * 60))
    assert len(passages) > 3
    assert all(len(one.text) <= MAX_PASSAGE_CHARS for one in passages)
    assert all(one.text.endswith(".") for one in passages)


@given(text=st.text(max_size=300), question=st.text(max_size=60))
def test_any_text_can_be_cut(text: str, question: str) -> None:
    for passage in passages_of(Document("any.md", text)):
        assert passage.text.strip()


def test_importing_the_functions_loads_no_compiler_and_prints_nothing() -> None:
    code = "import sys, threading, tools.registry; print('numba' in sys.modules, threading.active_count())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert (done.stdout, done.stderr) == ("False 1\n", "")


def test_building_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    KnowledgeIndex.build([FEES])
    assert capfd.readouterr() == ("", "")
