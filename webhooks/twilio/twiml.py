"""TwiML: what Twilio is told to do with a call. Its vocabulary lives in this file."""

from starlette.responses import Response
from twilio.twiml import TwiML
from twilio.twiml.voice_response import (
    Connect,
    Dial,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    VoiceResponse,
)

from webhooks.early_leg_addresses import RETRIES

DIAL_SECONDS = 25
RECORDING_SECONDS = 120
KEY_SECONDS = 8

SORRY = "I'm sorry, we can't take your call just now. Please call again in a few minutes. Goodbye."
ONE_MOMENT = "One moment, please."
BUSY = "I'm sorry, all our lines are busy just now."
TROUBLE = "I'm sorry, I'm having trouble with the line."
UNKNOWN_NUMBER = "I'm sorry, this number is not in service. Please check the number and call again. Goodbye."
RINGING = "I'm ringing the team for you. One moment, please."
RINGING_NEXT = "Nobody has picked up there. I'm trying somebody else. One moment, please."
TAKEN_ALREADY = "Somebody else has taken this call. Thank you."
CALLER_COMES = "Thank you. The caller is about to join you."
CALLER_GONE = "The caller has hung up. Thank you."
LEAVE_A_MESSAGE = "Please leave your name, your number and a message after the tone."
THANKS = "Thank you. We have your message. Goodbye."
KEPT = "Your message is recorded. If it cannot wait, please call again when the practice is open. Goodbye."
"""Said where nobody is known to listen to it soon."""
NOT_KEPT = "I'm sorry, your message could not be recorded. Please call again a little later. Goodbye."


def connect(media_url: str, token: str, next_url: str, *, pause_seconds: int = 0) -> Response:
    """Connect the call to the bot, and say what follows when the stream ends.

    Args:
        pause_seconds: How long the caller is held first.
        media_url: ``wss://…`` of the media socket.
        token: The signed parameter that binds the socket to this call.
        next_url: Where Twilio asks what to do next.
    """
    stream = Connect()
    stream.stream(url=media_url).parameter(name="token", value=token)
    return _twiml(*_held(pause_seconds), stream, _then(next_url))


def hold(next_url: str, pause_seconds: int) -> Response:
    """Keep the caller for a moment, and ask again."""
    return _twiml(*_held(pause_seconds), _then(next_url))


def again(next_url: str) -> Response:
    """Ask again at once."""
    return _twiml(_then(next_url))


def refuse() -> Response:
    """Give the caller the busy tone."""
    return _twiml(Reject(reason="busy"))


def hang_up() -> Response:
    """Hang up."""
    return _twiml(Hangup())


def say_and_hang_up(text: str) -> Response:
    """Say a sentence and hang up."""
    return _twiml(Say(text), Hangup())


def apology() -> Response:
    """Say that the call cannot be taken, and hang up."""
    return say_and_hang_up(SORRY)


def dial(number: str, after_url: str, *, limit_minutes: int, words: str | None = None) -> Response:
    """Put the caller through to a number (E.164), whoever picks up, after some words."""
    dialled = _dial(after_url, DIAL_SECONDS, limit_minutes)
    dialled.number(number)
    return _twiml(*_said(words), dialled)


def ring(
    words: str, number: str, *, whisper_url: str, after_url: str, ring_seconds: int, limit_minutes: int
) -> Response:
    """Tell the caller that somebody is rung, and ring them; who picks up hears the whisper first."""
    dialled = _dial(after_url, ring_seconds, limit_minutes)
    dialled.number(number, url=whisper_url, method="POST")
    return _twiml(Say(words), dialled)


def wait(words: str | None, tone_url: str, next_url: str) -> Response:
    """Play the ringing tone once, after some words, and ask again."""
    return _twiml(*_said(words), Play(tone_url), _then(next_url))


def play(tone_url: str) -> Response:
    """Play a sound."""
    return _twiml(Play(tone_url))


def confer(
    room: str, *, wait_url: str, limit_minutes: int, after_url: str | None = None, words: str | None = None
) -> Response:
    """Connect two calls in a conference, which ends when either leaves.

    Args:
        room: The conference's name, which names no person.
        wait_url: What whoever is alone in it hears.
        after_url: Where Twilio asks what follows; without one the call ends.
    """
    after = {} if after_url is None else {"action": after_url + RETRIES, "method": "POST"}
    dialled = Dial(time_limit=limit_minutes * 60, **after)
    dialled.conference(room, beep="false", end_conference_on_exit=True, wait_url=wait_url, wait_method="POST")
    return _twiml(*_said(words), dialled)


def ask_for_key(words: str, after_url: str) -> Response:
    """Speak, twice if need be, and wait for one key; without one the line is hung up."""
    gather = Gather(num_digits=1, timeout=KEY_SECONDS, action=after_url + RETRIES, method="POST")
    gather.say(words)
    return _twiml(gather, gather, Hangup())


def bridge() -> Response:
    """Connect the one who picked up with the caller: nothing is left to say."""
    return _twiml()


def record(text: str, after_url: str) -> Response:
    """Take a message down after the tone (`after_url`: where Twilio says where the recording is)."""
    recording = Record(
        action=after_url + RETRIES, method="POST", max_length=RECORDING_SECONDS, play_beep=True, timeout=5
    )
    return _twiml(Say(text), recording, Say(THANKS), Hangup())


def _dial(after_url: str, ring_seconds: int, limit_minutes: int) -> Dial:
    return Dial(
        action=after_url + RETRIES, method="POST", timeout=ring_seconds, time_limit=limit_minutes * 60
    )


def _held(pause_seconds: int) -> list[TwiML]:
    return [Say(ONE_MOMENT), Pause(length=pause_seconds)] if pause_seconds else []


def _said(words: str | None) -> list[TwiML]:
    return [] if words is None else [Say(words)]


def _then(next_url: str) -> Redirect:
    return Redirect(next_url + RETRIES, method="POST")


def _twiml(*verbs: TwiML) -> Response:
    response = VoiceResponse()
    for one in verbs:
        response.append(one)
    return Response(str(response), media_type="application/xml")
