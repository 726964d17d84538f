"""The questions of one breath, each by itself: "What are your hours, and where can I park?"."""

import re
from dataclasses import dataclass

from agent.receptionist import facts as known
from agent.receptionist.goals import Goal, goals_in
from agent.receptionist.state import Scene
from language.normalize import normal, plain

_ANSWERABLE = (
    Goal.HOURS,
    Goal.ADDRESS,
    Goal.PHONE,
    Goal.DURATION,
    Goal.PRACTITIONERS,
    Goal.SERVICES,
    Goal.KNOWLEDGE,
)
_ASKS = r"(?=(?:what|where|when|who|how|which|do|does|is|are|can|could|should|will|would)(?:'s|'re)?\b)"
_BETWEEN = re.compile(
    rf"[?!;]+\s*(?:(?:and|also|or|plus|oh)\s+)*|\.\s+|,?\s+(?:(?:and|also|or|plus)\s+)+{_ASKS}|,\s+{_ASKS}",
    re.IGNORECASE,
)
_NAMED = (Goal.KNOWLEDGE, Goal.SERVICES)
"""Questions that name what the next one may point back to."""
_POINTS_BACK = re.compile(r"\b(?:it|that|this|they|them|those|one|ones)\b", re.IGNORECASE)
_MOST = 3
"""So many questions of one breath are answered; nobody keeps more answers in mind."""


@dataclass(frozen=True)
class SideQuestion:
    """One question of an utterance."""

    text: str
    intent: Goal


def questions_in(text: str) -> list[SideQuestion]:
    """Take an utterance apart into the questions that facts or files may answer.

    Returns:
        The questions in the order in which they were asked, at most three.
    """
    found: list[SideQuestion] = []
    for part in _BETWEEN.split(plain(text)):
        intent = next((one for one in goals_in(normal(part)) if one in _ANSWERABLE), None)
        if intent is None:
            continue
        before = found[-1] if found else None
        if before and intent is Goal.KNOWLEDGE and before.intent in _NAMED and _POINTS_BACK.search(part):
            # "Do you do whitening, and what does it cost?" is one question: alone, "it" is anything.
            found[-1] = SideQuestion(text=f"{before.text} {part.strip()}", intent=intent)
        else:
            found.append(SideQuestion(text=part.strip(), intent=intent))
    return found[:_MOST]


def for_the_files(asked: list[SideQuestion], scene: Scene) -> list[str]:
    """Choose the questions that the practice's files have to answer.

    Args:
        scene: The practice, whose facts answer the others.
    """
    return [
        one.text
        for one in asked
        if one.intent is Goal.KNOWLEDGE or known.answer(one.intent, normal(one.text), scene) is None
    ]
