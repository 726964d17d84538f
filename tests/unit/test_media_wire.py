"""Twilio's media stream on the wire."""

import base64
import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.telephony.wire import (
    BadMessage,
    Digit,
    Mark,
    Media,
    Stop,
    clear_message,
    decode_ulaw,
    encode_ulaw,
    mark_message,
    media_message,
    parse,
)

LIMIT = 65_536


def test_every_code_survives_the_way_there_and_back() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)  # 0x7F is minus zero, and comes back as plus
    assert encode_ulaw(decode_ulaw(codes).astype("<i2").tobytes()) == codes


def test_known_values_of_g711() -> None:
    assert decode_ulaw(b"\xff\x00\x80\x7f").tolist() == [0, -32124, 32124, 0]


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=200))
def test_companding_keeps_every_sample_within_its_step(samples: list[int]) -> None:
    pcm = np.array(samples, "<i2")
    back = decode_ulaw(encode_ulaw(pcm.tobytes())).astype(np.int64)
    clipped = np.clip(pcm.astype(np.int64), -32635, 32635)
    assert (np.abs(back - clipped) <= np.maximum(8, np.abs(clipped) // 16)).all()


def test_the_carriers_messages_are_read() -> None:
    payload = base64.b64encode(b"\xff" * 160).decode()
    assert parse(
        json.dumps({"event": "media", "media": {"track": "inbound", "payload": payload}}), LIMIT
    ) == Media(b"\xff" * 160)
    assert parse(json.dumps({"event": "mark", "mark": {"name": "0.1"}}), LIMIT) == Mark("0.1")
    assert parse(json.dumps({"event": "dtmf", "dtmf": {"digit": "5"}}), LIMIT) == Digit("5")
    assert parse(json.dumps({"event": "stop", "stop": {}}), LIMIT) == Stop()
    assert parse(json.dumps({"event": "connected", "protocol": "Call"}), LIMIT) is None


def test_our_own_voice_coming_back_on_the_outbound_track_is_not_heard() -> None:
    payload = base64.b64encode(b"\xff" * 160).decode()
    assert (
        parse(json.dumps({"event": "media", "media": {"track": "outbound", "payload": payload}}), LIMIT)
        is None
    )


@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "[]",
        "null",
        '"media"',
        "{}",
        '{"event": 7}',
        '{"event": "media"}',
        '{"event": "media", "media": []}',
        '{"event": "media", "media": {"payload": "!!!"}}',
        '{"event": "media", "media": {"payload": ""}}',
        '{"event": "media", "media": {"payload": 5}}',
        '{"event": "mark"}',
        "[" * 5000,
        b"\xff\xfe",
        '{"event": "media", "media": {"payload": "' + "A" * LIMIT + '"}}',
    ],
)
def test_garbage_is_a_bad_message(message: str | bytes) -> None:
    with pytest.raises(BadMessage):
        parse(message, LIMIT)


@given(st.one_of(st.text(max_size=300), st.binary(max_size=300)))
def test_no_message_breaks_the_reader(message: str | bytes) -> None:
    with contextlib.suppress(BadMessage):
        parse(message, LIMIT)


def test_what_we_send_is_twilios_format() -> None:
    assert json.loads(media_message("MZ1", b"\xff\x00")) == {
        "event": "media",
        "streamSid": "MZ1",
        "media": {"payload": "/wA="},
    }
    assert json.loads(mark_message("MZ1", "0.1")) == {
        "event": "mark",
        "streamSid": "MZ1",
        "mark": {"name": "0.1"},
    }
    assert json.loads(clear_message("MZ1")) == {"event": "clear", "streamSid": "MZ1"}
