"""What may stand in a log line, and what may not."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import loguru
import pytest
import structlog

from config.logs import configure_logs, get_logger, log_context, masked
from config.settings import LogSettings

TRANSCRIPT = "My name is Anna Bell and my number is 555 010 0123"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    out = io.StringIO()
    configure_logs(LogSettings(), out)
    yield out
    root.handlers, root.level = before
    structlog.reset_defaults()
    loguru.logger.remove()
    loguru.logger.add(sys.stderr)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_name_level_time_and_fields(stream: io.StringIO) -> None:
    get_logger("webhooks.twilio.media").info("call connected", connection=2)
    (line,) = lines(stream)
    assert line["event"] == "call connected"
    assert line["connection"] == 2
    assert line["level"] == "info"
    assert line["logger"] == "webhooks.twilio.media"
    assert line["timestamp"].endswith("Z")
    assert list(line) == ["timestamp", "level", "logger", "event", "connection"]


def test_the_call_id_stands_on_every_line_of_its_context(stream: io.StringIO) -> None:
    with log_context(call_id="CA1"):
        get_logger("agent.call").info("one")
        logging.getLogger("uvicorn.error").info("two")
    get_logger("agent.call").info("three")
    assert [line.get("call_id") for line in lines(stream)] == ["CA1", "CA1", None]


def test_loguru_lines_below_warning_are_dropped(stream: io.StringIO) -> None:
    loguru.logger.debug(TRANSCRIPT)
    loguru.logger.info(TRANSCRIPT)
    assert stream.getvalue() == ""


def test_loguru_warnings_keep_their_place_and_lose_their_text(stream: io.StringIO) -> None:
    loguru.logger.warning(f"unhandled frame {TRANSCRIPT}")
    (line,) = lines(stream)
    assert line["level"] == "warning"
    assert line["source"].startswith("test_logs.py:")
    assert "Anna" not in stream.getvalue()


def test_loguru_exceptions_lose_their_message(stream: io.StringIO) -> None:
    try:
        int(TRANSCRIPT)
    except ValueError:
        loguru.logger.exception("failed")
    (line,) = lines(stream)
    assert line["exception"][0]["type"] == "builtins.ValueError"
    assert "Anna" not in stream.getvalue()


def test_a_foreign_line_keeps_its_template_and_loses_its_values(stream: io.StringIO) -> None:
    logging.getLogger("some.library").warning("heard %s", TRANSCRIPT)
    logging.getLogger("some.library").warning(f"heard {TRANSCRIPT}")  # noqa: G004 - what libraries do
    first, second = lines(stream)
    assert first["event"] == "heard %s"
    assert second["event"] == "message withheld"
    assert "Anna" not in stream.getvalue()


def test_a_library_s_info_lines_are_not_written(stream: io.StringIO) -> None:
    eager = logging.getLogger("eager.library")
    eager.setLevel(logging.DEBUG)
    eager.debug("details of %s", "something")
    logging.getLogger("httpx").info("HTTP Request: POST %s", "http://x")
    assert stream.getvalue() == ""


def test_an_exception_is_its_type_and_places_and_its_cause(stream: io.StringIO) -> None:
    try:
        try:
            {"": 0}[TRANSCRIPT]
        except KeyError as error:
            raise RuntimeError(TRANSCRIPT) from error
    except RuntimeError:
        get_logger("webhooks").exception("request failed")
    (line,) = lines(stream)
    assert [part["type"] for part in line["exception"]] == ["builtins.RuntimeError", "builtins.KeyError"]
    assert "test_logs.py" in line["exception"][0]["at"][0]
    assert "Anna" not in stream.getvalue()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "+15550100123"),
        ("authorization", "Bearer abc"),
        ("api_key", "k"),
        ("from_number", "5550100"),
        ("customer", {"name": "Anna"}),
        ("note", "call +15550100123 back"),
        ("note", "anna.bell@example.com"),
        ("note", "sk_ptnr_abcDEF123"),
        ("note", "whsec_0123"),
        ("nested", {"password": "p", "list": ["+15550100123"]}),
    ],
)
def test_secrets_and_personal_values_are_masked(stream: io.StringIO, field: str, value: Any) -> None:
    get_logger("practice").info("something", **{field: value})
    (line,) = lines(stream)
    assert "[masked]" in json.dumps(line[field])
    for part in ("5550100", "Anna", "abc", "0123", "anna"):
        assert part not in json.dumps(line[field])


def test_a_database_address_loses_its_password() -> None:
    assert masked("postgresql://user:pass@db/chairside") == "postgresql://[masked]@db/chairside"


def test_the_level_silences_our_own_lines(stream: io.StringIO) -> None:
    configure_logs(LogSettings(level="error"), stream)
    get_logger("agent").warning("quiet")
    get_logger("agent").error("loud")
    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_the_console_format_is_for_people(stream: io.StringIO) -> None:
    configure_logs(LogSettings(format="console"), stream)
    get_logger("agent").info("call connected", connection=1)
    assert "call connected" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
