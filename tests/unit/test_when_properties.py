"""Whatever is said, whenever it is said: the answer is a span in the zone, or a question."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from language import speak
from language.datetimes.constraints import TimeConstraints
from language.datetimes.normalize import MAX_WORDS, canonical
from language.datetimes.resolve import Question, clock_times, mentions_time, names_moment, resolve

ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
    ]
)
NOWS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WORDS = st.lists(
    st.sampled_from(
        "monday tuesday week next this last in on at the of or and not before after between from to until "
        "by first third 3rd thirty-first december feb may month end early weekend tomorrow today morning "
        "afternoon lunch noon midnight two ten thirty oh five half quarter past pm a.m. 2:30 12/3 asap any "
        "2026-02-30 time days weeks a few couple hour now week's 99 2099 29th".split()
    ),
    max_size=9,
).map(" ".join)


@example(words="of week", now=datetime(2026, 1, 1, tzinfo=UTC), zone=ZoneInfo("UTC"))
@given(words=st.one_of(WORDS, st.text(max_size=80)), now=NOWS, zone=ZONES)
def test_any_words_give_an_ordered_span_in_the_zone_or_a_question(
    words: str, now: datetime, zone: ZoneInfo
) -> None:
    found = resolve(words, now, zone)
    if isinstance(found, Question):
        assert found.text.endswith("?")
        return
    assert found.start.tzinfo is zone
    assert found.end.tzinfo is zone
    assert found.start.timestamp() < found.end.timestamp()
    assert found.label == found.label.strip(" ,")
    assert found.label
    if found.exact is not None:
        assert found.exact.tzinfo is zone
        assert found.exact.utcoffset() == found.exact.astimezone(UTC).astimezone(zone).utcoffset()


@given(words=st.one_of(WORDS, st.text(max_size=80)))
def test_listening_for_times_never_fails(words: str) -> None:
    mentions_time(words)
    clock_times(words)


@given(words=st.text(max_size=60))
def test_the_spelling_of_a_canonical_text_is_plain(words: str) -> None:
    assert set(canonical(words)) <= set("abcdefghijklmnopqrstuvwxyz0123456789:/ ")


def test_a_very_long_text_is_cut() -> None:
    assert len(canonical("and so on " * 5000).split()) <= MAX_WORDS


@given(now=NOWS, zone=ZONES, ahead=st.integers(0, 250))
def test_a_spoken_date_is_understood_as_the_day_it_names(now: datetime, zone: ZoneInfo, ahead: int) -> None:
    day = now.astimezone(zone).date() + timedelta(days=ahead)
    said = speak.day(day)
    assert said.split()[0] == day.strftime("%A")
    found = resolve(f"{said}", now, zone)
    assert isinstance(found, TimeConstraints)
    assert found.start.date() == day
    assert found.label.split(", ")[-1].startswith(said)


@given(now=NOWS, zone=ZONES, days=st.integers(1, 250), quarter=st.integers(28, 75))
def test_a_spoken_moment_is_understood_as_itself(
    now: datetime, zone: ZoneInfo, days: int, quarter: int
) -> None:
    day = now.astimezone(zone).date() + timedelta(days=days)
    moment = datetime(day.year, day.month, day.day, *divmod(quarter * 15, 60), tzinfo=zone)
    found = resolve(speak.moment(moment), now, zone)
    assert isinstance(found, TimeConstraints)
    assert found.exact == moment
    assert names_moment(f"That's a cleaning on {speak.moment(moment)}, for Anna Bell.", moment)


@given(now=NOWS, zone=ZONES, weekday=st.integers(0, 6), shift=st.integers(0, 6))
def test_a_date_with_the_wrong_weekday_is_asked_about(
    now: datetime, zone: ZoneInfo, weekday: int, shift: int
) -> None:
    day = now.astimezone(zone).date() + timedelta(days=10 + shift)
    wrong = speak.WEEKDAYS[weekday]
    found = resolve(f"{wrong} {speak.day(day).split(' ', 1)[1]}", now, zone)
    assert isinstance(found, TimeConstraints) == (day.weekday() == weekday)


def test_every_day_of_a_year_is_named_with_its_weekday() -> None:
    for offset in range(366):
        day = date(2028, 1, 1) + timedelta(days=offset)
        assert speak.day(day).startswith(day.strftime("%A the "))
        assert speak.day(day).endswith(day.strftime(" of %B"))
