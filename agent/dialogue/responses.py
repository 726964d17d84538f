"""Everything the receptionist says: product copy in ``en.toml`` and ``es.toml``, short enough to hear."""

import functools
import tomllib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.dialogue.state import Ask, Goal, Scene, State
from contracts.conversation import ADDED_BY, Message, sentence_of, text_of
from contracts.partner import PracticeFacts
from language import speak
from language.choices import Offer, moment_of
from language.datetimes.mentions import clock_mentions
from language.speak import article, clock, day, listing, ordinal
from language.which import language_of_talk
from tools.appointments import Appointment

MOST_LISTED = 5
"""Services or people named in one breath."""
_MOST_APPOINTMENTS = 4
_NEARLY_ALL_DIGITS = 8
"""Of ten: what was not heard may stand anywhere, and is no "rest"."""
_LANGUAGES = ("en", "es")
_VERBS = {"cancel": "cancel", "move": "move"}


@functools.cache
def _wordings(language: str) -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).parent / f"{language}.toml"
    read: dict[str, dict[str, list[str]]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return read


def say(name: str, count: int = 0, /, *, language: str = "en", **facts: Any) -> str:
    """Say a sentence, its wordings taken in turn.

    Args:
        count: Which turn it is.
        facts: What stands in its places.
    """
    wordings = _wordings(language)["says"].get(name) or _wordings("en")["says"][name]
    return wordings[count % len(wordings)].format(**facts)


@functools.cache
def wordings_of(name: str, language: str = "") -> tuple[str, ...]:
    """Give all wordings of a sentence, in one language or in all of them."""
    languages = [language] if language else _LANGUAGES
    return tuple(one for spoken in languages for one in _wordings(spoken)["says"].get(name, ()))


def language_of(messages: Iterable[Message], otherwise: str = "") -> str:
    """Give the language that a caller speaks, ``en`` or ``es``.

    Args:
        otherwise: The tag of the language that a conversation begins in.
    """
    said = (text_of(one) for one in messages if one.get("role") == "user" and ADDED_BY not in one)
    return language_of_talk(said, otherwise)


def greeting(facts: PracticeFacts) -> str:
    """Open the call: whose phone this is, and that a machine answers it.

    Returns:
        Four to five seconds of speech; the practice's own greeting, where it has one.
    """
    if facts.greeting:
        return facts.greeting
    persona = facts.assistant_name
    if not facts.announce_assistant:
        who = say("who_named", persona=persona) if persona else ""
    else:
        who = say("who_automated", persona=persona) if persona else say("who_automated_bare")
    return say("greeting", practice=facts.name, who=who)


def silence_prompt(count: int, language: str = "en") -> str:
    """Give what is said into silence.

    Args:
        count: 1 for the first re-prompt, 2 for the second; from 3 on it is the goodbye.
    """
    prompts = wordings_of("silence", language)
    return prompts[min(max(count, 1), len(prompts)) - 1]


def asks_whether_there(text: str) -> bool:
    """Tell whether a line only asks whether somebody is there: no question to repeat."""
    return text.strip() in wordings_of("silence")


def goodbye(facts: PracticeFacts, *, language: str = "en") -> str:
    """Close the call."""
    return say("goodbye", language=language, practice=facts.name)


def is_filler(text: str) -> bool:
    """Tell whether a piece of speech ends with words that only fill the time of a function call."""
    fillers = (name for key in ("looking", "checking", "waiting", "back_again") for name in wordings_of(key))
    return text.rstrip().endswith(tuple(fillers))


def split_filler(text: str) -> tuple[str, str]:
    """Part what has to be said from the words that only fill the time of a function call.

    Returns:
        What has to be said, and the filler; either may be empty.
    """
    text = text.rstrip()
    fillers = (*wordings_of("looking"), *wordings_of("checking"))
    filler = next((words for words in fillers if text.endswith(words)), "")
    return text.removesuffix(filler).rstrip() if filler else text, filler


def without_excuse(text: str) -> str:
    """Take off the excuse for a lost line or words: when the rest is said again it is out of place."""
    for excuse in (one for name in ("unclear", "trouble", "back_again") for one in wordings_of(name)):
        text = text.removeprefix(excuse).lstrip()
    return text


def ask(question: Ask, state: State, scene: Scene) -> str:
    """Word a question, otherwise each time that it is asked."""
    goal, count = state.goal, state.all_asks.get(question, 0)
    if question is Ask.SPELLING:
        count = state.count(question)  # of this part of the name
    if question is Ask.SLOT and goal.offers:
        return offers(state)
    if question in (Ask.READ_BACK, Ask.CANCEL_IT) and goal.stands and (moment := _read_back_moment(goal)):
        return say("still_right" if question is Ask.READ_BACK else "still_cancel", count, moment=moment)
    if question in (Ask.READ_BACK, Ask.CANCEL_IT) and (read := sentence_of(goal.read_back)):
        return read  # Only what was heard whole can be agreed to.
    if question is Ask.RULE:
        rule = next((one for one in scene.facts.rules.always_ask if one.key not in goal.answers), None)
        return rule.ask if rule else ask(Ask.ANYTHING_ELSE, state, scene)
    name = str(question)
    services = listing([article(one.name) for one in scene.facts.services[:MOST_LISTED]])
    if question is Ask.SERVICE and not services:
        name = "service_bare"
    if goal.kind in _VERBS or goal.kind in ("open", "look"):
        name = {Ask.NAME: "name_on_it", Ask.PHONE: "phone_on_it"}.get(question, name)
    if question is Ask.LAST_NAME and goal.surname:
        name = "first_name"
    if question is Ask.PHONE_REST and len(goal.digits) >= _NEARLY_ALL_DIGITS:
        name = "phone_again"
    table = _wordings(state.language)["questions"]
    wordings = (
        table.get(name) or _wordings("en")["questions"].get(name) or _wordings("en")["questions"]["help"]
    )
    chosen = state.chosen
    return wordings[count % len(wordings)].format(
        services=services,
        people=listing([one.name for one in scene.facts.practitioners[:MOST_LISTED]]),
        whose="the patient's" if goal.for_other and goal.kind == "book" else "your",
        part=goal.spell[0] if goal.spell else "last",
        ending=" ".join((scene.caller_phone or "")[-4:]),
        digits=grouped(goal.digits),
        appointment=(chosen.owned if chosen and question is not Ask.MOVE_OR_NEW else _existing(state)),
        count=speak.number(len(state.known)),
        listed=appointments(state.appointments) if question is Ask.WHICH_APPOINTMENT else "",
        verb=_VERBS.get(goal.kind, "change"),
    )


def _read_back_moment(goal: Goal) -> str:
    start = moment_of(goal.read_back.get("start"))
    return speak.moment(start) if start else ""


def _existing(state: State) -> str:
    found = state.appointments
    same = [one for one in found if one.booking_id == state.goal.booking_id] or found
    return f"{same[0].with_article} on {speak.moment(same[0].start)}" if same else "an appointment"


def appointments(known: Sequence[Appointment]) -> str:
    """List visits that the caller has."""
    several = len({one.name for one in known}) > 1
    listed = []
    for one in known[:_MOST_APPOINTMENTS]:
        whose = f" for {one.name}" if several and one.name else ""
        listed.append(f"{one.with_article}{whose} on {speak.moment(one.start)}")
    return listing(listed, "and")


def offers(state: State) -> str:
    """Offer the times that stand, and ask which."""
    goal, count = state.goal, state.all_asks.get(Ask.SLOT, 0)
    by_name = bool(goal.practitioner) or len({one.start for one in goal.offers}) < len(goal.offers)
    if len(goal.offers) == 1:
        only = _full(goal.offers[0], by_name=by_name)
        named = goal.offers[0].start is not None and bool(clock_mentions(goal.when))
        opening = say("offer_free", listed=_capital(only)) if named else say("offer_one", listed=only)
        return f"{opening} {say('take_it', count)}"
    return f"{_listed(goal.offers, by_name=by_name)} {say('which', count)}"


def with_whom(shown: Sequence[Offer]) -> str:
    """Say who each of several slots is with."""
    one_day = len({one.start.date() for one in shown if one.start}) == 1
    return _capital(
        listing(
            [
                f"{clock(one.start) if one_day and one.start else one.spoken} is with {one.practitioner}"
                for one in shown
                if one.practitioner
            ],
            "and",
        )
    )


def which_of(chosen: Sequence[Offer], count: int) -> str:
    """Ask which of the slots that fit was meant."""
    shown = list(chosen)[:3]
    starts = [one.start for one in shown if one.start]
    same_start = len({one.start for one in shown}) < len(shown)
    if len(starts) == len(shown) and len({start.date() for start in starts}) == 1 and not same_start:
        listed = listing([clock(start) for start in starts])
    else:
        listed = listing([_full(one, by_name=same_start) for one in shown])
    return say("which_of", count, listed=listed)


def thanks(name: str) -> str:
    """Thank the caller by the first name."""
    first = name.split(maxsplit=1)[0] if name else ""
    return say("thanks", name=first) if first else say("thanks_bare")


def grouped(digits: str) -> str:
    """Say digits in groups of three; the last group takes the rest."""
    groups = [digits[:3], digits[3:6], digits[6:]]
    return ", ".join(" ".join(group) for group in groups if group)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _full(one: Offer, *, by_name: bool) -> str:
    return f"{one.spoken} with {one.practitioner}" if by_name and one.practitioner else one.spoken


def _listed(shown: Sequence[Offer], *, by_name: bool) -> str:
    known = [one.start for one in shown if one.start is not None]
    if len(known) < len(shown):
        return say("offer_one", listed=listing([_full(one, by_name=by_name) for one in shown]))
    who = [f" with {one.practitioner}" if by_name and one.practitioner else "" for one in shown]
    shared = who[0] if len(set(who)) == 1 else ""
    who = [""] * len(who) if shared else who
    if len({start.date() for start in known}) == 1:
        times = listing([f"{clock(start)}{name}" for start, name in zip(known, who, strict=True)])
        return f"On {day(known[0])}{shared}, I have {times}."
    return (
        f"I have {listing([f'{_day_once(known, index)}{name}' for index, name in enumerate(who)])}{shared}."
    )


def _day_once(starts: Sequence[datetime], index: int) -> str:
    """Say a slot in a row; the day is not said again when it is that of the slot before."""
    start = starts[index]
    if index and starts[index - 1].date() == start.date():
        return clock(start)
    if index and starts[index - 1].month == start.month:
        weekday = day(start).split(" ", 1)[0]
        return f"{weekday} the {ordinal(start.day)} at {clock(start)}"
    return f"{day(start)} at {clock(start)}"
