"""What callers' words mean, on a Thursday, a Sunday, a Tuesday and a Monday."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from language.datetimes.constraints import DAY_MINUTES, TimeConstraints
from language.datetimes.refine import Anchors
from language.datetimes.resolve import Question, clock_times, mentions_time, names_moment, resolve

NEW_YORK = ZoneInfo("America/New_York")
THURSDAY = datetime(2026, 11, 26, 10, tzinfo=NEW_YORK)
SUNDAY = datetime(2026, 11, 29, 15, tzinfo=NEW_YORK)
MONDAY = datetime(2026, 11, 30, 9, tzinfo=NEW_YORK)
TUESDAY = datetime(2026, 12, 1, 8, tzinfo=NEW_YORK)


def span(words: str, now: datetime = THURSDAY, zone: ZoneInfo = NEW_YORK) -> TimeConstraints:
    """Resolve words that leave nothing open."""
    found = resolve(words, now, zone)
    assert isinstance(found, TimeConstraints), f"{words!r} asks {found}"
    return found


def question(words: str, now: datetime = THURSDAY) -> str:
    """Resolve words that leave something open."""
    found = resolve(words, now, NEW_YORK)
    assert isinstance(found, Question), f"{words!r} means {found}"
    return found.text


def brief(found: TimeConstraints) -> str:
    """Write a span's bounds as "12-01 00:00 to 12-02 00:00"."""
    return f"{found.start:%m-%d %H:%M} to {found.end:%m-%d %H:%M}"


WHOLE_DAYS = {
    "tomorrow": "11-27",
    "to morrow": "11-27",
    "tommorow please": "11-27",
    "the day after tomorrow": "11-28",
    "Tuesday": "12-01",
    "Tues day": "12-01",
    "on tuesday please": "12-01",
    "no, Tuesday": "12-01",
    "this coming Tuesday": "12-01",
    "next Tuesday": "12-01",
    "next available tuesday": "12-01",
    "Tuesday week": "12-08",
    "a week on Tuesday": "12-08",
    "a week from Tuesday": "12-08",
    "two weeks from Tuesday": "12-15",
    "the Tuesday after next": "12-08",
    "a week today": "12-03",
    "next Thursday": "12-03",
    "Tuesday next week": "12-01",
    "next week on Friday": "12-04",
    "December 3rd": "12-03",
    "December third": "12-03",
    "december 3": "12-03",
    "dec 3": "12-03",
    "the third of December": "12-03",
    "Thursday, December 3rd": "12-03",
    "Thursday the third of December": "12-03",
    "December the third, 2026": "12-03",
    "12/3": "12-03",
    "12/3/2026": "12-03",
    "13/12": "12-13",
    "2026-12-03": "12-03",
    "on the 3rd": "12-03",
    "the third": "12-03",
    "the twenty-first": "12-21",
    "the thirty first": "12-31",
    "the third of next month": "12-03",
    "Tuesday the fifteenth": "12-15",
    "next Tuesday the eighth": "12-08",
    "the first Tuesday in December": "12-01",
    "the last friday of the month": "11-27",
    "in three days": "11-29",
    "three days from now": "11-29",
    "tomorrow, Friday": "11-27",
    "Friday doesn't work, how about Monday": "11-30",
    "January 4th": "01-04",
}


@pytest.mark.parametrize(("words", "day"), WHOLE_DAYS.items())
def test_words_for_one_day_mean_that_whole_day(words: str, day: str) -> None:
    found = span(words)
    assert f"{found.start:%m-%d %H:%M}" == f"{day} 00:00"
    assert (found.end - found.start).total_seconds() == 24 * 3600
    assert not found.has_hours


