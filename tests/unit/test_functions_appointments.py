"""Finding, cancelling and moving appointments: for whose they are, after a heard read-back, and truly."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from contracts.conversation import sentence_of
from kit.clock import Clock
from language.names import same_name
from tests.fakes.clock import fixed_clock
from tests.fakes.partner_server import PartnerServer, Trouble
from tests.fakes.tool_conversation import Talk, local, talking, window
from tools.functions.identity import NO_WAY, NOT_FOUND, OFFER_CODE

OWN, OTHER = "+12025550199", "+12025550177"
TUESDAY = "Tuesday the first of December at two p.m."
THURSDAY = "Thursday the third of December at three p.m."


def booking(number: int, start: str, phone: str = OWN, name: str = "Zoë Bell", **more: Any) -> dict[str, Any]:
    """An appointment in the server's calendar."""
    begins = datetime.fromisoformat(start)
    return {
        "id": f"bkg_{number}",
        "status": "confirmed",
        "start_at": start,
        "end_at": begins.replace(minute=begins.minute + 30).isoformat(),
        "practitioner_id": "p_lee",
        "service_id": "svc_clean",
        "customer": {"phone": phone, "name": name},
        **more,
    }


@pytest.fixture
def server() -> PartnerServer:
    """Zoë has a cleaning on Tuesday at two; Thursday is free."""
    return PartnerServer(
        windows=[window("2026-12-03T09:00:00-05:00", 8 * 60)],
        bookings={"k": booking(1, "2026-12-01T14:00:00-05:00")},
    )


@pytest.fixture
async def talk(server: PartnerServer, clock: Clock) -> AsyncIterator[Talk]:
    async with talking(server, clock) as talk:
        yield talk


@pytest.fixture
async def stranger(server: PartnerServer, clock: Clock) -> AsyncIterator[Talk]:
    """Whose number is not on any appointment."""
    async with talking(server, clock, caller_number="+16465550111") as talk:
        yield talk


@pytest.fixture
async def chat(server: PartnerServer, clock: Clock) -> AsyncIterator[Talk]:
    async with talking(server, clock, caller_number=None) as talk:
        yield talk


def ways(talk: Talk, *ways: str) -> None:
    """Say how the practice makes sure of people, of whom Zoë was born on the third of March 1980."""
    talk.ctx.facts.identity = list(ways)  # type: ignore[arg-type] # names of ways
    talk.server.births[OWN] = "1980-03-03"


async def found(talk: Talk) -> str:
    result = await talk.calls("find_appointments")
    booking_id: str = result["appointments"][0]["booking_id"]
    return booking_id


async def agreed(talk: Talk, name: str, answer: str = "Yes, please.", /, **arguments: Any) -> dict[str, Any]:
    """Ask for a change, say its read-back, hear the answer and ask again."""
    read_back = await talk.calls(name, **arguments)
    talk.says(sentence_of(read_back))
    talk.hears(answer)
    return await talk.calls(name, **arguments)


async def thursday_at_three(talk: Talk, booking_id: str) -> dict[str, str]:
    result = await talk.calls("search_availability", when="thursday at three", booking_id=booking_id)
    return {"booking_id": booking_id, "slot_id": result["slots"][0]["slot_id"]}


