"""Who the caller is, where their number proves nothing: the date of birth, and the code of a text message."""

from agent.dialogue.acts import Heard
from agent.dialogue.state import Ask, Scene, State
from language.birthdays import date_of_birth
from language.phone import digits
from tools.functions.rules import MONTH_FIRST

UNKNOWN = "?"
CODE_DIGITS = 6
_MOST_ASKS = 2
_ELSEWHERE = ("person", "message", "repeat", "hold", "abandon", "bye")
_SURE = 0.5


def take_identity(state: State, heard: Heard, scene: Scene) -> bool:
    """Take in the answer to a question about who they are.

    Returns:
        Whether the words were that.
    """
    if state.asked is Ask.BIRTH_DATE:
        return _birth_date(state, heard, scene)
    if state.asked is Ask.CODE:
        return _code(state, heard)
    if state.asked is Ask.CODE_OFFER and (heard.yes or heard.no) and not _elsewhere(heard):
        state.goal.texts = "wanted" if heard.yes and not heard.declines else "refused"
        return True
    return False


def next_identity(state: State, scene: Scene) -> Ask | None:
    """Give what is to be asked of somebody whose name and number are known; None when nothing is."""
    goal, ways = state.goal, scene.facts.identity
    if goal.texts == "sent":
        return Ask.CODE if len(goal.code) < CODE_DIGITS else None
    if goal.texts == "wanted":
        return None
    if goal.texts == "refused":
        return Ask.PERSON_OR_MESSAGE
    if "date_of_birth" in ways and not goal.born:
        return Ask.BIRTH_DATE
    if goal.born not in ("", UNKNOWN):
        return None
    return Ask.CODE_OFFER if "code" in ways else Ask.PERSON_OR_MESSAGE


def refused(state: State, missing: str) -> None:
    """Let go of what did not fit, so that it is asked for again, or the next way is taken."""
    goal = state.goal
    if missing == "date_of_birth":
        goal.born = ""
    elif goal.texts:
        goal.code = ""
    else:
        goal.born = UNKNOWN


def _birth_date(state: State, heard: Heard, scene: Scene) -> bool:
    goal = state.goal
    # What is said in two breaths is put together.
    together = f"{goal.born_said} {heard.text}".strip()
    for words in (heard.text, together):
        born = date_of_birth(words, scene.today, month_first=scene.region == MONTH_FIRST)
        if born is not None:
            goal.born, goal.born_said = born.isoformat(), ""
            return True
    if _elsewhere(heard) or any(one.asks for one in heard.clauses):
        return False
    goal.born_said = together
    if heard.no or state.count(Ask.BIRTH_DATE) >= _MOST_ASKS:
        goal.born, goal.born_said = UNKNOWN, ""
    return True


def _code(state: State, heard: Heard) -> bool:
    said = digits(heard.text)
    if not said:
        return False
    whole = said if len(said) >= CODE_DIGITS else f"{state.goal.code}{said}"
    state.goal.code = whole if len(whole) <= CODE_DIGITS else ""
    return True


def _elsewhere(heard: Heard) -> bool:
    return heard.surely(*_ELSEWHERE, least=_SURE)
