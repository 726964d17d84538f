"""Tells of scenarios that were played: as a page with transcripts, as JUnit's XML, as JSON."""

from collections.abc import Sequence
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from rehearsal.rehearse import Played, transcript
from rehearsal.verdict import summary

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2430 }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
h1 { font-size: 1.5rem } table { border-collapse: collapse }
td, th { text-align: left; padding: .1rem 1rem .1rem 0 }
details { border: 1px solid #d5dbe3; border-radius: .4rem; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer } .failed > summary { color: #a3162a } .passed > summary { color: #14633a }
.bot { margin: .2rem 0 .2rem 0 } .patient { margin: .2rem 0 .2rem 2rem; color: #35507a }
.called { color: #6a7381; font-size: .85rem } .wrong { color: #a3162a } .repeat { color: #8a5a00 }
"""


def as_html(played: Sequence[Played]) -> str:
    """Write a page: the figures, then every conversation, those that failed first and open."""
    figures = "".join(
        f"<tr><th>{escape(name.replace('_', ' '))}</th><td>{escape(str(value))}</td></tr>"
        for name, value in summary([one.verdict for one in played]).items()
    )
    ordered = sorted(played, key=lambda one: (one.verdict.passed, one.scenario.name))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Rehearsal</title>'
        f"<style>{_STYLE}</style><h1>Rehearsal</h1><table>{figures}</table>"
        + "".join(_conversation(one) for one in ordered)
        + "</html>\n"
    )


def _conversation(one: Played) -> str:
    passed, scenario = one.verdict.passed, one.scenario
    lines = "".join(
        f'<p class="{who}"><b>{who}</b> {escape(said)}'
        + (f' <span class="called">{escape(called)}</span>' if called else "")
        + "</p>"
        for who, said, called in transcript(one.talk)
    )
    wrong = "".join(f"<li>{escape(line)}</li>" for line in one.verdict.complaints())
    repeats = "".join(f'<li class="repeat">{escape(line)}</li>' for line in one.verdict.repeats)
    audio = f'<audio controls src="{escape(one.talk.audio)}"></audio>' if one.talk.audio else ""
    return (
        f'<details class="{"passed" if passed else "failed"}"{"" if passed else " open"}>'
        f"<summary>{escape(scenario.name)}: {escape(scenario.title)}</summary>{audio}"
        f'<ul class="wrong">{wrong}</ul><ul>{repeats}</ul>{lines}</details>'
    )


def as_junit(played: Sequence[Played]) -> str:
    """Write JUnit's XML, a test case a scenario."""
    failures = sum(not one.verdict.passed for one in played)
    suite = ET.Element("testsuite", name="rehearsal", tests=str(len(played)), failures=str(failures))
    for one in played:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=f"rehearsal.{one.scenario.kind}",
            name=one.scenario.name,
            time=f"{one.seconds:.2f}",
        )
        if not one.verdict.passed:
            wrong = one.verdict.complaints()
            failure = ET.SubElement(case, "failure", message=_xml(wrong[0]))
            failure.text = _xml("\n".join([*wrong, "", *_lines(one)]))
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def as_json(played: Sequence[Played]) -> dict[str, Any]:
    """Give figures and conversations as one object."""
    return {
        "figures": summary([one.verdict for one in played]),
        "scenarios": [
            {
                "name": one.scenario.name,
                "title": one.scenario.title,
                "kind": one.scenario.kind,
                "passed": one.verdict.passed,
                "end_state": one.verdict.end_state,
                "wrong": one.verdict.complaints(),
                "untrue": list(one.verdict.untrue),
                "repeats": list(one.verdict.repeats),
                "turns": one.verdict.turns,
                "turns_to_booking": one.verdict.turns_to_booking,
                "seconds": round(one.seconds, 2),
                "transcript": [
                    {"who": who, "said": said, "called": called} for who, said, called in transcript(one.talk)
                ],
            }
            for one in played
        ],
    }


def _lines(one: Played) -> list[str]:
    return [f"{who}: {said}" for who, said, _ in transcript(one.talk)]


def _xml(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(one for one in text if one in "\t\n" or ord(one) >= 32)  # noqa: PLR2004 - control characters
