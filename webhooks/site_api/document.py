"""The Site Assistants API's OpenAPI document."""

from webhooks.docs.tables import Door, parameter
from webhooks.site_api.files import MAX_DESCRIPTION_CHARACTERS, MOST_START_DIGITS
from webhooks.site_api.operations import ASSISTANTS, FILES, LOG_IN, OPERATIONS, RUNTIME, VERSIONS
from webhooks.site_api.runtime import LONGEST_CONVERSATION
from webhooks.site_api.schemas import SCHEMAS

DESCRIPTION = """\
For a practice's own people and systems: the instructions and files of a site's assistants, and chats with
them.

## Authentication
Log in at `/auth/login` for a token that is good for 24 hours, and send it with every request:
`Authorization: Bearer …`. It reaches the sites of its person; any other site is 403, whether there is one
or not.

## Errors
Every error is `{"message", "error", "statusCode"}`, with a list under `message` where several things are
wrong; a 401 has no `error`. A path or a method that does not exist is 404.

## Limits
A body has at most 256 KiB, a file 20 MiB, instructions 100 000 bytes. What is marked as an extension is not
in the contract.
"""


def _number(name: str, description: str, example: int) -> dict[str, object]:
    whole = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
    return dict(parameter(name, "path", description, example=example, **whole))


DOOR = Door(
    title="Site Assistants API",
    version="1.0.0",
    description=DESCRIPTION,
    tags={
        LOG_IN: "Tokens for people.",
        ASSISTANTS: "Instructions, and chats.",
        FILES: "What assistants answer from.",
        VERSIONS: "What assistants were, and the way back.",
        RUNTIME: "What a conversation needs while it runs.",
    },
    security={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    schemas=SCHEMAS,
    headers={
        "WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}},
        "Retry-After": {
            "description": "Seconds until it makes sense to ask again.",
            "schema": {"type": "integer"},
        },
        "Content-Disposition": {"description": "With the file's name.", "schema": {"type": "string"}},
        "X-Request-Id": {
            "description": "Names the request in the server's log.",
            "schema": {"type": "string"},
        },
    },
    parameters={
        "SiteId": _number("siteId", "The site.", 123),
        "SiteAssistantId": _number("siteAssistantId", "The assistant.", 456),
        "AssistantFileId": _number("assistantFileId", "The file.", 7),
        "Version": parameter(
            "version",
            "path",
            "The version's number, or `latest`.",
            example="2",
            pattern="^([0-9]{1,18}|latest)$",
        ),
        "ConversationId": parameter(
            "conversation_id",
            "path",
            "The call, the chat's thread, or the integrator's conversation.",
            example="thrd_01h2xcejqtf2nbrexx3vqjhp41",
            minLength=1,
            maxLength=LONGEST_CONVERSATION,
        ),
        "Start": parameter(
            "start",
            "query",
            "The place of the first piece, from 0.",
            example=0,
            type="integer",
            minimum=0,
            maximum=10**MOST_START_DIGITS - 1,
        ),
        "Description": parameter(
            "description",
            "query",
            "A description for the uploaded file",
            example="Instructions document for the assistant",
            maxLength=MAX_DESCRIPTION_CHARACTERS,
        ),
    },
    always=("X-Request-Id",),
    operations=OPERATIONS,
)
