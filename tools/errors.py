"""The errors of the tools: one root; each has a code, and a sentence that may be spoken to the caller."""


class ToolError(Exception):
    """Something a tool could not do.

    ``code`` is for machines and logs, ``say`` for the caller's ear. The message never holds personal
    data: errors end up in logs.
    """

    code = "tool_error"
    say = "I'm sorry, something went wrong on my side. Would you like me to take a message for the team?"


class UpstreamError(ToolError):
    """An endpoint did not do what was asked."""

    code = "far_end_error"
    after_unclear = False
    """Whether an earlier try of the same request may have been carried out."""
    nothing_done = False
    """Whether this try was certainly not carried out."""
    retry_after_seconds: float | None = None
    """When the endpoint wants to be asked again, if it said so."""
    say = "I'm sorry, I can't reach our calendar just now. Would you like me to take a message for the team?"


class UpstreamUnreachable(UpstreamError):
    """No connection was made in any try: the request never got there."""

    code = "unreachable"
    nothing_done = True


class UpstreamTimeout(UpstreamError):
    """The request went out and no answer came back in time; it may have been carried out."""

    code = "timeout"


class UpstreamDown(UpstreamError):
    """The endpoint answered that it cannot serve now (5xx); the request may have been carried out."""

    code = "down"

    def __init__(self, message: str, *, status: int, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code or self.code


class UpstreamRefused(UpstreamError):
    """The endpoint understood and said no (4xx)."""

    code = "refused"
    nothing_done = True

    def __init__(self, message: str, *, status: int, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code or self.code


class NoCalendar(UpstreamRefused):
    """The conversation's site has no bot, and so no calendar."""

    say = "I'm sorry, I have no calendar to look into here, so I can't see, make or change appointments."

    def __init__(self) -> None:
        super().__init__("no bot answers for this site", status=404)


class UpstreamResponseInvalid(UpstreamError):
    """The endpoint's answer does not fit the contract."""

    code = "answer_invalid"


class SlotIdInvalid(ToolError):
    """A slot id that was not sealed here, or not for this bot."""

    code = "slot_id_invalid"
    say = "I'm sorry, I lost track of that time. Let me look at the calendar again."


class SlotIdExpired(SlotIdInvalid):
    """A slot id that was offered too long ago."""

    code = "slot_id_expired"
    say = "It's been a while since I looked at that time. Let me check the calendar again."
