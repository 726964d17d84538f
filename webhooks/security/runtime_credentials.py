"""Short-lived credentials by which the runtime calls the APIs of its own server."""

from datetime import timedelta

from kit.clock import Clock, system_clock
from kit.keyring import Keyring
from webhooks.security.tokens import SignedTokens, TokenRefused

PARTNER_PREFIX = "sk_ptnr_rt_"
LIFETIME = timedelta(minutes=5)


class RuntimeCredentials:
    """Credentials for one bot at the Partner API, one site at the Site API, or one bot's hand-offs."""

    def __init__(self, keyring: Keyring, clock: Clock = system_clock) -> None:
        key = keyring.derive("runtime")
        self._partner = SignedTokens(key, "partner", clock)
        self._site = SignedTokens(key, "site", clock)
        self._hand_offs = SignedTokens(key, "chat-sessions", clock)

    def for_bot(self, bot_id: str) -> str:
        """Issue a bearer credential that acts for one bot; gives ``sk_ptnr_rt_`` and a JWT."""
        return PARTNER_PREFIX + self._partner.issue(bot_id, LIFETIME)

    def bot_of(self, credential: str) -> str:
        """Read which bot a credential acts for, or raise `TokenRefused`."""
        subject: str = self._partner.open(credential.removeprefix(PARTNER_PREFIX))["sub"]
        return subject

    def for_site(self, site_id: int, user: str = "runtime", lifetime: timedelta = LIFETIME) -> str:
        """Issue a bearer credential for one site; chats of different users are kept apart."""
        return self._site.issue(user, lifetime, siteId=site_id)

    def site_of(self, credential: str) -> tuple[int, str]:
        """Read which site a credential is for, or raise `TokenRefused`."""
        claims = self._site.open(credential)
        site_id = claims.get("siteId")
        if not isinstance(site_id, int) or isinstance(site_id, bool):
            raise TokenRefused("the token names no site")
        return site_id, claims["sub"]

    def for_hand_offs(self, bot_id: str) -> str:
        """Issue a bearer credential by which a bot hands its conversations over."""
        return self._hand_offs.issue(bot_id, LIFETIME)

    def hand_offs_of(self, credential: str) -> str:
        """Read which bot a credential hands over for, or raise `TokenRefused`."""
        subject: str = self._hand_offs.open(credential)["sub"]
        return subject
