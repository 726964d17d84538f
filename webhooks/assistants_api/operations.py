"""What the Assistants Admin API's document says of each operation."""

from collections.abc import Sequence
from typing import Any

from practice.integrators.service import SCOPES
from webhooks.assistants_api import examples
from webhooks.assistants_api.body import FORMS, REQUIRED
from webhooks.assistants_api.errors import FORBIDDEN, NOT_AUTHENTICATED
from webhooks.docs.tables import Answer, Operation, Schema, array_of, ref
from webhooks.openapi import JSON

READ, WRITE = SCOPES
ROOT = "/apis/admin/assistants/"
ASSISTANTS, EVALUATION, AUTHORIZATION = "Assistants", "Evaluation", "Authorization"
_FORM = FORMS[0]
_DETAIL = ref("Detail")


def _detail(status: int, sentence: str, name: str, *headers: str) -> Answer:
    return Answer(status, sentence, _DETAIL, {name: {"detail": sentence}}, headers)


UNAVAILABLE = _detail(503, "The service is not available just now.", "unavailable", "Retry-After")
TOO_LARGE = _detail(413, "The request body is larger than 262144 bytes.", "too large")
CALLER = (
    _detail(401, NOT_AUTHENTICATED, "no good token", "WWW-Authenticate"),
    _detail(403, FORBIDDEN, "no scope"),
    UNAVAILABLE,
)
BODY = (
    Answer(400, "Fields do not fit.", ref("Invalid"), {"a field": {"code": [REQUIRED]}}),
    Answer(400, "The body is no JSON.", ref("Invalid"), {"no JSON": {"detail": "JSON parse error - …"}}),
    TOO_LARGE,
    _detail(415, 'Unsupported media type "text/plain" in request.', "another type"),
)


def _missing(*kinds: str) -> tuple[Answer, ...]:
    return tuple(_detail(404, f"No {kind} matches the given query.", f"no {kind.lower()}") for kind in kinds)


def _in(path: str) -> tuple[str, ...]:
    names = {"{code}": "Code", "{assistant_code}": "AssistantCode", "{id}": "Id", "{version}": "Version"}
    return tuple(name for place, name in names.items() if place in path)


def _reads(path: str, id_: str, summary: str, description: str, schema: Schema, shown: Any) -> Operation:
    missing = _missing(*_kinds(path))
    answers = (Answer(200, "As it is.", schema, {"one": shown}), *CALLER, *missing)
    return Operation(
        "get",
        ROOT + path,
        id_,
        ASSISTANTS,
        summary,
        description,
        answers,
        parameters=_in(path),
        scope=READ,
    )


def _writes(
    method: str,
    path: str,
    id_: str,
    summary: str,
    description: str,
    done: Answer,
    *,
    request: Schema | None = None,
    sent: Any = None,
    forms: Sequence[str] = (),
) -> Operation:
    taken = BODY if request is not None else ()
    return Operation(
        method,
        ROOT + path,
        id_,
        ASSISTANTS,
        summary,
        description,
        (done, *CALLER, *taken, *_missing(*_kinds(path))),
        request=request,
        examples={} if request is None else {"one": sent},
        media_types=(JSON, *forms),
        parameters=_in(path),
        scope=WRITE,
    )


def _kinds(path: str) -> list[str]:
    """Say what may not be there, by the path that names it."""
    kinds = ["Assistant"] if path.startswith(("{code}", "{assistant_code}")) else []
    for part, kind in (("apis/{", "Api"), ("tools/{", "AssistantTool"), ("routes/{", "AssistantRoute")):
        kinds += [kind] if part in path else []
    for part, kind in (("threads/{", "AssistantThread"), ("versions/{", "AssistantVersion")):
        kinds += [kind] if part in path else []
    return kinds