SPANS = {
    "today": "11-26 10:00 to 11-27 00:00",
    "this afternoon": "11-26 12:00 to 11-26 17:00",
    "this morning": "11-26 10:00 to 11-26 12:00",
    "tonight": "11-26 17:00 to 11-26 21:00",
    "next week": "11-30 00:00 to 12-07 00:00",
    "early next week": "11-30 00:00 to 12-02 00:00",
    "the middle of next week": "12-01 00:00 to 12-04 00:00",
    "end of next week": "12-03 00:00 to 12-05 00:00",
    "later this week": "11-27 00:00 to 11-30 00:00",
    "the week after next": "12-07 00:00 to 12-14 00:00",
    "in two weeks": "12-07 00:00 to 12-14 00:00",
    "in a couple of weeks": "12-07 00:00 to 12-14 00:00",
    "the week of the seventh": "12-07 00:00 to 12-14 00:00",
    "weekend": "11-28 00:00 to 11-30 00:00",
    "end of the month": "11-26 10:00 to 12-01 00:00",
    "next month": "12-01 00:00 to 01-01 00:00",
    "December": "12-01 00:00 to 01-01 00:00",
    "early December": "12-01 00:00 to 12-11 00:00",
    "the first week of December": "12-01 00:00 to 12-08 00:00",
    "the last week of December": "12-25 00:00 to 01-01 00:00",
    "Monday or Wednesday": "11-30 00:00 to 12-03 00:00",
    "a Tuesday in December": "12-01 00:00 to 01-01 00:00",
    "Monday or Tuesday": "11-30 00:00 to 12-02 00:00",
    "the ninth or tenth": "12-09 00:00 to 12-11 00:00",
    "between Monday and Wednesday": "11-30 00:00 to 12-03 00:00",
    "Monday through Thursday": "11-30 00:00 to 12-04 00:00",
    "Thursday or Friday next week": "12-03 00:00 to 12-05 00:00",
    "before Tuesday": "11-26 10:00 to 12-01 00:00",
    "by Tuesday": "11-26 10:00 to 12-02 00:00",
    "after Tuesday": "12-02 00:00 to 12-17 00:00",
    "not before Tuesday": "12-01 00:00 to 12-16 00:00",
    "Tuesday or later": "12-01 00:00 to 12-16 00:00",
    "tomorrow morning": "11-27 00:00 to 11-27 12:00",
    "Tuesday afternoon": "12-01 12:00 to 12-01 17:00",
    "the afternoon of the third": "12-03 12:00 to 12-03 17:00",
    "first thing tomorrow": "11-27 00:00 to 11-27 10:00",
    "tomorrow after lunch": "11-27 13:00 to 11-27 17:00",
    "tomorrow evening": "11-27 17:00 to 11-27 21:00",
    "tomorrow before noon": "11-27 00:00 to 11-27 12:00",
    "tomorrow after four": "11-27 16:00 to 11-28 00:00",
    "tomorrow not before ten": "11-27 10:00 to 11-28 00:00",
    "tomorrow by ten": "11-27 00:00 to 11-27 10:00",
    "tomorrow no later than ten": "11-27 00:00 to 11-27 10:00",
    "tomorrow between two and four": "11-27 14:00 to 11-27 16:00",
    "tomorrow between eleven and two p.m.": "11-27 11:00 to 11-27 14:00",
    "tomorrow from nine to five": "11-27 09:00 to 11-27 17:00",
    "from ten to four on Monday": "11-30 10:00 to 11-30 16:00",
    "Monday after two but before four": "11-30 14:00 to 11-30 16:00",
    "tomorrow afternoon, after lunch": "11-27 13:00 to 11-27 17:00",
    "in half an hour": "11-26 10:30 to 11-27 00:00",
    "as soon as possible": "11-26 10:00 to 12-11 00:00",
    "the earliest": "11-26 10:00 to 12-11 00:00",
    "any time": "11-26 10:00 to 12-11 00:00",
    "whenever": "11-26 10:00 to 12-11 00:00",
    "yesterday": "11-25 00:00 to 11-26 00:00",
    "November 3rd": "11-03 00:00 to 11-04 00:00",
}


@pytest.mark.parametrize(("words", "bounds"), SPANS.items())
def test_words_for_a_stretch_mean_that_stretch(words: str, bounds: str) -> None:
    assert brief(span(words)) == bounds


EXACT = {
    "tomorrow at 2 p.m.": "11-27 14:00",
    "tomorrow at 2pm": "11-27 14:00",
    "tomorrow at two": "11-27 14:00",
    "tomorrow at to": "11-27 14:00",
    "tomorrow two thirty": "11-27 14:30",
    "the fifteenth at 2:30": "12-15 14:30",
    "15th at 2.30": "12-15 14:30",
    "1230 tomorrow.": "11-27 12:30",
    "Tuesday at half past two": "12-01 14:30",
    "Tuesday at quarter to nine": "12-01 08:45",
    "Tuesday at a quarter past four": "12-01 16:15",
    "Monday at ten to four": "11-30 15:50",
    "Tuesday three o'clock": "12-01 15:00",
    "Tuesday at 10 am": "12-01 10:00",
    "Tuesday at ten thirty": "12-01 10:30",
    "Tuesday at nine oh five": "12-01 09:05",
    "Tuesday at 230": "12-01 14:30",
    "Tuesday at 14:30": "12-01 14:30",
    "Tuesday at seven": "12-01 07:00",
    "Tuesday at seven in the evening": "12-01 19:00",
    "Tuesday at six": "12-01 18:00",
    "Tuesday at six in the morning": "12-01 06:00",
    "Tuesday at eleven": "12-01 11:00",
    "Tuesday at twelve": "12-01 12:00",
    "noon on Tuesday": "12-01 12:00",
    "Tuesday morning around nine": "12-01 09:00",
    "three ish tomorrow": "11-27 15:00",
    "Tuesday, December 1st at 2 PM": "12-01 14:00",
    "Tuesday the first of December at two p.m.": "12-01 14:00",
    "on December first at two thirty": "12-01 14:30",
    "something on the third at four": "12-03 16:00",
}


