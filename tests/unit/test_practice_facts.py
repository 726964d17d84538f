"""What the practice file says is said: its greeting, its names, its special days, prices and rules."""

import asyncio
from datetime import date

from agent.dialogue.responses import greeting
from agent.llm.prompt import facts_block
from agent.speech.pronunciation import pronounced, pronunciation
from contracts.practice_rules import PracticeRules, SpecialHours
from tests.fakes.practice_api import FACTS
from tools.functions.opening import hours_on

NEW_YEARS_EVE = date(2026, 12, 31)
SPECIAL = FACTS.model_copy(
    update={"special_hours": [SpecialHours(date=NEW_YEARS_EVE, opens="08:00", closes="12:00", name="")]}
)


def test_the_practices_own_greeting_is_the_first_word() -> None:
    assert greeting(FACTS.model_copy(update={"greeting": "Harbor View. Hello!"})) == "Harbor View. Hello!"


def test_without_one_it_says_who_answers_unless_told_not_to() -> None:
    named = FACTS.model_copy(update={"assistant_name": "Wanda"})
    assert "This is Wanda, the automated assistant." in greeting(named)
    silent = greeting(named.model_copy(update={"announce_assistant": False}))
    assert "Wanda" in silent
    assert "assistant" not in silent


def test_names_are_said_as_the_practice_says_them_and_only_whole_names() -> None:
    people = [FACTS.practitioners[0].model_copy(update={"name": "Dr. Ng", "say_as": "Doctor Ing"})]
    facts = FACTS.model_copy(update={"practitioners": people, "say_as": None})
    assert pronounced("With dr. ng, not Dr. Ngata.", facts) == "With Doctor Ing, not Dr. Ngata."
    assert asyncio.run(pronunciation(facts)("Dr. Ng", "sentence")) == "Doctor Ing"


def test_a_special_day_has_its_own_hours() -> None:
    assert [(a.hour, b.hour) for a, b in hours_on(NEW_YEARS_EVE, SPECIAL)] == [(8, 12)]


def test_the_model_is_told_prices_special_days_and_rules() -> None:
    services = [FACTS.services[0].model_copy(update={"price": "$155"})]
    rules = PracticeRules.model_validate(
        {
            "never_book": [{"days": ["monday"], "services": ["Cleaning"], "say": "Not on Mondays."}],
            "always_ask": [{"key": "insurance", "ask": "Which insurance do you have?"}],
            "to_a_person": ["billing dispute"],
            "cancelling": {"notice_hours": 24, "say": "It may be charged."},
        }
    )
    text = facts_block(SPECIAL.model_copy(update={"services": services, "rules": rules}))
    for line in (
        "price $155",
        "- Open on 2026-12-31 from 08:00 to 12:00, instead of that weekday's hours",
        "- Rule: never book Cleaning on monday. Say: Not on Mondays.",
        '- Rule: before you book, ask: Which insurance do you have? Give the answer in "reason"',
        "- Rule: ask for a person (request_person) for: billing dispute",
        "less than 24 hours before it: It may be charged.",
    ):
        assert line in text, text
