"""The token endpoint: RFC 6749's client credentials, and tokens that end with their client or their key."""

import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.errors import ClientNotFound, InvalidClient, InvalidRequest, SiteNotFound
from practice.integrators.service import Integrators
from practice.integrators.signing_keys import TOKEN_LIFETIME, SigningKeys
from practice.integrators.views import NewClient
from practice.records.integrators import OAuthClient, SigningKey
from tests.fakes.app import AppUnderTest
from tests.fakes.clock import MovableClock
from webhooks.security.access_tokens import AccessTokens
from webhooks.security.tokens import TokenRefused

BOTH = "assistants:read assistants:write"


@pytest.fixture
async def made(app: AppUnderTest) -> NewClient:
    return await app.services.clients.create_client(BOTH.split(), name="Acme's chat")


def form(made: NewClient, **changes: str) -> dict[str, str]:
    given = {
        "grant_type": "client_credentials",
        "client_id": made.client.id,
        "client_secret": made.secret,
        "scope": BOTH,
    }
    return given | changes


async def ask(app: AppUnderTest, data: Any = None, **options: Any) -> httpx.Response:
    return await app.client.post("/oauth/token/", data=data, **options)


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


async def test_a_client_gets_a_token_for_an_hour_that_nobody_keeps(
    app: AppUnderTest, made: NewClient
) -> None:
    answer = await ask(app, form(made))
    assert answer.status_code == 200
    body = answer.json()
    assert body == {
        "access_token": body["access_token"],
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": BOTH,
    }
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    opened = await app.services.access_tokens.open(body["access_token"])
    assert opened == (made.client.id, frozenset(BOTH.split()))


async def test_no_two_tokens_are_the_same(app: AppUnderTest, made: NewClient) -> None:
    tokens = {(await ask(app, form(made))).json()["access_token"] for _ in range(2)}
    assert len(tokens) == 2


async def test_who_says_by_basic_who_it_is_may_name_itself_in_the_form(
    app: AppUnderTest, made: NewClient
) -> None:
    given = {"grant_type": "client_credentials", "client_id": made.client.id}
    headers = basic(made.client.id, made.secret)
    assert (await ask(app, given, headers=headers)).status_code == 200
    other = await ask(app, {**given, "client_id": "another"}, headers=headers)
    assert (other.status_code, other.json()) == (401, {"error": "invalid_client"})
    twice = await ask(app, {**given, "client_secret": made.secret}, headers=headers)
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")


async def test_the_path_without_its_slash_is_the_same_door(app: AppUnderTest, made: NewClient) -> None:
    assert (await app.client.post("/oauth/token", data=form(made))).status_code == 200


async def test_basic_is_as_good_as_the_form(app: AppUnderTest, made: NewClient) -> None:
    headers = basic(made.client.id, made.secret)
    answer = await ask(app, {"grant_type": "client_credentials"}, headers=headers)
    assert (answer.status_code, answer.json()["scope"]) == (200, BOTH)


@pytest.mark.parametrize("scope", ["", "   ", '""'])
async def test_without_a_scope_all_that_are_allowed_are_given(
    app: AppUnderTest, made: NewClient, scope: str
) -> None:
    assert (await ask(app, form(made, scope=scope))).json()["scope"] == BOTH


async def test_scopes_in_quotation_marks_are_understood(app: AppUnderTest, made: NewClient) -> None:
    assert (await ask(app, form(made, scope='"assistants:read"'))).json()["scope"] == "assistants:read"


@pytest.mark.parametrize("scope", ["assistants:admin", "assistants:read other", "ASSISTANTS:READ"])
async def test_an_unknown_scope_is_refused(app: AppUnderTest, made: NewClient, scope: str) -> None:
    answer = await ask(app, form(made, scope=scope))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_scope_beyond_the_client_is_refused(app: AppUnderTest) -> None:
    reader = await app.services.clients.create_client(["assistants:read"])
    answer = await ask(app, form(reader, scope="assistants:write"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_secret": "cs_wrong"},
        {"client_secret": ""},
        {"client_id": "client_01h2xcejqtf2nbrexx3vqjhp41"},
        {"client_id": "\x00"},
        {"client_secret": "x" * 5000},
    ],
)
async def test_a_wrong_client_is_401_in_one_shape(
    app: AppUnderTest, made: NewClient, changes: dict[str, str]
) -> None:
    answer = await ask(app, form(made, **changes))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_client"'


@pytest.mark.parametrize("header", ["Basic !!", "Basic " + "gA==", "Bearer x", "Basic"])
async def test_a_broken_authorization_header_is_401_and_told_of_basic(app: AppUnderTest, header: str) -> None:
    data = {"grant_type": "client_credentials"}
    answer = await ask(app, data, headers={"Authorization": header})
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer.headers["www-authenticate"] == 'Basic realm="oauth"'


