"""What the Site Assistants API's document says of each operation."""

from http import HTTPStatus
from typing import Any

from webhooks.docs.tables import Answer, Operation, Schema, array_of, ref
from webhooks.site_api.chat import NO_ASSISTANT, NO_BOT

SITE = "/site/{siteId}/assistant"
ONE = f"{SITE}/{{siteAssistantId}}"
FILE = f"{ONE}/files/{{assistantFileId}}"
ASSISTANTS, LOG_IN, FILES, VERSIONS, RUNTIME = "Site Assistants", "Log-in", "Files", "Versions", "Runtime"
FORM = "multipart/form-data"

ASSISTANT: dict[str, Any] = {
    "assistantName": "HeyDonto AI",
    "assistantInstructions": "Ensure all appointments are updated daily.",
    "siteId": 123,
    "id": 456,
}
"""The contract's own example, as is the next."""
MESSAGE: dict[str, Any] = {"message": "Please update all appointments for today."}
_CREATE = {name: value for name, value in ASSISTANT.items() if name != "id"}
_FILE = {
    "id": 7,
    "fileName": "parking.md",
    "mimeType": "text/markdown",
    "size": 1204,
    "description": "Instructions document for the assistant",
    "createdAt": "2026-12-01T14:00:00Z",
}
_CHUNKS = {
    "pages": None,
    "chunks": [{"text": "Parking is free.", "heading": "Parking", "page": None}],
    "next": None,
}
_VERSION = {
    "version": 2,
    "cause": "file added: parking.md",
    "madeBy": "staff_01h2xcejqtf2nbrexx3vqjhp41",
    "createdAt": "2026-12-01T14:00:00Z",
}
_WHOLE = {
    **ASSISTANT,
    "version": 2,
    "code": "maple-street",
    "model": "gpt-4o",
    "temperature": "0.70",
    "topP": "1.00",
    "responseFormatJson": False,
    "includeConversationTranscript": True,
    "includeConversationMetadata": True,
    "tools": [{"id": 1, "type": "function", "name": "get_current_time"}],
    "apis": ["billing"],
    "files": [_FILE],
}
_API_CALL = {"apiCode": "billing", "path": "/invoices/12", "method": "GET", "query": {"lines": True}}
_API_ANSWER = {"status": 200, "body": {"id": 12, "due": "120.00"}, "truncated": False}
_MEMORY = {"key": "insurance", "data": {"name": "Delta"}}
_USER = {
    "id": "staff_01h2xcejqtf2nbrexx3vqjhp41",
    "email": "anna@example.com",
    "firstName": "Anna",
    "lastName": "Bell",
    "role": "practice_admin",
    "organizationIds": [],
    "brandIds": [],
    "siteIds": [123],
    "fhirStoreId": None,
    "tosAcceptedAt": None,
}
_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzdGFmZl8xIn0.c2lnbmF0dXJl"  # noqa: S105 - an example


def _error(status: int, message: str | list[str], name: str, *headers: str) -> Answer:
    body = {"message": message, "error": HTTPStatus(status).phrase, "statusCode": status}
    text = message if isinstance(message, str) else "Fields do not fit."
    return Answer(status, text if text.endswith(".") else f"{text}.", ref("Error"), {name: body}, headers)


_UNAUTHORIZED = Answer(
    401,
    "No token, or one that is not valid.",
    ref("Unauthorized"),
    {"no good token": {"message": "Unauthorized", "statusCode": 401}},
    ("WWW-Authenticate",),
)
_UNAVAILABLE = _error(503, "The service is not available just now.", "unavailable", "Retry-After")
_NUMBER = _error(400, "Validation failed (numeric string is expected)", "no number in the path")
_CALLER = (_UNAUTHORIZED, _UNAVAILABLE)
_OF_SITE = (*_CALLER, _NUMBER, _error(403, "Forbidden resource", "another site"))
_NO_SITE = _error(404, "Site not found", "no site")
_NO_ASSISTANT = _error(404, "Site assistant not found", "no assistant")
_NO_FILE = _error(404, "Assistant file not found", "no file")
_NO_VERSION = _error(404, "No such version of the assistant", "no version")
_BODY = (
    _error(400, ["siteId must be a number conforming to the specified constraints"], "fields"),
    _error(413, "request entity too large", "too large"),
    _error(415, "The content type must be application/json.", "another type"),
)
_SITE_ID, _ASSISTANT_ID, _FILE_ID = "SiteId", "SiteAssistantId", "AssistantFileId"


