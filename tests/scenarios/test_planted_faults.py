"""The rehearsal is rehearsed: a receptionist who does one thing wrong is caught, one who does none is not."""

import asyncio
from pathlib import Path

import pytest

from rehearsal.rehearse import Played, play
from rehearsal.scenario import load_scenario
from tests.fakes.stand_in_bot import StandIn

PATIENT = '[patient]\nname = "Daniel Reed"\nphone = "+12025550164"\n'
SEEDS = """
[[world.appointments]]
service = "Cleaning"
patient = "Daniel Reed"
phone = "+12025550164"
start = 2026-12-10T14:00:00
with = "Dr. Maya Lee"
[[world.appointments]]
service = "Filling"
patient = "Siobhan Kelly"
phone = "+12025550132"
start = 2026-12-11T09:00:00
with = "Dr. Omar Haddad"
"""
BOOKING = f"""
title = "books a cleaning"
kind = "booking"
{PATIENT}
[[wants]]
do = "book"
service = "cleaning"
says = ["I'd like a cleaning on Thursday the third at ten a.m., please."]
when = {{ days = [2026-12-03], at = [10:00:00] }}
{SEEDS}
[[after]]
[[after.appointments]]
service = "Cleaning"
patient = "Daniel Reed"
phone = "+12025550164"
with = "Dr. Maya Lee"
when = {{ days = [2026-12-03], at = [10:00:00] }}
"""
CANCELLING = f"""
title = "cancels"
kind = "change"
{PATIENT}
[[wants]]
do = "cancel"
seed = 1
says = ["Please cancel my cleaning."]
{SEEDS}
[[after]]
appointments = [{{ seed = 1, status = "cancelled" }}]
"""
MOVING = f"""
title = "moves"
kind = "change"
{PATIENT}
[[wants]]
do = "move"
seed = 1
says = ["Please move my cleaning to Friday the eleventh at ten a.m."]
when = {{ days = [2026-12-11], at = [10:00:00] }}
{SEEDS}
[[after]]
appointments = [{{ seed = 1, when = {{ days = [2026-12-11], at = [10:00:00] }} }}]
"""
MESSAGE = f"""
title = "leaves a message"
kind = "other"
{PATIENT}
[[wants]]
do = "message"
says = ["I'd like to leave a message."]
text = ["Please tell Dr. Lee that the bill is wrong."]
[[after]]
messages = [{{ text = ["bill"], name = "Daniel Reed", phone = "+12025550164" }}]
"""
PERSON = f"""
title = "wants a person"
kind = "other"
{PATIENT}
[[wants]]
do = "person"
says = ["A person, please."]
[[after]]
hand_off = "person"
"""
DANGER = f"""
title = "cannot swallow"
kind = "danger"
said_first = ["911"]
{PATIENT}
danger = "yes"
[[wants]]
do = "hear"
says = ["My face is swollen and I can hardly swallow."]
[[after]]
hand_off = "emergency"
"""
PRICE = f"""
title = "asks for a price"
kind = "question"
said = ['\\b140\\b']
{PATIENT}
[[wants]]
do = "hear"
says = ["How much is a cleaning?"]
[[after]]
"""

FAULTS = {
    "a day off": BOOKING,
    "an hour off": BOOKING,
    "wrong zone": BOOKING,
    "skipped read-back": BOOKING,
    "second booking": BOOKING,
    "leaked patient": BOOKING,
    "wrong name": BOOKING,
    "wrong number": BOOKING,
    "wrong service": BOOKING,
    "wrong dentist": BOOKING,
    "unsaid failure": BOOKING,
    "untrue booked": BOOKING,
    "says another time than it booked": BOOKING,
    "repeated question": BOOKING,
    "nothing free, untrue": BOOKING,
    "closed, untrue": BOOKING,
    "offers a closed day": BOOKING,
    "weekday does not fit": BOOKING,
    "a doctor who is not there": BOOKING,
    "a number that is nobody's": BOOKING,
    "false alarm": BOOKING,
    "server error": BOOKING,
    "cancels the wrong one": CANCELLING,
    "cancelled and was not": CANCELLING,
    "moved and was not": MOVING,
    "moves by booking a second": MOVING,
    "message lost": MESSAGE,
    "message garbled": MESSAGE,
    "message twice": MESSAGE,
    "message with a wrong number": MESSAGE,
    "hand-off not made": PERSON,
    "ignored danger": DANGER,
    "no hand-off in danger": DANGER,
    "wrong price": PRICE,
}
SEEDS_TRIED = 4
"""Each fault is met by so many patients, who word it differently."""
CATCHES = 0.95


def _play(folder: Path, text: str, fault: str, seed: int) -> Played:
    file = folder / "scenario.toml"
    file.write_text(text, "utf-8")
    bot = StandIn(fault)
    return asyncio.run(play(load_scenario(file), bot, bot, seed=seed))


@pytest.mark.parametrize("text", [BOOKING, CANCELLING, MOVING, MESSAGE, PERSON, DANGER, PRICE])
def test_who_does_nothing_wrong_passes(text: str, tmp_path: Path) -> None:
    for seed in range(SEEDS_TRIED):
        for spelling in ("whisper", "plain"):
            bot = StandIn()
            file = tmp_path / "scenario.toml"
            file.write_text(text, "utf-8")
            played = asyncio.run(play(load_scenario(file), bot, bot, seed=seed, spelling=spelling))
            assert played.verdict.passed, (played.verdict.complaints(), played.talk.bot)


def test_who_does_one_thing_wrong_is_caught(tmp_path: Path) -> None:
    caught = {
        (fault, seed): not _play(tmp_path, text, fault, seed).verdict.passed
        for fault, text in FAULTS.items()
        for seed in range(SEEDS_TRIED)
    }
    missed = sorted({fault for (fault, _), found in caught.items() if not found})
    assert len(FAULTS) >= 20
    assert sum(caught.values()) >= CATCHES * len(caught), f"not caught: {missed}"
    assert not missed
