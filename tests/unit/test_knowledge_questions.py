"""How well the search finds, and how seldom it answers what it should not, over the demo practice's pages."""

import pytest

from tests.fakes.demo_pages import answerable, demo_index, unanswerable


@pytest.mark.parametrize(
    ("half", "least_first", "least_of_three"),
    [
        ("tuning", 0.84, 0.95),  # 140 and 155 of 160
        ("held-out", 0.76, 0.86),  # 23 and 27 of 30
    ],
)
def test_callers_questions_find_their_passage(half: str, least_first: float, least_of_three: float) -> None:
    asked, index = answerable(half), demo_index()
    first = of_three = 0
    missed = []
    for one in asked:
        good = [one.is_answered_by(passage) for passage in index.search(one.question)]
        first += good[:1] == [True]
        of_three += any(good)
        missed += [] if any(good) else [one.question]
    print(f"\n{half}: found@1 {first}/{len(asked)}, found@3 {of_three}/{len(asked)}; missed: {missed}")  # noqa: T201
    assert first >= least_first * len(asked)
    assert of_three >= least_of_three * len(asked)


@pytest.mark.parametrize("half", ["tuning", "held-out"])
def test_what_the_pages_do_not_say_finds_nothing(half: str) -> None:
    asked, index = unanswerable(half), demo_index()
    answered = {one: [found.heading for found in index.search(one)] for one in asked}
    wrong = {one: headings for one, headings in answered.items() if headings}
    print(f"\n{half}: false answers {len(wrong)}/{len(asked)}")  # noqa: T201
    assert wrong == {}


def test_the_set_is_as_large_as_it_claims() -> None:
    assert (len(answerable("tuning")), len(unanswerable("tuning"))) == (160, 85)
    assert (len(answerable("held-out")), len(unanswerable("held-out"))) == (30, 15)
