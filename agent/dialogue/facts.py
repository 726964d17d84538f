"""Answers that the practice's own facts hold: hours, address, number, services, people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from agent.dialogue.matching import practitioner_in, service_in
from agent.dialogue.responses import MOST_LISTED, say
from agent.dialogue.state import Scene
from contracts.partner import Closure, DayHours, PracticeFacts, PractitionerFacts, ServiceFacts
from contracts.practice_rules import SpecialHours
from language import phone, speak
from language.datetimes.mentions import day_mentions
from language.datetimes.refine import Anchors
from language.datetimes.resolve import Question, mentions_time, resolve
from language.normalize import normal
from language.phrases import phrase
from tools.functions.opening import facts_of, hours_on

_COMMON_IN_NAMES = frozenset("holiday closed day the of and after for eve".split())
_LONG_HOUSE_NUMBER = 5
_ASKS_FOR_ONE = phrase("facts.asks_for_one")
_ANYBODY = phrase("facts.anybody")
_OF_OTHERS = phrase("facts.of_others")
_WEEKEND = phrase("facts.weekend")
_RELATIVE = phrase("facts.relative")
_BY_TRANSPORT = phrase("facts.by_transport")


def answer(  # noqa: PLR0911 - a chain of decisions
    kind: str, words: str, scene: Scene, topic: ServiceFacts | None = None
) -> str | None:
    """Answer a question from the facts.

    Args:
        kind: What is asked, one of ``acts.FACTS`` or ``today``.
        topic: The service that is spoken of.

    Returns:
        The answer, or None when the facts do not hold it.
    """
    facts = scene.facts
    if kind == "hours":
        return _hours(words, scene)
    if kind == "open_now":
        return _open_now(scene)
    if kind == "today":
        now = scene.now.astimezone(scene.zone)
        return say("today", day=speak.day(now), clock=speak.clock(now))
    if kind == "address" and facts.address and not _BY_TRANSPORT.search(words):
        return say("at_address", address=_speakable_address(facts.address))
    if kind == "phone_number" and facts.phone and "fax" not in words:
        return say("our_number", number=phone.spoken(facts.phone))
    if kind == "language":
        return _speaks(words, facts)
    if kind == "duration":
        return _duration(words, facts, topic)
    if kind == "practitioners":
        return _practitioners(words, facts, topic)
    return _services(words, facts) if kind == "services" else None


def asks_of_others(words: str, facts: PracticeFacts) -> bool:
    """Tell whether an address or a number is asked for that is somebody else's."""
    match = _OF_OTHERS.search(words)
    ours = {
        word
        for one in (facts.name, *(who.name for who in facts.practitioners))
        for word in normal(one).split()
    }
    return match is not None and match["whose"] not in ours


def _open_now(scene: Scene) -> str | None:
    if not scene.facts.hours:
        return None
    now = scene.now.astimezone(scene.zone)
    today = hours_on(now.date(), scene.facts)
    closes = next((closes for opens, closes in today if opens <= now.time() < closes), None)
    if closes is not None:
        return say("open_now", closes=speak.clock(closes))
    later = _next_opening(now, scene.facts)
    return say("closed_now", hours=f" We open again {later}." if later else "")


def _next_opening(now: datetime, facts: PracticeFacts) -> str:
    for ahead in range(8):
        day = now.date() + timedelta(days=ahead)
        for opens, _ in hours_on(day, facts):
            if ahead or opens > now.time():
                named = {0: "today", 1: "tomorrow"}.get(ahead, f"on {speak.WEEKDAYS[day.weekday()]}")
                return f"{named} at {speak.clock(opens)}"
    return ""


def closed_then(words: str, scene: Scene) -> str:
    """Say that the practice is closed where words name one day on which it is, or today after hours."""
    day = next(iter(asked_days(words, scene)), None)
    if day is None or not scene.facts.hours:
        return ""
    now = scene.now.astimezone(scene.zone)
    left = [closes for _, closes in hours_on(day, scene.facts) if day > now.date() or closes > now.time()]
    if left or day < now.date():
        return ""
    later = _next_opening(now, scene.facts)
    if day > now.date():
        return say("closed_then", day=f"on {speak.day(day)}", again="")
    return say("closed_then", day="now", again=f" We open again {later}." if later else "")


def hours_of(person: PractitionerFacts, words: str, scene: Scene) -> str | None:
    """Say when somebody is there, on the days that words name or in the week."""
    return _hours(words, replace(scene, facts=facts_of(person, scene.facts)), person.name)


