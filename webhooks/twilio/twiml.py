"""TwiML: what Twilio is told to do with a call. Its vocabulary lives in this file."""

from starlette.responses import Response
from twilio.twiml.voice_response import Connect, Dial, VoiceResponse

RETRIES = "#rc=5&rp=all"
"""Connection overrides: a webhook that is not answered, by a server that restarts, is tried five times more.
Twilio signs the URL without this fragment."""

DIAL_SECONDS = 25
RECORDING_SECONDS = 120

SORRY = "I'm sorry, we can't take your call just now. Please call again in a few minutes. Goodbye."
UNKNOWN_NUMBER = "I'm sorry, this number is not in service. Please check the number and call again. Goodbye."
NOBODY_THERE = (
    "I'm sorry, nobody could take your call just now. "
    "Please leave your name, your number and a message after the tone."
)
LEAVE_A_MESSAGE = "Please leave your name, your number and a message after the tone."
THANKS = "Thank you. We have your message. Goodbye."


def connect(media_url: str, token: str, next_url: str) -> Response:
    """Connect the call to the bot, and say what follows when the stream ends.

    Args:
        media_url: ``wss://…`` of the media socket.
        token: The signed parameter that binds the socket to this call.
        next_url: Where Twilio asks what to do next.
    """
    response = VoiceResponse()
    stream = Connect()
    stream.stream(url=media_url).parameter(name="token", value=token)
    response.append(stream)
    response.redirect(next_url + RETRIES, method="POST")
    return _sent(response)


def hang_up() -> Response:
    """Hang up."""
    response = VoiceResponse()
    response.hangup()
    return _sent(response)


def say_and_hang_up(text: str) -> Response:
    """Say a sentence and hang up."""
    response = VoiceResponse()
    response.say(text)
    response.hangup()
    return _sent(response)


def apology() -> Response:
    """Say that the call cannot be taken, and hang up."""
    return say_and_hang_up(SORRY)


def dial(number: str, after_url: str) -> Response:
    """Put the caller through to a person.

    Args:
        number: The person's number, E.164.
    """
    response = VoiceResponse()
    dialled = Dial(action=after_url + RETRIES, method="POST", timeout=DIAL_SECONDS)
    dialled.number(number)
    response.append(dialled)
    return _sent(response)


def record(text: str, after_url: str) -> Response:
    """Take a message down after the tone.

    Args:
        after_url: Where Twilio says where the recording is.
    """
    response = VoiceResponse()
    response.say(text)
    response.record(
        action=after_url + RETRIES, method="POST", max_length=RECORDING_SECONDS, play_beep=True, timeout=5
    )
    response.say(THANKS)
    response.hangup()
    return _sent(response)


def _sent(response: VoiceResponse) -> Response:
    return Response(str(response), media_type="application/xml")
