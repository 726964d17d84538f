"""Look-ups, bookings and their changes, holds: as a partner sees them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from config.settings import RelaySettings
from tests.fakes.bots import create_bot
from tests.fakes.calendar import cancellation
from tests.fakes.partner_app import CUSTOMER, START, PartnerApp, booking_for, error, run_partner_app
from tests.fakes.platform import answers, later

LATER = "2026-12-03T14:00:00-05:00"


@pytest.fixture
async def api(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[PartnerApp]:
    relay = RelaySettings(first_pause_seconds=0.01, attempts=2)
    async with run_partner_app(tmp_path, sqlite_template, relay=relay) as api:
        yield api


def slot(api: PartnerApp, bot: str | None = None) -> dict[str, object]:
    return {"bot_id": bot or api.embedded, "slot": {"start_at": START, "duration_minutes": 30}}


async def test_a_booking_can_be_got_moved_and_cancelled(api: PartnerApp) -> None:
    made = (await api.book(api.embedded, "b")).json()["booking"]
    path = f"/v1/bookings/{made['id']}"
    assert (await api.get(path)).json()["booking"] == made

    moved = await api.post(
        f"{path}/reschedule", {"bot_id": api.embedded, "booking": {"start_at": LATER}}, "move"
    )
    assert moved.status_code == 200, moved.text
    assert (moved.json()["booking"]["id"], moved.json()["booking"]["start_at"]) == (
        made["id"],
        "2026-12-03T19:00:00Z",
    )
    assert (await api.get(path)).json()["booking"]["start_at"] == "2026-12-03T19:00:00Z"

    cancelled = await api.post(f"{path}/cancel", {"bot_id": api.embedded}, "cancel")
    assert cancelled.json()["booking"]["status"] == "cancelled"
    assert (await api.get(path, bot_id=api.embedded)).json()["booking"]["status"] == "cancelled"


async def test_a_repeated_change_is_replayed_and_says_so(api: PartnerApp) -> None:
    made = (await api.book(api.external, "b")).json()["booking"]
    path, body = (
        f"/v1/bookings/{made['id']}/cancel",
        {"bot_id": api.external, "cancellation": {"reason": "ill"}},
    )
    first = await api.post(path, body, "c")
    again = await api.post(path, body, "c")
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [path for path, _ in api.platform.requests].count("/hooks/bookings/1/cancel") == 1


async def test_every_door_takes_a_trailing_slash(api: PartnerApp) -> None:
    made = (await api.book(api.embedded, "b")).json()["booking"]
    path = f"/v1/bookings/{made['id']}"
    assert (await api.get(f"{path}/")).status_code == 200
    moved = {"bot_id": api.embedded, "booking": {"start_at": LATER}}
    assert (await api.post(f"{path}/reschedule/", moved, "m")).status_code == 200
    assert (await api.post(f"{path}/cancel/", {"bot_id": api.embedded}, "c")).status_code == 200
    assert (await api.post("/v1/slots/hold/", slot(api), "h")).status_code == 201
    lookup = {"bot_id": api.embedded, "customer": {"phone": CUSTOMER["phone"]}}
    assert (await api.post("/v1/customers/lookup/", lookup)).json()["found"] is True


async def test_only_the_contracts_own_endpoints_go_without_the_version(api: PartnerApp) -> None:
    for path in ("/slots/hold", "/customers/lookup", "/bookings/1/cancel", "/messages", "/bots"):
        assert error(await api.post(path, slot(api), "k")) == (404, "not_found"), path


async def test_a_held_slot_is_kept_for_its_booking(api: PartnerApp) -> None:
    held = await api.post("/v1/slots/hold", slot(api), "h")
    assert held.status_code == 201, held.text
    hold = held.json()["hold"]
    assert hold["id"].startswith("hold_")
    again = await api.post("/v1/slots/hold", slot(api), "h")
    assert (again.status_code, again.json()["hold"]["id"]) == (200, hold["id"])
    assert "Idempotency-Replayed" not in held.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    practitioner = hold["practitioner"]["id"]
    refused = await api.post(
        "/v1/bookings", booking_for(api.embedded, START, practitioner_id=practitioner), "other"
    )
    assert error(refused) == (409, "slot_unavailable")
    body = booking_for(api.embedded, START, practitioner_id=practitioner, hold_id=hold["id"])
    assert (await api.post("/v1/bookings", body, "own")).status_code == 201


async def test_a_key_holds_one_time_and_says_when_it_is_asked_for_another(api: PartnerApp) -> None:
    hold = (await api.post("/v1/slots/hold", slot(api), "h")).json()["hold"]
    wanted = {"start_at": START, "duration_minutes": 30}
    same: list[dict[str, Any]] = [{}, {"duration_minutes": 30.0}, {"practitioner_id": "any"}]
    other: list[dict[str, Any]] = [
        {"start_at": LATER},
        {"duration_minutes": 45},
        {"practitioner_id": "prov_other"},
    ]
    for changes in [*same, *other, {"practitioner_id": hold["practitioner"]["id"]}]:
        body = {"bot_id": api.embedded, "slot": {**wanted, **changes}}
        again = await api.post("/v1/slots/hold", body, "h")
        assert (again.status_code, again.json()["hold"]) == (200, hold), changes
        assert ("Idempotency-Key-Mismatch" in again.headers) == (changes in other), changes
    await api.app.services.partners.set_strictness(api.partner_id, strict=True)
    body = {"bot_id": api.embedded, "slot": {**wanted, "start_at": LATER}}
    assert error(await api.post("/v1/slots/hold", body, "h")) == (409, "idempotency_key_reused")
    assert (await api.post("/v1/slots/hold", slot(api), "h")).status_code == 200


async def test_a_key_leaves_one_message_and_says_when_another_was_not_left(api: PartnerApp) -> None:
    def body(text: str, name: str | None = "Anna") -> dict[str, object]:
        return {"bot_id": api.external, "message": {"text": text, "customer": {"name": name}}}

    first = await api.post("/v1/messages", body("Call me"), "m")
    for said, mismatch in (
        (body("Call me "), False),
        (body("Write to me"), True),
        (body("Call me", "Al"), True),
    ):
        again = await api.post("/v1/messages", said, "m")
        assert (again.status_code, again.json()) == (200, first.json())
        assert ("Idempotency-Key-Mismatch" in again.headers) == mismatch
    await api.app.services.partners.set_strictness(api.partner_id, strict=True)
    assert error(await api.post("/v1/messages", body("Write to me"), "m")) == (409, "idempotency_key_reused")
    assert (await api.post("/v1/messages", body("Call me"), "m")).status_code == 200


async def test_a_platform_outside_holds_nothing(api: PartnerApp) -> None:
    assert error(await api.post("/v1/slots/hold", slot(api, api.external), "h")) == (
        501,
        "not_supported_by_platform",
    )


@pytest.mark.parametrize("change", ["cancel", "reschedule"])
async def test_a_platform_without_such_a_path_does_not_support_it(api: PartnerApp, change: str) -> None:
    made = (await api.book(api.external, "b")).json()["booking"]
    api.platform.lacks_changes = answers(404, content=b"<h1>Not found</h1>")
    body = {"bot_id": api.external, "booking": {"start_at": LATER}}
    response = await api.post(f"/v1/bookings/{made['id']}/{change}", body, "c")
    assert error(response) == (501, "not_supported_by_platform")


async def test_a_platforms_refusal_is_passed_on_verbatim(api: PartnerApp) -> None:
    verbatim = {"error": {"code": "blackout", "message": "Nobody is here."}, "hint": [1]}
    api.platform.before.append(answers(410, verbatim))
    response = await api.book(api.external, "b")
    assert (response.status_code, response.json()) == (410, verbatim)


async def test_a_platforms_429_says_when_to_come_again(api: PartnerApp) -> None:
    for said, passed_on in (("7", "7"), ("99999999", "86400"), ("soon", None)):
        api.platform.before.append(later(429, said))
        response = await api.book(api.external, "b")
        assert error(response) == (429, "later")
        assert response.headers.get("Retry-After") == passed_on


async def test_a_platforms_401_is_not_the_partners(api: PartnerApp) -> None:
    api.platform.before.append(answers(401, {"error": {"code": "invalid_signature", "message": "No."}}))
    response = await api.book(api.external, "b")
    assert error(response) == (502, "webhook_rejected")
    assert "WWW-Authenticate" not in response.headers


STRANGE_IDS = ["1", "a/b", "a b?c#d", "50%", "%2F", "Ünïcode ✓", "x" * 255, "bookings", "cancel"]


async def test_ids_of_other_platforms_are_taken_as_they_are(api: PartnerApp) -> None:
    for booking_id in STRANGE_IDS:
        made = {"id": booking_id, "status": "accepted", "start_at": START}
        api.platform.before.append(answers(201, {"booking": made}))
        assert (await api.book(api.external, f"book {booking_id[:9].encode().hex()}")).status_code == 201
        path = f"/v1/bookings/{quote(booking_id, safe='')}"
        assert (await api.get(path)).json()["booking"]["id"] == booking_id
        api.platform.before.append(answers(200, {"booking": {**made, "status": "cancelled"}}))
        key = f"cancel {booking_id[:9].encode().hex()}"
        cancelled = await api.post(f"{path}/cancel", {"bot_id": api.external}, key)
        assert cancelled.status_code == 200, cancelled.text
        assert api.platform.requests[-1][0] == f"/hooks/bookings/{quote(booking_id, safe='')}/cancel"


async def test_an_id_that_nothing_has_finds_nothing(api: PartnerApp) -> None:
    for segment in ("unknown", "intent_nothing", "%20"):
        assert error(await api.get(f"/v1/bookings/{segment}")) == (404, "booking_not_found")


async def test_an_id_that_nothing_can_have_is_relayed_to_nobody(api: PartnerApp) -> None:
    for segment in ("x" * 256, "%00", "a%0Ab", "a%C2%85", "%ff", "%ED%A0%80"):
        response = await api.post(f"/v1/bookings/{segment}/cancel", {"bot_id": api.external}, "c")
        assert error(response) == (404, "booking_not_found"), segment
    assert api.platform.requests == []


async def test_a_slash_that_is_not_encoded_parts_the_path(api: PartnerApp) -> None:
    assert error(await api.get("/v1/bookings/a/b")) == (404, "not_found")
    assert error(await api.get("/v1/bookings/a/cancel")) == (405, "method_not_allowed")


async def test_a_method_that_a_path_has_not_is_refused_with_those_that_it_has(api: PartnerApp) -> None:
    allowed = {
        "/v1/bookings": "POST",
        "/v1/bookings/": "POST",
        "/bookings": "POST",
        "/v1/bookings/7": "GET, HEAD",
        "/v1/bookings/7/cancel/": "POST",
        "/v1/bots": "GET, HEAD, POST",
        f"/v1/bots/{api.embedded}": "GET, HEAD, PATCH, DELETE",
    }
    for path, methods in allowed.items():
        response = await api.app.client.put(path, headers=api.app.partner())
        assert error(response) == (405, "method_not_allowed")
        assert response.headers["Allow"] == methods
    for method in ("GET", "HEAD", "DELETE", "OPTIONS"):
        response = await api.app.client.request(method, "/v1/bookings/search", headers=api.app.partner())
        assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    for path in ("/v1", "/v1/", "/v2/bookings", "/v1/bookings/7/confirm", "/v1//bookings"):
        assert error(await api.post(path, {}, "k")) == (404, "not_found"), path


async def test_a_booking_of_two_bots_has_to_be_told_apart(api: PartnerApp) -> None:
    other = await create_bot(
        api.app.services.bots,
        api.partner_id,
        name="Oak Street",
        account_id="acct_oakstreet",
        webhook_url="https://platform.example.com/hooks",
        webhook_secret=api.platform.secret,
    )
    for bot, key in ((api.external, "a"), (other.id, "b")):
        api.platform.before.append(answers(201, {"booking": {"id": "7", "status": key, "start_at": START}}))
        assert (await api.book(bot, key)).status_code == 201
    assert error(await api.get("/v1/bookings/7")) == (400, "invalid_request")
    assert (await api.get("/v1/bookings/7", bot_id=other.id)).json()["booking"]["status"] == "b"
    assert error(await api.get("/v1/bookings/7", bot_id=" ")) == (400, "invalid_request")
    assert error(await api.get("/v1/bookings/7", bot_id="bot_nobody")) == (404, "bot_not_found")


async def test_a_booking_outlives_its_bot(api: PartnerApp) -> None:
    made = (await api.book(api.external, "b")).json()["booking"]
    await api.app.services.bots.delete_bot(api.partner_id, api.external)
    assert (await api.get(f"/v1/bookings/{made['id']}")).json()["booking"]["id"] == made["id"]


@pytest.mark.parametrize("deleted", [False, True])
async def test_what_the_practice_changed_itself_is_told_without_naming_the_bot(
    api: PartnerApp, deleted: bool
) -> None:
    made = (await api.book(api.embedded, "b")).json()["booking"]
    services = api.app.services
    await services.calendar.changes.cancel(api.app.demo.account_id, made["id"], cancellation("by hand"))
    if deleted:
        await services.bots.delete_bot(api.partner_id, api.embedded)
    assert (await api.get(f"/v1/bookings/{made['id']}")).json()["booking"]["status"] == "cancelled"


async def test_the_runtime_gets_its_own_bots_booking_without_naming_it(api: PartnerApp) -> None:
    made = (await api.book(api.embedded, "b")).json()["booking"]
    own = api.app.services.runtime.for_bot(api.embedded)
    other = api.app.services.runtime.for_bot(api.external)
    assert (await api.get(f"/v1/bookings/{made['id']}", own)).status_code == 200
    assert error(await api.get(f"/v1/bookings/{made['id']}", other)) == (404, "booking_not_found")


async def test_a_text_that_the_platform_cut_in_an_emoji_costs_nobody_a_booking(api: PartnerApp) -> None:
    booking = rb'{"booking": {"id": "b\ud83e", "status": "accepted", "notes": "Zahn \ud83e\u0000"}}'
    api.platform.before.append(answers(201, content=booking))
    made = await api.book(api.external, "b")
    assert (made.status_code, made.json()["booking"]["notes"]) == (201, "Zahn \ufffd\ufffd")
    assert (await api.get("/v1/bookings/b%EF%BF%BD")).json() == made.json()


async def test_who_prefers_to_wait_is_told_where_to_ask(api: PartnerApp) -> None:
    api.platform.gate.clear()
    pending = await api.book(api.external, "b", Prefer="wait=0")
    assert pending.status_code == 202
    booking = pending.json()["booking"]
    assert (booking["status"], booking["customer"]) == ("pending", CUSTOMER)
    assert pending.headers["Location"] == f"/v1/bookings/{booking['id']}"
    assert pending.headers["Retry-After"] == "2"
    assert pending.headers["Preference-Applied"] == "wait=0"
    still = await api.get(pending.headers["Location"])
    assert (still.status_code, still.json()) == (202, pending.json())
    assert (still.headers["Location"], still.headers["Retry-After"]) == (pending.headers["Location"], "2")
    api.platform.gate.set()
    joined = await api.book(api.external, "b", Prefer="wait=5")
    assert (joined.status_code, joined.headers["Preference-Applied"]) == (200, "wait=5")
    assert (await api.get(pending.headers["Location"])).json() == joined.json()


@pytest.mark.parametrize("booking_id", ["p1", "a\r\nX-Evil: 1", "日本", "a b/c?d#e", 77])
async def test_whatever_id_a_platform_gives_to_what_is_under_way_can_be_asked_for(
    api: PartnerApp, booking_id: object
) -> None:
    booking = {"id": booking_id, "status": "pending"}
    api.platform.before.append(answers(202, {"booking": booking}))
    taken = await api.book(api.external, "b")
    assert (taken.status_code, taken.json()) == (202, {"booking": booking})
    assert "X-Evil" not in taken.headers
    assert taken.headers["Location"].isprintable()
    asked = await api.get(taken.headers["Location"])
    if booking_id == "a\r\nX-Evil: 1":  # no path can name it
        assert error(asked) == (404, "booking_not_found")
    else:
        assert (asked.status_code, asked.json()) == (200, taken.json())


async def test_a_platform_may_accept_a_search(api: PartnerApp) -> None:
    api.platform.before.append(answers(202, {"availabilities": []}))
    day = {"start_at": "2026-12-02", "end_at": "2026-12-02"}
    body = {"bot_id": api.external, "query": {"filter": {"start_at_range": day}}}
    found = await api.post("/v1/availability/search", body)
    assert (found.status_code, found.json()) == (202, {"availabilities": []})
    assert "Location" not in found.headers


@pytest.mark.parametrize("change", ["cancel", "reschedule"])
async def test_changes_are_waited_for_likewise(api: PartnerApp, change: str) -> None:
    made = (await api.book(api.external, "b")).json()["booking"]
    api.platform.gate.clear()
    body = {"bot_id": api.external, "booking": {"start_at": LATER}}
    path = f"/v1/bookings/{made['id']}/{change}"
    pending = await api.post(path, body, "c", Prefer="wait=0")
    assert pending.status_code == 202
    api.platform.gate.set()
    done = await api.post(path, body, "c")
    assert (done.status_code, done.headers["Idempotency-Replayed"]) == (200, "true")


async def test_who_prefers_nothing_is_told_by_an_error_in_time(tmp_path: Path, sqlite_template: Path) -> None:
    relay = RelaySettings(wait_seconds=0.05)
    async with run_partner_app(tmp_path, sqlite_template, relay=relay) as api:
        api.platform.gate.clear()
        late = await api.book(api.external, "b")
        assert error(late) == (504, "webhook_timeout")
        assert "Preference-Applied" not in late.headers
        api.platform.gate.set()
        async with asyncio.timeout(10):
            while (again := await api.book(api.external, "b")).status_code == late.status_code:
                pass  # a busy machine is late with what it has
        assert again.headers["Idempotency-Replayed"] == "true"


async def test_many_at_once_get_equal_answers_of_one_booking(api: PartnerApp) -> None:
    responses = await asyncio.gather(*(api.book(api.external, "b") for _ in range(8)))
    assert sorted(one.status_code for one in responses) == [200] * 7 + [201]
    assert all(one.json() == responses[0].json() for one in responses)
    assert len(api.platform.requests) == 1