def _hours(words: str, scene: Scene, who: str = "") -> str | None:
    """Say when the practice is open, or somebody of it is there."""
    facts = scene.facts
    if not facts.hours:
        return None
    if (closure := _closure_named(words, scene)) is not None:
        return _closed(f"on {speak.day(closure.date)}", closure.name, who)
    asked = asked_days(words, scene)
    if not asked:
        return _sentence(say("open_week", open=_open(who), week=_week(facts.hours)))
    shut = [day for day in asked if not _spans_on(day, facts)]
    if len(shut) == len(asked) > 1:
        return _closed_weekdays(shut, facts, who)
    return " ".join(_told_of(day, words, scene, who) for day in asked)


def _open(who: str) -> str:
    return say("is_in", name=who) if who else say("we_open")


def _closed(day: str, why: str, who: str) -> str:
    closed = say("is_away", name=who) if who else say("we_closed")
    return _sentence(say("closed_on", closed=closed, day=day, name=f", {why}" if why else ""))


def _closed_weekdays(days: Sequence[date], facts: PracticeFacts, who: str) -> str:
    weekdays = speak.listing([f"{speak.WEEKDAYS[day.weekday()]}s" for day in days], "and")
    open_then = _sentence(say("open_week", open=_open(who), week=_week(facts.hours)))
    return f"{_closed(f'on {weekdays}', '', who)} {open_then}"


def _told_of(day: date, words: str, scene: Scene, who: str) -> str:
    facts = scene.facts
    told = _on(day, facts, scene, who)
    usual = [one for one in facts.hours if one.weekday == day.weekday()]
    weekday = speak.WEEKDAYS[day.weekday()]
    if not usual or f"{weekday.lower()}s" not in words.split():
        return told
    # "What time do you shut Thursdays?": where this one is a holiday, both are told.
    other = day in [one.date for one in facts.closures] + [one.date for one in facts.special_hours]
    usually = say("open_on", day=f"On {weekday}s", open=_open(who), spans=_spans(usual))
    return f"{usually} {told}" if other else usually


def _closure_named(words: str, scene: Scene) -> Closure | None:
    """Find the next closed day of that name; "Christmas" alone is the day and not the eve."""
    said = set(words.split())
    named = [
        one
        for one in scene.facts.closures
        if one.date >= scene.today
        and said & (set(normal(one.name).split()) - _COMMON_IN_NAMES)
        and ("after" in said or "after" not in normal(one.name).split())
        and ("eve" not in said or "eve" in normal(one.name).split())
    ]

    def unlike(one: Closure) -> tuple[bool, bool, date]:
        name = normal(one.name).split()
        return ("after" in said) != ("after" in name), ("eve" in said) != ("eve" in name), one.date

    found = min(named, key=unlike, default=None)
    # The day after a holiday is not the holiday.
    return None if found and "day after" in words and unlike(found)[0] else found


def asked_days(words: str, scene: Scene) -> list[date]:
    """List the days that a question names: "Saturdays and Sundays", "the weekend", "the twelfth"."""
    today = scene.today
    named = day_mentions(_WEEKEND.sub("saturday and sunday", words))
    weekdays = dict.fromkeys(one.weekday for one in named if one.weekday is not None and one.day is None)
    if weekdays and len(weekdays) == len(named) and not _RELATIVE.search(words):
        return [today + timedelta((weekday - today.weekday()) % 7) for weekday in weekdays]
    day = _asked_day(words, scene)
    return [day] if day else []


def _asked_day(words: str, scene: Scene) -> date | None:
    today = scene.today
    if "now" in words.split():
        return today
    if not mentions_time(words):
        return None
    coming = sorted((one.date, one.name.lower()) for one in scene.facts.closures if one.name)
    names = {name: day for day, name in reversed(coming) if day >= today}  # the next of each
    meant = resolve(words, scene.now, scene.zone, Anchors(names=names))
    if not isinstance(meant, Question) and meant.end - meant.start <= timedelta(days=1, hours=1):
        return meant.start.date()
    return None


def _spans_on(day: date, facts: PracticeFacts) -> Sequence[DayHours | SpecialHours]:
    special = [one for one in facts.special_hours if one.date == day]
    return special or [one for one in facts.hours if one.weekday == day.weekday()]


def _on(day: date, facts: PracticeFacts, scene: Scene, who: str) -> str:
    closure = next((one for one in facts.closures if one.date == day), None)
    today = scene.today
    named = "today" if day == today else f"on {speak.day(day)}"
    if closure is not None:
        return _closed(named, closure.name, who)
    spans = _spans_on(day, facts)
    if not spans:
        return _closed_weekdays([day], facts, who)
    return say("open_on", day=_sentence(named), open=_open(who), spans=_spans(spans))


