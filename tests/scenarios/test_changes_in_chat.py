"""Cancelling by text: with the model, without it, with one that fails and one that says what is not so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent.chat import RECEPTIONIST, ChatAgent
from agent.llm.exact_words import ANYTHING_ELSE
from config.settings import Settings
from config.vendor_settings import ModelSettings
from contracts.conversation import Message
from tests.fakes.openai_server import Calls, Fails, OpenAIServer, openai_server
from tests.fakes.practice_api import FACTS, FakePracticeApi

FIND = (
    "find_appointments",
    {"name": "Anna Bell", "phone": "202 555 0142", "date_of_birth": "3 March 1980"},
)
CANCEL = ("cancel_appointment", {"booking_id": "bkg_1"})
READ_BACK = (
    "That's your cleaning with Dr. Maya Lee on Tuesday the first of December at two p.m. Shall I cancel it?"
)
DONE = "Your cleaning with Dr. Maya Lee on Tuesday the first of December at two p.m. is cancelled."


class Chat:
    """A person, the bot, and the calendar."""

    def __init__(self, agent: ChatAgent) -> None:
        self.agent = agent
        self.practice = FakePracticeApi(FACTS.model_copy(update={"identity": ["date_of_birth"]}))
        self.practice.has("2026-12-01T14:00")
        self.messages: list[Message] = []
        self.context = self.practice.context(lambda: self.messages, caller_number=None)

    async def write(self, text: str) -> tuple[str, str]:
        """Say something; gives who answered last, and what."""
        self.messages += await self.agent.reply(self.messages, text, self.context)
        return self.messages[-1]["answered_by"], self.messages[-1]["content"]

    @property
    def status(self) -> str:
        """How the appointment is."""
        (booking,) = self.practice.bookings.values()
        return str(booking["status"])


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        yield server


@pytest.fixture
async def chat(model: OpenAIServer, tmp_path: Path) -> AsyncIterator[Chat]:
    openai = ModelSettings(base_url=model.base_url, timeout_seconds=10.0)
    agent = ChatAgent(Settings(data_dir=tmp_path, openai_api_key=SecretStr("sk-test"), model=openai))
    yield Chat(agent)
    await agent.close()


async def test_without_a_model(tmp_path: Path) -> None:
    chat = Chat(ChatAgent(Settings(data_dir=tmp_path)))
    for text, expected in (
        ("Hi, please cancel my appointment", "full name on the appointment"),
        ("Anna Bell", "phone number"),
        ("(202) 555-0142", "date of birth"),
        ("3/3/1980", "Shall I cancel it"),
        ("yes", "is cancelled"),
    ):
        assert expected in (await chat.write(text))[1]
    assert chat.status == "cancelled"


async def test_with_the_model(chat: Chat, model: OpenAIServer) -> None:
    model.will(Calls((FIND,)), Calls((CANCEL,)), Calls((CANCEL,)))
    answer = await chat.write("Cancel my appointment. I'm Anna Bell, 202 555 0142, born March 3 1980.")
    assert (answer[1], chat.status) == (READ_BACK, "confirmed")
    assert (await chat.write("Yes, cancel it"))[1] == f"{DONE} {ANYTHING_ELSE}"
    assert chat.status == "cancelled"
    assert len(model.requests) == 3


async def test_a_model_that_cancels_before_it_was_told_to_is_asked_to_read_back(
    chat: Chat, model: OpenAIServer
) -> None:
    model.will(Calls((FIND,)), Calls((CANCEL, CANCEL), text="I've cancelled your appointment."))
    answer = await chat.write("Cancel my appointment. I'm Anna Bell, 202 555 0142, born March 3 1980.")
    assert (answer[1], chat.status) == (READ_BACK, "confirmed")


async def test_when_the_model_fails_the_receptionist_goes_on_with_it(chat: Chat, model: OpenAIServer) -> None:
    model.will(Calls((FIND,)), Calls((CANCEL,)), Fails(400), Fails(400))
    await chat.write("Cancel my appointment. I'm Anna Bell, 202 555 0142, born March 3 1980.")
    who, said = await chat.write("Yes, please")
    assert (who, chat.status) == (RECEPTIONIST, "cancelled")
    assert said.startswith(DONE)
