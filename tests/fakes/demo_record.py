"""The demo practice as the check of statements knows it, read from its own folder."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from agent.statements.practice import PracticeRecord
from contracts.partner import Closure, DayHours, PracticeFacts, PractitionerFacts, ServiceFacts
from knowledge.extract.limits import Limits
from knowledge.extract.parse import parse
from knowledge.search.passage import Passage
from language.speak import WEEKDAYS

_FOLDER = Path(__file__).parents[2] / "practice" / "demo"


@cache
def demo_record(today: date) -> PracticeRecord:
    """Read the demo practice."""
    written = tomllib.loads((_FOLDER / "practice.toml").read_text("utf-8"))
    about = written["practice"]
    ids = {one["name"]: f"svc_{number}" for number, one in enumerate(written["services"], 1)}
    hours = [
        DayHours(weekday=WEEKDAYS.index(name.title()), opens=span.split("-")[0], closes=span.split("-")[1])
        for name, spans in written["hours"].items()
        for span in spans
    ]
    facts = PracticeFacts(
        name=about["name"],
        phone=about["phone_numbers"][0],
        address=about["address"],
        timezone=about["timezone"],
        hours=hours,
        closures=[Closure(date=one["from"], name=one["reason"]) for one in written["special_days"]],
        services=[
            ServiceFacts(
                id=ids[one["name"]],
                name=one["name"],
                duration_minutes=one["minutes"],
                aliases=one["also"],
            )
            for one in written["services"]
        ],
        practitioners=[
            PractitionerFacts(
                id=f"prac_{number}",
                name=one["name"],
                service_ids=[ids[name] for name in one.get("services", ids)],
                languages=one.get("languages", []),
            )
            for number, one in enumerate(written["practitioners"], 1)
        ],
    )
    return PracticeRecord(facts, (_FOLDER / "instructions.md").read_text("utf-8"), _passages(written), today)


def _passages(written: dict[str, dict[str, list[dict[str, str]]]]) -> list[Passage]:
    found = []
    for one in written["assistant"]["files"]:
        path = _FOLDER / one["path"]
        chunks = parse(path.read_bytes(), path.name, Limits()).chunks
        found += [Passage(chunk.text, path.name, chunk.heading, chunk.page) for chunk in chunks]
    return found
