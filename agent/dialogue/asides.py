"""What is asked or told beside the matter at hand: each is answered, then it goes on."""

from agent.dialogue import facts as known
from agent.dialogue import responses
from agent.dialogue.account import joined, note
from agent.dialogue.action import Action, call
from agent.dialogue.acts import FACTS, QUESTIONS, THEIR_HOURS, hear
from agent.dialogue.changes import chosen_of
from agent.dialogue.choose import choose
from agent.dialogue.files_first import in_other_words, is_nothing_else
from agent.dialogue.lookups import adds_nothing, asks_of_cancelling, goes_on, look_up, spoken_of
from agent.dialogue.matching import practitioner_in
from agent.dialogue.memory import END, FIND, KNOWLEDGE, TRANSFER
from agent.dialogue.passages import best_answer, row_about
from agent.dialogue.recap import recap
from agent.dialogue.responses import say
from agent.dialogue.state import LONGEST_REASON, Ask, Kind, Scene, State
from agent.dialogue.steps import ask, filler, proceed, what_they_have
from agent.dialogue.update import take_unanswered
from contracts.conversation import FunctionResult
from language import speak
from language.normalize import normal
from tools.consent import values_of

_SURE = 0.5
_OFFER_HELP_AT = 3
_STOP_AT = 5
_TO_TEAM = frozenset("complaint bill pharmacy records late team".split())
"""What goes to a person, or into a message."""
_TOLD = {
    "noted": "thanks_bare",
    "note": "put_in_notes",
    "next": "next_for",
    "bad_digits": "bad_digits",
    "name_left": "name_left",
    "sympathy": "sympathy",
    "other": "not_mine",
    "swapped": "swapped",
}
"""What is told and nothing else, by its sentence."""
_SORRY = "I'm sorry"
"""What a move opens with that is sorry by itself."""
_CLOSING = frozenset("dropped declined kept nothing_given_up late".split())
"""What ends with the question what else there is."""
_LATE = "What happens if I'm late for my appointment?"
_GIVEN = ("advice_given", "language_given", "gender_given", "files_given")
"""What the files were asked about before it is answered otherwise."""


def answer_todo(state: State, scene: Scene) -> Action:
    """Answer what is to be answered of the last utterance, one after the other, and go on."""
    while state.todo:
        # What is asked beside something that closes the matter is answered before it.
        at = next((at for at, (kind, _) in enumerate(state.todo) if kind not in _CLOSING), 0)
        kind, text = state.todo.pop(at)
        move = _answer(kind, text, state, scene)
        if move is not None:
            return move if move.call is not None else finish_told(state, move)
    return finish_told(state, _next(state, scene))


def finish_told(state: State, move: Action) -> Action:
    """Say what was to be told before a move; a function that is called first keeps it waiting."""
    if move.call is not None:
        return move
    told, state.told = state.told, []
    if (move.say or "").startswith(_SORRY):
        told = [say("sympathy_alone") if one in responses.wordings_of("sympathy") else one for one in told]
    return move.after(" ".join(dict.fromkeys(one for one in told if one)))


def _next(state: State, scene: Scene) -> Action:
    """Go on with the goal; where there is none, ask what else there is."""
    if state.language == "es" and state.goal.kind is not Kind.MESSAGE:
        return _in_spanish(state, scene)
    if state.goal.kind is Kind.NONE and not state.told and state.asked is Ask.HELP:
        return ask(state, scene, Ask.HELP, gives_up=False)
    if state.goal.kind is Kind.NONE and not state.told and state.turns > 1:
        return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False).after(say("all_right", state.turns))
    return proceed(state, scene)


