"""Which utterances the practice's files are asked about before they are taken for anything else.

A question of a form that no kind of act is sure of, and what is told of oneself where nothing is asked
for ("my kids are on Medicaid"), are mostly questions about the practice. The search tells whether the
files hold an answer, and says no where they do not; then the utterance is taken as it is otherwise.
"""

from agent.dialogue.acts import MATTERS, ONLY_THERE, TALK, THEIR_HOURS, WISHES, Clause, Heard, hear
from agent.dialogue.ages import age_in
from agent.dialogue.changes import remakes
from agent.dialogue.matching import service_in
from agent.dialogue.state import Ask, Kind, Scene, State
from agent.dialogue.times import says_when
from language.normalize import is_short, normal
from language.phrases import phrase

PRICE = "price"
"""What the files were asked last, where that was what something costs."""
_IDLE = (Ask.NOTHING, Ask.HELP, Ask.ANYTHING_ELSE, Ask.BOOK_OFFER)
_LEAST_WORDS = 4
_LEAST_ASKED = 3
_SURE_WISH = 0.5
_SURE_ASKED = {"book": 0.85, "cannot_come": 0.5}
_SURE_OTHER_ASKED = 0.6
_SURE_TIMED = 0.8
_SURE_MOVED = 0.4
"""Where the time is told as well: "any chance I could come in a bit later today?"."""
_LIKELY = 0.5
_HARDLY = 0.55
_SHORT = 4
_CHANGED = frozenset(("cannot_come", "cancel", "move"))
_SHORT_QUESTION = 7
_SURE_KIND = 0.75
_SURELY_TOLD = 0.8
_NO_QUESTIONS = frozenset(
    "agree refuse none any wrong tell keep smalltalk other greet vendor complaint".split()
)
"""What a question is not: where one of these is found in a question's form, nothing is sure."""
_LIKELY_ASKED = frozenset("privacy hours open_now phone_number address".split())
_OF_OTHERS = frozenset("pharmacy vendor job complaint".split())
"""Who calls for that asks nothing that files would answer: "we need a refill, can she authorize it?"."""
_MAY_BE_WRITTEN = frozenset(("team",))
"""What is for the team; a question about it may be answered in the files: "do I need a referral?"."""
_UNANSWERED = frozenset("general tell agree none any wrong keep services practitioners smalltalk".split())
"""Questions to which there is no other answer where the files have none."""
_GOES_ON = phrase("asides.goes_on")
_TREATED = phrase("files_first.treated")
"""What is felt after a treatment: what to do then is in the files."""
_POINTS_BACK = phrase("files_first.points_back")
_HOW_OFTEN = phrase("files_first.how_often")
"""Whether it takes one visit or two is asked about the practice."""
_WANTS = phrase("files_first.wants")
_TIMES = phrase("files_first.times")
_WHOSE = phrase("files_first.whose")
_TITLES = frozenset("the dr doctor mr mrs ms miss".split())
_ANY_PRACTICE = frozenset("office clinic practice dentist dentist's dental medical right or not and".split())
"""What stands beside the name of any of them."""
_SOMEBODY = phrase("files_first.somebody")


def asks_the_files(state: State, heard: Heard) -> bool:
    """Tell whether an utterance is asked of the files before it is taken for anything else."""
    if state.goal.kind is not Kind.NONE or state.asked not in _IDLE or state.language != "en":
        return False
    asking = [one for one in heard.clauses if one.asks]
    if len(heard.words.split()) < (_LEAST_ASKED if asking else _LEAST_WORDS):
        return False
    only_there = heard.whole is not None and heard.whole.kind in ONLY_THERE and heard.whole.sure >= _SURE_KIND
    told = any(one.kind in _CHANGED and not one.asks for one in heard.clauses)
    told = told or heard.surely("keep", "abandon", least=_SURE_WISH)
    told = told or any(
        one.kind in _OF_OTHERS and (one.kind == "vendor" or not one.asks) and one.sure >= _SURE_KIND
        for one in heard.clauses
    )
    told = told or (state.asked is Ask.BOOK_OFFER and heard.has("book"))
    if only_there or told or any(_is_wish(one) for one in heard.clauses) or remakes(state, heard):
        return False
    if len(asking) > 1:
        # "Do you do whitening, and what does it cost?" is one question; others are answered one by one.
        first, second, *more = asking
        return (
            not more
            and (first.kind in ("tell", "services") or is_short(second.words, _SHORT))
            and first.kind in ("tell", "services", "general")
            and second.kind == "general"
            and _POINTS_BACK.search(second.words) is not None
        )
    if not asking:
        return not heard.yes and not heard.no and _tells_of_oneself(heard)
    treated = heard.has("symptom") and _TREATED.search(heard.words) is not None
    hurts = heard.surely("symptom", least=_SURELY_TOLD)  # "Is this a bad time? My tooth broke"
    return treated or (_doubtful(asking[0]) and not (hurts and asking[0].kind != "general"))