def _operation(
    method: str,
    path: str,
    id_: str,
    tag: str,
    summary: str,
    description: str,
    done: Answer,
    *others: Answer,
    request: Schema | None = None,
    sent: Any = None,
    **more: Any,
) -> Operation:
    places = {
        "{siteId}": _SITE_ID,
        "{siteAssistantId}": _ASSISTANT_ID,
        "{assistantFileId}": _FILE_ID,
        "{version}": "Version",
        "{conversation_id}": "ConversationId",
    }
    named = tuple(name for place, name in places.items() if place in path)
    of_site = _OF_SITE if path.startswith("/site/") else _CALLER
    missing = (_NO_ASSISTANT,) if path.startswith(ONE) else ()
    body = _BODY if request is not None and "media_types" not in more else ()
    return Operation(
        method,
        path,
        id_,
        tag,
        summary,
        description,
        (done, *of_site, *missing, *body, *others),
        request=request,
        examples={"one": sent} if request is not None and sent is not None else {},
        parameters=(*named, *more.pop("query", ())),
        **more,
    )


def _ok(schema: Schema, example: Any, status: int = 200, text: str = "As it is now.") -> Answer:
    return Answer(status, text, schema, {"one": example})


def _gone(message: str) -> Answer:
    return _ok(ref("Done"), {"message": message, "statusCode": 200}, text="Gone.")


_ASSISTANT = ref("SiteAssistant")
_SAID_BACK = _ok(
    ref("ChatAnswer"),
    {
        "message": "Of course. Which day would suit you?",
        "assistantId": 456,
        "siteId": 123,
        "threadId": "thrd_01h2xcejqtf2nbrexx3vqjhp41",
        "createdAt": "2026-12-01T14:00:00Z",
    },
    201,
    "The answer.",
)

