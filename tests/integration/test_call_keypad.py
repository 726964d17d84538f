"""Keys pressed in a call."""

import pytest

from tests.fakes.live_call import LiveCalls

pytestmark = pytest.mark.audio


async def test_a_booking_is_made_with_a_number_from_the_keypad(calls: LiveCalls) -> None:
    async with calls.place() as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.")
        await call.says("Yes, please.")
        await call.hears("full name")
        await call.says("Anna Bell.")
        await call.hears("calling from")
        call.socket.press("2")
        await call.hears("best phone number")
        call.socket.press("202555")
        call.socket.press("0135")
        await call.hears("0 1 3 5")
        call.socket.press("1")
        await call.hears("you are booked")
        assert [one["customer"]["phone"] for one in call.server.bookings.values()] == ["+12025550135"]


async def test_a_zero_asks_for_a_person_and_interrupts_the_bot(calls: LiveCalls) -> None:
    async with calls.place(speed=1.0) as call:
        await call.until(lambda: len(call.socket.played) > 8000)
        call.socket.press("0")
        await call.hears("put you through")
        assert len(call.socket.events("clear")) == 1
