"""Answers to what was asked that are no values: the message, the practice's own question, an offer, a yes."""

from dataclasses import replace

from agent.dialogue.account import begin_message, is_enough, note, told
from agent.dialogue.acts import QUESTIONS, Heard
from agent.dialogue.matching import practitioner_in
from agent.dialogue.missing import natural_ask
from agent.dialogue.names_beside import name_in_passing
from agent.dialogue.number import take_phone
from agent.dialogue.responses import say
from agent.dialogue.state import LONGEST_REASON, Ask, Goal, Kind, Scene, State
from agent.dialogue.times import says_when, take_when
from language import names
from language.normalize import is_short, normal
from language.phone import digits, without_number
from language.phrases import phrase
from tools.consent import agrees_to, leaves_standing

_FAREWELL = phrase("update.farewell")
_PERSON = phrase("answers.person")
_MESSAGE = phrase("answers.message")
_THANKS = phrase("answers.thanks")
_NEITHER = phrase("answers.neither")
_TELLS_NAME = phrase("answers.tells_name")
_MOVES_IT = phrase("answers.moves_it")
_ONE_MORE = phrase("answers.one_more")
_WHOLE_NUMBER = 10
_FEW = 4
_SURE = 0.5
_STEADY = 0.75
_TEAMS = frozenset(("bill", "complaint", "pharmacy"))
_OF_A_MATTER = frozenset("tell symptom late complaint vendor pharmacy bill job team agree".split())


def message_text(state: State, heard: Heard, scene: Scene) -> bool:
    """Take the whole utterance as the message, unless it says something else."""
    short = is_short(heard.words)
    if (
        state.goal.reason
        and not told(heard, scene)
        and not any(one.asks for one in heard.clauses)
        and not heard.surely("abandon", "hold", "repeat", "person", least=_SURE)
    ):
        # "That's all": what they said before is the message.
        state.goal.text, state.goal.reason = state.goal.reason, ""
        return True
    if heard.surely("abandon", "keep", least=_SURE) or (heard.no and is_short(heard.words, 2)):
        state.goal = Goal(name=state.goal.name, phone=state.goal.phone)
        state.todo.append(["dropped", ""])
        return True
    if short and heard.surely("hold", "repeat", least=_SURE):
        state.todo.append([heard.clauses[0].kind, heard.text])
        return True
    if short and heard.surely("person", least=_SURE):
        state.goal = Goal(name=state.goal.name, phone=state.goal.phone)
        state.todo.append(["person", heard.text])
        return True
    if heard.surely("message", least=_SURE) and heard.clauses[-1].asks and not is_enough(heard.text, scene):
        # "And could I leave a message for Dr. Lee?" is the wish once more.
        state.goal.reason = heard.text.strip()
        return True
    if not (heard.yes and all(one.kind == "agree" for one in heard.clauses)):
        state.goal.text = heard.text.strip()
        # Name and number that come along are not asked for again.
        _name_and_number(state, heard, scene)
    return True


def _name_and_number(state: State, heard: Heard, scene: Scene) -> None:
    """Take the name and number that a message holds: they are not asked for again."""
    goal = state.goal
    if not goal.name:
        tells = _TELLS_NAME.search(heard.words) is not None
        found = names.stated_name(heard.text) if tells else None
        found = found or name_in_passing(state, heard.text, scene)
        goal.name = found if found and practitioner_in(normal(f"dr {found}"), scene.facts) is None else ""
    if not goal.phone and len(digits(heard.text)) >= _WHOLE_NUMBER:
        take_phone(state, heard, scene)


def take_rule_answer(state: State, heard: Heard, scene: Scene) -> bool:
    """Take the answer to a question that the practice wants asked of everybody."""
    rule = next((one for one in scene.facts.rules.always_ask if one.key not in state.goal.answers), None)
    if rule is None or heard.surely(
        "person", "message", "abandon", "cancel", "repeat", "hold", least=_STEADY
    ):
        return False
    if any(one.asks for one in heard.clauses) and heard.has(*QUESTIONS):
        return False
    state.goal.answers[rule.key] = heard.text.strip()[:LONGEST_REASON]
    return True


