"""The practice's rules hold before anything is written, whoever leads the conversation."""

from typing import Any

import pytest

from contracts.conversation import sentence_of
from kit.clock import Clock
from tests.fakes.partner_server import PartnerServer
from tests.fakes.tool_conversation import PROFILE, Talk, talking, window

ANNA = {"name": "Anna Bell", "phone": "two oh two five five five oh one nine nine"}
FEE = "Visits cancelled within 24 hours may be charged."
INSURANCE = {"always_ask": [{"key": "insurance", "ask": "Which insurance do you have?"}]}


def ruled(**rules: Any) -> dict[str, Any]:
    """The practice with rules."""
    return PROFILE | {"practice": PROFILE["practice"] | {"rules": rules}}


def _server(start: str = "2026-12-01T14:00:00-05:00") -> PartnerServer:
    """Free on Tuesday and Thursday; the caller has a cleaning."""
    mine = {
        "id": "bkg_1",
        "status": "confirmed",
        "start_at": start,
        "end_at": start.replace(":00:00", ":30:00"),
        "practitioner_id": "p_lee",
        "service_id": "svc_clean",
        "customer": {"phone": "+12025550199", "name": "Anna Bell"},
    }
    free = [window("2026-12-01T09:00:00-05:00", 8 * 60), window("2026-12-03T09:00:00-05:00", 8 * 60)]
    return PartnerServer(windows=free, bookings={"k": mine})


async def _slot(talk: Talk, when: str) -> str:
    found = await talk.calls("search_availability", when=when, service="cleaning")
    return str(found["slots"][0]["slot_id"])


async def _agreed(talk: Talk, name: str, /, **arguments: Any) -> dict[str, Any]:
    """Have something read back, agree, and ask for it again."""
    talk.says(sentence_of(await talk.calls(name, **arguments)))
    talk.hears("Yes, that's right.")
    return await talk.calls(name, **arguments)


@pytest.mark.parametrize(
    "rule",
    [{"days": ["tuesday"]}, {"services": ["cleaning"]}, {"days": ["tuesday"], "services": ["Cleaning"]}],
)
async def test_what_is_never_booked_is_not_booked_though_it_was_offered_before(
    clock: Clock, rule: dict[str, Any]
) -> None:
    server = _server()
    async with talking(server, clock) as before:
        slot = await _slot(before, "tuesday at two")
        async with talking(server, clock, profile=ruled(never_book=[rule | {"say": "Not that."}])) as talk:
            talk.messages.extend(before.messages)
            result = await talk.calls("book_appointment", slot_id=slot, **ANNA)
    assert (result["status"], result["code"]) == ("refused", "never_book")
    assert result["say"] == "Not that. Would you like to speak with someone, or leave a message?"
    assert list(server.bookings) == ["k"]


async def test_nothing_is_moved_to_a_day_that_is_never_booked(clock: Clock) -> None:
    server = _server()
    async with talking(server, clock) as before:
        await before.calls("find_appointments")
        slot = await _slot(before, "thursday at ten")
        async with talking(server, clock, profile=ruled(never_book=[{"days": ["thursday"]}])) as talk:
            talk.messages.extend(before.messages)
            result = await talk.calls("reschedule_appointment", booking_id="bkg_1", slot_id=slot)
    assert (result["status"], result["code"]) == ("refused", "never_book")


async def test_a_question_of_the_practice_is_asked_before_anything_is_read_back(clock: Clock) -> None:
    async with talking(_server(), clock, profile=ruled(**INSURANCE)) as talk:
        slot = await _slot(talk, "thursday at two")
        first = await talk.calls("book_appointment", slot_id=slot, **ANNA)
        assert (first["status"], first["about"]) == ("ask_first", "insurance")
        wish = {"slot_id": slot, **ANNA, "reason": "Insurance: Delta Dental"}
        assert (await _agreed(talk, "book_appointment", **wish))["status"] == "booked"
    assert talk.server.asked_for("/v1/bookings")[-1].body["booking"]["notes"] == "Insurance: Delta Dental"


async def test_a_question_that_stays_unanswered_holds_no_booking_up_for_ever(clock: Clock) -> None:
    async with talking(_server(), clock, profile=ruled(**INSURANCE)) as talk:
        slot = await _slot(talk, "thursday at two")
        for _ in range(2):
            result = await talk.calls("book_appointment", slot_id=slot, **ANNA)
            assert result["status"] == "ask_first"
        assert (await _agreed(talk, "book_appointment", slot_id=slot, **ANNA))["status"] == "booked"
    assert talk.server.asked_for("/v1/bookings")[-1].body["booking"]["notes"] == "insurance: not answered"


@pytest.mark.parametrize(
    ("start", "told"), [("2026-12-01T08:00:00-05:00", True), ("2026-12-03T14:00:00-05:00", False)]
)
async def test_what_a_late_cancellation_means_is_part_of_what_is_agreed_to(
    clock: Clock, start: str, told: bool
) -> None:
    rules = ruled(cancelling={"notice_hours": 24, "say": FEE})
    async with talking(_server(start), clock, profile=rules) as talk:
        await talk.calls("find_appointments")
        result = await talk.calls("cancel_appointment", booking_id="bkg_1")
        assert (FEE in result["say"]) is told
        talk.says(sentence_of(result).replace(f" {FEE}", ""))
        talk.hears("Yes, cancel it.")
        result = await talk.calls("cancel_appointment", booking_id="bkg_1")
    assert result["status"] == ("read_back" if told else "cancelled")


async def test_a_late_move_hears_it_too(clock: Clock) -> None:
    rules = ruled(cancelling={"notice_hours": 24})
    async with talking(_server("2026-12-01T08:00:00-05:00"), clock, profile=rules) as talk:
        await talk.calls("find_appointments")
        slot = await _slot(talk, "thursday at ten")
        result = await talk.calls("reschedule_appointment", booking_id="bkg_1", slot_id=slot)
    assert result["say"].endswith("That's less than twenty-four hours ahead.")


async def test_where_nothing_is_cancelled_by_phone_nothing_is(clock: Clock) -> None:
    async with talking(_server(), clock, profile=ruled(cancelling={"allowed": False})) as talk:
        await talk.calls("find_appointments")
        result = await talk.calls("cancel_appointment", booking_id="bkg_1")
    assert (result["status"], result["code"]) == ("refused", "not_cancelled_by_phone")
    assert "the team can" in result["say"]
