"""What the receptionist says to questions about the practice: the pages' answer, or that it does not know."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from agent.chat import ChatAgent
from agent.dialogue.passages import MOST_WORDS
from config.settings import Settings
from contracts.conversation import Message
from tests.fakes import practice_pages
from tests.fakes.demo_pages import answerable, demo_index, unanswerable
from tests.fakes.practice_api import FACTS, Conversation, FakePracticeApi
from tests.fakes.practice_pages import SETS, index_of

pytestmark = pytest.mark.xdist_group("knowledge")  # what was once asked is not asked again

UNKNOWN = re.compile(r"(?:don't have that information|don't know that|couldn't find anything)")
OFFER = re.compile(r"speak with someone, or leave a message|put you through to someone, or take a message")
OTHERWISE = re.compile(
    r"I can't (?:give medical advice|look into)|can't advise|don't have access|I'll put you through|"
    r"share anything|privacy|We're at 214 Maple Street|Our number is|"
    r"That goes to the team|The team (?:can look into|looks after)|can't judge|nothing I can do|"
    r"don't have that on my list|nobody who can talk about offers|Dr\. Maya Lee is in from"
)
"""Answered without the pages: refused, put through, left to the team, or by the practice's own facts."""
FILLERS = (
    "Just a moment.",
    "One moment, please.",
    "Let me see.",
    "Is there anything else",
    "Anything else I",
    "I don't see an appointment",  # what else was wished for in the same breath
)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> ChatAgent:
    return ChatAgent(Settings(data_dir=tmp_path_factory.mktemp("data")))


FRESH = (("first", 22), ("second", 24), ("third", 30), ("fourth", 30), ("fifth", 25), ("sixth", 33))
"""Answered in the pages' own words; measured are 23, 25, 31, 31, 26 and 34.

The third's least was 33 before acts were known by meaning: more of its questions are now taken for
signs of danger, or for wishes, before anything is looked up.
"""

MOST_FALSE = dict.fromkeys(SETS, 3) | {"tenth": 9}
"""How many questions of a set may have pages read aloud that do not answer them: as many as the seventh, and
the tenth, had when they were first tried."""

_HEARD: dict[tuple[str, str], tuple[str, list[dict[str, Any]]]] = {}


async def _asked(
    agent: ChatAgent, question: str, practice: str = "maple"
) -> tuple[str, list[dict[str, Any]]]:
    """Give what was said to a question, and the results of the searches that were made for it."""
    if (practice, question) not in _HEARD:
        _HEARD[practice, question] = await _ask(agent, question, practice)
    return _HEARD[practice, question]


async def _ask(agent: ChatAgent, question: str, practice: str) -> tuple[str, list[dict[str, Any]]]:
    api = FakePracticeApi(knowledge=index_of(practice))
    opening: list[Message] = [{"role": "assistant", "content": "How can I help you?"}]
    new = await agent.reply(opening, question, api.context(list))
    said = " ".join(str(one["content"]) for one in new if one["role"] == "assistant" and one["content"])
    results = [json.loads(one["content"]) for one in new if one["role"] == "tool"]
    return said, [one for one in results if "passages" in one or one["status"] == "nothing"]


# Measured are 133 of 160 and 25 of 30: 140 and 26 with lists of words that were written with these.
# The tuning half's least was 0.89 (144) while phrases of its questions
# were rules; acts are known by meaning now, from examples that are none of its questions.
@pytest.mark.parametrize(("half", "least"), [("tuning", 0.82), ("held-out", 0.8)])
async def test_questions_are_answered_in_the_pages_words(agent: ChatAgent, half: str, least: float) -> None:
    asked = answerable(half)
    wrong = []
    for one in asked:
        said, _ = await _asked(agent, one.question)
        if one.said.lower() not in said.lower():
            wrong.append((one.question, said))
    print(f"\n{half}: said {len(asked) - len(wrong)}/{len(asked)}; not: {wrong}")  # noqa: T201
    assert len(asked) - len(wrong) >= least * len(asked)


@pytest.mark.parametrize(("name", "least"), FRESH)
async def test_fresh_questions_are_answered_in_the_pages_words(
    agent: ChatAgent, name: str, least: int
) -> None:
    asked = practice_pages.answerable(name)
    wrong = []
    for one in asked:
        said, _ = await _asked(agent, one.question, one.practice)
        if not any(_spoken(text) in said.lower() for text in one.texts):
            wrong.append((one.question, said))
    print(f"\n{name}: said {len(asked) - len(wrong)}/{len(asked)}; not: {wrong}")  # noqa: T201
    assert len(asked) - len(wrong) >= least


@pytest.mark.parametrize("name", SETS)
async def test_what_the_pages_do_not_say_of_fresh_questions_is_not_made_up(
    agent: ChatAgent, name: str
) -> None:
    asked = practice_pages.unanswerable(name)
    wrong = []
    for one in asked:
        said, searches = await _asked(agent, one.question, one.practice)
        if any(found["status"] == "ok" for found in searches):
            wrong.append((one.question, said))
    print(f"\n{name}: answered from pages that do not say it {len(wrong)}/{len(asked)}: {wrong}")  # noqa: T201
    assert len(wrong) <= MOST_FALSE[name]


