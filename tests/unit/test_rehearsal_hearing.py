"""What a simulated patient understands of a bot's words."""

from datetime import date, datetime, time

import pytest

from rehearsal.hearing import digits_in, ear, split
from rehearsal.spoken_times import read_times

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("said", "moments"),
    [
        ("Thursday the third of December at ten a.m. is free.", ["2026-12-03 10:00"]),
        (
            "I have Tuesday the fifth of January at nine oh five a.m., or Friday the eighth at noon.",
            ["2027-01-05 09:05", "2027-01-08 12:00"],
        ),
        (
            "On Monday, December 7, I have 9 AM, 10:15 AM or 4:30 PM.",
            ["12-07 09:00", "12-07 10:15", "12-07 16:30"],
        ),
        ("How about half past two on Thursday?", ["2026-12-03 14:30"]),
        ("Tomorrow at quarter to four would do.", ["2026-12-02 15:45"]),
        ("We have the 22nd of December, eleven thirty.", ["2026-12-22 11:30"]),
    ],
)
def test_times_are_read_however_they_are_said(said: str, moments: list[str]) -> None:
    wanted = [datetime.fromisoformat(one if len(one) > 11 else f"2026-{one}") for one in moments]
    assert [one.moment for one in read_times(said, TODAY) if one.moment] == wanted


def test_a_weekday_that_is_not_the_dates_is_noticed() -> None:
    (found,) = read_times("Friday, December 3 at 10 a.m.", TODAY)
    assert (found.day, found.clock, found.weekday_fits) == (date(2026, 12, 3), time(10), False)


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("Great. What's your full name, please?", "name"),
        ("And the last name?", "last-name"),
        ("What's the best phone number to reach you?", "phone"),
        ("Can I use the number you're calling from, ending in 0 1 6 4?", "same-number"),
        ("Thursday at ten is free. Shall I take that?", "offer"),
        ("That's a cleaning at ten, for Anna Bell. Is that right?", "read-back"),
        ("What would you like to come in for?", "service"),
        ("Which day would you like to come, and morning or afternoon?", "when"),
        ("Would you like to speak with someone, or leave a message?", "person-or-message"),
        ("Is anyone having trouble breathing or swallowing?", "danger"),
        ("That's your cleaning on Thursday. Shall I cancel it?", "cancel-it"),
        ("You are booked. Is there anything else I can help with?", "anything-else"),
        (
            "You have a cleaning on the tenth already. Shall I move it, or would you like another one?",
            "move-or-another",
        ),
    ],
)
def test_questions_are_known_by_what_they_ask(said: str, asks: str) -> None:
    assert ear("en").hear(said, TODAY).asks == asks


def test_what_is_ruled_out_is_no_offer() -> None:
    heard = ear("en").hear(
        "I don't have Thursday at ten a.m. I do have Friday at nine a.m. Is that fine?", TODAY
    )
    assert [one.moment for one in heard.offers] == [datetime(2026, 12, 4, 9)]  # noqa: DTZ001 - local


def test_a_question_claims_nothing() -> None:
    assert "booked" not in ear("en").told("Shall I say that you are booked?")
    assert "booked" not in ear("en").told("No problem, nothing is booked.")
    assert "booked" in ear("en").told("You're all booked for Thursday.")


def test_numbers_are_read_in_words_and_figures() -> None:
    assert digits_in("your number is 2 0 2, 5 5 5, 0 1 6 4, isn't it") == ["2025550164"]
    assert digits_in("two oh two, five five five, zero one six four") == ["2025550164"]
    assert digits_in("that is $140, suite 2") == []


def test_stops_of_titles_and_hours_end_no_sentence() -> None:
    assert split("Dr. Lee is in at nine a.m. today. Fine?") == ["Dr. Lee is in at nine am today.", "Fine?"]
