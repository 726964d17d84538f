"""Access tokens of integrators' clients: JWTs that say which client, with which scopes, until when."""

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from kit.clock import Clock
from kit.ids import new_id
from practice.integrators.signing_keys import TOKEN_LIFETIME, SigningKeys
from webhooks.security.tokens import ALGORITHM, TokenRefused, read_claims

AUDIENCE = "assistants"


class AccessTokens:
    """Issues and opens access tokens."""

    def __init__(self, keys: SigningKeys, wall_clock: Clock) -> None:
        self._keys = keys
        self._wall_clock = wall_clock

    async def issue(self, client_id: str, scopes: list[str]) -> str:
        """Issue a token; gives a compact JWT (RFC 9068 in its claims) that names its key."""
        key = await self._keys.newest()
        now = int(self._wall_clock().timestamp())
        claims = {
            "sub": client_id,
            "client_id": client_id,
            "aud": AUDIENCE,
            "scope": " ".join(scopes),
            "iat": now,
            "jti": new_id("tok", self._wall_clock()),
            "exp": now + int(TOKEN_LIFETIME.total_seconds()),
        }
        header = {"alg": ALGORITHM, "kid": key.id}
        return jwt.encode(header, claims, OctKey.import_key(key.key), algorithms=[ALGORITHM])

    async def open(self, token: str) -> tuple[str, frozenset[str]]:
        """Check a token; TokenRefused when it is not ours, its key is retired, or its time is over."""
        try:
            key_id = jws.extract_compact(token.encode()).headers().get("kid")
        except (JoseError, ValueError) as error:
            raise TokenRefused("the token is not valid") from error
        key = await self._keys.find(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise TokenRefused("the token's key is not known")
        claims = read_claims(token, OctKey.import_key(key.key), self._registry())
        client_id, scope = claims["sub"], claims["scope"]
        if not isinstance(client_id, str) or not isinstance(scope, str):
            raise TokenRefused("the token is not valid")
        return client_id, frozenset(scope.split())

    def _registry(self) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(self._wall_clock().timestamp()),
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
            scope={"essential": True},
        )
