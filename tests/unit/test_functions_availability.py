"""``search_availability``: only free times, in the caller's own terms."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from kit.clock import Clock
from tests.fakes.clock import fixed_clock
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


async def test_each_of_several_alternatives_is_offered(talk: Talk) -> None:
    result = await talk.calls(
        "search_availability", when="tomorrow morning or Thursday after two", service="cleaning"
    )
    assert local(result) == ["12-01 09:00", "12-01 11:30", "12-03 14:00"]


async def test_what_is_ruled_out_is_not_offered(talk: Talk) -> None:
    result = await talk.calls(
        "search_availability", when="this week; mornings; not Tuesday", service="cleaning"
    )
    assert {one.split()[0] for one in local(result)} == {"12-02", "12-03"}


@pytest.mark.parametrize("when", ["any day", "any day but Saturday", "mornings"])
async def test_who_names_no_day_is_offered_times_of_one_week(
    server: PartnerServer, clock: Clock, when: str
) -> None:
    server.windows = [window(f"2026-12-{day:02}T09:00:00-05:00", FULL_DAY) for day in (1, 3, 7, 8, 10, 14)]
    async with talking(server, clock) as talk:
        result = await talk.calls("search_availability", when=when, service="cleaning")
    assert {one.split()[0] for one in local(result)} == {"12-01", "12-03", "12-07"}


async def test_a_repeated_wish_is_looked_for_beyond_the_first_weeks(
    server: PartnerServer, clock: Clock
) -> None:
    server.windows = [window("2027-01-13T09:00:00-05:00", FULL_DAY)]
    async with talking(server, clock) as talk:
        result = await talk.calls(
            "search_availability", when="only Wednesdays after four", service="cleaning"
        )
    assert (result["status"], local(result)) == ("ok", ["01-13 16:00", "01-13 16:15", "01-13 16:30"])


async def test_the_constraint_that_was_given_up_is_named(talk: Talk) -> None:
    evening = await talk.calls("search_availability", when="wednesday after two", service="cleaning")
    assert (evening["reason"], evening["gave_up"]) == ("full", ["time"])
    ruled_out = await talk.calls(
        "search_availability",
        when="next 3 days; not tuesday, not wednesday, not thursday",
        service="cleaning",
    )
    assert ruled_out["gave_up"] == ["exclusion"]
    assert "what you ruled out" in ruled_out["say"]
    talk.server.windows.append(window("2026-12-07T09:00:00-05:00", FULL_DAY))
    friday = await talk.calls("search_availability", when="friday afternoon", service="cleaning")
    assert (friday["reason"], friday["gave_up"]) == ("full", ["day"])
    assert all(one.split()[1] >= "12:00" for one in local(friday))


async def test_of_two_days_the_closed_one_and_the_full_one_are_told_apart(talk: Talk) -> None:
    result = await talk.calls("search_availability", when="Friday or Saturday", service="cleaning")
    assert result["say"].startswith(
        "I'm sorry, we're closed on Saturday the fifth of December, and there's nothing free on Friday the"
    )


async def test_a_day_that_is_full_with_one_person_only_is_said_so(talk: Talk) -> None:
    result = await talk.calls(
        "search_availability", when="tomorrow", service="cleaning", practitioner="Dr. Ortiz"
    )
    assert (result["status"], result["reason"], result["gave_up"]) == (
        "none",
        "person_full",
        ["practitioner"],
    )
    assert "Dr. Ortiz has nothing free tomorrow" in result["say"]
    assert "Dr. Lee is free on Tuesday the first of December" in result["say"]
    assert "with Dr. Ortiz the nearest is Wednesday the second" in result["say"]
    assert {one["practitioner"] for one in result["slots"]} == {"Dr. Lee", "Dr. Ortiz"}


async def test_who_will_see_nobody_else_is_offered_nobody_else(talk: Talk) -> None:
    wish = {"when": "tomorrow", "service": "cleaning", "practitioner": "Dr. Ortiz", "nobody_else": True}
    result = await talk.calls("search_availability", **wish)
    assert (result["status"], result["reason"]) == ("none", "person_full")
    assert "Dr. Ortiz has nothing free tomorrow" in result["say"]
    assert {one["practitioner"] for one in result["slots"]} == {"Dr. Ortiz"}


async def test_at_a_time_that_only_somebody_else_has_free_no_opening_is_offered_twice(talk: Talk) -> None:
    talk.server.windows = [
        window("2026-12-02T14:00:00-05:00", 30),
        window("2026-12-02T14:10:00-05:00", 30, "p_ortiz"),
    ]
    result = await talk.calls(
        "search_availability", when="wednesday at two", service="cleaning", practitioner="Dr. Ortiz"
    )
    assert local(result) == ["12-02 14:00", "12-02 14:10"]
    assert "Dr. Lee is free on Wednesday" in result["say"]
    assert len({(one["start"], one["practitioner"]) for one in result["slots"]}) == len(result["slots"])


def _profile(**does: list[str]) -> dict[str, Any]:
    practitioners = [one | {"service_ids": does[one["id"]]} for one in PROFILE["practice"]["practitioners"]]
    return PROFILE | {"practice": PROFILE["practice"] | {"practitioners": practitioners}}


async def test_who_does_not_do_a_service_is_said_with_the_times_of_who_does(
    server: PartnerServer, clock: Clock
) -> None:
    profile = _profile(p_lee=["svc_clean"], p_ortiz=["svc_check"])
    async with talking(server, clock, profile=profile) as talk:
        result = await talk.calls(
            "search_availability", when="tomorrow", service="cleaning", practitioner="Dr. Ortiz"
        )
    assert (result["status"], result["reason"]) == ("none", "not_done")
    assert result["say"].startswith("Dr. Ortiz doesn't do cleanings; Dr. Lee does. I have Tuesday the first")
    assert {one["practitioner"] for one in result["slots"]} == {"Dr. Lee"}


async def test_what_nobody_does_is_said_so(server: PartnerServer, clock: Clock) -> None:
    async with talking(server, clock, profile=_profile(p_lee=["svc_check"], p_ortiz=["svc_check"])) as talk:
        result = await talk.calls("search_availability", when="tomorrow", service="cleaning")
    assert (result["status"], result["reason"], result["slots"]) == ("none", "nobody", [])


async def test_what_the_practice_never_books_is_not_offered(server: PartnerServer, clock: Clock) -> None:
    rule = {"days": ["tuesday"], "services": ["Cleaning"], "say": "We have no hygienist on Tuesdays."}
    profile = PROFILE | {"practice": PROFILE["practice"] | {"rules": {"never_book": [rule]}}}
    async with talking(server, clock, profile=profile) as talk:
        tuesday = await talk.calls("search_availability", when="tomorrow", service="cleaning")
        soon = await talk.calls("search_availability", when="as soon as possible", service="cleaning")
    assert (tuesday["reason"], tuesday["say"].split(".")[0]) == ("never", "We have no hygienist on Tuesdays")
    assert local(soon)[0] == "12-02 09:00"


async def test_later_is_later_than_what_was_offered_then(talk: Talk) -> None:
    await talk.calls("search_availability", when="tomorrow morning", service="cleaning")
    later = await talk.calls("search_availability", when="tomorrow; later", service="cleaning")
    assert local(later)[0] > "12-01 11:30"
    # Asked again with more words, it is still later than what was offered for the words before.
    again = await talk.calls(
        "search_availability", when="tomorrow morning; later; please", service="cleaning"
    )
    assert local(again)[0] <= local(later)[0]


async def test_two_people_are_seen_side_by_side_or_one_after_the_other(
    server: PartnerServer, clock: Clock
) -> None:
    server.windows = [
        window("2026-12-01T09:00:00-05:00", 60, "p_lee"),
        window("2026-12-03T10:00:00-05:00", 30, "p_lee"),
        window("2026-12-03T10:00:00-05:00", 30, "p_ortiz"),
    ]
    async with talking(server, clock) as talk:
        result = await talk.calls("search_availability", when="this week", service="cleaning", patients=2)
    assert result["say"] == (
        "For two together I have Tuesday the first of December at nine a.m. and nine thirty a.m. or "
        "Thursday the third of December at ten a.m., side by side. Which suits you?"
    )
    assert [(one["group"], one["practitioner"]) for one in result["slots"]] == [
        (1, "Dr. Lee"), (1, "Dr. Lee"), (2, "Dr. Lee"), (2, "Dr. Ortiz"),
    ]  # fmt: skip
    assert local(result) == ["12-01 09:00", "12-01 09:30", "12-03 10:00", "12-03 10:00"]


async def test_people_who_cannot_come_together_are_told_so(server: PartnerServer, clock: Clock) -> None:
    server.windows = [window("2026-12-01T09:00:00-05:00", 30, "p_lee")]
    async with talking(server, clock) as talk:
        result = await talk.calls("search_availability", when="tomorrow", service="cleaning", patients=3)
    assert (result["status"], result["reason"], result["gave_up"]) == ("none", "not_together", ["together"])
    assert result["say"].startswith("I'm sorry, I don't have three appointments together then. One by one: I")


async def test_later_than_the_last_offer_is_searched_from_a_whole_minute_on(talk: Talk) -> None:
    first = await talk.calls("search_availability", when="tomorrow morning", service="cleaning")
    result = await talk.calls("search_availability", when="tomorrow morning; later", service="cleaning")
    asked = talk.server.asked[-1].body["query"]["filter"]["start_at_range"]
    assert local(first)[-1] not in local(result)
    assert asked["start_at"] == first["slots"][-1]["start"]


async def test_what_was_turned_down_is_not_offered_a_quarter_beside_itself(talk: Talk) -> None:
    refused = "tomorrow; not December 1 at 9:00 AM, not December 1 at 12:30 PM"
    result = await talk.calls("search_availability", when=refused, service="cleaning")
    assert local(result)[0] == "12-01 10:00"


async def test_nothing_else_is_free_where_all_that_was_free_was_turned_down(talk: Talk) -> None:
    result = await talk.calls(
        "search_availability", when="tomorrow morning; not on December 1 in the morning", service="cleaning"
    )
    assert result["say"].startswith("I'm sorry, there's nothing else free tomorrow")