@pytest.mark.parametrize(("words", "moment"), EXACT.items())
def test_a_day_with_a_clock_time_is_exact(words: str, moment: str) -> None:
    found = span(words)
    assert found.exact is not None
    assert f"{found.exact:%m-%d %H:%M}" == moment
    assert found.start <= found.exact < found.end


DAILY = {
    "next week in the afternoon": ("11-30 00:00 to 12-07 00:00", time(12), time(17)),
    "Monday or Tuesday morning": ("11-30 00:00 to 12-02 00:00", time(0), time(12)),
    "any morning next week": ("11-30 00:00 to 12-07 00:00", time(0), time(12)),
    "sometime next week after three": ("11-30 00:00 to 12-07 00:00", time(15), time.max),
    "after four": ("11-26 10:00 to 12-11 00:00", time(16), time.max),
    "before noon": ("11-26 10:00 to 12-11 00:00", time(0), time(12)),
    "between two and four": ("11-26 10:00 to 12-11 00:00", time(14), time(16)),
    "morning": ("11-26 10:00 to 12-11 00:00", time(0), time(12)),
    "after lunch": ("11-26 10:00 to 12-11 00:00", time(13), time(17)),
    "first thing": ("11-26 10:00 to 12-11 00:00", time(0), time(10)),
    "evening": ("11-26 10:00 to 12-11 00:00", time(17), time(21)),
}


@pytest.mark.parametrize(("words", "meant"), DAILY.items())
def test_a_part_of_the_day_holds_on_each_of_several_days(words: str, meant: tuple[str, time, time]) -> None:
    found = span(words)
    (hours,) = found.choices[0].hours
    last = DAY_MINUTES if meant[2] == time.max else meant[2].hour * 60 + meant[2].minute
    assert (brief(found), hours.first, hours.last) == (meant[0], meant[1].hour * 60 + meant[1].minute, last)


@pytest.mark.parametrize(
    ("words", "clock"),
    [
        ("three o'clock", time(15)),
        ("345.", time(15, 45)),
        ("half path 9", time(9, 30)),
        ("half past two", time(14, 30)),
        ("10am", time(10)),
        ("ten thirty", time(10, 30)),
    ],
)
def test_a_clock_time_without_a_day_holds_on_each_of_the_next_days(words: str, clock: time) -> None:
    found = span(words)
    (hours,) = found.choices[0].hours
    assert (hours.first, hours.exact, found.exact) == (clock.hour * 60 + clock.minute, True, None)


QUESTIONS = {
    "hello": "Which day would suit you, and around what time?",
    "": "Which day would suit you, and around what time?",
    "February 30th": "February only goes up to the twenty-eighth. Which day do you mean?",
    "the 31st of April": "April only goes up to the thirtieth. Which day do you mean?",
    "the 45th": "There is no forty-fifth of the month. Which day do you mean?",
    "Tuesday the third": (
        "The third of December is a Thursday. "
        "Do you mean Thursday the third of December or Tuesday the first of December?"
    ),
    "next Friday": (
        "Do you mean this Friday the twenty-seventh of November, or Friday the fourth of December?"
    ),
    "next weekend": "Do you mean this weekend, or the weekend of Saturday the fifth of December?",
}


@pytest.mark.parametrize(("words", "asked"), QUESTIONS.items())
def test_what_is_open_or_impossible_is_asked(words: str, asked: str) -> None:
    assert question(words) == asked


def test_on_a_sunday_next_tuesday_is_asked_about() -> None:
    assert question("next Tuesday", SUNDAY) == (
        "Do you mean this Tuesday the first of December, or Tuesday the eighth of December?"
    )


def test_on_a_monday_next_thursday_is_asked_about_and_next_monday_is_not() -> None:
    assert "Thursday the third" in question("next Thursday", MONDAY)
    assert f"{span('next Monday', MONDAY).start:%m-%d}" == "12-07"


