"""The media streams of the carriers, held against pipecat's serializers and the exchange's own reading."""

import json
from typing import Any

import pytest
from pipecat.clocks.system_clock import SystemClock
from pipecat.frames.frames import InputAudioRawFrame, InterruptionFrame, OutputAudioRawFrame
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.serializers.plivo import PlivoFrameSerializer
from pipecat.serializers.telnyx import TelnyxFrameSerializer
from pipecat.utils.asyncio.task_manager import TaskManager

from agent.telephony.carriers import PLIVO, STREAMS, TELNYX, TWILIO, StreamStart
from agent.telephony.wire import BadMessage, Digit, Mark, Media, decode_ulaw
from rehearsal.carriers import CarrierName, carrier

LIMIT = 65_536
AUDIO = bytes(range(128, 248)) * 4
NAMES: list[CarrierName] = ["twilio", "telnyx", "plivo"]


def said(name: CarrierName, event: str, **fields: Any) -> str:
    """Give a message as the exchange of that carrier sends it."""
    message = {"event": event, "sequenceNumber": "7", "streamSid": "MZ1", **fields}
    return json.dumps(carrier(name, "11" * 32).says(message))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_carrier_says_is_understood(name: CarrierName) -> None:
    stream = STREAMS[name]
    media = {"track": "inbound", "chunk": "1", "timestamp": "20", "payload": "//8="}
    assert stream.parse(said(name, "media", media=media), LIMIT) == Media(b"\xff\xff")
    assert stream.parse(said(name, "mark", mark={"name": "0.1"}), LIMIT) == Mark("0.1")
    assert stream.parse(said(name, "dtmf", dtmf={"digit": "5"}), LIMIT) == Digit("5")
    start = json.loads(said(name, "start", start={"callSid": "CA1", "streamSid": "MZ1"}))
    assert stream.read_start(start) == StreamStart("CA1", "MZ1")
    assert stream.read_start({"start": {"callSid": 7, "call_control_id": None}}) is None


@pytest.mark.parametrize("name", NAMES)
def test_what_we_say_is_what_the_carrier_takes(name: CarrierName) -> None:
    stream, takes = STREAMS[name], carrier(name, "11" * 32)
    heard = [
        takes.hears(json.loads(text), "MZ1")
        for text in (stream.media("MZ1", b"\xff"), stream.mark("MZ1", "0.1"), stream.clear("MZ1"))
    ]
    assert [one["event"] for one in heard] == ["media", "mark", "clear"]
    assert {one["streamSid"] for one in heard} == {"MZ1"}
    assert (heard[0]["media"]["payload"], heard[1]["mark"]["name"]) == ("/w==", "0.1")


def serializer(name: str) -> FrameSerializer:
    if name == TELNYX:
        quiet = TelnyxFrameSerializer.InputParams(auto_hang_up=False)
        return TelnyxFrameSerializer("MZ1", "PCMU", "PCMU", params=quiet)
    return PlivoFrameSerializer("MZ1", params=PlivoFrameSerializer.InputParams(auto_hang_up=False))


@pytest.mark.parametrize("name", [TELNYX, PLIVO])
async def test_pipecats_serializer_says_the_same(name: str) -> None:
    theirs = serializer(name)
    await theirs.setup(
        FrameProcessorSetup(
            clock=SystemClock(),
            task_manager=TaskManager(),
            pipeline_worker=None,  # type: ignore[arg-type] # it asks for none
            audio_in_sample_rate=8000,
            audio_out_sample_rate=8000,
        )
    )
    stream = STREAMS[name]
    assert json.loads(stream.clear("MZ1")) == json.loads(str(await theirs.serialize(InterruptionFrame())))
    samples = decode_ulaw(AUDIO).tobytes()
    sent = json.loads(str(await theirs.serialize(OutputAudioRawFrame(samples, 8000, 1))))
    assert json.loads(stream.media("MZ1", AUDIO)) == sent
    media = {"track": "inbound", "payload": sent["media"]["payload"]}
    heard = await theirs.deserialize(said("telnyx" if name == TELNYX else "plivo", "media", media=media))
    assert isinstance(heard, InputAudioRawFrame)
    assert heard.audio == samples


@pytest.mark.parametrize("text", ["{", "[]", '{"event": "what"}', b"\xff", '"playedStream"'])
@pytest.mark.parametrize("name", [TWILIO, TELNYX, PLIVO])
def test_a_message_that_is_none_is_refused(name: str, text: str | bytes) -> None:
    with pytest.raises(BadMessage):
        STREAMS[name].parse(text, LIMIT)
