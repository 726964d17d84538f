"""TwiML as a carrier reads it."""

import pytest

from rehearsal.twiml import (
    ConnectStream,
    Dial,
    Gather,
    Hangup,
    Pause,
    Record,
    Redirect,
    Reject,
    Say,
    TwimlError,
    Unsupported,
    parse,
)

BASE = "https://bot.example/twilio/voice"


def test_connect_stream_carries_its_parameters_and_the_redirect_follows() -> None:
    verbs = parse(
        """<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://bot.example/m">
        <Parameter name="token" value="a&amp;b"/></Stream></Connect><Redirect>/next#rc=5&amp;rp=all
        </Redirect></Response>""",
        BASE,
    )
    assert verbs == (
        ConnectStream("wss://bot.example/m", {"token": "a&b"}),
        Redirect("https://bot.example/next#rc=5&rp=all"),
    )


def test_every_verb_we_run_is_read_with_its_attributes() -> None:
    verbs = parse(
        """<Response><Say>Hello  <emphasis>there</emphasis>.</Say><Pause/><Pause length="3"/>
        <Dial action="done" method="get"><Number>+12025550100</Number></Dial>
        <Gather timeout="2" actionOnEmptyResult="true" action="/g"><Say>Press one</Say></Gather>
        <Record maxLength="30" action="/r"/><Reject reason="busy"/><Hangup/><Enqueue/></Response>""",
        BASE,
    )
    assert verbs == (
        Say("Hello there."),
        Pause(1.0),
        Pause(3.0),
        Dial("+12025550100", "https://bot.example/twilio/done", "GET"),
        Gather((Say("Press one"),), 2.0, "https://bot.example/g", action_on_empty=True),
        Record(30.0, 5.0, "https://bot.example/r"),
        Reject("busy"),
        Hangup(),
        Unsupported("Enqueue"),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not XML"),
        ("hello", "not XML"),
        ("<html/>", "not <Response>"),
        ('{"a": 1}', "not XML"),
        ("<Response><Connect><Stream url='http://x/'/></Connect></Response>", "ws://"),
        ("<Response><Connect><Stream url='wss://x/m?call=1'/></Connect></Response>", "query string"),
        ("<Response><Pause length='long'/></Response>", "not a number"),
        ("<Response><Pause length='-1'/></Response>", "out of range"),
        ("<Response>" + " " * 70_000 + "</Response>", "characters"),
        ("<!DOCTYPE r [<!ENTITY a 'aa'>]><Response><Say>&a;</Say></Response>", "DOCTYPE"),
    ],
)
def test_what_is_no_twiml_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(TwimlError, match=says):
        parse(text, BASE)
