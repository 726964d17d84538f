"""How a question is read before anything is searched: clauses, what it is after, the kind of answer."""

import pytest

from knowledge.chunk import Chunk
from knowledge.search.answer_kinds import MAIL, PERSON, PHONE, TIME, kinds, kinds_preferred, kinds_required
from knowledge.search.clauses import asks_for_records, clauses, things_asked_for
from knowledge.search.index import KnowledgeIndex
from knowledge.search.terms import stem


@pytest.mark.parametrize(
    ("said", "asked", "told"),
    [
        ("i have a cold should i come", ["should i come"], ["i have a cold"]),
        (
            "my dog ate it, what do i do",
            ["what do i do"],
            ["my dog ate it"],
        ),
        ("i was wondering what it costs", ["what it costs"], ["i"]),
        ("do you know if dr. lee is in", ["what dr. lee is in"], []),
        ("who do i call if it bleeds", ["who do i call"], ["it bleeds"]),
        ("when can he eat and may he drink", ["when can he eat", "may he drink"], []),
        ("is there a lost and found", ["is there a lost and found"], []),
        ("", [], []),
    ],
)
def test_what_is_asked_is_told_from_the_story_around_it(said: str, asked: list[str], told: list[str]) -> None:
    found = clauses(said)
    assert [one.text for one in found if one.asks] == asked
    assert [one.text for one in found if not one.asks] == told


@pytest.mark.parametrize(
    ("clause", "things"),
    [
        ("how much would you charge me for a crown on a back tooth", {"crown"}),
        ("do you guys do botox", {"botox"}),
        ("is there a playground behind the house", {"playground"}),
        ("what is the price of an implant", {"implant"}),
        ("how late are you open", set()),
    ],
)
def test_what_a_question_is_after_is_named(clause: str, things: set[str]) -> None:
    assert things_asked_for(clause) == things


@pytest.mark.parametrize(
    ("clause", "records"),
    [
        ("did my insurance pay", True),
        ("how many cavities did my son have", True),
        ("do i have an appointment on friday", True),
        ("does my insurance pay", False),
        ("do i need an appointment", False),
        ("where did dr. lee study", False),
        ("have your hours changed", False),
    ],
)
def test_what_stands_in_records_is_no_question_for_files(clause: str, *, records: bool) -> None:
    assert asks_for_records(clause) is records


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("It takes two weeks.", {TIME}),
        ("Dr. Lee does.", {PERSON}),
        ("Call (555) 010-0142.", {PHONE}),
        ("Write to desk@maple.example.", {MAIL}),
        ("Open until 20.00.", {TIME, stem("evening")}),
        ("Monday to Thursday", {TIME, stem("tuesday"), stem("wednesday")}),
        ("A cleaning is $140.", set()),
    ],
)
def test_a_passage_tells_what_kinds_of_answers_it_holds(text: str, held: set[str]) -> None:
    assert set(kinds(text)) == held


def test_a_question_tells_what_kind_of_answer_it_takes() -> None:
    assert kinds_preferred("how long does it take") == [TIME]
    assert kinds_preferred("who does the cleanings") == [PERSON]
    assert kinds_required("what is the mobile number of the desk") == [PHONE]
    assert kinds_required("what is their number") == [PHONE]
    assert kinds_required("what is the desk's e mail address") == [MAIL]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("taken", "take"),
        ("vaccinations", "vaccinate"),
        ("prescriptions", "prescribe"),
        ("licence", "license"),
        ("wives", "wife"),
    ],
)
def test_forms_of_one_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


_TEAM = KnowledgeIndex.build(
    [
        (
            "team.md",
            [
                Chunk(
                    "Dr. Ann Lee does coils. She is in on Mondays. Dr. Tom Beck visits the care homes.",
                    "Team",
                ),
                Chunk("Flu jabs are given by our nurses from September.", "Jabs"),
                Chunk("The car park is behind the house.", "Parking"),
                Chunk("Tell us two hours before if you cannot come.", "Appointments"),
            ],
        )
    ]
)


def test_what_is_said_of_one_person_is_no_answer_about_another() -> None:
    assert _TEAM.search("which days is Dr. Lee in")
    assert _TEAM.search("which days is Dr. Beck in") == []
    assert _TEAM.search("is Dr. Lee in on Tuesdays") == []


def test_a_number_is_not_answered_with_a_sentence_without_one() -> None:
    assert _TEAM.search("what is the phone number of the care homes") == []


def test_the_story_around_a_question_need_not_be_in_the_files() -> None:
    question = "I drove all the way from Yonkers with my grandmother's trombone, so where is the car park?"
    assert [one.heading for one in _TEAM.search(question)][:1] == ["Parking"]


def test_a_thing_of_another_name_is_not_answered_with_what_stands_beside_it() -> None:
    assert _TEAM.search("do you give rabies jabs") == []
    assert _TEAM.search("when do you give flu jabs")


def test_a_word_of_the_same_topic_finds_less_than_one_that_means_the_same() -> None:
    index = KnowledgeIndex.build(
        [
            (
                "a.md",
                [
                    Chunk("Ask the pharmacist about opening a bottle."),
                    Chunk("Medicines are reviewed in spring."),
                    Chunk("We like tea."),
                ],
            )
        ]
    )
    assert [one.text for one in index.search("tablets")][:1] == ["Medicines are reviewed in spring."]


def test_a_stranger_by_name_is_in_no_file() -> None:
    assert _TEAM.search("is Dr. Ann Lee in on Mondays")
    assert _TEAM.search("does Dr. Okonkwo do coils and visit the care homes") == []