class TestWhoHears:
    """Whose appointments are spoken of, and to whom."""

    async def test_the_number_that_the_carrier_names_is_enough(self, talk: Talk) -> None:
        result = await talk.calls("find_appointments")
        assert result["status"] == "found"
        assert result["say"] == f"You have a cleaning with Dr. Lee on {TUESDAY}"
        (one,) = result["appointments"]
        assert (one["booking_id"], one["start"], one["minutes"]) == ("bkg_1", "2026-12-01T14:00:00-05:00", 30)

    async def test_another_number_needs_its_name_and_the_date_of_birth(self, stranger: Talk) -> None:
        ways(stranger, "date_of_birth")
        assert (await stranger.calls("find_appointments"))["status"] == "none"
        assert (await stranger.calls("find_appointments", phone=OWN))["missing"] == ["name"]
        assert (await stranger.calls("find_appointments", name="zoe BELL"))["status"] == "none"
        known = {"name": "zoe BELL", "phone": "202 555 0199"}
        assert (await stranger.calls("find_appointments", **known))["missing"] == ["date_of_birth"]
        # The caller's own number alone was looked up.
        looked = {one.body["customer"]["phone"] for one in stranger.server.asked_for("/v1/bookings/search")}
        assert looked == {stranger.ctx.caller_number}
        said = "the third of march nineteen eighty"
        result = await stranger.calls("find_appointments", **known, date_of_birth=said)
        assert [one["booking_id"] for one in result["appointments"]] == ["bkg_1"]

    async def test_who_has_shown_who_they_are_is_not_asked_again(self, chat: Talk) -> None:
        ways(chat, "date_of_birth")
        known = {"name": "Zoe Bell", "phone": OWN}
        await chat.calls("find_appointments", **known, date_of_birth="3/3/1980")
        assert (await chat.calls("find_appointments", **known))["status"] == "found"
        other = await chat.calls("find_appointments", name="Tim Bell", phone=OWN)
        assert other["missing"] == ["date_of_birth"]

    async def test_a_date_that_was_said_when_booking_opens_that_booking_alone(self, chat: Talk) -> None:
        ways(chat, "date_of_birth")
        made = booking(2, "2026-12-04T09:00:00-05:00")
        made["customer"]["date_of_birth"] = "1999-01-02"
        chat.server.bookings["c"] = made
        known = {"name": "Zoe Bell", "phone": OWN}
        result = await chat.calls("find_appointments", **known, date_of_birth="January second 1999")
        assert [one["booking_id"] for one in result["appointments"]] == ["bkg_2"]

    async def test_a_wrong_name_number_or_date_and_nobody_at_all_sound_the_same(self, stranger: Talk) -> None:
        ways(stranger, "date_of_birth")
        tries = [
            ("Tom Hale", OWN, "1980-03-03"),
            ("Zoe Bell", OTHER, "1980-03-03"),
            ("Zoe Bell", OWN, "1980-03-04"),
        ]
        results = [
            await stranger.calls("find_appointments", name=name, phone=phone, date_of_birth=born)
            for name, phone, born in tries
        ]
        assert results == [results[0]] * 3
        assert results[0]["say"] == NOT_FOUND

    async def test_guessing_comes_to_an_end(self, stranger: Talk) -> None:
        ways(stranger, "date_of_birth")
        known = {"name": "Zoe Bell", "phone": OWN}
        for born in ("1980-03-04", "1980-03-05", "1980-03-06"):
            await stranger.calls("find_appointments", **known, date_of_birth=born)
        asked = len(stranger.server.asked)
        result = await stranger.calls("find_appointments", **known, date_of_birth="1980-03-03")
        assert (result["status"], result["stop"]) == ("none", True)
        assert len(stranger.server.asked) == asked

    async def test_a_number_that_the_carrier_doubts_proves_nothing(self, talk: Talk) -> None:
        ways(talk, "date_of_birth")
        talk.ctx.number_proves = False
        assert (await talk.calls("find_appointments"))["missing"] == ["name"]
        assert (await talk.calls("find_appointments", name="Zoe Bell"))["missing"] == ["date_of_birth"]
        assert talk.server.asked_for("/v1/bookings/search") == []
        born = "March 3rd, 1980"
        found = await talk.calls("find_appointments", name="Zoe Bell", date_of_birth=born)
        assert found["status"] == "found"

    async def test_a_code_is_offered_where_the_date_does_not_fit_and_proves_the_number(
        self, chat: Talk
    ) -> None:
        ways(chat, "date_of_birth", "code")
        known = {"name": "Zoe Bell", "phone": OWN}
        missed = await chat.calls("find_appointments", **known, date_of_birth="1980-03-04")
        assert (missed["missing"], OFFER_CODE in missed["say"]) == (["code"], True)
        sent = await chat.calls("find_appointments", **known, text_code=True)
        assert (sent["status"], sent["ask"]) == ("code_sent", "What's the code?")
        assert (await chat.calls("find_appointments", **known, code="31415"))["field"] == "code"
        assert (await chat.calls("find_appointments", **known, code="314150"))["missing"] == ["code"]
        assert chat.server.asked_for("/v1/bookings/search") == []
        said = "three one four, one five nine"
        assert (await chat.calls("find_appointments", **known, code=said))["status"] == "found"
        (asked,) = chat.server.asked_for("/v1/customers/send-code")
        assert (asked.body["customer"]["phone"], asked.body["conversation"]) == (OWN, "call-1")

    async def test_where_no_code_can_be_had_a_person_or_a_message_is_offered(self, chat: Talk) -> None:
        ways(chat, "code")
        chat.server.texts = False
        known = {"name": "Zoe Bell", "phone": OWN}
        assert (await chat.calls("find_appointments", **known))["say"] == OFFER_CODE
        result = await chat.calls("find_appointments", **known, text_code=True)
        assert (result["status"], result["say"].endswith("leave a message?")) == ("not_possible", True)

    async def test_who_may_only_read_has_no_code_texted(self, chat: Talk) -> None:
        ways(chat, "code")
        chat.ctx.reads_only = True
        result = await chat.calls("find_appointments", name="Zoe Bell", phone=OWN, text_code=True)
        assert (result["status"], chat.server.asked) == ("who", [])

    async def test_where_nobody_can_be_made_sure_of_nothing_is_looked_up(self, chat: Talk) -> None:
        for given in ({}, {"name": "Zoe Bell", "phone": OWN, "date_of_birth": "1980-03-03"}):
            result = await chat.calls("find_appointments", **given)
            assert (result["status"], result["say"]) == ("not_possible", NO_WAY)
        assert chat.server.asked == []

    async def test_nobody_is_the_caller_by_saying_so(self, chat: Talk) -> None:
        ways(chat, "date_of_birth")
        assert (await chat.calls("find_appointments", name="Zoe Bell", phone="caller"))["status"] == "who"

    async def test_a_name_narrows_what_a_family_has(self, talk: Talk) -> None:
        talk.server.bookings["c"] = booking(2, "2026-12-04T09:00:00-05:00", name="Tim Bell")
        both = await talk.calls("find_appointments")
        assert both["say"] == (
            f"You have a cleaning with Dr. Lee for Zoë Bell on {TUESDAY} and "
            "a cleaning with Dr. Lee for Tim Bell on Friday the fourth of December at nine a.m."
        )
        one = await talk.calls("find_appointments", name="tim bell")
        assert [it["booking_id"] for it in one["appointments"]] == ["bkg_2"]

    async def test_half_a_number_is_asked_for_again(self, stranger: Talk) -> None:
        ways(stranger, "date_of_birth")
        result = await stranger.calls("find_appointments", name="Zoe Bell", phone="555 0199")
        assert (result["status"], result["field"]) == ("invalid", "phone")

    async def test_what_has_begun_is_not_found(self, server: PartnerServer) -> None:
        clock = fixed_clock(datetime.fromisoformat("2026-12-01T14:05:00-05:00"))
        async with talking(server, clock) as talk:
            assert (await talk.calls("find_appointments"))["status"] == "none"

    async def test_a_server_without_the_search_and_one_in_trouble_are_told_apart(self, talk: Talk) -> None:
        talk.server.troubled_path = "/v1/bookings/search"
        talk.server.troubles = ["unsupported"]
        assert (await talk.calls("find_appointments"))["status"] == "not_possible"
        talk.server.troubles = ["down"] * 3
        assert (await talk.calls("find_appointments"))["status"] == "unavailable"

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("Zoë O'Brien-Bell", "zoe obrien bell", True),
            ("José María Núñez", "Nunez Jose Maria", True),
            ("McDonald Ann", "Ann Mc Donald", False),
            ("Ann McDonald", "Ann Mc Donald", True),
            ("Ann Bell", "Ann", False),
            ("", "", False),
        ],
    )
    def test_names_are_compared_by_their_letters(self, one: str, other: str, same: bool) -> None:
        assert same_name(one, other) is same