def _five(
    path: str, key: str, name: str, ids: str, sent: Any, made: Any, patch: str, words: tuple[str, str]
) -> list[Operation]:
    """Describe list, create, get, put, patch and delete of one kind of thing."""
    schema, one, (what, more) = ref(name), f"{path}{{{key}}}/", words
    many = ids if ids.endswith("s") else f"{ids}s"
    ok = Answer(200, "As it is now.", schema, {"one": made})
    return [
        _reads(
            path,
            f"list{many}",
            f"List {what}s",
            f"All that the client reaches. {more}",
            array_of(name),
            [made],
        ),
        _writes(
            "post",
            path,
            f"create{ids}",
            f"Make {_a(what)}",
            f"It is made at once. {more}",
            Answer(201, "Made.", schema, {"one": made}),
            request=schema,
            sent=sent,
            forms=FORMS if name == "Api" else (),
        ),
        _reads(one, f"retrieve{ids}", f"Get {_a(what)}", f"As it is at this moment. {more}", schema, made),
        _writes(
            "put",
            one,
            f"update{ids}",
            f"Replace {_a(what)}",
            f"A field that is left out is what it is by default. {more}",
            ok,
            request=schema,
            sent=sent,
        ),
        _writes(
            "patch",
            one,
            f"partialUpdate{ids}",
            f"Change {_a(what)}",
            f"A field that is left out stays as it is. {more}",
            ok,
            request=ref(patch),
            sent=sent,
        ),
        _writes(
            "delete",
            one,
            f"destroy{ids}",
            f"Delete {_a(what)}",
            f"It is gone at once, and so is what belongs to it alone. {more}",
            Answer(204, "Gone."),
        ),
    ]


def _a(what: str) -> str:
    return f"an {what}" if what[0] in "aA" else f"a {what}"


APIS = _five(
    "apis/",
    "code",
    "Api",
    "Api",
    examples.API,
    examples.MADE_API,
    "PatchedApi",
    (
        "remote API",
        "Assistants call it by its code; its credentials are kept sealed. `{code}` may be its number too.",
    ),
)
TOOLS = [
    _reads(
        "tools/",
        "listAssistantTools",
        "List tools",
        "The built-in functions, and every other assistant that the client reaches.",
        array_of("AssistantTool"),
        [examples.TOOL],
    ),
    _reads(
        "tools/{id}/",
        "retrieveAssistantTool",
        "Get a tool",
        "A built-in function, or another assistant that is asked with one text.",
        ref("AssistantTool"),
        examples.TOOL,
    ),
]
OWN = _five(
    "",
    "code",
    "AssistantViewSet",
    "assistants",
    examples.ASSISTANT,
    examples.MADE_ASSISTANT,
    "PatchedAssistantViewSet",
    ("assistant", "Every change is a version; conversations keep the one that they began with."),
)
ROUTES = _five(
    "{assistant_code}/routes/",
    "id",
    "AssistantRoute",
    "AssistantRoute",
    examples.ROUTE,
    examples.MADE_ROUTE,
    "AssistantRoute",
    ("route", "The route with the most tags that all fit wins, and the oldest of equals."),
)
THREADS = _five(
    "{assistant_code}/threads/",
    "id",
    "AssistantThread",
    "AssistantThread",
    examples.THREAD,
    examples.MADE_THREAD,
    "AssistantThread",
    ("thread", "Every call and chat is one, and so is every evaluated conversation."),
)
_MESSAGES = "{assistant_code}/threads/{id}/messages/"
MESSAGES = [
    _reads(
        _MESSAGES,
        "listAssistantThreadMessages",
        "List messages",
        "In order, as they happened, function calls and their results among them.",
        array_of("AssistantThreadMessage"),
        [examples.MADE_MESSAGE],
    ),
    _writes(
        "post",
        _MESSAGES,
        "createAssistantThreadMessage",
        "Add a message",
        "It is put at the end of the thread; nobody answers it.",
        Answer(201, "Added.", ref("AssistantThreadMessage"), {"one": examples.MADE_MESSAGE}),
        request=ref("AssistantThreadMessage"),
        sent=examples.MESSAGE,
    ),
]
_RESTORED = Answer(200, "As it is now.", ref("AssistantViewSet"), {"one": examples.MADE_ASSISTANT})
VERSIONS = [
    _reads(
        "{code}/versions/",
        "listAssistantVersions",
        "List versions",
        "Extension: what changed, when, and by whom; newest first.",
        array_of("AssistantVersion"),
        [examples.VERSION],
    ),
    _writes(
        "post",
        "{code}/versions/{version}/restore/",
        "restoreAssistantVersion",
        "Bring a version back",
        "Extension: the assistant is what it was at that version; that is a new version. 400 when a tool of"
        " then would lead back to the assistant.",
        _RESTORED,
    ),
]
VERSIONS[1] = Operation(**{**vars(VERSIONS[1]), "answers": (*VERSIONS[1].answers, BODY[0])})