def _in_spanish(state: State, scene: Scene) -> Action:
    if (state.left or state.handed) and state.asked is not Ask.PERSON_OR_MESSAGE:
        told = say("with_the_team", language="es")
        return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False).after(told)
    speaks = any(one.lower().startswith("es") for one in scene.facts.languages)
    opening = (
        ""
        if state.all_asks.get(Ask.PERSON_OR_MESSAGE)
        else say("language_team" if speaks else "language", language="es")
    )
    return ask(state, scene, Ask.PERSON_OR_MESSAGE, gives_up=False).after(opening)


def _answer(kind: str, text: str, state: State, scene: Scene) -> Action | None:  # noqa: C901, PLR0911, PLR0912, PLR0915 - a table in order
    """Answer one act: words are put to what is told, or a move is made at once."""
    count = state.turns
    words = normal(text)
    if kind == "person":
        return _person(state, "the caller asked for a person")
    if kind == "to_a_person":
        return _person(state, text)
    if kind in QUESTIONS and kind != "language" and state.language == "es":
        return _for_the_team(text, state, scene)
    if kind in ("address", "phone_number") and known.asks_of_others(words, scene.facts):
        if state.answer and state.question_turn >= state.turns - 1 and state.goal.kind is Kind.NONE:
            # What the files hold of them was just told.
            note(state, f"{state.question} {text}")
            return ask(state, scene, Ask.PERSON_OR_MESSAGE, gives_up=False).after(say("no_answer", count))
        kind = "general"
    if kind in FACTS or kind == "today":
        if (
            kind == "practitioners"
            and KNOWLEDGE in state.calls
            and practitioner_in(words, scene.facts) is None
        ):
            return None  # "Do you do whitening? And if not, who does?": not those who are here
        if told := _known(kind, words, state, scene):
            state.told.append(told)
            state.fact = kind
            return None
        kind = "general"
    if kind in ("whom", "gender", "gender_given"):
        return _about_them(kind, text, state, scene)
    if kind == "recap" and (told := recap(state, words, scene)):
        state.told.append(told)
        return None
    if kind == "recap" and not _may_be_own(state):
        return None
    if kind in ("lookup", "recap", "own"):
        if scene.proven_phone and not state.looked:
            state.todo.insert(0, ["lookup", text])
            return call(FIND, {}, filler(state, looks=True))
        if state.appointments:
            state.told.append(what_they_have(state, words))
            return None
        begun = state.goal.kind is not Kind.NONE and (state.goal.kind is not Kind.BOOK or state.goal.phrases)
        return None if begun or state.goal.service else _begin_look(state, scene)
    if kind == "general":
        return _look_up(state, text, scene)
    if kind == "language" and (told := known.answer(kind, words, scene)):
        state.told.append(told)
        return None
    if kind == "late" and state.goal.kind is Kind.NONE and scene.proven_phone and not state.looked:
        state.todo.insert(0, [kind, text])
        return call(FIND, {}, filler(state, looks=False))
    if _may_be_written(kind, words, state):
        state.todo.insert(0, [f"{kind}_given", text])
        return look_up(state, _LATE if kind == "late" else text, scene)
    kind = kind.removesuffix("_given")
    if kind in ("advice", "opinion", "privacy", "records", "language"):
        if kind == "records":
            note(state, text)
        return _refuse(kind, state, scene)
    if kind == "identity":
        persona = scene.facts.assistant_name
        name = "identity_named" if persona else "identity"
        state.told.append(say(name, count, practice=scene.facts.name, persona=persona or ""))
        if state.goal.kind is Kind.NONE and not state.todo:
            return ask(state, scene, Ask.HELP if count <= 1 else Ask.ANYTHING_ELSE, gives_up=False)
        return None
    if kind == "late" and state.goal.kind is Kind.NONE and (move := _late_for_theirs(state, scene)):
        return move
    if kind in _TO_TEAM and state.goal.kind is Kind.NONE:
        return _to_team(kind, text, state, scene)
    if kind == "late":
        state.told.append(say("late", count))
        return None
    if kind in ("vendor", "job") and state.goal.kind is Kind.NONE:
        note(state, text)
        return ask(state, scene, Ask.MESSAGE_OFFER).after(say(kind, count))
    if kind == "wrong_number":
        return call(
            END,
            {"reason": "a wrong number"},
            f"{say('wrong_number', practice=scene.facts.name)} {say_goodbye(scene)}",
        )
    if kind in ("ours", "not_ours"):
        told = say(kind, practice=scene.facts.name)
        wanted = Ask.HELP if kind == "ours" else Ask.ANYTHING_ELSE
        return ask(state, scene, wanted, gives_up=False).after(told)
    if kind == "question":
        idle = state.goal.kind is Kind.NONE and not state.todo and state.language == "en"
        return Action(say=say("what_question", count)) if idle else None
    if kind == "hold":
        return (
            Action(say=say("holding", count, language=state.language))
            if not state.todo and not state.told
            else None
        )
    return _small(kind, text, state, scene, count)


