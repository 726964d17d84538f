"""What Twilio is told while the records are away, while the server stops, and when no more calls fit."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from config.settings import AdmissionSettings, CallSettings
from tests.fakes.app import BASE, AppUnderTest, run_app
from tests.fakes.outages import read_only
from tests.integration.test_twilio_api import twiml, verbs, words
from tools.context import Ending
from webhooks.media_link import CallRecord

RULES = CallSettings(failed_streams=3, give_up_seconds=30, hold_seconds=2)
FEW = AdmissionSettings(calls=2, calls_of_a_caller=2)


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template, call=RULES, admission=FEW) as app:
        yield app


async def lose_the_records(app: AppUnderTest) -> None:
    await app.services.database.dispose()
    (app.settings.data_dir / "chairside.db").unlink()
    (app.settings.data_dir / "chairside.db").mkdir()


def next_of(response: httpx.Response) -> str:
    redirect = twiml(response).find("./Redirect")
    assert redirect is not None
    return (redirect.text or "").removeprefix(BASE).partition("#")[0]


async def without_a_number(app: AppUnderTest) -> None:
    """Take the practice's own number away, and let the server learn of it by a call."""
    path, body = f"/v1/bots/{app.demo.bot_id}", {"transfer_number": None}
    assert (await app.client.patch(path, json=body, headers=app.partner())).status_code == 200
    await app.twilio("/twilio/voice", {**app.incoming("CA0"), "From": "+12025550100"})


async def test_a_stream_that_is_never_admitted_is_given_up_and_the_practice_rung(app: AppUnderTest) -> None:
    answer = await app.twilio("/twilio/voice", app.incoming())
    seen = []
    while "Redirect" in verbs(answer):
        answer = await app.twilio(next_of(answer), app.incoming())
        seen.append(verbs(answer))
    again, held = ["Connect", "Redirect"], ["Say", "Pause", "Connect", "Redirect"]
    assert seen == [again, held, held, ["Say", "Dial"]]
    assert "trouble with the line" in words(answer)


async def test_a_stream_that_was_admitted_begins_the_count_anew(app: AppUnderTest) -> None:
    answer = await app.twilio("/twilio/voice", app.incoming())
    for connection in range(1, 5):
        await app.services.calls.connect("CA1")
        answer = await app.twilio(next_of(answer), app.incoming())
        assert verbs(answer) == ["Connect", "Redirect"]
        assert f"n={connection}" in next_of(answer)


async def test_a_count_that_somebody_else_made_up_counts_for_nothing(app: AppUnderTest) -> None:
    await app.twilio("/twilio/voice", app.incoming())
    unsigned = await app.client.post("/twilio/voice/next?tries=99&since=1&n=0", data=app.incoming())
    assert unsigned.status_code == 403
    odd = await app.twilio("/twilio/voice/next?tries=-1&since=x&n=%20", app.incoming())
    assert verbs(odd) == ["Connect", "Redirect"]


async def test_while_the_records_are_away_a_call_in_progress_is_held_and_then_sent_on(
    app: AppUnderTest,
) -> None:
    answer = await app.twilio("/twilio/voice", app.incoming())
    await lose_the_records(app)
    held = []
    while "Redirect" in verbs(answer):
        answer = await app.twilio(next_of(answer), app.incoming())
        held.append(verbs(answer))
    assert held == [*[["Say", "Pause", "Redirect"]] * 3, ["Say", "Dial"]]


async def test_nobody_is_held_for_longer_than_told(app: AppUnderTest) -> None:
    answer = await app.twilio("/twilio/voice", app.incoming())
    await lose_the_records(app)
    answer = await app.twilio(next_of(answer), app.incoming())
    app.wall.move(seconds=31)
    assert verbs(await app.twilio(next_of(answer), app.incoming())) == ["Say", "Dial"]


async def test_who_was_told_goodbye_is_not_connected_again_while_the_records_take_no_writes(
    app: AppUnderTest,
) -> None:
    going_on = await app.twilio("/twilio/voice", app.incoming())
    connection = await app.services.calls.connect("CA1")
    await app.services.calls.take_over("CA1", connection)
    record = CallRecord(app.services.calls, "CA1", connection)
    goodbye = Ending("hang_up", "the caller is done")
    assert verbs(await app.twilio(next_of(going_on), app.incoming())) == ["Connect", "Redirect"]
    async with app.services.database.session():  # somebody else writes
        record.ends(goodbye)
        assert verbs(await app.twilio(next_of(going_on), app.incoming())) == ["Hangup"]
    await record.end(goodbye)
    assert verbs(await app.twilio(next_of(going_on), app.incoming())) == ["Hangup"]


async def test_a_later_stream_does_not_end_as_the_one_before_it_would_have(app: AppUnderTest) -> None:
    going_on = await app.twilio("/twilio/voice", app.incoming())
    CallRecord(app.services.calls, "CA1", await app.services.calls.connect("CA1")).ends(Ending("hang_up", ""))
    await app.services.calls.take_over("CA1", await app.services.calls.connect("CA1"))
    assert verbs(await app.twilio(next_of(going_on), app.incoming())) == ["Connect", "Redirect"]


