"""The bodies of the Chat Sessions API (apidoc v5.116.0), and what we add to it for hand-offs."""

# ruff: noqa: N815 - the names on the wire

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

LONGEST_ID = 255
LONGEST_TEXT = 4000
MOST_PARTICIPANTS = 200
LATEST_MS = 2**53 - 1
"""The largest number that every JSON reader keeps exact."""

Milliseconds = Annotated[StrictInt | StrictFloat, Field(ge=0, le=LATEST_MS, examples=[1564661697125])]
"""A moment as the source document has it: milliseconds since 1970."""
AccountId = Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_ID, examples=["account-id1"])]
Text = Annotated[StrictStr, Field(max_length=LONGEST_TEXT)]
Participants = Annotated[list[AccountId], Field(min_length=1, max_length=MOST_PARTICIPANTS)]
Urgency = Literal["routine", "urgent", "emergency"]


class _Fields(BaseModel):
    """What may be written of a session; fields that the API does not know are accepted and left out."""

    model_config = ConfigDict(extra="ignore")

    createdAt: Milliseconds | None = Field(None, description="The present moment when it is left out.")
    type: Literal["telemed"] | None = None
    room: Annotated[StrictStr, Field(max_length=LONGEST_ID)] | None = None
    startedAt: Milliseconds | None = None
    startedBy: AccountId | None = None
    acceptedAt: Milliseconds | None = None
    acceptedBy: AccountId | None = None
    rejectedAt: Milliseconds | None = None
    rejectedBy: AccountId | None = None
    rejectReason: Text | None = None
    finishedAt: Milliseconds | None = None
    finishedBy: AccountId | None = None


class _HandOff(BaseModel):
    """What a hand-off tells the person who takes it: an extension."""

    reason: Annotated[StrictStr, Field(max_length=LONGEST_TEXT)] | None = Field(
        None, description="Why a person is wanted."
    )
    urgency: Urgency | None = None
    summary: Text | None = Field(None, description="What was said and tried so far, in a few sentences.")
    bookingId: Annotated[StrictStr, Field(max_length=LONGEST_ID)] | None = None


class ChatSessionCreate(_Fields, _HandOff):
    """A session to be; whoever creates it is added to its participants."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [{"participants": ["account-id1", "account-id2"], "title": "Hello"}]},
    )

    participants: Participants
    threadId: Annotated[StrictStr, Field(max_length=LONGEST_ID)] | None = Field(
        None, description="The conversation that is handed over. Of the bot's own requests alone."
    )
    callId: Annotated[StrictStr, Field(max_length=LONGEST_ID)] | None = Field(
        None, description="The phone call that is handed over. Of the bot's own requests alone."
    )
    callbackAt: Annotated[StrictStr, Field(max_length=LONGEST_ID)] | None = Field(
        None, description="When the caller wants to be called back, in their own words."
    )
    ring: Annotated[StrictStr, Field(max_length=LONGEST_ID)] | None = Field(
        None, description="The name of the contact to ring first; the ladder's order follows."
    )


class ChatSessionPatch(_Fields, _HandOff):
    """Changes of a session: fields as they shall be, and directives, which are never stored."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [{"seen": True}]})

    participants: Participants | None = None
    start: StrictBool = Field(
        default=False, description="Sets `startedAt` and `startedBy`, if they are not set."
    )
    accept: StrictBool = Field(
        default=False,
        description="Sets `acceptedAt` and `acceptedBy`. The first one wins; another account gets 409.",
    )
    reject: StrictBool | Text = Field(
        default=False, description="Sets `rejectedAt` and `rejectedBy`; a text is the reason."
    )
    finish: StrictBool | Text = Field(
        default=False, description="Sets `finishedAt` and `finishedBy`; a text is kept as `finishReason`."
    )


class ChatSessionError(BaseModel):
    """An error, in the shape of the vendor's framework."""

    name: str = Field(examples=["NotFound"])
    message: str
    code: int
    className: str = Field(examples=["not-found"])
    data: dict[str, Any] | None = None
    errors: dict[str, str] | None = Field(None, description="What is wrong, by field.")


class ChatSession(BaseModel):
    """A session. Fields without a value are left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "chs_01m8ryfer0fty8ka5p52nv219n",
                    "createdAt": 1564661697125,
                    "createdBy": "some-uid",
                    "participants": ["some-uid", "account-id2"],
                }
            ]
        }
    )

    id: str
    createdAt: int
    createdBy: str
    type: Literal["telemed"] | None = None
    room: str | None = None
    startedAt: int | None = None
    startedBy: str | None = None
    acceptedAt: int | None = None
    acceptedBy: str | None = None
    rejectedAt: int | None = None
    rejectedBy: str | None = None
    rejectReason: str | None = None
    finishedAt: int | None = None
    finishedBy: str | None = None
    finishReason: str | None = None
    participants: list[str]
    reason: str | None = None
    urgency: Urgency | None = None
    summary: str | None = None
    threadId: str | None = None
    callId: str | None = None
    bookingId: str | None = None
    callbackAt: str | None = None
    reachable: bool | None = Field(
        None, description="Whether somebody can be rung now, or answers by text. In answers to the bot alone."
    )


class SessionMessage(BaseModel):
    """A message of the conversation that a session is about."""

    position: int = Field(description="Its place in the conversation, from 0.")
    role: str = Field(description="`user` is the patient, `assistant` the bot or a person of the practice.")
    text: str
    answeredBy: str | None = Field(None, description="Who wrote it: a model, `receptionist`, or an account.")
    createdAt: int


class SessionMessageCreate(BaseModel):
    """A person's message to the patient."""

    model_config = ConfigDict(extra="ignore")

    text: Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_TEXT)]


class ChatSessionEvent(BaseModel):
    """Something that happened to a session, as the streams tell it."""

    sessionId: str
    type: str = Field(
        description="`session.created`, `.started`, `.accepted`, `.rejected`, `.finished`, `.updated`,"
        " `.ringing`, `.rung`, or `message.created`."
    )
    at: int
    by: str | None = None
    session: ChatSession | None = Field(None, description="The session as it is now.")
    message: SessionMessage | None = Field(None, description="Of `message.created`.")
    detail: dict[str, Any] | None = None
