"""What an API's endpoints say of themselves is what its document says, and nothing more."""

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Security
from pydantic import BaseModel, ConfigDict, Field

from practice.errors import BotNotFound, RateLimited, SiteNotFound
from tests.fakes.documents import check_document
from webhooks.api_documents import ApiDocument, ErrorShape, reply
from webhooks.body_route import BodyRoute
from webhooks.http_errors import HttpError, payload_too_large, unauthorized
from webhooks.security.bearer import BearerToken


class Lamp(BaseModel):
    """A lamp with a ``title``."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Desk"}]})

    title: Annotated[str, Field(max_length=20)]
    room: str | None = None


class Refusal(BaseModel):
    """An error."""

    why: str


SHAPE = ErrorShape(Refusal, lambda error: {"why": error.message})
API = ApiDocument(
    title="Lamps",
    version="1.0.0",
    description="For lamps.",
    paths=("/lamps",),
    tags={"Lamps": "That shine."},
    headers={
        name: {"description": "One.", "schema": {"type": "string"}}
        for name in ("X-Request-Id", "Retry-After", "WWW-Authenticate", "Replayed", "Unused")
    },
)
router = APIRouter(route_class=BodyRoute)
token = BearerToken("LampAuth")


@router.post(
    "/lamps",
    operation_id="addLamp",
    summary="Add a lamp",
    tags=["Lamps"],
    status_code=201,
    responses={
        200: reply("There before.", Lamp, headers=["Replayed"]),
        201: reply("Added.", Lamp, examples={"no room": {"title": "Floor", "room": None}}),
        **SHAPE.responses(
            unauthorized(),
            BotNotFound,
            SiteNotFound,
            RateLimited,
            payload_too_large(9),
            HttpError(503, "unavailable", "Not now.", headers={"Retry-After": "2"}),
        ),
    },
)
async def add_lamp(
    body: Lamp,
    credential: Annotated[str | None, Security(token, scopes=["lamps:write"])],
    colour: Annotated[str | None, Header(description="Of its light.")] = None,
) -> dict[str, Any]:
    """Adds a lamp to a room, once; the ``title`` is what people call it."""
    return {"title": body.title, "credential": credential, "colour": colour}


@router.get("/other")
async def other() -> None:
    """Belongs to another API."""


def document() -> dict[str, Any]:
    app = FastAPI()
    app.include_router(router)
    return API.write(app.routes, "https://lamps.example.com")


def test_a_document_has_the_operations_below_its_paths_and_no_others() -> None:
    written = document()
    check_document(written)
    assert list(written["paths"]) == ["/lamps"]
    assert written["servers"] == [{"url": "https://lamps.example.com"}]
    assert written["tags"] == [{"name": "Lamps", "description": "That shine."}]


def test_responses_are_the_declared_ones_in_order_and_carry_the_headers() -> None:
    responses = document()["paths"]["/lamps"]["post"]["responses"]
    assert list(responses) == ["200", "201", "401", "404", "413", "429", "503"]
    assert set(responses["200"]["headers"]) == {"Replayed", "X-Request-Id"}
    assert set(responses["429"]["headers"]) == {"Retry-After", "X-Request-Id"}
    assert set(responses["401"]["headers"]) == {"WWW-Authenticate", "X-Request-Id"}
    assert responses["404"]["description"] == "Not Found: No such bot., Site not found"
    content = responses["404"]["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Refusal"}
    assert content["examples"]["bot_not_found"] == {"value": {"why": "No such bot."}}


def test_the_schemas_are_those_of_the_models_without_titles() -> None:
    schemas = document()["components"]["schemas"]
    assert set(schemas) == {"Lamp", "Refusal"}
    lamp = schemas["Lamp"]
    assert lamp["properties"]["title"] == {"type": "string", "maxLength": 20}
    assert lamp["description"] == "A lamp with a `title`."
    assert lamp["examples"] == [{"title": "Desk"}]


def test_an_example_of_a_response_keeps_its_nulls() -> None:
    content = document()["paths"]["/lamps"]["post"]["responses"]["201"]["content"]["application/json"]
    assert content["examples"] == {"no room": {"value": {"title": "Floor", "room": None}}}


def test_an_operation_tells_its_scope_and_its_parameters() -> None:
    written = document()
    operation = written["paths"]["/lamps"]["post"]
    assert operation["security"] == [{"LampAuth": ["lamps:write"]}]
    assert written["components"]["securitySchemes"] == {"LampAuth": {"type": "http", "scheme": "bearer"}}
    assert operation["description"] == (
        "Adds a lamp to a room, once; the `title` is what people call it.\n\nNeeds the scope `lamps:write`."
    )
    (colour,) = operation["parameters"]
    assert (colour["name"], colour["in"], colour["description"]) == ("colour", "header", "Of its light.")


def test_a_changed_document_changes_no_other() -> None:
    changed = document()
    responses = changed["paths"]["/lamps"]["post"]["responses"]
    responses["201"]["content"]["application/json"]["examples"]["no room"]["value"].clear()
    changed["components"]["headers"]["X-Request-Id"].clear()
    assert document()["components"]["headers"]["X-Request-Id"]
    content = document()["paths"]["/lamps"]["post"]["responses"]["201"]["content"]["application/json"]
    assert content["examples"]["no room"]["value"]