async def test_while_the_records_take_no_writes_nobody_is_kept_for_long(app: AppUnderTest) -> None:
    going_on = await app.twilio("/twilio/voice", app.incoming())
    await app.services.database.dispose()
    with read_only(app.settings.data_dir) as is_so:
        if not is_so:
            pytest.skip("this machine lets nobody mount")
        ready = await app.client.get("/health/ready")
        assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "failing")
        caller = {**app.incoming("CA2"), "From": "+12025550101"}
        assert verbs(await app.twilio("/twilio/voice", caller)) == ["Say", "Dial"]
        partner = await app.client.get(f"/v1/bots/{app.demo.bot_id}", headers=app.partner())
        assert partner.status_code == 200, "what is only read is still there"
        asked = 0
        while "Redirect" in verbs(going_on):
            going_on = await app.twilio(next_of(going_on), app.incoming())
            asked += 1
        assert (asked, verbs(going_on)) == (RULES.failed_streams + 1, ["Say", "Dial"])
        await app.services.database.dispose()
    assert verbs(await app.twilio("/twilio/voice", caller)) == ["Connect", "Redirect"]
    assert (await app.client.get("/health/ready")).json()["checks"]["database"] == "ok"


async def test_while_the_records_are_away_a_new_caller_reaches_the_practice_s_own_number(
    app: AppUnderTest,
) -> None:
    await lose_the_records(app)
    response = await app.twilio("/twilio/voice", app.incoming())
    assert verbs(response) == ["Say", "Dial"]
    dial = twiml(response).find("./Dial")
    assert dial is not None
    assert dial.attrib["action"].startswith("http://testserver/twilio/voice/overflow")


async def test_without_a_known_number_twilio_is_told_to_try_again_and_ask_the_fallback(
    app: AppUnderTest,
) -> None:
    await without_a_number(app)
    await lose_the_records(app)
    response = await app.twilio("/twilio/voice", app.incoming())
    assert (response.status_code, response.content) == (503, b"")


async def test_where_trying_again_does_not_help_the_caller_hears_an_apology(app: AppUnderTest) -> None:
    await app.twilio("/twilio/voice", app.incoming())
    await lose_the_records(app)
    response = await app.twilio("/twilio/voice/dialled", app.incoming())
    assert verbs(response) == ["Say", "Hangup"]


@pytest.mark.parametrize(("status", "then"), [("completed", ["Hangup"]), ("busy", ["Say", "Record"])])
async def test_after_the_practice_was_rung_a_message_is_taken_unless_somebody_answered(
    app: AppUnderTest, status: str, then: list[str]
) -> None:
    fields = {**app.incoming(), "DialCallStatus": status}
    assert verbs(await app.twilio("/twilio/voice/overflow", fields))[: len(then)] == then


async def test_a_message_of_a_caller_whom_the_bot_never_took_reaches_the_practice(app: AppUnderTest) -> None:
    fields = {**app.incoming("CA9"), "RecordingSid": "RE9"}
    assert verbs(await app.twilio("/twilio/voice/recorded", fields)) == ["Say", "Hangup"]
    (message,) = (await app.services.messages.list_of_sites(None)).messages
    assert (message.kind, message.customer.phone) == ("voicemail", "+12025550100")


async def test_calls_beyond_what_fits_go_to_the_practice(app: AppUnderTest) -> None:
    for number in range(2):
        fields = {**app.incoming(f"CA{number}"), "From": f"+1202555010{number}"}
        assert verbs(await app.twilio("/twilio/voice", fields)) == ["Connect", "Redirect"]
    assert (await app.client.get("/health/ready")).json()["checks"]["capacity"] == "failing"
    response = await app.twilio("/twilio/voice", {**app.incoming("CA9"), "From": "+12025550109"})
    assert verbs(response) == ["Say", "Dial"]
    assert "busy" in words(response)
    # A call that was let in stays so when Twilio asks again.
    fields = {**app.incoming("CA0"), "From": "+12025550100"}
    assert verbs(await app.twilio("/twilio/voice", fields)) == ["Connect", "Redirect"]


async def test_where_nobody_can_be_rung_a_caller_waits_for_a_place_and_then_leaves_a_message(
    app: AppUnderTest,
) -> None:
    await without_a_number(app)
    for number in range(2):
        await app.twilio("/twilio/voice", {**app.incoming(f"CA{number}"), "From": f"+1202555010{number}"})
    fields = {**app.incoming("CA9"), "From": "+12025550109"}
    answer = await app.twilio("/twilio/voice?ward=3", fields)
    assert verbs(answer) == ["Say", "Pause", "Redirect"]
    assert next_of(answer).startswith("/twilio/voice?ward=3&tries=1&")
    app.wall.move(seconds=31)
    answer = await app.twilio(next_of(answer), fields)
    assert verbs(answer)[:2] == ["Say", "Record"]


async def test_one_caller_cannot_take_all_lines(app: AppUnderTest) -> None:
    for number in range(2):
        assert "Connect" in verbs(await app.twilio("/twilio/voice", app.incoming(f"CA{number}")))
    assert verbs(await app.twilio("/twilio/voice", app.incoming("CA9"))) == ["Reject"]


async def test_a_stopping_server_sends_new_callers_to_the_practice(app: AppUnderTest) -> None:
    await app.twilio("/twilio/voice", app.incoming("CA1"))
    app.services.in_progress.draining = True
    assert verbs(await app.twilio("/twilio/voice", app.incoming("CA2"))) == ["Say", "Dial"]
    assert verbs(await app.twilio("/twilio/voice/next", app.incoming("CA1"))) == ["Connect", "Redirect"]


async def test_a_server_that_its_calls_leave_connects_none_of_them_again(app: AppUnderTest) -> None:
    await app.twilio("/twilio/voice", app.incoming("CA1"))
    app.services.in_progress.draining = app.services.in_progress.leaving = True
    answer = await app.twilio("/twilio/voice/next", app.incoming("CA1"))
    assert "Connect" not in verbs(answer)
    assert verbs(answer)[-1] == "Redirect"
    assert answer.headers["Connection"] == "close"
