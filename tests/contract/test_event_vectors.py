"""Events as `docs/follow-ups.md` tells partners of them, and as we sign them."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from kit.clock import system_clock

DOCUMENT = (Path(__file__).parents[2] / "docs/follow-ups.md").read_text(encoding="utf-8")


def stated(pattern: str) -> str:
    found = re.search(pattern, DOCUMENT)
    assert found is not None, pattern
    return found[1]


def documented_reader() -> Any:
    namespace: dict[str, Any] = {}
    exec(stated(r"(?s)```python\n(.*?)```"), namespace)  # noqa: S102 - the document's own sample
    return namespace


def test_documented_vector_is_what_the_standards_library_signs() -> None:
    moment = datetime.fromtimestamp(int(stated(r"webhook-timestamp: (\d+)")), UTC)
    webhook = Webhook(documented_reader()["SECRET"])
    signature = webhook.sign(stated(r"webhook-id: (\S+)"), moment, stated(r"the body `(.+?)`"))
    assert signature == stated(r"webhook-signature: (\S+)")


def test_documented_reader_takes_ours_and_nothing_else() -> None:
    read_event = documented_reader()["read_event"]
    moment, body = system_clock(), '{"type":"booking.created"}'
    good = Webhook(documented_reader()["SECRET"]).sign("fup_1", moment, body)
    other = Webhook("whsec_" + base64.b64encode(b"of somebody else" * 2).decode()).sign("fup_1", moment, body)
    headers = {"webhook-id": "fup_1", "webhook-timestamp": str(int(moment.timestamp()))}
    assert read_event(body.encode(), {**headers, "webhook-signature": good}) == {"type": "booking.created"}
    assert read_event(body.encode(), {**headers, "webhook-signature": f"{other} {good}"}) is not None
    assert read_event(body.encode(), {**headers, "webhook-signature": other}) is None
    assert read_event(body.encode() + b" ", {**headers, "webhook-signature": good}) is None
    with pytest.raises(WebhookVerificationError):
        Webhook(documented_reader()["SECRET"]).verify(body, {**headers, "webhook-id": "fup_2"})
