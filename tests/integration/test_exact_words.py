"""What has to be exact is said in the functions' own words, and the model is not asked to repeat it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from agent.chat import ChatAgent, answer_of
from agent.llm.exact_words import ANYTHING_ELSE, BY_FUNCTION, SEVERAL
from config.settings import Settings
from config.vendor_settings import ModelSettings
from contracts.conversation import Message, results_of
from tests.fakes.openai_server import Calls, OpenAIServer, Reply, Says, openai_server
from tests.fakes.practice_api import CALLER, FakePracticeApi
from tools.context import ToolContext
from tools.registry import run_function

MOST_REQUESTS = 6
"""Of the model, for a whole booking."""
SEARCH = ("search_availability", {"when": "Wednesday at ten", "service": "check-up"})
ANNA = {"slot_id": "s1", "name": "Anna Bell", "phone": "caller"}
TIME = "Wednesday the twenty-fifth of November at ten a.m."


class Chat:
    """A conversation by text with a scripted model and a real agent."""

    def __init__(self, agent: ChatAgent, model: OpenAIServer) -> None:
        self.agent = agent
        self.model = model
        self.practice = FakePracticeApi()
        self.messages: list[Message] = []
        self.ctx: ToolContext = self.practice.context(lambda: self.messages)

    async def says(self, text: str, *replies: Reply) -> str:
        """Say something to a model that will answer so; gives what the person reads."""
        self.model.will(*replies)
        new = await self.agent.reply(self.messages, text, replace(self.ctx))
        # Kept and read back as JSON, as a thread would be.
        self.messages = json.loads(json.dumps([*self.messages, *new]))
        return answer_of(new)

    def results(self, name: str) -> list[dict[str, Any]]:
        """List what a function gave."""
        return [one.result for one in results_of(self.messages) if one.name == name]


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with openai_server() as model:
        chosen = ModelSettings(base_url=model.base_url, timeout_seconds=20.0)
        agent = ChatAgent(Settings(data_dir=tmp_path, openai_api_key=SecretStr("sk-test"), model=chosen))
        yield Chat(agent, model)
        await agent.close()


def book(**changed: str) -> Calls:
    return Calls((("book_appointment", {**ANNA, **changed}),))


async def test_a_booking_takes_few_requests_and_every_exact_sentence_is_the_functions(chat: Chat) -> None:
    offered = await chat.says("A check-up on Wednesday at ten, please", Calls((SEARCH,)))
    assert offered == f"{TIME} is free. Shall I take that?"
    assert "name" in await chat.says("Yes", Says("May I have your full name and number?"))
    read_back = await chat.says("Anna Bell, the one I'm calling from", book())
    assert read_back == f"That's a check-up with Dr. Omar Haddad on {TIME}, for Anna Bell. Is that right?"
    assert chat.practice.bookings == {}
    booked = await chat.says("Yes, that's right", book())
    assert booked == f"You are booked for a check-up with Dr. Omar Haddad on {TIME} {ANYTHING_ELSE}"
    goodbye = await chat.says(
        "No, thank you", Calls((("end_call", {"reason": "booked"}),), text="Goodbye, Anna.")
    )
    assert goodbye == "Goodbye, Anna."
    assert [one["customer"]["name"] for one in chat.practice.bookings.values()] == ["Anna Bell"]
    assert len(chat.model.requests) <= MOST_REQUESTS
    assert sum(one.get("answered_by") == BY_FUNCTION for one in chat.messages) == 3


async def test_the_model_sees_and_passes_handles_alone(chat: Chat) -> None:
    await chat.says("A check-up on Wednesday at ten, please", Calls((SEARCH,)))
    await chat.says("Yes. Anna Bell, this number.", book())
    sealed = chat.results("search_availability")[0]["slots"][0]["slot_id"]
    seen = json.dumps(chat.model.requests[-1]["messages"])
    assert r"\"slot_id\": \"s1\"" in seen
    assert sealed not in seen
    await chat.says("Yes", book())
    await chat.says("Thanks", Says("You're welcome."))
    seen = json.dumps(chat.model.requests[-1]["messages"])
    assert r"\"booking_id\": \"a1\"" in seen
    assert next(iter(chat.practice.bookings)) not in seen
    assert "cs-" not in seen


async def test_handles_go_on_in_another_process(chat: Chat) -> None:
    await chat.says("A check-up on Wednesday at ten, please", Calls((SEARCH,)))
    chat.ctx = chat.practice.context(lambda: chat.messages)
    other = ("search_availability", {"when": "Friday morning", "service": "check-up"})
    await chat.says("And on Friday?", Calls((other,)))
    handles = [slot["handle"] for one in chat.results("search_availability") for slot in one["slots"]]
    assert handles == [f"s{number + 1}" for number in range(len(handles))]
    await chat.says("The first one. Anna Bell, this number.", book(slot_id="s1"))
    assert chat.results("book_appointment")[0]["spoken"].startswith("Wednesday")


async def test_a_slot_of_another_conversation_is_unknown(chat: Chat) -> None:
    await chat.says("A check-up on Wednesday at ten, please", Calls((SEARCH,)))
    sealed = chat.results("search_availability")[0]["slots"][0]["slot_id"]
    other = replace(chat.practice.context(list), call_id="call_2")
    for given in ("s1", sealed):
        result = await run_function(other, "book_appointment", {**ANNA, "slot_id": given})
        assert (result["status"], result["field"]) == ("invalid", "slot_id")


async def test_two_bookings_of_one_turn_are_read_back_together_and_agreed_to_once(chat: Chat) -> None:
    two = {"slot_id": "s2", "name": "Ben Bell", "phone": "caller"}
    both = Calls((("book_appointment", ANNA), ("book_appointment", two)))
    search = ("search_availability", {"when": "Wednesday morning", "service": "check-up"})
    await chat.says("Check-ups for two on Wednesday morning", Calls((search,)))
    read_back = await chat.says("The first two, Anna Bell and Ben Bell, this number", both)
    assert read_back.count("That's a check-up") == 2
    assert read_back.endswith(SEVERAL)
    booked = await chat.says("Yes, please", both)
    assert booked.count("You are booked for") == 2
    assert sorted(one["customer"]["name"] for one in chat.practice.bookings.values()) == [
        "Anna Bell",
        "Ben Bell",
    ]
    assert len(chat.model.requests) == 3


async def test_what_has_no_sentence_of_its_own_is_put_into_words_by_the_model(chat: Chat) -> None:
    knowledge = ("search_knowledge", {"question": "What does a check-up cost?"})
    answer = await chat.says(
        "Is Wednesday at ten free?", Calls((SEARCH, knowledge)), Says("Yes, at ten a.m.")
    )
    assert answer == "Yes, at ten a.m."
    memory = ("write_to_memory", {"key": "wish", "data": "ten"})
    chat.ctx.site = None
    await chat.says("Remember that", Calls((memory,)), Says("I will."))
    assert len(chat.model.requests) == 4


async def test_words_that_changed_nothing_of_the_search_are_told_to_the_model(chat: Chat) -> None:
    search = ("search_availability", {"when": "Wednesday, when my husband is free", "service": "check-up"})
    answer = await chat.says("Not too early", Calls((search,)), Says("Which time of the day do you mean?"))
    assert chat.results("search_availability")[0]["ignored"] == "when my husband is free"
    assert answer == "Which time of the day do you mean?"


@pytest.mark.parametrize(
    "doubt", ["What's your parking like?", "Absolutely not", "Okay, let me ask my husband"]
)
async def test_an_answer_that_does_not_agree_is_for_the_model_to_answer(chat: Chat, doubt: str) -> None:
    await chat.says("A check-up on Wednesday at ten, please", Calls((SEARCH,)))
    await chat.says("Yes. Anna Bell, this number.", book())
    answer = await chat.says(doubt, book(), Says("Of course."))
    assert answer == "Of course."
    assert chat.results("book_appointment")[-1]["status"] == "not_agreed"
    assert chat.practice.bookings == {}


async def test_a_model_that_insists_gets_the_read_back_said_again(chat: Chat) -> None:
    await chat.says("A check-up on Wednesday at ten, please", Calls((SEARCH,)))
    read_back = await chat.says("Yes. Anna Bell, this number.", book())
    assert await chat.says("Hmm, I don't know", book(), book()) == read_back
    assert "You are booked" in await chat.says("Yes", book())


async def test_changes_are_told_in_the_functions_words(chat: Chat) -> None:
    booking_id = chat.practice.has("2026-11-25T10:00:00-05:00", phone=CALLER)
    found = Calls((("find_appointments", {}),))
    cancel = Calls((("cancel_appointment", {"booking_id": "a1"}),))
    asked = await chat.says("Please cancel my cleaning", found, cancel)
    assert asked == f"That's your cleaning with Dr. Maya Lee on {TIME} Shall I cancel it?"
    told = await chat.says("Yes, cancel it", cancel)
    assert told == f"Your cleaning with Dr. Maya Lee on {TIME} is cancelled. {ANYTHING_ELSE}"
    assert booking_id in str(chat.messages)
    assert len(chat.model.requests) == 3


async def test_a_conversation_that_ends_without_a_word_is_given_one(chat: Chat) -> None:
    answer = await chat.says("That's all", Calls((("end_call", {"reason": "done"}),)))
    assert "Goodbye" in answer
