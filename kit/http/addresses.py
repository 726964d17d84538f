"""Which addresses a webhook may reach. Pure: nothing is resolved here."""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

SETTING = "CHAIRSIDE_RELAY_ALLOWED_NETWORKS"
LONGEST_URL = 2048
LARGEST_PORT = 65_535
LOCALHOST = ("127.0.0.1", "::1")

_SPECIAL_V4 = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))
"""Of IANA's special-purpose registry, what older Pythons do not know as such."""
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class UrlRefused(ValueError):
    """A URL that cannot be a webhook's; the message is a sentence without its subject."""


@dataclass(frozen=True, slots=True)
class Networks:
    """The public internet, and the networks that the operator allows beside it."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Networks":
        """Read the operator's list."""
        names = [name.strip() for name in text.split(",")]
        return cls(tuple(ipaddress.ip_network(name, strict=False) for name in names if name))

    def permits(self, address: str) -> bool:
        """Tell whether a resolved address is public or allowed, as is the IPv4 one that it may stand for."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if any(found in network for network in self.allowed):
            return True
        if isinstance(found, ipaddress.IPv4Address):
            return _is_public_v4(found)
        if found in _NAT64:
            return self.permits(str(ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)))
        if found.sixtofour is not None and not self.permits(str(found.sixtofour)):
            return False
        return found in _GLOBAL_UNICAST and found.is_global

    def choose(self, addresses: Sequence[str]) -> list[str]:
        """Choose which of a host's addresses may be connected to.

        A host with one forbidden address is forbidden: a name that points both out and in is up to no good.
        This machine's own name has two addresses by nature; allowing one of them is enough.

        Args:
            addresses: All that the host's name resolved to.

        Returns:
            Those to try, in order; empty when the host is forbidden.
        """
        permitted = [address for address in addresses if self.permits(address)]
        if len(permitted) == len(addresses) or all(map(is_loopback, addresses)):
            return permitted
        return []


def is_loopback(host: str) -> bool:
    """Tell whether nothing sent to a host leaves this machine: its usual name, or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_url(url: str, networks: Networks, *, allow_http: bool, with_query: bool = False) -> None:
    """Check a URL as far as it can be without asking anybody, for the moment at which it is registered.

    What its name resolves to is checked on every connection, since names change.

    Args:
        allow_http: ``http://`` is good beyond loopback.
        with_query: A query is good; a base URL, to which paths are added, has none.

    Raises:
        UrlRefused: It will never be called; the message says why: ``must begin with https://.``
    """
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise UrlRefused(f"must be a URL without blanks, of at most {LONGEST_URL} characters.")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise UrlRefused("must be a URL such as https://platform.example/webhook.") from error
    if parsed.scheme != "https" and not (
        parsed.scheme == "http" and (allow_http or is_loopback(parsed.host))
    ):
        raise UrlRefused("must begin with https://.")
    if not parsed.host or (parsed.port is not None and not 0 < parsed.port <= LARGEST_PORT):
        raise UrlRefused("must be a URL such as https://platform.example/webhook.")
    if parsed.userinfo:
        raise UrlRefused("must not hold a user name or a password.")
    if parsed.fragment or "#" in url or ("?" in url and not with_query):
        raise UrlRefused(
            "must not have a fragment." if with_query else "must not have a query or a fragment."
        )
    literal = _literal(parsed.host)
    if literal and not any(networks.permits(address) for address in literal):
        raise UrlRefused(f"must be on the public internet, or in a network that {SETTING} allows.")


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    special = address.is_multicast or address.is_reserved or any(address in one for one in _SPECIAL_V4)
    return address.is_global and not special


def _literal(host: str) -> Sequence[str]:
    """Give the addresses that a host is without asking anybody: none for an ordinary name."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return LOCALHOST
    try:
        return (str(ipaddress.ip_address(name)),)
    except ValueError:
        pass
    last = name.rpartition(".")[2]
    if not last[:1].isdigit():
        return ()
    try:
        # 2130706433, 0177.1 and 0x7f.0.0.1 are addresses too, to the resolvers of most systems.
        return (socket.inet_ntoa(socket.inet_aton(name)),)
    except OSError:
        return ()
