"""A passage may answer only with a thing of the kind that is asked for, of the same side of a visit."""

import pytest

from knowledge.search.asked_kinds import KINDS, kinds_asked, may_answer


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How long does a scan take?", "span"),
        ("when do you open", "moment"),
        ("what would a crown cost me", "price"),
        ("where do I leave my bike", "place"),
        ("who is in charge of bills", "person"),
        ("may I bring a friend", "permission"),
        ("do I need a referral", "duty"),
        ("how old do you have to be", "number"),
    ],
)
def test_a_question_asks_for_a_thing_of_a_kind(question: str, kind: str) -> None:
    asked = dict(zip(KINDS, kinds_asked(question), strict=True))
    assert asked[kind]


@pytest.mark.parametrize(
    ("question", "text", "heading", "may"),
    [
        ("how long is the first visit", "It takes an hour.", "First visit", True),
        ("how long is the first visit", "Please come ten minutes early.", "First visit", False),
        ("how long is the first visit", "Tell us 24 hours before if you cannot come.", "Missed", False),
        ("how long till I may brush", "Wait four hours before brushing.", "After varnish", True),
        ("how many sessions", "Most people come twelve times.", "Sessions", True),
        ("how many sessions", "Sessions are held by video.", "Sessions", False),
        ("can I eat before I come", "Do not eat until the numbness is gone.", "After a filling", False),
        ("can I eat before I come", "Have a light meal before it.", "Before a filling", True),
        ("how long before I can eat", "Do not eat for three hours.", "After a filling", True),
        ("it is worse than before, what now", "Pain is normal for two days.", "After a filling", True),
    ],
)
def test_what_tells_another_thing_may_not_answer(question: str, text: str, heading: str, may: bool) -> None:
    assert may_answer(question, text, heading) is may
