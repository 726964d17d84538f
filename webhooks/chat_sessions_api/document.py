"""The Chat Sessions API's OpenAPI document."""

from webhooks.api_documents import ApiDocument, header

TAG = "Chat_Session"

DOCUMENT = ApiDocument(
    title="Chat Sessions API",
    version="5.116.0",
    description=(
        "What a person of the practice takes over from the bot. A bot that cannot or should not go on makes"
        " a session that carries who, why, what was said and what was tried; whoever answers follows the"
        " stream, accepts the session, writes in the same conversation, and finishes it.\n\n"
        "Moments are milliseconds since 1970. Fields without a value are left out. Unknown fields are"
        " accepted and left out. You see the sessions in which you take part; any other is 404.\n\n"
        "`reason`, `urgency`, `summary`, `threadId`, `callId`, `bookingId`, `callbackAt`, messages and"
        " streams are extensions."
    ),
    paths=("/chat-sessions",),
    tags={TAG: "Sessions, their messages, and the streams that follow them."},
    headers={
        "X-Request-Id": header("Names the request in the server's log."),
        "WWW-Authenticate": header("`Bearer`."),
        "Retry-After": header("Seconds.", type="integer"),
    },
)
