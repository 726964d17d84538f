"""Free windows never overlap what is taken, stay inside the opening hours, and survive both clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from practice.calendar.hours import Interval, Need, Week, fits, free_windows, merge, open_intervals

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kathmandu",
    "UTC",
]
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
MINUTE = timedelta(minutes=1)


def local(zone: ZoneInfo, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=zone, fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]


def day_of(day: date, zone: ZoneInfo = NEW_YORK) -> Interval:
    after = day + timedelta(days=1)
    return Interval(
        local(zone, day.year, day.month, day.day), local(zone, after.year, after.month, after.day)
    )


def every_day(
    opens: int, closes: int, zone: ZoneInfo = NEW_YORK, closed: frozenset[date] = frozenset()
) -> Week:
    return Week(zone, {weekday: [(opens, closes)] for weekday in range(7)}, dict.fromkeys(closed, ()))


def test_a_plain_day_is_open_from_nine_to_five() -> None:
    opened = open_intervals(every_day(540, 1020), day_of(date(2026, 12, 1)))
    assert opened == [Interval(datetime(2026, 12, 1, 14, tzinfo=UTC), datetime(2026, 12, 1, 22, tzinfo=UTC))]


def test_a_break_at_noon_makes_two_intervals() -> None:
    week = Week(NEW_YORK, {1: [(540, 720), (780, 1020)]})
    assert [one.length for one in open_intervals(week, day_of(date(2026, 12, 1)))] == [
        timedelta(hours=3),
        timedelta(hours=4),
    ]


def test_the_hour_that_the_spring_skips_is_not_open() -> None:
    assert open_intervals(every_day(120, 180), day_of(SPRING)) == []
    night = open_intervals(every_day(0, 360), day_of(SPRING))
    assert [one.length for one in night] == [timedelta(hours=5)]


def test_the_hour_that_the_autumn_repeats_is_open_twice() -> None:
    assert [one.length for one in open_intervals(every_day(60, 120), day_of(AUTUMN))] == [timedelta(hours=2)]
    half = open_intervals(every_day(60, 90), day_of(AUTUMN))
    assert [one.length for one in half] == [timedelta(minutes=30)] * 2
    assert half[1].start - half[0].start == timedelta(hours=1)


def test_nine_o_clock_is_nine_o_clock_on_both_sides_of_a_clock_change() -> None:
    for day in (SPRING, AUTUMN):
        around = Interval(day_of(day - timedelta(days=2)).start, day_of(day + timedelta(days=2)).end)
        starts = [one.start.astimezone(NEW_YORK) for one in open_intervals(every_day(540, 1020), around)]
        assert [start.hour for start in starts] == [9] * 5


def test_midnight_to_midnight_is_one_interval_through_a_clock_change() -> None:
    around = Interval(day_of(SPRING - timedelta(days=1)).start, day_of(SPRING + timedelta(days=1)).end)
    assert open_intervals(every_day(0, 1440), around) == [around]


def test_a_closed_day_is_closed() -> None:
    closed = frozenset({date(2026, 12, 25)})
    assert open_intervals(every_day(0, 1440, closed=closed), day_of(date(2026, 12, 25))) == []


def test_buffers_of_both_neighbours_are_kept() -> None:
    nine = datetime(2026, 12, 1, 14, tzinfo=UTC)
    opened = [Interval(nine, nine + timedelta(hours=3))]
    taken = [Interval(nine + timedelta(hours=1), nine + timedelta(hours=2))]
    need = Need(timedelta(minutes=30), before=timedelta(minutes=5), after=timedelta(minutes=10))
    windows = free_windows(opened, taken, need)
    assert windows == [
        Interval(nine, nine + timedelta(minutes=50)),
        Interval(nine + timedelta(hours=2, minutes=5), nine + timedelta(hours=3)),
    ]
    assert fits(windows, nine + timedelta(minutes=20), need.duration)
    assert not fits(windows, nine + timedelta(minutes=21), need.duration)


hours = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1]), max_size=3
)
weeks = st.builds(
    Week,
    st.sampled_from(ZONES).map(ZoneInfo),
    st.dictionaries(st.integers(0, 6), hours),
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.sampled_from([(), [(480, 720)], [(0, 60), (1380, 1440)]]),
        max_size=3,
    ),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 25)).map(  # noqa: DTZ001
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)
spans = st.builds(
    lambda start, length: Interval(start, start + length * MINUTE), moments, st.integers(1, 6 * 1440)
)
clock_changes = st.sampled_from(
    [SPRING, AUTUMN, date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5)]
).map(lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC))
spans_at_changes = st.builds(
    lambda day, shift, length: Interval(day + shift * MINUTE, day + (shift + length) * MINUTE),
    clock_changes,
    st.integers(-1440, 1440),
    st.integers(1, 3000),
)


def is_open(week: Week, moment: datetime) -> bool:
    wall = moment.astimezone(week.zone)
    minute = wall.hour * 60 + wall.minute
    hours = week.special.get(wall.date(), week.hours.get(wall.weekday(), ()))
    return any(opens <= minute < closes for opens, closes in hours)


@settings(max_examples=80)
@given(weeks, spans_at_changes, st.data())
def test_a_moment_is_in_an_open_interval_exactly_when_the_wall_clock_says_open(
    week: Week, span: Interval, data: st.DataObject
) -> None:
    opened = open_intervals(week, span)
    assert opened == merge(opened)
    for _ in range(20):
        offset = data.draw(st.integers(0, int(span.length / MINUTE) - 1))
        moment = span.start + offset * MINUTE
        assert any(one.start <= moment < one.end for one in opened) == is_open(week, moment)


busy_lists = st.lists(st.tuples(st.integers(-100, 5000), st.integers(1, 300)), max_size=8)
needs = st.builds(
    lambda duration, before, after: Need(duration * MINUTE, before * MINUTE, after * MINUTE),
    st.integers(1, 120),
    st.integers(0, 30),
    st.integers(0, 30),
)


@settings(max_examples=150)
@given(weeks, st.one_of(spans, spans_at_changes), busy_lists, needs, st.data())
def test_an_appointment_anywhere_in_a_window_is_open_throughout_and_clear_of_what_is_taken(
    week: Week, span: Interval, taken: list[tuple[int, int]], need: Need, data: st.DataObject
) -> None:
    busy = [
        Interval(span.start + offset * MINUTE, span.start + (offset + length) * MINUTE)
        for offset, length in taken
    ]
    windows = free_windows(open_intervals(week, span), busy, need)
    assert windows == sorted(windows)
    for window in windows:
        assert window.length >= need.duration
        assert span.start <= window.start < window.end <= span.end
        room = int((window.length - need.duration) / MINUTE)
        start = window.start + data.draw(st.integers(0, room)) * MINUTE
        end = start + need.duration
        assert is_open(week, start)
        assert is_open(week, end - MINUTE)
        for one in busy:
            assert end + need.after <= one.start or one.end <= start - need.before


@settings(max_examples=80)
@given(weeks, spans, busy_lists, needs)
def test_no_room_is_forgotten(week: Week, span: Interval, taken: list[tuple[int, int]], need: Need) -> None:
    busy = [
        Interval(span.start + offset * MINUTE, span.start + (offset + length) * MINUTE)
        for offset, length in taken
    ]
    opened = open_intervals(week, span)
    windows = free_windows(opened, busy, need)
    for one in opened:
        start = one.start
        while start + need.duration <= one.end:
            end = start + need.duration
            clear = all(end + need.after <= other.start or other.end <= start - need.before for other in busy)
            assert clear == fits(windows, start, need.duration)
            start += 17 * MINUTE
