"""Signed tokens with an audience and an end: staff sessions, runtime credentials, media parameters."""

from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from kit.clock import Clock

ALGORITHM = "HS256"


class TokenRefused(Exception):
    """A token that is malformed, forged, for another audience, or too old."""


class SignedTokens:
    """Issues and opens the tokens of one purpose.

    Args:
        key: The purpose's own key, 32 bytes.
        audience: What the tokens are for; a token of another audience is refused.
        clock: The machine's time. Not a rehearsed one: whoever checks a token may be another process.
    """

    def __init__(self, key: bytes, audience: str, clock: Clock) -> None:
        self._key = OctKey.import_key(key)
        self._audience = audience
        self._clock = clock

    def issue(self, subject: str, lifetime: timedelta, **claims: Any) -> str:
        """Issue a token."""
        now = int(self._clock().timestamp())
        body = {
            "sub": subject,
            "aud": self._audience,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            **claims,
        }
        return jwt.encode({"alg": ALGORITHM}, body, self._key, algorithms=[ALGORITHM])

    def open(self, token: str) -> dict[str, Any]:
        """Check a token and read it; TokenRefused when it is not ours, not for this, or its time is over."""
        registry = JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        claims = read_claims(token, self._key, registry)
        if not isinstance(claims["sub"], str):
            raise TokenRefused("the token is not valid")
        return claims


def read_claims(token: str, key: OctKey, registry: JWTClaimsRegistry) -> dict[str, Any]:
    """Check a token's signature and claims, or raise `TokenRefused`."""
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError) as error:  # a header's ``crit`` of another type is a TypeError
        raise TokenRefused("the token is not valid") from error
    return claims