def _spoken(text: str) -> str:
    """Write words of a page as they are read aloud."""
    text = re.sub(r"\$([\d,]+)", lambda match: f"{match[1].replace(',', '')} dollars", text)
    return text.replace("@", " at ").replace(".example", " dot example").lower()


@pytest.mark.parametrize("half", ["tuning", "held-out"])
async def test_what_the_pages_do_not_say_is_not_answered(agent: ChatAgent, half: str) -> None:
    asked = unanswerable(half)
    otherwise, wrong = [], []
    for question in asked:
        said, searches = await _asked(agent, question)
        if any(one["status"] == "ok" for one in searches):
            wrong.append((question, said))
        elif not searches:
            assert OTHERWISE.search(said), (question, said)
            otherwise.append(question)
        elif not OTHERWISE.search(said):
            assert UNKNOWN.search(said), (question, said)
            assert OFFER.search(said), (question, said)
    print(f"\n{half}: answered without the pages {otherwise}, wrongly from them {wrong}")  # noqa: T201
    assert not wrong
    assert len(otherwise) <= 0.2 * len(asked)


async def test_no_answer_is_longer_than_a_breath_or_reads_signs_aloud(agent: ChatAgent) -> None:
    asked = [("maple", one.question) for half in ("tuning", "held-out") for one in answerable(half)]
    fresh = [(one.practice, one.question) for name in SETS for one in practice_pages.answerable(name)]
    for practice, question in (*asked, *fresh):
        said, searches = await _asked(agent, question, practice)
        if answers := sum(found["status"] == "ok" for found in searches):
            for filler in FILLERS:
                said = said.split(filler)[-1] if said.startswith(filler) else said.split(filler)[0]
            assert len(said.split()) <= MOST_WORDS * answers, said
            assert not re.search(r"[$%|#*@]|; (?:Fee|Plan):|Visit:", said), said
            assert said.strip()[-1] in ".!?", said


QUESTIONS_AND_WISHES = [
    ("can I come in on Tuesday for a cleaning", "Tuesday the twenty-fourth"),
    ("do you have anything on Tuesday for a filling", "Tuesday the twenty-fourth"),
    ("is Tuesday at nine free for a check-up", "Tuesday the twenty-fourth of November at nine"),
    ("could I get a cleaning on Tuesday afternoon", "Tuesday the twenty-fourth"),
    ("what times do you have on Tuesday for a check-up", "Tuesday the twenty-fourth"),
    ("when can I come in for a cleaning", "day and time|I have"),
    ("how about a cleaning on Tuesday", "Tuesday the twenty-fourth"),
    ("any chance of a check-up on Tuesday morning", "Tuesday the twenty-fourth"),
    ("does Dr. Lee have anything on Tuesday for a filling", "Tuesday the twenty-fourth"),
    ("I need to see somebody, my tooth hurts", "sorry"),
    ("what are your hours", "nine a.m. to five p.m."),
    ("how long does a cleaning take", "forty-five minutes"),
    ("how late are you open on Friday", "two p.m."),
    ("I want to cancel my appointment", "don't see an appointment"),
]


@pytest.mark.parametrize(("words", "expected"), QUESTIONS_AND_WISHES)
async def test_wishes_and_facts_are_no_questions_for_the_pages(
    agent: ChatAgent, words: str, expected: str
) -> None:
    said, searches = await _asked(agent, words)
    assert re.search(expected, said), said
    assert searches == []


async def test_a_question_in_between_does_not_lose_the_booking() -> None:
    talk = Conversation(FakePracticeApi(knowledge=demo_index()))
    await talk.start()
    await talk.hear("I'd like a cleaning on Tuesday at one")
    assert re.search("Elm Lane.*one p.m. is free", await talk.hear("where can I park?"))
    assert "name" in await talk.hear("yes")


async def test_a_price_is_not_looked_for_without_the_thing_that_it_is_asked_of(agent: ChatAgent) -> None:
    said, searches = await _asked(agent, "do you do teeth whitening there, and what does it cost")
    assert [one["status"] for one in searches] == ["nothing"]
    assert OFFER.search(said), said


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("how often should I get a new toothbrush", "every three months"),
        ("does my son need to have a parent with him", "parent or guardian"),
        ("what should I do when a filling falls out", "Keep the piece"),
    ],
)
async def test_what_the_pages_say_is_not_refused(agent: ChatAgent, words: str, page: str) -> None:
    said, _ = await _asked(agent, words)
    assert page in said


@pytest.mark.parametrize("words", ["should I take antibiotics for my gums", "has my wife been there today"])
async def test_what_the_pages_do_not_say_is_refused_as_before(agent: ChatAgent, words: str) -> None:
    said, _ = await _asked(agent, words)
    assert OTHERWISE.search(said), said


async def test_hours_and_address_come_from_the_profile_whatever_a_page_says(agent: ChatAgent) -> None:
    said, _ = await _asked(agent, "what's your address?")
    assert str(FACTS.address) in said


def test_the_set_names_files_that_are_there() -> None:
    pages = Path("practice/demo/files")
    assert {one.file for one in (*answerable("tuning"), *answerable("held-out"))} <= {
        one.name for one in pages.iterdir()
    }