def _week(hours: Sequence[DayHours]) -> str:
    """Say a week's hours, days with the same hours together."""
    by_day: dict[int, list[DayHours]] = {}
    for one in sorted(hours, key=lambda one: (one.weekday, one.opens)):
        by_day.setdefault(one.weekday, []).append(one)
    runs: list[tuple[int, int, str]] = []
    for weekday, spans in by_day.items():
        said = _spans(spans)
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == said:
            runs[-1] = (runs[-1][0], weekday, said)
        else:
            runs.append((weekday, weekday, said))
    names = speak.WEEKDAYS
    return speak.listing(
        [f"{names[a]} {said}" if a == b else f"{names[a]} to {names[b]} {said}" for a, b, said in runs], "and"
    )


def _spans(spans: Sequence[DayHours | SpecialHours]) -> str:
    return speak.listing([f"from {_clock(one.opens)} to {_clock(one.closes)}" for one in spans], "and")


def _clock(text: str) -> str:
    try:
        return speak.clock(time.fromisoformat(text))
    except ValueError:
        return text


def asks_who_speaks(words: str) -> str:
    """Give the code of the language of which words ask who speaks it; empty when they do not."""
    named = next((code for code, name in speak.LANGUAGES.items() if name.lower() in words.split()), "")
    return named if _ANYBODY.search(words) else ""


def _speaks(words: str, facts: PracticeFacts) -> str | None:
    code = asks_who_speaks(words)
    if not code:
        return None
    people = [one.name for one in facts.practitioners if code in [lang[:2].lower() for lang in one.languages]]
    if people:
        verb = "speaks" if len(people) == 1 else "speak"
        return f"{speak.listing(people, 'and')} {verb} {speak.LANGUAGES[code]}."
    team = [one[:2].lower() for one in facts.languages]
    return say("team_speaks", language=speak.LANGUAGES[code]) if code in team else None


def _duration(words: str, facts: PracticeFacts, topic: ServiceFacts | None) -> str | None:
    named = service_in(words, facts)
    service = named or topic or (facts.services[0] if len(facts.services) == 1 else None)
    if service is not None:
        return say(
            "takes",
            service=_sentence(speak.article(service.name)),
            minutes=_minutes(service.duration_minutes),
        )
    if not facts.services:
        return None
    each = [f"{speak.article(one.name)} {_minutes(one.duration_minutes)}" for one in facts.services[:3]]
    return say("depends", listed=speak.listing(each, "and"))


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    whole = "an hour" if hours == 1 else f"{speak.number(hours)} hours"
    parts = [whole] if hours else []
    if rest or not hours:
        parts.append(f"{speak.number(rest)} minutes")
    return " and ".join(parts)


def _practitioners(words: str, facts: PracticeFacts, topic: ServiceFacts | None) -> str | None:
    if not facts.practitioners:
        return None
    named, service = practitioner_in(words, facts), service_in(words, facts)
    if service is not None:
        able = who_does(service, facts)
        if named is not None and named in able:
            return say("does", name=named.name)
        others = _others(able, service)
        if named is not None and others:
            return say("does_not", name=named.name, others=others)
        return _sentence(f"{others}.") if others else None
    if named is not None:
        return say("is_here", name=named.name)
    able = (who_does(topic, facts) if topic else []) or facts.practitioners
    return say("can_see", people=speak.listing([one.name for one in able[:MOST_LISTED]]))


def who_does(service: ServiceFacts, facts: PracticeFacts) -> list[PractitionerFacts]:
    """List who does a service, and those of whom it is not known."""
    return [one for one in facts.practitioners if one.service_ids is None or service.id in one.service_ids]


def _others(able: Sequence[PractitionerFacts], service: ServiceFacts) -> str:
    if not able:
        return ""
    verb = "does" if len(able) == 1 else "do"
    people = speak.listing([one.name for one in able[:MOST_LISTED]], "and")
    return f"{people} {verb} {speak.article(service.name)}"


def _services(words: str, facts: PracticeFacts) -> str | None:
    if not facts.services:
        return None
    if (service := service_in(words, facts)) is not None:
        length = _minutes(service.duration_minutes)
        return say("we_do", service=_sentence(speak.article(service.name)), minutes=length)
    if any(normal(one.name) in words for one in facts.other_services):
        return say("we_do_not_book")
    if _ASKS_FOR_ONE.search(words):
        return None
    return say(
        "can_book", services=speak.listing([speak.article(one.name) for one in facts.services[:MOST_LISTED]])
    )


def _speakable_address(address: str) -> str:
    head, _, rest = address.partition(" ")
    number = head.rstrip(",")
    # A house number is said digit by digit when it is long, so that it can be written down.
    return f"{' '.join(number)} {rest}" if number.isdigit() and len(number) >= _LONG_HOUSE_NUMBER else address


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
