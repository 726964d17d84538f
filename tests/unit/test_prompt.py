"""The model's system prompt: named blocks, the changing one last."""

from datetime import timedelta

from syrupy.assertion import SnapshotAssertion

from agent.prompt import BLOCKS, system_prompt
from tests.fakes.front_desk import FACTS, NOW
from tools.contracts.partner import PracticeFacts


def test_the_prompt_reads_as_agreed(snapshot: SnapshotAssertion) -> None:
    assert system_prompt(FACTS, "Be brief. New patients pay $5.", NOW) == snapshot


def test_only_the_last_block_changes_with_time() -> None:
    earlier = system_prompt(FACTS, "", NOW).rsplit("\n\n", 1)
    later = system_prompt(FACTS, "", NOW + timedelta(days=3, minutes=7)).rsplit("\n\n", 1)
    assert earlier[0] == later[0]
    assert earlier[1] != later[1]


def test_a_practice_without_instructions_has_no_block_for_them() -> None:
    assert "own instructions" not in system_prompt(FACTS, "  ", NOW)


def test_what_is_not_known_is_not_in_the_prompt() -> None:
    prompt = system_prompt(PracticeFacts(name="Bare Bones Clinic"), "", NOW)
    assert "Bare Bones Clinic" in prompt
    assert "Address" not in prompt
    assert "None" not in prompt


def test_instructions_cannot_break_the_template() -> None:
    assert "$now and ${practice}" in system_prompt(FACTS, "$now and ${practice}", NOW)


def test_every_block_has_a_file_of_its_own() -> None:
    assert len(set(BLOCKS)) == len(BLOCKS) == 6