def wishes_unclearly(state: State, heard: Heard) -> bool:
    """Tell whether something is wished for that is known for no wish: that is left to the team."""
    idle = state.goal.kind is Kind.NONE and state.asked in _IDLE and state.language == "en"
    unclear = all(
        one.kind in ("tell", "none") and one.sure < _SURE_WISH and not one.asks for one in heard.clauses
    )
    long = not is_short(heard.words, _SHORT_QUESTION) and not says_when(heard.text)
    return idle and unclear and long and _WANTS.search(heard.words) is not None


def goes_on_asking(state: State, heard: Heard, scene: Scene) -> list[str]:
    """Give the question that words go on with, as kind and words: "and Sunday?", "what about a cleaning?"."""
    if state.goal.kind is not Kind.NONE or not heard.clauses:
        return []
    last = heard.clauses[-1]
    if not says_when(last.text) or age_in(last.text):
        goes_on = _GOES_ON.match(last.words) is not None or (
            # "And a cleaning?" after the price of a check-up
            state.fact == PRICE and last.asks and names_only(last.words, scene)
        )
        priced = state.fact == PRICE and service_in(last.words, scene.facts) is not None
        goes_on = goes_on and (priced or is_short(last.words, _SHORT_QUESTION))
        return ["general", last.text] if state.question and goes_on else []
    hours = (
        state.fact in ("hours", THEIR_HOURS)
        and is_short(last.words, _SHORT)
        and not heard.has(*WISHES - {"book"})
    )
    return [state.fact, last.text] if hours else []


def names_only(words: str, scene: Scene) -> bool:
    """Tell whether words name a service and little else: "and a cleaning?"."""
    return is_short(words, _SHORT) and service_in(words, scene.facts) is not None


def asks_whose(state: State, heard: Heard, scene: Scene) -> str:
    """Tell whether words ask whose number this is: it is ``ours`` or ``not_ours``; empty when they don't."""
    match = _WHOSE.search(heard.text)
    if match is None or state.goal.kind is not Kind.NONE or says_when(match["whose"]):
        return ""
    facts = scene.facts
    own = [facts.name, facts.assistant_name or "", *(one.name for one in facts.practitioners)]
    known = {word for one in own for word in normal(one).split()} - _TITLES
    asked = [word.removesuffix("'s") for word in normal(match["whose"]).split()]
    named = [one for one in asked if one not in _TITLES]
    ours = [one for one in named if one in known or f"{one}s" in known or one in _ANY_PRACTICE]
    return "ours" if ours == named and set(named) - _ANY_PRACTICE else "not_ours"


def is_nothing_else(text: str) -> bool:
    """Tell whether an utterance that the files do not answer is a question that has no other answer."""
    asking = [one for one in hear(text).clauses if one.asks]
    return bool(asking) and all(
        one.kind in _UNANSWERED or (one.kind == "book" and one.sure < _HARDLY) for one in asking
    )


def in_other_words(text: str) -> str:
    """Give the question of an utterance without its story; where it points at that, what was told before it.

    "I have MetLife, do you take that?" asks for MetLife, "I hurt my back, do you take Aetna?" for Aetna.
    """
    clauses = hear(text).clauses
    asking = next((at for at, one in enumerate(clauses) if one.asks), 0)
    told = [one.text for one in clauses[:asking] if not says_when(one.text)]
    if told and _POINTS_BACK.search(clauses[asking].words):
        return ", ".join(told)
    return clauses[asking].text if told else ""


def _is_wish(clause: Clause) -> bool:
    if clause.kind not in WISHES:
        return False
    timed = says_when(clause.text, asked=clause.kind == "move")
    told = not clause.asks or (not clause.asks_in_form and _SOMEBODY.search(clause.words))
    if told or (clause.kind == "move" and timed):
        return clause.sure >= (_SURE_MOVED if clause.kind == "move" and timed else _SURE_WISH)
    somebody = _SOMEBODY.search(clause.words) or _TIMES.search(clause.words)
    if clause.kind == "book" and timed and not _HOW_OFTEN.search(clause.words):
        return clause.sure >= _SURE_TIMED
    if clause.kind == "book" and (_HOW_OFTEN.search(clause.words) or not somebody):
        # "Is the cleaning done on the first visit?": nobody asks to come.
        return False
    return clause.sure >= _SURE_ASKED.get(clause.kind, _SURE_OTHER_ASKED)


def _doubtful(clause: Clause) -> bool:
    kind = clause.kind
    if kind in ("general", "advice") or kind in _NO_QUESTIONS or kind in WISHES:
        return True
    if kind in TALK or kind == "today":
        return False
    if kind in _MAY_BE_WRITTEN:
        return True
    return clause.sure < (_LIKELY if kind in MATTERS or kind in _LIKELY_ASKED else _SURE_KIND)


def _tells_of_oneself(heard: Heard) -> bool:
    if says_when(heard.text) or _WANTS.search(heard.words):
        return False
    if heard.surely("symptom", least=_LIKELY):
        return _TREATED.search(heard.words) is not None
    return all(
        one.kind in ("tell", "general", "smalltalk", "symptom", "note") for one in heard.clauses
    ) and any(one.sure < _SURELY_TOLD for one in heard.clauses)