class TestCancelling:
    """A read-back, an answer, one cancellation."""

    async def test_the_first_call_reads_back_and_cancels_nothing(self, talk: Talk) -> None:
        result = await talk.calls("cancel_appointment", booking_id=await found(talk))
        assert result["status"] == "read_back"
        assert sentence_of(result) == f"That's your cleaning with Dr. Lee on {TUESDAY} Shall I cancel it?"
        assert talk.server.changes == {}

    async def test_whose_it_is_is_said_where_a_number_has_those_of_several(self, talk: Talk) -> None:
        talk.server.bookings["c"] = booking(2, "2026-12-02T10:00:00-05:00", name="Noah Bell")
        listed = (await talk.calls("find_appointments"))["appointments"]
        noahs = next(one["booking_id"] for one in listed if one["name"] == "Noah Bell")
        asked = sentence_of(await talk.calls("cancel_appointment", booking_id=noahs))
        assert asked.startswith("That's Noah's cleaning with Dr. Lee on Wednesday the second of December")

    async def test_it_cancels_after_the_read_back_was_heard_and_agreed_to(self, talk: Talk) -> None:
        result = await agreed(talk, "cancel_appointment", booking_id=await found(talk), reason="ill")
        assert result["status"] == "cancelled"
        assert (
            result["say"]
            == "Your cleaning with Dr. Lee on Tuesday the first of December at two p.m. is cancelled."
        )
        (asked,) = talk.server.asked_for("/v1/bookings/bkg_1/cancel")
        assert asked.body["cancellation"] == {"reason": "ill"}
        assert asked.key is not None

    @pytest.mark.parametrize(
        "answer", ["Cancel it.", "Yes, cancel it please.", "I don't need it any more.", "okay"]
    )
    async def test_any_yes_is_consent(self, talk: Talk, answer: str) -> None:
        result = await agreed(talk, "cancel_appointment", answer, booking_id=await found(talk))
        assert result["status"] == "cancelled"

    @pytest.mark.parametrize(
        "answer",
        [
            "No.",
            "No, keep it.",
            "Don't cancel it",
            "Actually, move it to Friday",
            "cancel the other one",
            "",
            "wait",
        ],
    )
    async def test_any_no_and_any_other_wish_is_none(self, talk: Talk, answer: str) -> None:
        result = await agreed(talk, "cancel_appointment", answer, booking_id=await found(talk))
        assert result["status"] == "not_agreed"
        assert talk.server.changes == {}

    async def test_a_read_back_that_was_cut_off_is_no_consent(self, talk: Talk) -> None:
        booking_id = await found(talk)
        await talk.calls("cancel_appointment", booking_id=booking_id)
        talk.says("That's your cleaning with Dr. Lee on\u2014")
        talk.hears("Yes yes.")
        assert (await talk.calls("cancel_appointment", booking_id=booking_id))["status"] == "read_back"

    async def test_an_id_that_nothing_here_returned_is_none(self, talk: Talk) -> None:
        result = await talk.calls("cancel_appointment", booking_id="bkg_1")
        assert (result["status"], result["field"]) == ("invalid", "booking_id")
        await found(talk)
        assert (await talk.calls("cancel_appointment", booking_id="bkg_2"))["status"] == "invalid"

    @pytest.mark.parametrize(("name", "status"), [("call_api", "found"), ("find_appointments", "none")])
    async def test_an_id_from_elsewhere_is_none(self, talk: Talk, name: str, status: str) -> None:
        shown = {"booking_id": "bkg_1", "start": "2026-12-01T14:00:00-05:00"}
        talk.keeps(name, {}, {"status": status, "appointments": [shown], "appointment": shown})
        assert (await talk.calls("cancel_appointment", booking_id="bkg_1"))["status"] == "invalid"

    async def test_cancelled_is_cancelled_however_often_it_is_asked_for(self, talk: Talk) -> None:
        booking_id = await found(talk)
        await agreed(talk, "cancel_appointment", booking_id=booking_id)
        talk.hears("Is it cancelled?")
        assert (await talk.calls("cancel_appointment", booking_id=booking_id))["status"] == "cancelled"
        assert len(talk.server.asked_for("/v1/bookings/bkg_1/cancel")) == 1

    async def test_what_was_booked_in_this_call_can_be_cancelled_in_it(self, talk: Talk) -> None:
        slots = await talk.calls("search_availability", when="thursday at three", service="cleaning")
        wish = {"slot_id": slots["slots"][0]["slot_id"], "name": "Zoe Bell", "phone": "caller"}
        made = await agreed(talk, "book_appointment", **wish)
        result = await agreed(talk, "cancel_appointment", booking_id=made["booking_id"])
        assert result["status"] == "cancelled"
        assert "Thursday the third" in result["say"]

    @pytest.mark.parametrize(
        ("trouble", "status", "say"),
        [
            ("pending", "pending", "have yet to confirm it. Until then it stays as it is"),
            ("under_way", "unknown", "can't tell you yet whether it went through. I've left a message"),
            ("silent", "unknown", "can't tell you yet whether it went through. I've left a message"),
            ("unsupported", "passed_on", "left a message for the team to cancel the cleaning"),
            ("refused", "refused", "didn't accept that, so your cleaning with Dr. Lee stays as it is"),
            ("missing", "refused", "doesn't know that appointment any more"),
            ("unreachable", "refused", "can't reach our calendar just now, so your cleaning"),
        ],
    )
    async def test_what_is_not_known_as_done_is_told_as_it_is(
        self, talk: Talk, trouble: Trouble, status: str, say: str
    ) -> None:
        booking_id = await found(talk)
        talk.server.troubled_path = "/v1/bookings/bkg_1/cancel"
        talk.server.troubles = [trouble] * 3
        talk.server.release.set()
        result = await agreed(talk, "cancel_appointment", booking_id=booking_id)
        assert result["status"] == status
        assert re.search(say, result["say"]), result["say"]
        left = list(talk.server.messages.values())
        assert len(left) == (status in ("unknown", "passed_on"))
        for one in left:
            assert one["customer"] == {"name": "Zoë Bell", "phone": OWN}
            assert "cancel the cleaning with Dr. Lee" in one["text"]
            assert "Tuesday the first of December" in one["text"]