OWN = (
    _operation(
        "get",
        SITE,
        "listSiteAssistants",
        ASSISTANTS,
        "Retrieve all site assistants for a site",
        "A bare array, oldest first, of all the assistants that the site has.",
        _ok(array_of("SiteAssistant"), [ASSISTANT]),
        _NO_SITE,
    ),
    _operation(
        "post",
        SITE,
        "createSiteAssistant",
        ASSISTANTS,
        "Create a new site assistant",
        "The site's number stands in the path and in the body; they must be the same.",
        _ok(_ASSISTANT, ASSISTANT, 201, "Site assistant created successfully."),
        _NO_SITE,
        request=ref("CreateSiteAssistant"),
        sent=_CREATE,
    ),
    _operation(
        "get",
        ONE,
        "getSiteAssistant",
        ASSISTANTS,
        "Retrieve a site assistant by ID",
        "Name and instructions as they are now; its files are listed below it.",
        _ok(_ASSISTANT, ASSISTANT),
    ),
    _operation(
        "put",
        ONE,
        "updateSiteAssistant",
        ASSISTANTS,
        "Update an existing site assistant",
        "What is changed is a new version; conversations keep the one that they began with.",
        _ok(_ASSISTANT, ASSISTANT),
        request=ref("UpdateSiteAssistant"),
        sent=ASSISTANT,
    ),
    _operation(
        "delete",
        ONE,
        "deleteSiteAssistant",
        ASSISTANTS,
        "Delete a site assistant",
        "It is gone at once, and so are its files and versions.",
        _gone("Site assistant deleted successfully"),
    ),
    _operation(
        "post",
        f"{ONE}/chat",
        "chatWithSiteAssistant",
        ASSISTANTS,
        "Send a chat message to the site assistant",
        "The bot that answers the phone answers: it searches, books, and remembers the thread. Extension:"
        " `threadId` names a conversation.",
        _SAID_BACK,
        _error(404, "No such thread.", "no thread"),
        _error(422, NO_BOT, "no bot"),
        request=ref("ChatMessage"),
        sent=MESSAGE,
    ),
    _operation(
        "post",
        "/site/{siteId}/chat",
        "chatWithSite",
        ASSISTANTS,
        "Send a chat message to whom the routes choose",
        "Extension: the assistant is chosen as it is for a call, by the routes of the site's assistants, else"
        " it is the bot's own. A conversation that `threadId` names keeps its assistant.",
        _SAID_BACK,
        _error(404, "No such thread.", "no thread"),
        _error(422, NO_BOT, "no bot"),
        _error(422, NO_ASSISTANT, "nobody chosen"),
        request=ref("RoutedChatMessage"),
        sent={**MESSAGE, "tags": {"campaign": "spring"}},
    ),
)
FILE_OPERATIONS = (
    _operation(
        "get",
        f"{ONE}/files",
        "listAssistantFiles",
        FILES,
        "List files",
        "Extension: the files that the assistant answers from, oldest first.",
        _ok(array_of("AssistantFile"), [_FILE]),
    ),
    _operation(
        "post",
        f"{ONE}/files",
        "uploadAssistantFile",
        FILES,
        "Upload a file to the site assistant",
        "PDF, Word, Markdown, text, HTML, CSV or JSON, by its content. A file without readable text is"
        " refused with the reason, and nothing of it is kept.",
        _ok(ref("AssistantFile"), _FILE, 201, "Kept."),
        _error(400, "File is required", "no file"),
        _error(400, "The file is empty.", "no text"),
        _error(413, "File too large", "too large"),
        request=ref("Upload"),
        media_types=(FORM,),
        query=("Description",),
    ),
    _operation(
        "get",
        FILE,
        "getAssistantFile",
        FILES,
        "Get a file",
        "Extension: what is known of the file, without its content.",
        _ok(ref("AssistantFile"), _FILE),
        _NO_FILE,
    ),
    _operation(
        "get",
        f"{FILE}/content",
        "getAssistantFileContent",
        FILES,
        "Get a file's content",
        "Extension: the bytes exactly as they were uploaded, under the type that the content has.",
        Answer(200, "The file.", {}, media_type="*/*", headers=("Content-Disposition",)),
        _NO_FILE,
    ),
    _operation(
        "get",
        f"{FILE}/chunks",
        "listAssistantFileChunks",
        FILES,
        "Get a file's text",
        "Extension: the text in pieces, each with its headings and page; long ones in several answers.",
        _ok(ref("Chunks"), _CHUNKS),
        _error(400, "No text can be taken out of it.", "no text"),
        _NO_FILE,
        query=("Start",),
    ),
    _operation(
        "delete",
        FILE,
        "deleteAssistantFile",
        FILES,
        "Delete a file associated with the site assistant",
        "Versions that had it keep it; the assistant answers without it from now on.",
        _gone("Assistant file deleted successfully"),
        _NO_FILE,
    ),
)
VERSION_OPERATIONS = (
    _operation(
        "get",
        f"{ONE}/versions",
        "listSiteAssistantVersions",
        VERSIONS,
        "List versions",
        "Extension: what changed, when, and by whom; newest first.",
        _ok(array_of("Version"), [_VERSION]),
    ),
    _operation(
        "get",
        f"{ONE}/versions/{{version}}",
        "getSiteAssistantVersion",
        VERSIONS,
        "Get a version",
        "Extension: all that a conversation needs of the assistant at that version; `latest` is now.",
        _ok(ref("AssistantVersion"), _WHOLE),
        _NO_VERSION,
    ),
    _operation(
        "post",
        f"{ONE}/versions/{{version}}/restore",
        "restoreSiteAssistantVersion",
        VERSIONS,
        "Bring a version back",
        "Extension: the assistant is what it was at that version; that is a new version.",
        _ok(ref("RestoredAssistant"), {**ASSISTANT, "version": 3}, 201),
        _error(400, "An assistant cannot use itself, neither directly nor through others.", "a circle"),
        _NO_VERSION,
    ),
)
RUNTIME_OPERATIONS = (
    _operation(
        "post",
        f"{ONE}/api-calls",
        "callApi",
        RUNTIME,
        "Call a remote API",
        "Extension: the server adds the credentials, and keeps to the API's host and path. The API's own"
        " status is in the answer.",
        _ok(ref("ApiAnswer"), _API_ANSWER, 201, "What the API answered."),
        _error(400, "The path must be a path below the API's URL.", "a path that leads away"),
        _error(404, "No such API.", "no API"),
        _error(502, "The API did not answer.", "no answer"),
        request=ref("ApiCall"),
        sent=_API_CALL,
    ),
    _operation(
        "get",
        f"{ONE}/memory/{{conversation_id}}",
        "readMemory",
        RUNTIME,
        "Read a memory",
        "Extension: what the assistant wrote down in a conversation; empty when nothing.",
        _ok(ref("Memory"), {_MEMORY["key"]: _MEMORY["data"]}),
    ),
    _operation(
        "put",
        f"{ONE}/memory/{{conversation_id}}",
        "writeMemory",
        RUNTIME,
        "Write something down",
        "Extension: the same key is written over; a conversation has at most 100 keys.",
        _ok(ref("MemoryEntry"), _MEMORY),
        request=ref("MemoryEntry"),
        sent=_MEMORY,
    ),
)
LOG_IN_OPERATIONS = (
    Operation(
        "post",
        "/auth/login",
        "logIn",
        LOG_IN,
        "Log in",
        "Exchange e-mail and password for a token that is good for 24 hours.",
        (
            _ok(
                ref("LoggedIn"),
                {"message": "Login successful", "accessToken": _TOKEN, "token": _TOKEN},
                201,
                "Login successful.",
            ),
            _error(400, ["email must be a string"], "fields"),
            *_BODY[1:],
            _UNAUTHORIZED,
            _error(429, "Too many requests.", "too many log-ins", "Retry-After"),
            _UNAVAILABLE,
        ),
        request=ref("LogIn"),
        examples={"one": {"email": "anna@example.com", "password": "correct horse"}},
        open=True,
    ),
    _operation(
        "get",
        "/auth/user",
        "getUser",
        LOG_IN,
        "Who am I",
        "The person behind the token, with the sites that they reach.",
        _ok(ref("User"), _USER),
    ),
    _operation(
        "post",
        "/auth/logout",
        "logOut",
        LOG_IN,
        "Log out",
        "End the session: its token opens nothing any more, here or elsewhere.",
        _ok(ref("Done"), {"message": "Logout successful", "statusCode": 200}),
    ),
)
OPERATIONS = (*LOG_IN_OPERATIONS, *OWN, *FILE_OPERATIONS, *VERSION_OPERATIONS, *RUNTIME_OPERATIONS)