def _look_up(state: State, text: str, scene: Scene) -> Action | None:
    """Ask the files, but for what cancelling costs where the practice has a sentence for that."""
    rule = scene.facts.rules.cancelling.say
    if not rule or not asks_of_cancelling(state, text, scene):
        return look_up(state, text, scene)
    state.told.append(rule)
    return None


def _to_team(kind: str, text: str, state: State, scene: Scene) -> Action:
    """Offer a person or a message for what only the team can do."""
    if kind == "pharmacy":
        state.goal.reason = text  # who calls and about what: what they want is asked for
    else:
        note(state, text)
    opening = "" if kind == "late" and state.told else say(kind, state.turns)
    return ask(state, scene, Ask.PERSON_OR_MESSAGE).after(opening)


def _late_for_theirs(state: State, scene: Scene) -> Action | None:
    """Tell the team who is late for which visit, where the caller has one today: nothing is to be asked."""
    today = [one for one in state.appointments if one.start.date() == scene.today]
    if len(today) != 1 or scene.proven_phone is None or not state.matter:
        return None
    own, matter = today[0], state.matter
    state.todo = [one for one in state.todo if one[0] != "late"]
    state.matter, state.goal.reason = "", ""
    text = f"{matter} ({own.what}, {speak.moment(own.start)})"
    state.begin(Kind.MESSAGE, text=text, name=own.name, phone=scene.proven_phone)
    return proceed(state, scene)


def _known(kind: str, words: str, state: State, scene: Scene) -> str | None:
    """Answer from the practice's facts; None when they do not hold it."""
    person = practitioner_in(words, scene.facts) or scene.practitioner(state.whom)
    if kind == THEIR_HOURS and person is not None:
        return known.hours_of(person, words, scene)
    return known.answer(kind, words, scene, spoken_of(state, scene))


def _may_be_written(kind: str, words: str, state: State) -> bool:
    """Tell whether the files are asked before something is answered otherwise: what if I'm late?"""
    if kind == "files":
        return True
    if kind == "advice" and state.goal.kind is Kind.BOOK:
        return KNOWLEDGE not in state.calls
    if kind in ("advice", "late") and state.goal.kind is Kind.NONE:
        return kind == "late" or KNOWLEDGE not in state.calls
    return kind == "language" and known.asks_who_speaks(words) != "" and KNOWLEDGE not in state.calls


def _for_the_team(text: str, state: State, scene: Scene) -> Action | None:
    """Leave to the team what is asked in a language that the practice's files are not written in."""
    if state.goal.kind is Kind.MESSAGE:
        state.goal.text = joined(state.goal.text, text)
        state.told.append(say("put_in_message", language=state.language))
        return None
    note(state, text)
    return ask(state, scene, Ask.PERSON_OR_MESSAGE, gives_up=False).after(
        say("team", language=state.language)
    )


def _person(state: State, reason: str) -> Action:
    urgency = {"urgency": "urgent"} if state.urgent else {}
    return call(TRANSFER, {"reason": reason, **urgency})


