"""Windows become slots, and slots become ids that nobody else can make."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner import Availability
from tools.errors import SlotIdExpired, SlotIdInvalid
from tools.slots import Slot, SlotSealer, cut, with_name

NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)
NINE = datetime(2026, 12, 1, 14, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
QUARTER = timedelta(minutes=15)
KNOWN = ["prac_lee", "svc_clean"]
SLOT = Slot(NINE, 30, "prac_lee", None, "svc_clean")
SEALER = SlotSealer(b"a key", timedelta(minutes=30))


def free(start: datetime, minutes: int, practitioner: str | None = None) -> Availability:
    window = {"start_at": start, "duration_minutes": minutes}
    if practitioner:
        window["practitioner"] = {"id": practitioner, "name": practitioner.title()}
    return Availability.model_validate(window)


def starts(slots: list[Slot]) -> list[str]:
    return [f"{one.start:%H:%M}" for one in slots]


def test_a_window_is_cut_into_every_start_that_fits() -> None:
    slots = cut([free(NINE, 60)], HALF_HOUR, step=QUARTER, not_before=NOW)
    assert starts(slots) == ["14:00", "14:15", "14:30"]


def test_a_window_shorter_than_the_appointment_gives_nothing() -> None:
    assert cut([free(NINE, 29), free(NINE, 1)], HALF_HOUR, step=QUARTER, not_before=NOW) == []


def test_later_starts_keep_the_windows_own_grid() -> None:
    slots = cut([free(NINE, 120)], HALF_HOUR, step=QUARTER, not_before=NINE + timedelta(minutes=7))
    assert starts(slots)[0] == "14:15"


def test_no_start_lies_at_or_after_the_bound() -> None:
    slots = cut([free(NINE, 120)], HALF_HOUR, step=QUARTER, not_before=NOW, not_after=NINE + HALF_HOUR)
    assert starts(slots) == ["14:00", "14:15"]


def test_overlapping_windows_of_one_practitioner_give_each_start_once() -> None:
    windows = [free(NINE, 60, "lee"), free(NINE + HALF_HOUR, 60, "lee")]
    slots = cut(windows, HALF_HOUR, step=HALF_HOUR, not_before=NOW)
    assert starts(slots) == ["14:00", "14:30", "15:00"]


def test_two_practitioners_give_two_slots_in_order() -> None:
    windows = [free(NINE, 30, "ortiz"), free(NINE, 30, "lee")]
    slots = cut(windows, HALF_HOUR, step=QUARTER, not_before=NOW)
    assert [(one.practitioner_id, one.practitioner) for one in slots] == [("lee", "Lee"), ("ortiz", "Ortiz")]


@given(
    windows=st.lists(
        st.tuples(st.integers(-200, 2000), st.integers(1, 600), st.sampled_from(["a", "b", None]))
    ),
    minutes=st.integers(1, 120),
    step=st.integers(1, 60),
    earliest=st.integers(-100, 2000),
)
def test_every_slot_lies_in_a_window_of_its_practitioner_and_none_is_too_early(
    windows: list[tuple[int, int, str | None]], minutes: int, step: int, earliest: int
) -> None:
    given_windows = [free(NINE + timedelta(minutes=at), length, who) for at, length, who in windows]
    not_before = NINE + timedelta(minutes=earliest)
    slots = cut(
        given_windows, timedelta(minutes=minutes), step=timedelta(minutes=step), not_before=not_before
    )
    assert slots == sorted(slots, key=lambda one: (one.start, one.practitioner_id or ""))
    assert len({(one.start, one.practitioner_id) for one in slots}) == len(slots)
    for slot in slots:
        assert slot.start >= not_before
        assert any(
            window.practitioner_id == slot.practitioner_id
            and window.start_at <= slot.start
            and slot.end <= window.start_at + timedelta(minutes=window.duration_minutes)
            for window in given_windows
        )


def test_a_sealed_slot_opens_as_it_was() -> None:
    slot_id = SEALER.seal(SLOT, "bot_1", NOW, KNOWN)
    assert SEALER.open(slot_id, "bot_1", NOW, KNOWN) == SLOT


def test_a_sealed_id_is_short_and_safe_in_urls() -> None:
    slot_id = SEALER.seal(SLOT, "bot_1", NOW, KNOWN)
    assert len(slot_id) <= 32
    assert set(slot_id) <= set(string.ascii_letters + string.digits + "-_")


def test_a_practitioner_of_another_platform_travels_in_the_id() -> None:
    slot = Slot(NINE, 30, "42", "Dr. Müller", None)
    assert SEALER.open(SEALER.seal(slot, "bot_1", NOW), "bot_1", NOW) == slot


@given(
    start=st.integers(0, 2**31),
    minutes=st.integers(1, 1440),
    ids=st.tuples(*[st.none() | st.text(max_size=60)] * 3),
    known=st.lists(st.text(max_size=10), max_size=4),
)
def test_any_slot_survives_sealing(
    start: int, minutes: int, ids: tuple[str | None, ...], known: list[str]
) -> None:
    begins = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    name = None if ids[0] in known else ids[1]
    slot = Slot(begins, minutes, ids[0], name, ids[2])
    assert SEALER.open(SEALER.seal(slot, "bot", NOW, known), "bot", NOW, known) == slot


@given(place=st.integers(0, 200), letter=st.sampled_from(string.ascii_letters + string.digits + "-_"))
def test_any_changed_letter_breaks_the_seal(place: int, letter: str) -> None:
    slot_id = SEALER.seal(SLOT, "bot_1", NOW, KNOWN)
    at = place % len(slot_id)
    changed = slot_id[:at] + letter + slot_id[at + 1 :]
    if changed != slot_id:
        with pytest.raises(SlotIdInvalid):
            SEALER.open(changed, "bot_1", NOW, KNOWN)


def test_only_the_one_spelling_that_was_sealed_opens() -> None:
    slot_id = SEALER.seal(SLOT, "bot_1", NOW, KNOWN)
    assert len(slot_id) % 4 != 0, "the last letter has bits to spare"
    for letter in set(string.ascii_letters + string.digits + "-_") - {slot_id[-1]}:
        with pytest.raises(SlotIdInvalid):
            SEALER.open(slot_id[:-1] + letter, "bot_1", NOW, KNOWN)


@given(text=st.text(max_size=60))
def test_any_other_text_is_no_slot_id(text: str) -> None:
    with pytest.raises(SlotIdInvalid):
        SEALER.open(text, "bot_1", NOW, KNOWN)


def test_another_bot_cannot_use_the_id() -> None:
    with pytest.raises(SlotIdInvalid):
        SEALER.open(SEALER.seal(SLOT, "bot_1", NOW, KNOWN), "bot_2", NOW, KNOWN)


def test_another_installation_cannot_make_the_id() -> None:
    forged = SlotSealer(b"another key", timedelta(minutes=30)).seal(SLOT, "bot_1", NOW, KNOWN)
    with pytest.raises(SlotIdInvalid):
        SEALER.open(forged, "bot_1", NOW, KNOWN)


def test_an_id_expires() -> None:
    slot_id = SEALER.seal(SLOT, "bot_1", NOW, KNOWN)
    SEALER.open(slot_id, "bot_1", NOW + timedelta(minutes=29), KNOWN)
    with pytest.raises(SlotIdExpired):
        SEALER.open(slot_id, "bot_1", NOW + timedelta(minutes=30), KNOWN)


def test_when_the_practices_lists_have_changed_the_id_is_void() -> None:
    slot_id = SEALER.seal(SLOT, "bot_1", NOW, KNOWN)
    for known in (["prac_new", *KNOWN], ["svc_clean", "prac_lee"], ["prac_lee", "svc_other"], []):
        with pytest.raises(SlotIdInvalid):
            SEALER.open(slot_id, "bot_1", NOW, known)


def test_the_key_is_not_in_the_repr() -> None:
    assert "a key" not in repr(SEALER)


def test_a_known_practitioners_name_comes_from_the_practice() -> None:
    assert with_name(SLOT, {"prac_lee": "Dr. Lee"}).practitioner == "Dr. Lee"
    assert with_name(SLOT, {}) == SLOT


def test_a_window_cut_at_the_present_moment_starts_at_a_round_time() -> None:
    now = datetime(2026, 12, 1, 15, 5, 23, tzinfo=UTC)
    window = Availability(start_at=now, duration_minutes=120)
    slots = cut([window], timedelta(minutes=30), step=timedelta(minutes=15), not_before=now)
    assert slots[0].start == datetime(2026, 12, 1, 15, 15, tzinfo=UTC)


def test_a_window_that_only_its_own_start_fits_keeps_it() -> None:
    now = datetime(2026, 12, 1, 15, 5, tzinfo=UTC)
    window = Availability(start_at=now, duration_minutes=30)
    slots = cut([window], timedelta(minutes=30), step=timedelta(minutes=15), not_before=now)
    assert [one.start for one in slots] == [now]