async def test_credentials_given_twice_are_refused(app: AppUnderTest, made: NewClient) -> None:
    answer = await ask(app, form(made), headers=basic(made.client.id, made.secret))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("grant", "error"),
    [
        ("password", "unsupported_grant_type"),
        ("authorization_code", "unsupported_grant_type"),
        ("", "invalid_request"),
    ],
)
async def test_other_grants_are_refused(app: AppUnderTest, made: NewClient, grant: str, error: str) -> None:
    answer = await ask(app, form(made, grant_type=grant))
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_parameter_twice_is_refused(app: AppUnderTest, made: NewClient) -> None:
    body = (
        f"grant_type=client_credentials&grant_type=x&client_id={made.client.id}&client_secret={made.secret}"
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await ask(app, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_json_body_is_refused(app: AppUnderTest, made: NewClient) -> None:
    answer = await ask(app, json=form(made))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_another_method_is_405(app: AppUnderTest) -> None:
    answer = await app.client.get("/oauth/token/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_revoked_client_gets_no_token(app: AppUnderTest, made: NewClient) -> None:
    await app.services.clients.revoke_client(made.client.id)
    assert (await ask(app, form(made))).status_code == 401
    assert await app.services.clients.find(made.client.id) is None


@pytest.fixture
def wall() -> MovableClock:
    return MovableClock()


@pytest.fixture
def keys(database: Database, wall: MovableClock, keyring: Keyring) -> SigningKeys:
    return SigningKeys(database, wall, keyring, TOKEN_LIFETIME)


async def test_a_token_ends_after_its_hour(keys: SigningKeys, wall: MovableClock) -> None:
    tokens = AccessTokens(keys, wall)
    token = await tokens.issue("client_1", ["assistants:read"])
    wall.move(minutes=59)
    assert (await tokens.open(token))[0] == "client_1"
    wall.move(minutes=2)
    with pytest.raises(TokenRefused):
        await tokens.open(token)


async def test_after_a_rotation_older_tokens_are_good_until_their_end(
    keys: SigningKeys, wall: MovableClock
) -> None:
    tokens = AccessTokens(keys, wall)
    before = await tokens.issue("client_1", ["assistants:read"])
    first = (await keys.newest()).id
    assert await keys.rotate() != first
    after = await tokens.issue("client_2", ["assistants:read"])
    assert (await tokens.open(before))[0] == "client_1"
    assert (await tokens.open(after))[0] == "client_2"
    wall.move(hours=2)
    assert await keys.find(first) is None


async def test_another_replica_opens_a_token_whose_key_it_has_not_seen(
    keys: SigningKeys, database: Database, wall: MovableClock, keyring: Keyring
) -> None:
    here, there = (
        AccessTokens(keys, wall),
        AccessTokens(SigningKeys(database, wall, keyring, TOKEN_LIFETIME), wall),
    )
    await here.issue("client_1", ["assistants:read"])
    assert (await there.open(await here.issue("client_1", ["assistants:write"])))[0] == "client_1"


@pytest.mark.parametrize("token", ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "é.é.é", "x" * 10_000])
async def test_what_is_no_token_is_refused(keys: SigningKeys, wall: MovableClock, token: str) -> None:
    with pytest.raises(TokenRefused):
        await AccessTokens(keys, wall).open(token)


async def test_a_token_whose_header_is_no_header_is_401(app: AppUnderTest) -> None:
    token = await app.services.access_tokens.issue("client_1", ["assistants:read"])
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    bad = base64.urlsafe_b64encode(json.dumps({**header, "crit": 1}).encode()).rstrip(b"=").decode()
    signed = f"{bad}.{token.partition('.')[2]}"
    for path in ("/apis/admin/assistants/", "/site/1/assistant", "/v1/bots"):
        for credential in (signed, f"sk_ptnr_rt_{signed}"):
            headers = {"Authorization": f"Bearer {credential}"}
            assert (await app.client.get(path, headers=headers)).status_code == 401


async def test_signing_keys_are_sealed_at_rest(keys: SigningKeys, database: Database) -> None:
    newest = await keys.newest()
    async with database.reading() as session:
        (record,) = await session.scalars(select(SigningKey.sealed_key))
    assert newest.key not in record
    assert newest.key.hex().encode() not in record
    assert newest.key.hex() not in repr(newest)


async def test_a_secret_is_hashed_at_rest_and_in_no_repr(database: Database, clock: Clock) -> None:
    clients = Integrators(database, clock)
    made = await clients.create_client(["assistants:read"])
    assert made.secret not in repr(made)
    async with database.reading() as session:
        record = await session.get(OAuthClient, made.client.id)
    assert record is not None
    assert made.secret not in record.secret_sha256
    assert (await clients.authenticate(made.client.id, made.secret)).id == made.client.id
    with pytest.raises(InvalidClient):
        await clients.authenticate(made.client.id, made.secret + "x")


async def test_a_clients_last_use_is_noted(database: Database) -> None:
    clock = MovableClock()
    clients = Integrators(database, clock)
    made = await clients.create_client(["assistants:read"])
    await clients.authenticate(made.client.id, made.secret)
    (listed,) = await clients.list_clients()
    assert listed.last_used_at == clock()
    clock.move(seconds=30)
    await clients.authenticate(made.client.id, made.secret)
    (listed,) = await clients.list_clients()
    assert listed.last_used_at == clock() - timedelta(seconds=30)


async def test_what_does_not_fit_makes_no_client(database: Database, clock: Clock) -> None:
    clients = Integrators(database, clock)
    for scopes in ([], ["assistants:all"], ["assistants:read", ""]):
        with pytest.raises(InvalidRequest):
            await clients.create_client(scopes)
    for site in (0, -1, 999, 2**40):
        with pytest.raises(SiteNotFound):
            await clients.create_client(["assistants:read"], site_ids=[site])
    with pytest.raises(InvalidRequest):  # which would be all of them, to whoever takes no list for none
        await clients.create_client(["assistants:read"], site_ids=[])
    for name in ("", "a\nb", "x" * 201, "\x00"):
        with pytest.raises(InvalidRequest):
            await clients.create_client(["assistants:read"], name=name)
    with pytest.raises(ClientNotFound):
        await clients.revoke_client("client_none")
    assert await clients.list_clients() == []