def say_goodbye(scene: Scene) -> str:
    """Say the last word."""
    return responses.goodbye(scene.facts).rsplit(". ", 1)[-1]


def _small(kind: str, text: str, state: State, scene: Scene, count: int) -> Action | None:  # noqa: C901, PLR0911, PLR0912 - a table in order
    idle = state.goal.kind is Kind.NONE
    if kind == "thanked" and idle and state.asked is Ask.HELP and not state.todo:
        return ask(state, scene, Ask.HELP, gives_up=False).after(responses.thanks(text))
    if kind == "greet":
        if state.language == "es":
            return None
        state.told.append(say("hello" if state.asked is Ask.HELP else "here"))
        return ask(state, scene, state.asked, gives_up=False) if state.asked is not Ask.NOTHING else None
    if kind == "here":
        return ask(state, scene, state.asked, gives_up=False) if state.asked is not Ask.NOTHING else None
    if kind == "thanks":
        if idle:
            state.told.append(say("welcome", language=state.language))
        return None
    if kind == "smalltalk":
        state.told.append(say("small_talk" if "how" in normal(text).split() else "smile", count))
        goes_on = idle and not state.todo  # what is asked beside it is answered first
        wanted = Ask.HELP if count <= 1 else Ask.ANYTHING_ELSE
        return ask(state, scene, wanted, gives_up=False) if goes_on else None
    if kind == "thanked":
        state.told.append(responses.thanks(text))
    elif kind in _TOLD:
        state.told.append(say(_TOLD[kind], count, language=state.language))
    elif kind == "party":
        name = {"": "party_together", "2": "party_of_two"}.get(text, "party")
        state.told.append(say(name, count=speak.number(int(text or 2))))
    elif kind == "two":
        state.told.append(say("two_visits", first=text))
    elif kind == "not_offered":
        state.told.append(say("not_offered", count))
        state.all_asks[Ask.SERVICE] = max(state.all_asks.get(Ask.SERVICE, 0), 1)
    elif kind == "abuse":
        if idle:
            return ask(state, scene, Ask.PERSON_OR_MESSAGE).after(say("abuse", count))
        state.told.append(say("abuse", count))
    elif kind == "complaint" and state.goal.kind is Kind.BOOK and state.got_on:
        # Who complains and asks for a visit in one breath gets the visit; the team reads the rest.
        state.goal.reason = state.goal.reason or text[:LONGEST_REASON]
        state.told.append(say("complaint", count))
    elif kind == "complaint":
        note(state, text)
        if not idle and state.got_on:
            # A sigh beside an answer: the answer counts. What a message complains of is the team's to hear.
            state.told.append(say("complaint" if state.goal.kind is Kind.MESSAGE else "abuse", count))
        else:
            return ask(state, scene, Ask.PERSON_OR_MESSAGE).after(say("complaint", count))
    elif kind == "declined":
        return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False).after(say("all_right", count))
    elif kind == "kept":
        chosen = next((one for one in state.appointments if one.booking_id == text), None)
        state.told.append(
            say("kept", appointment=f"{chosen.whose} {chosen.what}") if chosen else say("kept_all")
        )
        if state.goal.kind is Kind.NONE:
            return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False)
    elif kind == "dropped":
        more = "not_booked_more" if state.spoken else "not_booked"
        state.told.append(say("all_right", count) if text != Kind.BOOK else say(more, count))
        return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False)
    elif kind == "nothing_given_up":
        if state.spoken and state.outcome in ("booked", "moved"):
            state.matter = f"{text.strip()} ({state.spoken})"
            return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False).after(
                say("still_down", spoken=state.spoken)
            )
        return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False).after(say("not_booked", count))
    return None


def _may_be_own(state: State) -> bool:
    return state.goal.kind is Kind.NONE and not state.spoken


def _begin_look(state: State, scene: Scene) -> Action:
    state.begin(Kind.LOOK)
    return proceed(state, scene)