def answer_offer(state: State, heard: Heard, scene: Scene) -> bool:  # noqa: C901, PLR0911, PLR0912 - a chain
    """Take the answer to an offer of a person or a message."""
    either = state.asked is Ask.PERSON_OR_MESSAGE
    identity = heard.surely("identity", least=_SURE)
    person = (heard.has("person") or _PERSON.search(heard.words) is not None) and not identity
    message = heard.has("message") or _MESSAGE.search(heard.words) is not None
    neither = _NEITHER.search(heard.words) is not None
    named = practitioner_in(heard.words, scene.facts) is not None and not says_when(heard.text)
    asked_for = named and heard.has("book")  # "I want no message. Get me Dr. Haddad."
    person, message = (person and not neither) or asked_for, message and not neither
    upset = heard.surely("complaint", "abuse", least=_SURE) and not heard.surely("message", least=_SURE)
    if upset and message:
        # "A message is useless, nobody reads them."
        person, message = True, False
    heard = replace(heard, yes=heard.yes and not neither, no=heard.no or neither)
    accepts = state.asked is Ask.MESSAGE_OFFER and heard.opens_with_yes and bool(state.matter)
    least = _STEADY if accepts else _SURE  # "Sure. Say that I'd like full-time work."
    if heard.surely("book", "cancel", "move", "lookup", least=least) and not (person or message):
        state.asked = Ask.NOTHING
        return False
    if message:
        begin_message(state, heard, scene)
        _name_and_number(state, heard, scene)
        return True
    asks = any(one.asks for one in heard.clauses)
    if asks and not person and not heard.yes and state.goal.kind is Kind.NONE:
        # Neither: something else is asked.
        state.matter = "" if heard.no or heard.declines else state.matter
        state.asked = Ask.ANYTHING_ELSE
        return False
    if asked_for or (person and not heard.no):
        state.todo.append(["person", state.matter or heard.text])
        return True
    if heard.surely("bye", least=_SURE) or _FAREWELL.search(heard.words):
        state.leaving = True
        return True
    if heard.yes and _THANKS.search(heard.words) and is_short(heard.words, _FEW):
        heard = replace(heard, yes=False, no=True)  # "All right, cheers" takes neither
    if heard.yes and not heard.declines and not heard.has(*QUESTIONS):
        if state.asked is Ask.MESSAGE_OFFER:
            begin_message(state, heard, scene)
            _name_and_number(state, heard, scene)
        elif state.asked is Ask.PERSON_OFFER or (either and is_short(heard.words, 4)):
            # A bare yes to "someone, or a message?" takes the first, which is the better help.
            state.todo.append(["person", state.matter or heard.text])
        else:
            _begins_message(state, heard, scene)
        return True
    if not (heard.no or heard.declines or heard.has(*QUESTIONS)) and _begins_message(state, heard, scene):
        return True
    if heard.no or heard.declines:
        # Declined: what was being done goes on, as if newly asked.
        state.asks, state.matter = {}, ""
        state.asked = Ask.ANYTHING_ELSE if state.goal.kind is Kind.NONE else Ask.NOTHING
        if state.asked is Ask.ANYTHING_ELSE and not heard.surely("bye", "abandon", *QUESTIONS):
            state.todo.append(["declined", ""])
            return True
    elif state.goal.kind is not Kind.NONE and not any(one.asks for one in heard.clauses):
        # Neither: what was asked before the offer may be answered now.
        state.asked = natural_ask(state, scene)
    return False


def _begins_message(state: State, heard: Heard, scene: Scene) -> bool:
    """Take name, number or more of the matter, told instead of a choice, as the message's beginning."""
    if state.goal.kind is not Kind.NONE:
        return False
    number = take_phone(state, heard, scene)
    name = names.introduced(heard.text) or (
        names.bare_name(without_number(heard.text).strip(" ,.")) if number else None
    )
    # What nobody could answer is no message yet.
    matter = state.matter or state.goal.reason
    unasked = matter not in ("", state.question) or heard.has(*_TEAMS)
    more = unasked and bool(matter) and all(one.kind in _OF_A_MATTER for one in heard.clauses)
    if not (name or number or more):
        return False
    if more and not (name or number):
        # "Cancel my appointment." - "Tomorrow at three.": that goes with it, to the team.
        note(state, heard.text)
        state.told.append(say("put_in_message", state.turns, language=state.language))
    state.goal.name = name or state.goal.name
    begin_message(state, heard, scene)
    return True


def answer_move_or_new(state: State, heard: Heard) -> bool:
    """Take the answer to whether a visit that exists is moved, or one more is booked."""
    if heard.has("move") or _MOVES_IT.search(heard.words):
        booking_id, phrases = state.goal.booking_id, state.goal.phrases
        goal = state.begin(Kind.MOVE, booking_id=booking_id)
        goal.phrases = phrases
        take_when(state, heard, besides=False)
        return True
    if _ONE_MORE.search(heard.words) or heard.no:
        state.goal.one_more, state.goal.booking_id = True, ""
        return True
    if heard.has("keep", "abandon") or heard.yes:
        state.goal.one_more = not heard.has("keep", "abandon")
        if not state.goal.one_more:
            state.todo.append(["kept", state.goal.booking_id])
            state.finish()
        return True
    return False


def reads_back(state: State, heard: Heard) -> bool:
    """Take a clear yes to a read-back; everything else may change something."""
    goal = state.goal
    if goal.kind is not Kind.BOOK or not goal.read_back or state.asked not in (Ask.READ_BACK, Ask.NOTHING):
        return False
    goal.agreed = agrees_to(heard.text, goal.read_back)
    goal.stands = not goal.agreed and leaves_standing(heard.text, goal.read_back)
    return goal.agreed
