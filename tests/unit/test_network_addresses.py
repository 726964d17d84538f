"""Which addresses webhooks may reach: the public internet, what the operator allows, nothing in disguise."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.settings import RelaySettings
from kit.http.addresses import Networks, UrlRefused, check_url

PUBLIC = Networks()
LOOPBACK = Networks.parse("127.0.0.0/8")


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"],
)
def test_a_public_address_may_be_reached(address: str) -> None:
    assert PUBLIC.permits(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "100.127.255.255", "0.0.0.0", "0.1.2.3", "255.255.255.255"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "192.88.99.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1"),
        *("2001:db8::1", "2001::1", "100::1", "64:ff9b:1::1", "5f00::1"),
    ],
)
def test_an_address_of_somebodys_own_network_may_not(address: str) -> None:
    assert not PUBLIC.permits(address)


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
    ],
)
def test_an_address_in_the_disguise_of_another_family_may_not(address: str) -> None:
    assert not PUBLIC.permits(address)


@given(st.ip_addresses(v=4))
def test_every_disguise_of_an_address_is_judged_as_the_address(address: ipaddress.IPv4Address) -> None:
    plain = PUBLIC.permits(str(address))
    number = int(address)
    assert PUBLIC.permits(str(ipaddress.IPv6Address(0xFFFF << 32 | number))) == plain
    assert PUBLIC.permits(str(ipaddress.IPv6Address((0x64FF9B << 96) | number))) == plain
    assert PUBLIC.permits(str(ipaddress.IPv6Address(0x2002 << 112 | number << 80))) == plain


@given(st.ip_addresses())
def test_nothing_is_permitted_that_python_calls_private(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address.is_private or address.is_multicast or address.is_loopback or address.is_unspecified:
        mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None
        assert mapped or not PUBLIC.permits(str(address))


@pytest.mark.parametrize("nonsense", ["", "localhost", "1.2.3", "1.2.3.4.5", "8.8.8.8/32", "::ffff:1.2.3"])
def test_what_is_no_address_may_not_be_reached(nonsense: str) -> None:
    assert not PUBLIC.permits(nonsense)


def test_the_operator_allows_networks_and_single_addresses() -> None:
    networks = Networks.parse(" 10.20.0.0/16,192.168.7.9 , fd00::/8,127.0.0.1/8,")
    for address in ("10.20.3.4", "192.168.7.9", "fd12::1", "127.3.4.5", "::ffff:10.20.3.4", "8.8.8.8"):
        assert networks.permits(address)
    for address in ("10.21.0.1", "192.168.7.8", "169.254.169.254", "::1"):
        assert not networks.permits(address)


@pytest.mark.parametrize("text", ["10.0.0.0/33", "localhost", "10.0.0.0/8;127.0.0.1", "::/129"])
def test_a_setting_that_names_no_network_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError):
        RelaySettings(allowed_networks=text)


def test_a_host_with_one_forbidden_address_is_forbidden() -> None:
    assert PUBLIC.choose(["8.8.8.8", "10.0.0.1"]) == []
    assert PUBLIC.choose(["10.0.0.1", "8.8.8.8"]) == []
    assert PUBLIC.choose(["8.8.8.8", "8.8.4.4"]) == ["8.8.8.8", "8.8.4.4"]


def test_one_of_this_machines_own_addresses_is_enough() -> None:
    assert LOOPBACK.choose(["::1", "127.0.0.1"]) == ["127.0.0.1"]
    assert LOOPBACK.choose(["::1", "10.0.0.1", "127.0.0.1"]) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://platform.example",
        "https://platform.example:8443/hooks/",
        "https://8.8.8.8/",
        "https://xn--mller-kva.example",
    ],
)
def test_a_plain_url_is_good(url: str) -> None:
    check_url(url, PUBLIC, allow_http=False)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "https://"),
        ("platform.example", "https://"),
        ("http://platform.example", "https://"),
        ("ftp://platform.example", "https://"),
        ("file:///etc/passwd", "https://"),
        ("https://", "a URL"),
        ("https://platform.example:0/", "a URL"),
        ("https://platform.example:65536/", "a URL"),
        ("https://platform.example:port/", "a URL"),
        ("https://platform .example/", "a URL"),
        ("https://platform.example/\n", "a URL"),
        ("https://platform.example/" + "a" * 2048, "2048"),
        ("https://user@platform.example", "user name"),
        ("https://user:secret@platform.example", "user name"),
        ("https://platform.example/?token=1", "query"),
        ("https://platform.example/?", "query"),
        ("https://platform.example/#", "fragment"),
        ("https://127.0.0.1/", "ALLOWED_NETWORKS"),
        ("https://localhost/", "ALLOWED_NETWORKS"),
        ("https://LOCALHOST./", "ALLOWED_NETWORKS"),
        ("https://a.localhost/", "ALLOWED_NETWORKS"),
        ("http://127.0.0.1:9000/", "ALLOWED_NETWORKS"),
        ("https://[::1]/", "ALLOWED_NETWORKS"),
        ("https://[::ffff:10.0.0.1]/", "ALLOWED_NETWORKS"),
        ("https://169.254.169.254/latest/meta-data", "ALLOWED_NETWORKS"),
        ("https://2130706433/", "ALLOWED_NETWORKS"),
        ("https://0x7f000001/", "ALLOWED_NETWORKS"),
        ("https://0x7f.1/", "ALLOWED_NETWORKS"),
        ("https://127.1/", "ALLOWED_NETWORKS"),
    ],
)
def test_a_url_that_will_never_be_called_is_refused_with_the_reason(url: str, why: str) -> None:
    with pytest.raises(UrlRefused, match=why):
        check_url(url, PUBLIC, allow_http=False)


def test_http_is_good_on_this_machine_and_where_the_operator_allows_it() -> None:
    check_url("http://127.0.0.1:9000", LOOPBACK, allow_http=False)
    check_url("http://localhost:9000/", LOOPBACK, allow_http=False)
    check_url("http://platform.example", PUBLIC, allow_http=True)
    with pytest.raises(UrlRefused):
        check_url("http://10.0.0.1", Networks.parse("10.0.0.0/8"), allow_http=False)


def test_a_url_that_no_path_is_added_to_may_have_a_query() -> None:
    check_url("https://partner.example/events?source=chairside", PUBLIC, allow_http=False, with_query=True)
    with pytest.raises(UrlRefused, match="fragment"):
        check_url("https://partner.example/events#x", PUBLIC, allow_http=False, with_query=True)