class TestMoving:
    """The same, to a time that the calendar returned."""

    async def test_it_moves_after_both_times_were_heard(self, talk: Talk) -> None:
        wish = await thursday_at_three(talk, await found(talk))
        read_back = await talk.calls("reschedule_appointment", **wish)
        assert sentence_of(read_back) == (
            f"I'll move your cleaning with Dr. Lee from {TUESDAY} to {THURSDAY} Is that right?"
        )
        talk.says(sentence_of(read_back))
        talk.hears("Yes, move it.")
        result = await talk.calls("reschedule_appointment", **wish)
        assert (result["status"], result["say"]) == ("moved", f"Your cleaning is moved to {THURSDAY}")
        assert talk.server.bookings["k"]["start_at"] == "2026-12-03T20:00:00+00:00"

    async def test_a_search_for_it_keeps_length_service_and_person(self, talk: Talk) -> None:
        talk.server.windows.append(window("2026-12-03T09:00:00-05:00", 8 * 60, "p_ortiz"))
        result = await talk.calls(
            "search_availability", when="thursday afternoon", booking_id=await found(talk)
        )
        assert {(one["practitioner"], one["duration_minutes"]) for one in result["slots"]} == {
            ("Dr. Lee", 30)
        }
        assert result["service"]["name"] == "Cleaning"

    async def test_another_person_is_named_and_asked_for(self, talk: Talk) -> None:
        talk.server.windows[:] = [window("2026-12-03T09:00:00-05:00", 8 * 60, "p_ortiz")]
        booking_id = await found(talk)
        result = await talk.calls(
            "search_availability", when="thursday at three", booking_id=booking_id, practitioner="anyone"
        )
        wish = {"booking_id": booking_id, "slot_id": result["slots"][0]["slot_id"]}
        done = await agreed(talk, "reschedule_appointment", **wish)
        assert done["say"].endswith("at three p.m. with Dr. Ortiz.")
        (asked,) = talk.server.asked_for("/v1/bookings/bkg_1/reschedule")
        assert asked.body["booking"]["practitioner_id"] == "p_ortiz"

    @pytest.mark.parametrize(
        "answer", ["No", "make it four", "keep the old one", "cancel it instead", "wait"]
    )
    async def test_any_other_wish_moves_nothing(self, talk: Talk, answer: str) -> None:
        wish = await thursday_at_three(talk, await found(talk))
        assert (await agreed(talk, "reschedule_appointment", answer, **wish))["status"] == "not_agreed"
        assert talk.server.changes == {}

    async def test_there_and_back_and_there_again_are_three_moves(self, talk: Talk) -> None:
        talk.server.windows.append(window("2026-12-01T09:00:00-05:00", 8 * 60))
        there = await thursday_at_three(talk, await found(talk))
        back = await talk.calls("search_availability", when="december 1st at two", booking_id="bkg_1")
        back_wish = {"booking_id": "bkg_1", "slot_id": back["slots"][0]["slot_id"]}
        for wish in (there, back_wish, there):
            assert (await agreed(talk, "reschedule_appointment", **wish))["status"] == "moved"
        assert len(talk.server.changes) == 3
        assert talk.server.bookings["k"]["start_at"] == "2026-12-03T20:00:00+00:00"
        assert (await talk.calls("reschedule_appointment", **there))["status"] == "same"

    async def test_a_time_that_was_taken_meanwhile_is_replaced_by_others(self, talk: Talk) -> None:
        wish = await thursday_at_three(talk, await found(talk))
        talk.server.bookings["o"] = booking(2, "2026-12-03T20:00:00+00:00", OTHER)
        result = await agreed(talk, "reschedule_appointment", **wish)
        assert result["status"] == "taken"
        assert "12-03 15:00" not in local(result)
        assert len(result["slots"]) == 3

    async def test_a_platform_without_the_path_leaves_it_to_the_team(self, talk: Talk) -> None:
        wish = await thursday_at_three(talk, await found(talk))
        talk.server.troubled_path = "/v1/bookings/bkg_1/reschedule"
        talk.server.troubles = ["unsupported"]
        result = await agreed(talk, "reschedule_appointment", **wish)
        assert result["status"] == "passed_on"
        (left,) = talk.server.messages.values()
        assert f"move the cleaning with Dr. Lee to {THURSDAY}" in left["text"]

    async def test_an_appointment_that_was_cancelled_is_not_moved(self, talk: Talk) -> None:
        wish = await thursday_at_three(talk, await found(talk))
        await agreed(talk, "cancel_appointment", booking_id="bkg_1")
        assert (await talk.calls("reschedule_appointment", **wish))["status"] == "invalid"
