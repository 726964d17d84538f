"""``search_availability``: only free times, in the caller's own terms."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from kit.clock import Clock, fixed_clock
from tests.fakes.partner_server import PartnerServer
from tests.fakes.tool_conversation import PROFILE, Talk, local, talking, window

FULL_DAY = 8 * 60


@pytest.fixture
def server() -> PartnerServer:
    """Free on Tuesday and Thursday, all day, with Dr. Lee; on Wednesday with Dr. Ortiz until noon."""
    return PartnerServer(
        windows=[
            window("2026-12-01T09:00:00-05:00", FULL_DAY),
            window("2026-12-02T09:00:00-05:00", 3 * 60, "p_ortiz"),
            window("2026-12-03T09:00:00-05:00", FULL_DAY),
        ]
    )


@pytest.fixture
async def talk(server: PartnerServer, clock: Clock) -> AsyncIterator[Talk]:
    async with talking(server, clock) as talk:
        yield talk


async def test_offers_are_spread_over_the_day_beginning_with_the_earliest(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="tomorrow", service="cleaning")
    assert result["status"] == "ok"
    assert local(result) == ["12-01 09:00", "12-01 12:30", "12-01 16:30"]
    assert result["more"] is True
    assert result["service"] == {"id": "svc_clean", "name": "Cleaning", "duration_minutes": 30}
    assert result["slots"][0]["spoken"] == "Tuesday the first of December at nine a.m."
    assert result["slots"][0]["practitioner"] == "Dr. Lee"
    assert result["say"].startswith(
        "I have Tuesday the first of December at nine a.m., twelve thirty p.m., or four"
    )


async def test_a_named_time_that_is_free_comes_first(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="tomorrow at two", service="cleaning")
    assert local(result)[0] == "12-01 14:00"
    assert result["asked_time_is_free"] is True


async def test_a_named_time_that_is_not_free_gives_its_nearest_neighbours_and_says_so(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="wednesday at two", service="cleaning")
    assert result["status"] == "ok"
    assert local(result)[0] == "12-02 11:30"
    assert result["asked_time_is_free"] is False
    assert result["say"].startswith("I don't have two p.m.")


async def test_a_part_of_the_day_bounds_the_offers(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="Thursday afternoon", service="checkup")
    assert local(result) == ["12-03 12:00", "12-03 14:00", "12-03 16:00"]


async def test_a_part_of_the_day_holds_on_every_day_of_a_week(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="this week in the afternoon", service="cleaning")
    assert {one.split()[0] for one in local(result)} == {"12-01", "12-03"}
    assert all(one.split()[1] >= "12:00" for one in local(result))


async def test_a_clock_time_without_a_day_is_kept_on_each_day(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="at three o'clock", service="cleaning")
    assert local(result) == ["12-01 15:00", "12-03 15:00"]


async def test_as_soon_as_possible_offers_the_first_two_days(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="as soon as possible", service="cleaning")
    assert local(result)[0] == "12-01 09:00"
    assert {one.split()[0] for one in local(result)} == {"12-01", "12-02"}


async def test_a_full_day_gives_the_nearest_other_times(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="wednesday afternoon", service="cleaning")
    assert (result["status"], result["reason"]) == ("none", "full")
    assert local(result) == ["12-02 11:00", "12-02 11:15", "12-02 11:30"]
    assert "nothing free on Wednesday the second of December, in the afternoon" in result["say"]


async def test_a_closed_day_is_named_as_closed(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="saturday", service="cleaning")
    assert (result["status"], result["reason"]) == ("none", "closed")
    assert result["say"].startswith("I'm sorry, we're closed on Saturday the fifth of December.")


async def test_a_holiday_is_named_with_its_reason(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="december 25th", service="cleaning")
    assert "closed on Friday the twenty-fifth of December for Christmas Day" in result["say"]


async def test_a_time_outside_opening_hours_says_the_hours(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="tomorrow at seven p.m.", service="cleaning")
    assert result["reason"] == "closed"
    assert "on Tuesdays we're open from nine a.m. to five p.m." in result["say"]
    assert local(result) == ["12-01 16:00", "12-01 16:15", "12-01 16:30"]


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("yesterday", "past"),
        ("today at eight a.m.", "past"),
        ("today at 9:30", "too_soon"),
        ("next june", "too_far"),
    ],
)
async def test_what_cannot_be_booked_gives_its_reason(talk: Talk, when: str, reason: str) -> None:
    result = await talk.calls("search_availability", when=when, service="cleaning")
    assert (result["status"], result["reason"]) == ("none", reason)


async def test_no_offer_is_sooner_than_the_practice_wants(server: PartnerServer) -> None:
    server.windows = [window("2026-12-01T09:00:00-05:00", FULL_DAY)]
    now = fixed_clock(datetime(2026, 12, 1, 15, 7, tzinfo=UTC))
    async with talking(server, now) as talk:
        result = await talk.calls("search_availability", when="today", service="cleaning")
    assert local(result)[0] == "12-01 11:15"


async def test_an_unknown_service_is_asked_about(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="tomorrow", service="root canal")
    assert (result["status"], result["about"]) == ("ask", "service")
    assert result["say"] == "Which of these is it: a cleaning or a checkup?"


async def test_a_missing_service_is_asked_for(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="tomorrow")
    assert result["say"] == "What would you like to come in for: a cleaning or a checkup?"


@pytest.mark.parametrize(
    "said", ["Cleaning", "a teeth cleaning", "see the hygienist", "get my teeth cleaned"]
)
async def test_a_service_is_known_by_its_name_and_by_what_callers_call_it(talk: Talk, said: str) -> None:
    result = await talk.calls("search_availability", when="tomorrow", service=said)
    assert result["service"]["id"] == "svc_clean"


async def test_a_wish_for_a_practitioner_is_kept_even_when_the_platform_ignores_it(talk: Talk) -> None:
    result = await talk.calls(
        "search_availability", when="this week", service="cleaning", practitioner="doctor ortiz"
    )
    assert {one["practitioner"] for one in result["slots"]} == {"Dr. Ortiz"}
    assert talk.server.asked[-1].body["query"]["filter"]["practitioner_id"] == "p_ortiz"


async def test_an_unknown_practitioner_is_asked_about(talk: Talk) -> None:
    result = await talk.calls(
        "search_availability", when="tomorrow", service="cleaning", practitioner="Dr. House"
    )
    assert (result["status"], result["about"]) == ("ask", "practitioner")


async def test_anybody_is_no_wish(talk: Talk) -> None:
    result = await talk.calls(
        "search_availability", when="tomorrow", service="cleaning", practitioner="anyone"
    )
    assert result["status"] == "ok"


async def test_unclear_words_give_the_question_to_ask(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="Tuesday the third", service="cleaning")
    assert (result["status"], result["about"]) == ("ask", "when")


async def test_a_calendar_that_is_down_is_said_to_be_out_of_reach(talk: Talk) -> None:
    talk.server.troubled_path = "/v1/availability/search"
    talk.server.troubles = ["down", "down", "down"]
    result = await talk.calls("search_availability", when="tomorrow", service="cleaning")
    assert result["status"] == "unavailable"
    assert "can't reach our calendar" in result["say"]


async def test_a_server_that_knows_no_services_is_asked_for_the_default_length(clock: Clock) -> None:
    server = PartnerServer(windows=[window("2026-12-01T09:00:00-05:00", 60, None)])
    bare = {key: value for key, value in PROFILE.items() if key != "practice"}
    async with talking(server, clock, profile=bare) as talk:
        result = await talk.calls("search_availability", when="tomorrow")
    assert local(result) == ["12-01 09:00", "12-01 09:15", "12-01 09:30"]
    assert result["slots"][0]["duration_minutes"] == 30
    assert "service" not in result


async def test_the_endpoint_is_asked_with_explicit_offsets(talk: Talk) -> None:
    await talk.calls("search_availability", when="tomorrow", service="cleaning")
    asked = talk.server.asked[-1].body["query"]["filter"]
    assert asked["start_at_range"] == {
        "start_at": "2026-12-01T00:00:00-05:00",
        "end_at": "2026-12-02T00:00:00-05:00",
    }
    assert (asked["service_id"], asked["duration_minutes"]) == ("svc_clean", 30)