def test_a_date_settles_which_next_weekday_is_meant() -> None:
    assert f"{span('next Thursday the tenth', MONDAY).start:%m-%d}" == "12-10"


def _days(words: str, now: datetime) -> list[str]:
    return [f"{day:%m-%d}" for one in span(words, now).choices for days in one.days for day in days.list()]


def test_on_a_tuesday_tuesday_is_today_or_next_weeks_and_this_tuesday_is_today() -> None:
    assert _days("Tuesday morning", TUESDAY) == ["12-01", "12-08"]
    assert _days("this Tuesday", TUESDAY) == ["12-01"]
    assert _days("next Tuesday", TUESDAY) == ["12-08"]
    assert _days("Tuesday; today", TUESDAY) == ["12-01"]
    assert _days("Tuesday; the eighth", TUESDAY) == ["12-08"]
    assert span("Tuesday at ten", TUESDAY).exact is None


def test_on_a_tuesday_what_is_before_tuesday_is_before_next_weeks() -> None:
    assert _days("before Tuesday", TUESDAY)[-1] == "12-07"
    assert _days("by Tuesday", TUESDAY)[-1] == "12-08"
    assert _days("after Tuesday", TUESDAY)[0] == "12-02"
    excluded = span("any day but not Tuesday", TUESDAY)
    assert not any(excluded.allows_day(TUESDAY.date() + timedelta(days)) for days in (0, 7))


def test_the_order_of_a_written_date_is_that_of_the_country() -> None:
    london = ZoneInfo("Europe/London")
    assert f"{span('3/12', THURSDAY, london).start:%m-%d}" == "12-03"
    assert f"{span('12/3', THURSDAY).start:%m-%d}" == "12-03"


def test_labels_can_be_spoken_as_they_are() -> None:
    assert span("Tuesday afternoon").label == "Tuesday the first of December, in the afternoon"
    assert span("tomorrow at two").label == "tomorrow, Friday the twenty-seventh of November at two p.m."
    assert span("after four").label == "after four p.m."
    assert span("next week in the morning").label == "next week, in the morning"


def test_a_time_that_the_clocks_skip_moves_on() -> None:
    now = datetime(2026, 3, 6, 12, tzinfo=NEW_YORK)
    found = span("March 8th at 2:30 am", now)
    assert found.exact is not None
    assert f"{found.exact:%H:%M %Z}" == "03:30 EDT"


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    now = datetime(2026, 10, 30, 12, tzinfo=NEW_YORK)
    found = span("november first", now)
    assert (found.end.timestamp() - found.start.timestamp()) / 3600 == 25


TELLING = """
tomorrow; at nine; after four; between two and four; the third; 10 am; half past two; mornings; whenever;
as soon as possible; next week; I'd like to come in on Friday; in an hour; February 30th
"""
SILENT = """
hello; yes please; two; first; second; the first one; 345; five five five oh one four two; 202-555-0142;
the second one please; one moment;
just a second; it hurts since Tuesday; I've had it for two weeks; may I ask something; a cleaning;
my name is Anna Bell; good morning; the last time I came; three years ago
"""


@pytest.mark.parametrize("words", TELLING.strip().split(";"))
def test_words_about_when_are_known_as_such(words: str) -> None:
    assert mentions_time(words)


@pytest.mark.parametrize("words", ["", *SILENT.strip().split(";")])
def test_words_about_other_things_mention_no_time(words: str) -> None:
    assert not mentions_time(words)


def test_clock_times_are_listed_in_order() -> None:
    said = (
        "I have Tuesday at nine oh five a.m., half past two, or 4 PM; your number is 2 0 2, 5 5 5, 0 1 4 2."
    )
    assert clock_times(said) == [time(9, 5), time(14, 30), time(16)]


@pytest.mark.parametrize(
    "words",
    [
        "That's Tuesday the first of December at two p.m.",
        "Tuesday, December 1st at 2 PM, right?",
        "So the first of December, two o'clock.",
        "Tuesday at 2:00 p.m.?",
    ],
)
def test_a_moment_is_known_however_it_is_phrased(words: str) -> None:
    assert names_moment(words, datetime(2026, 12, 1, 14, tzinfo=NEW_YORK))


