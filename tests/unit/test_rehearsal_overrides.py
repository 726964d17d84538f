"""Connection overrides in a webhook's fragment, and the signature without it."""

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.carriers import carrier
from rehearsal.webhook import Overrides, read_overrides


def test_overrides_are_read_from_the_fragment_and_cut_off_the_url() -> None:
    url, overrides = read_overrides("https://bot.example/next?a=b#ct=2000&rt=3000&tt=9000&rc=5&rp=all")
    assert url == "https://bot.example/next?a=b"
    assert overrides == Overrides(2.0, 3.0, 9.0, 5, frozenset({"all"}))
    assert overrides.retry("4xx")


def test_without_a_fragment_twilios_defaults_hold() -> None:
    url, overrides = read_overrides("https://bot.example/next")
    assert (url, overrides) == ("https://bot.example/next", Overrides())
    assert overrides.retry("ct")
    assert not overrides.retry("5xx")


def test_policies_can_be_listed() -> None:
    overrides = read_overrides("https://x/#rp=5xx,rt")[1]
    assert [overrides.retry(t) for t in ("ct", "rt", "4xx", "5xx")] == [False, True, False, True]


@given(st.text(max_size=40))
def test_any_fragment_gives_values_within_twilios_ranges(fragment: str) -> None:
    overrides = read_overrides(f"https://x/#{fragment}")[1]
    assert 0 <= overrides.retries <= 5
    assert 0.1 <= overrides.connect_seconds <= 10
    assert 0.1 <= overrides.read_seconds <= 15
    assert 0.1 <= overrides.total_seconds <= 15


def test_the_signature_is_twilios_own_example() -> None:
    # https://www.twilio.com/docs/usage/security, "Validating requests"
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    headers = carrier("twilio", "12345").headers("https://mycompany.com/myapp.php?foo=1&bar=2", fields)
    assert headers == {"X-Twilio-Signature": "0/KCTR6DLpKmkAf8muzZqo1nDgQ="}