def _about_them(kind: str, text: str, state: State, scene: Scene) -> Action | None:
    """Say whom they would see; what else is asked of that person is in the files or not known."""
    own = state.appointments if state.goal.kind is not Kind.BOOK else []
    if 0 < len(chosen_of(normal(text), own)) < len(own):
        state.told.append(what_they_have(state, normal(text)))
        return None
    if kind == "gender" and KNOWLEDGE not in state.calls:
        state.todo.insert(0, ["gender_given", text])
        return look_up(state, text, scene)
    words = normal(text)
    named = _with_whom(state, words) or recap(state, words, scene) or _with_whom_is_own(state, words)
    named = named or known.answer("practitioners", "", scene, scene.service(state.goal.service)) or ""
    state.told += [] if kind == "whom" and named else [say("unknown")]
    state.told.append(named)
    return None


def _with_whom(state: State, words: str) -> str:
    """Say whom the caller would see, at each of the times that are talked of."""
    goal = state.goal
    talked_of = [goal.slot] if goal.slot else goal.offers
    meant = choose(words, talked_of) or talked_of
    if meant:
        people = dict.fromkeys(one.practitioner for one in meant)
        if len(people) == 1:
            return say("with_whom", who=meant[0].practitioner) if meant[0].practitioner else ""
        return speak.one_stop(f"{responses.with_whom(meant)}.")
    return ""


def _with_whom_is_own(state: State, words: str) -> str:
    """Say whom the caller sees at a visit that they have."""
    own = [state.chosen] if state.chosen else chosen_of(words, state.appointments) or state.appointments
    return say("seeing", who=own[0].practitioner) if len(own) == 1 and own[0].practitioner else ""


def _refuse(kind: str, state: State, scene: Scene) -> Action | None:
    """Say what is not the receptionist's to say; who presses on is offered a person."""
    pressed = kind in state.refused
    state.refused = list(dict.fromkeys([*state.refused, kind]))
    state.pressed = state.turns if kind == "privacy" else 0
    count = state.all_asks.get(Ask.NOTHING, 0) if kind == "privacy" else state.turns
    state.all_asks[Ask.NOTHING] = state.all_asks.get(Ask.NOTHING, 0) + 1
    idle = state.goal.kind is Kind.NONE
    if kind == "language" and state.language == "es":
        return _in_spanish(state, scene) if state.goal.kind is not Kind.MESSAGE else None
    if kind == "language" and (
        others := [one for one in scene.facts.languages if not one.lower().startswith("en")]
    ):
        told = say(
            "language_team",
            languages=speak.listing([speak.LANGUAGES.get(one[:2].lower(), one) for one in others], "and"),
        )
    else:
        told = say(kind, count)
    if not idle:
        state.told.append(told)
        return None
    wanted = Ask.ANYTHING_ELSE
    if kind == "language":
        wanted = Ask.PERSON_OFFER
    elif kind == "records" or (kind == "privacy" and pressed):
        wanted = Ask.PERSON_OR_MESSAGE
    elif kind in ("advice", "opinion"):
        wanted = Ask.BOOK_OFFER
    state.told.append(told)
    return ask(state, scene, wanted, gives_up=False)


