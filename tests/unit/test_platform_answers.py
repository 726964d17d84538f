"""What a platform answers can be kept and passed on, or is no answer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.errors import WebhookFailed
from practice.partner_response import PartnerResponse
from practice.platforms.response import DEEPEST, parse_reply, with_windows


def nested(levels: int) -> bytes:
    return b'{"booking": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (rb'{"notes": "Zahnstein \ud83e"}', "Zahnstein \ufffd"),  # an emoji, cut by a length in UTF-16
        (rb'{"notes": "\udd37"}', "\ufffd"),
        (rb'{"notes": "\ud83e\uddb7"}', "\U0001f9b7"),
        (rb'{"notes": "a\u0000b"}', "a\ufffdb"),
        (b'\xef\xbb\xbf{"notes": "Jos\xc3\xa9"}', "Jos\u00e9"),
    ],
)
def test_what_cannot_be_kept_gives_way_and_the_booking_stands(content: bytes, text: str) -> None:
    assert parse_reply(201, content).body == {"notes": text}


def test_names_of_fields_and_inner_texts_are_mended_as_well() -> None:
    body = parse_reply(200, rb'{"a\u0000": [{"\ud800": ["\udfff", 1, null, 2.5, true]}]}').body
    assert body == {"a\ufffd": [{"\ufffd": ["\ufffd", 1, None, 2.5, True]}]}


@pytest.mark.parametrize(
    "content", [b'{"x": 1e400}', b'{"x": -1e400}', b'{"x": NaN}', b'{"x": "Jos\xe9"}', nested(DEEPEST + 1)]
)
def test_what_no_json_of_ours_could_say_is_no_answer(content: bytes) -> None:
    with pytest.raises(WebhookFailed) as caught:
        parse_reply(201, content)
    assert caught.value.in_doubt
    with pytest.raises(WebhookFailed) as caught:
        parse_reply(409, content)
    assert not caught.value.in_doubt


def test_ordinary_depth_and_any_number_of_fields_are_taken() -> None:
    assert parse_reply(200, nested(DEEPEST - 1)).body
    many = [{"start_at": "2026-12-01T09:00:00Z"}] * 500
    assert parse_reply(200, json.dumps({"availabilities": many}).encode()).body == {"availabilities": many}


@given(st.dictionaries(st.text(max_size=4), st.recursive(st.text(max_size=4), st.lists, max_leaves=4)))
def test_whatever_it_says_can_be_encoded(body: dict[str, object]) -> None:
    read = parse_reply(200, json.dumps(body).encode()).body
    assert "\\u0000" not in json.dumps(read)
    json.dumps(read, ensure_ascii=False, allow_nan=False).encode()


def test_a_window_may_say_when_it_ends_instead_of_how_long_it_is() -> None:
    window = {"start_at": "2026-12-01T09:00:00-05:00", "end_at": "2026-12-01T17:00:00-05:00", "room": 3}
    answer = with_windows(PartnerResponse(200, {"availabilities": [window]}))
    assert answer.body["availabilities"] == [{**window, "duration_minutes": 480}]


@pytest.mark.parametrize(
    ("windows", "field"),
    [
        ([{"start_at": "2026-12-01T09:00:00-05:00"}], "availabilities[0].duration_minutes"),
        ([{"duration_minutes": 30}], "availabilities[0].start_at"),
        ([{"start_at": "nine", "end_at": "ten"}], "availabilities[0].start_at"),
        (
            [
                {"start_at": "2026-12-01T09:00:00Z", "duration_minutes": 30},
                {"start_at": "2026-12-01T10:00:00Z", "end_at": "2026-12-01T09:00:00Z"},
            ],
            "availabilities[1].duration_minutes",
        ),
        (["2026-12-01T09:00:00Z"], "availabilities[0]"),
        (None, "availabilities"),
    ],
)
def test_a_window_that_cannot_be_read_is_a_failure_that_names_the_field(windows: object, field: str) -> None:
    with pytest.raises(WebhookFailed) as failed:
        with_windows(PartnerResponse(200, {"availabilities": windows}))
    assert field in failed.value.message
    assert failed.value.status == 502