@pytest.mark.parametrize(
    "words", ["That's Tuesday", "at two p.m.", "Tuesday at three p.m.", "Wednesday at two p.m.", ""]
)
def test_half_a_moment_or_another_one_is_not_that_moment(words: str) -> None:
    assert not names_moment(words, datetime(2026, 12, 1, 14, tzinfo=NEW_YORK))


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("next week at the same time", "12-11"),
        ("the week after, same time", "12-11"),
        ("the same time on the same day", "12-04"),
        ("the week after next, same time", "12-11"),
    ],
)
def test_the_week_of_an_appointment_that_is_moved_is_no_week_to_move_it_to(words: str, day: str) -> None:
    moved = datetime(2026, 12, 4, 13, 30, tzinfo=NEW_YORK)
    found = resolve(words, SUNDAY, NEW_YORK, Anchors(appointment=moved))
    assert isinstance(found, TimeConstraints)
    (choice,) = found.choices
    assert [f"{one.first:%m-%d}" for one in choice.days] == [day]
    assert choice.hours[0].first == 13 * 60 + 30


@pytest.mark.parametrize(("offered", "day"), [((14, 15), "12-18"), ((1, 7, 14), "12-04")])
def test_a_weekday_is_of_the_week_that_was_offered_where_that_is_one(offered: list[int], day: str) -> None:
    starts = [datetime(2026, 12, one, 9, tzinfo=NEW_YORK) for one in offered]
    found = resolve("not Thursday; Friday", SUNDAY, NEW_YORK, Anchors(offered={"not Thursday": starts}))
    assert isinstance(found, TimeConstraints)
    assert [f"{one.first:%m-%d}" for choice in found.choices for one in choice.days] == [day]


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("My crown is off and I've got a wedding on Saturday", []),
        ("my daughter has a recital on Thursday, so Friday", ["12-04"]),
        ("Saturday", ["12-05"]),
        ("I would like to have a new bridge on Friday", ["12-04"]),
    ],
)
def test_what_somebody_has_on_is_no_day_they_wish_for(words: str, days: list[str]) -> None:
    found = resolve(words, SUNDAY, NEW_YORK)
    assert isinstance(found, TimeConstraints)
    assert [f"{one.first:%m-%d}" for choice in found.choices for one in choice.days] == days


@pytest.mark.parametrize("before", ["from Monday morning", "starting Monday, mornings", "mornings, any day"])
def test_its_own_weekday_is_of_either_week_also_where_days_without_end_were_named_before(before: str) -> None:
    found = span(f"{before}; Monday, please", MONDAY)
    assert [one.first.day for choice in found.choices for one in choice.days] == [30, 7]


@pytest.mark.parametrize(
    ("before", "words", "days"),
    [
        ("a Friday", "okay, next Friday then", ["12-11"]),
        ("from the eighth", "later on the Tuesday", ["12-15"]),
        ("any day", "Tuesday at four", ["12-15"]),
    ],
)
def test_a_weekday_is_that_of_the_times_that_were_offered(before: str, words: str, days: list[str]) -> None:
    starts = [datetime(2026, 12, one, 15, tzinfo=NEW_YORK) for one in (4, 15, 17, 22)]
    found = resolve(f"{before}; {words}", MONDAY, NEW_YORK, Anchors(offered={before: starts}))
    assert isinstance(found, TimeConstraints), found
    assert [f"{one.first:%m-%d}" for choice in found.choices for one in choice.days] == days


@pytest.mark.parametrize(
    "offered", [{}, {"Thursday December 3 at 10:00 AM": [datetime(2026, 12, 3, 10, tzinfo=NEW_YORK)]}]
)
@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("the week after, same day, a bit earlier", 7 * 60, 10 * 60),
        ("same day the following week", 10 * 60, 10 * 60 + 1),
        ("a week later, but later in the day", 10 * 60 + 1, 13 * 60),
    ],
)
def test_another_day_counts_earlier_and_later_from_the_clock_time_that_was_named(
    offered: dict[str, list[datetime]], words: str, first: int, last: int
) -> None:
    found = resolve(f"Thursday December 3 at 10:00 AM; {words}", MONDAY, NEW_YORK, Anchors(offered=offered))
    assert isinstance(found, TimeConstraints), found
    ((days, hours),) = ((one.days, one.hours) for one in found.choices)
    assert (f"{days[0].first:%m-%d}", hours[0].first, hours[0].last) == ("12-10", first, last)
    assert (found.since, found.before) == (None, None)


@pytest.mark.parametrize(
    "words", ["another day that week, in the morning", "a different day, in the morning"]
)
def test_another_day_is_not_that_of_the_appointment_that_is_moved(words: str) -> None:
    moved = datetime(2026, 12, 14, 15, tzinfo=NEW_YORK)
    found = resolve(words, SUNDAY, NEW_YORK, Anchors(appointment=moved))
    assert isinstance(found, TimeConstraints)
    assert not found.allows(moved.replace(hour=10))
    assert found.allows(moved.replace(hour=10) + timedelta(1))
