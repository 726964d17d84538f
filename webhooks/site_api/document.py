"""What the Site Assistants API's document says beside its operations."""

from webhooks.api_documents import ApiDocument, header

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

DOCUMENT = ApiDocument(
    title="Site Assistants API",
    version="1.0.0",
    description=DESCRIPTION,
    paths=("/site/", "/auth/"),
    tags={
        "Log-in": "Tokens for people.",
        "Site Assistants": "Instructions, and chats.",
        "Files": "What assistants answer from.",
        "Versions": "What assistants were, and the way back.",
        "Messages": "What callers left for the practice.",
        "Patients": "What is kept about a patient: found, given to them, erased. Each use is noted.",
        "Practice": "What the practice is, its calls, and its figures.",
        "Runtime": "What a conversation needs while it runs.",
    },
    headers={
        "WWW-Authenticate": header("How to authenticate."),
        "Retry-After": header("Seconds until it makes sense to ask again.", type="integer"),
        "Content-Disposition": header("With the file's name."),
        "X-Request-Id": header("Names the request in the server's log."),
    },
    answers_apart=True,
)