def _oauth_error(status: int, code: str, sentence: str, *headers: str) -> Answer:
    body = {"error": code} if code == "invalid_client" else {"error": code, "error_description": sentence}
    return Answer(status, sentence, ref("TokenError"), {code: body}, (*_NO_STORE, *headers))


_NO_STORE = ("Cache-Control", "Pragma")
TOKEN = Operation(
    "post",
    "/oauth/token/",
    "issueToken",
    AUTHORIZATION,
    "Get an access token",
    "The client credentials grant (RFC 6749). The client says who it is in the form, or by HTTP Basic; its"
    " secret is never given in both. The path may be written without its last slash.",
    (
        Answer(200, "A token for an hour.", ref("Token"), {"one": examples.TOKEN}, _NO_STORE),
        _oauth_error(400, "invalid_request", "grant_type is required."),
        _oauth_error(400, "unsupported_grant_type", "The only grant type is client_credentials."),
        _oauth_error(400, "invalid_scope", "The client may not be given a scope that is asked for."),
        _oauth_error(401, "invalid_client", "The client is not known, or it is revoked.", "WWW-Authenticate"),
        _oauth_error(413, "payload_too_large", "The request body is larger than 65536 bytes."),
        _oauth_error(429, "rate_limited", "Too many requests.", "Retry-After"),
        _oauth_error(503, "unavailable", "The service is not available just now.", "Retry-After"),
    ),
    request=ref("TokenRequest"),
    examples={"one": examples.TOKEN_REQUEST},
    media_types=(_FORM,),
    open=True,
)

_UNPROCESSABLE = {"detail": [{"loc": ["body", "input"], "msg": "Field required", "type": "missing"}]}
EVALUATE = Operation(
    "post",
    "/api/v2/assistants/{assistant_code}/evaluate",
    "evaluateAssistant",
    EVALUATION,
    "Evaluate an assistant",
    "Its answer to one input. With a `conversation_id`, the thread of this assistant and conversation goes"
    " on, with the version that it began with; without one, nothing is kept. The path has no slash at its"
    " end.",
    (
        Answer(200, "The answer.", ref("EvaluationOutput"), {"one": examples.EVALUATED}),
        _detail(401, "Not authenticated", "no good token", "WWW-Authenticate"),
        _detail(403, "The token lacks a scope.", "no scope"),
        _detail(404, "Not found.", "no assistant"),
        TOO_LARGE,
        Answer(422, "The input does not fit.", ref("HTTPValidationError"), {"no input": _UNPROCESSABLE}),
        _detail(502, "The assistant gave no answer.", "no answer"),
        UNAVAILABLE,
    ),
    request=ref("EvaluationInput"),
    examples={"one": examples.EVALUATION},
    parameters=("AssistantCode", "ConversationId"),
    scope=READ,
)

OPERATIONS = (TOKEN, *APIS, *TOOLS, *OWN, *VERSIONS, *ROUTES, *THREADS, *MESSAGES, EVALUATE)