def after_knowledge(state: State, scene: Scene, result: FunctionResult) -> Action:  # noqa: C901, PLR0911, PLR0912 - a chain of decisions
    """Say what the files answer, or that they do not."""
    passages = result.result.get("passages")
    asked = str(result.arguments.get("question") or "")
    # Nobody judges what is read aloud here: what may be beside the question is for models.
    found = passages if isinstance(passages, list) else []
    sure = [one for one in found if isinstance(one, dict) and not one.get("unsure")]
    priced = any(one.price for one in hear(asked).clauses)
    answer = (best_answer(asked, sure) or (not priced and row_about(asked, found)) or "").replace("?", ".")
    if answer and adds_nothing(state, asked, answer):
        answer = ""
    if not answer and goes_on(state, asked, scene):
        return call(KNOWLEDGE, {"question": f"{state.earlier} ({asked})"})
    if answer:
        again = any(answer in one for one in state.said)
        state.answer = answer
        state.todo = [one for one in state.todo if one[0] not in (*_GIVEN, "own")]
        state.told.append(answer)
        state.misses = 0
        if state.goal.kind is Kind.NONE and not state.todo:
            note(state, asked if again else "")  # what was told before did not help: the team may know more
            wanted = Ask.PERSON_OR_MESSAGE if again else Ask.ANYTHING_ELSE
            return finish_told(state, ask(state, scene, wanted, gives_up=False))
        return answer_todo(state, scene)
    if state.todo and state.todo[0][0] in (*_GIVEN[:-1], "late_given"):
        return answer_todo(state, scene)
    whole = next((text for kind, text in state.todo if kind in ("own", "files_given")), "")
    if state.goal.kind is Kind.NONE and hear(whole).surely("lookup", least=_SURE):
        # "I got a text for tomorrow at nine. What's that for?"
        state.todo = [["lookup", whole]]
        return answer_todo(state, scene)
    if state.todo and state.todo[0][0] == "files_given":
        text = state.todo[0][1]
        if (other := in_other_words(text)) and asked != other:
            return call(KNOWLEDGE, {"question": other})
        state.todo.pop(0)
        if not is_nothing_else(text):
            take_unanswered(state, text, scene)
            return nothing_understood(state, scene) if state.misses else answer_todo(state, scene)
        state.misses = 0
    if state.misses:
        return finish_told(state, ask(state, scene, state.asked).after(say("unclear", state.misses - 1)))
    if state.goal.kind is Kind.MESSAGE and state.goal.text:
        # "Can you ask whether they still see me?" is for the team.
        state.goal.text = joined(state.goal.text, asked)
        state.told.append(say("put_in_message", state.turns))
        return answer_todo(state, scene)
    late = any(kind == "late" for kind, _ in state.todo)  # what is said of that is the answer
    state.told += [] if late else [say("no_answer", state.turns)]
    if state.todo:
        return answer_todo(state, scene)
    if state.goal.kind is not Kind.NONE:
        state.told.append(say("team_can_tell"))
        return finish_told(state, proceed(state, scene))
    if state.left:
        state.told.append(say("with_the_team"))
        return finish_told(state, ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False))
    note(state, asked)
    return finish_told(state, ask(state, scene, Ask.PERSON_OR_MESSAGE))


def nothing_understood(state: State, scene: Scene) -> Action:
    """Ask again differently; then offer a person or a message, and at last end the call."""
    if state.misses >= _STOP_AT:
        return call(
            END, {"reason": "the caller could not be understood"}, say("giving_up", language=state.language)
        )
    if state.misses >= _OFFER_HELP_AT:
        opening = (
            say("trouble", language=state.language)
            if state.misses == _OFFER_HELP_AT
            else say("unclear", state.misses, language=state.language)
        )
        return ask(state, scene, Ask.PERSON_OR_MESSAGE, gives_up=False).after(opening)
    if state.language == "es":
        return _in_spanish(state, scene).after(say("unclear", state.misses - 1, language="es"))
    read_back = values_of(state.goal.read_back) if state.asked in (Ask.READ_BACK, Ask.CANCEL_IT) else None
    if read_back and state.unheard and state.misses == 1:
        # A sound as short as "yep", mostly. The moment is named, so that a yes to this agrees to it.
        state.ask(state.asked)
        return Action(say=say("yes_or_no", moment=speak.moment(read_back.start)))
    return ask(state, scene, state.asked).after(say("unclear", state.misses - 1))


__all__ = ["after_knowledge", "answer_todo", "finish_told", "look_up", "nothing_understood"]
