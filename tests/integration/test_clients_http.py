"""The far ends: one client each, with the right bearer, quiet about secrets."""

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from config.settings import Settings
from config.upstream_settings import PartnerApiSettings, SiteApiSettings
from tests.fakes.partner_server import PartnerServer
from tests.fakes.tool_conversation import PROFILE
from tools.clients.upstreams import Upstreams
from tools.errors import UpstreamRefused, UpstreamResponseInvalid, UpstreamUnreachable


@dataclass
class SiteServer:
    """A site's assistants; answers from a table of paths."""

    answers: dict[str, bytes] = field(default_factory=dict)
    bearers: list[str] = field(default_factory=list)

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        _receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        headers = dict(scope["headers"])
        self.bearers.append(headers[b"authorization"].decode())
        body = self.answers.get(scope["path"])
        status = 200 if body is not None else 404
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body or b'{"message":"No","statusCode":404}'})


@pytest.fixture
def site_server() -> SiteServer:
    assistant = {"id": 2, "siteId": 7, "assistantName": "Front desk", "assistantInstructions": "Be kind."}
    listed = [{"id": 3, "fileName": "fees.md", "mimeType": "text/markdown", "size": 6}]
    return SiteServer(
        {
            "/site/7/assistant/2": json.dumps(assistant).encode(),
            "/site/7/assistant/2/files": json.dumps(listed).encode(),
            "/site/7/assistant/2/files/3/content": b"# Fees",
            "/site/7/assistant/9": b'{"id": "nine"}',
            "/site/7/assistant/9/files": b"<html>",
        }
    )


def upstreams(settings: Settings, site_server: SiteServer) -> Upstreams:
    return Upstreams(
        settings,
        partner_credential=lambda bot_id: f"sk_ptnr_{bot_id}",
        site_credential=lambda site_id: f"token-{site_id}",
        partner_transport=PartnerServer(token=f"sk_ptnr_{PROFILE['id']}", bot=PROFILE).transport(),
        site_transport=httpx.ASGITransport(site_server),
    )


async def test_each_bot_and_site_is_asked_with_its_own_bearer(
    tmp_path: Path, site_server: SiteServer
) -> None:
    ends = upstreams(Settings(data_dir=tmp_path), site_server)
    assert (await ends.partner(PROFILE["id"]).get_bot()).id == PROFILE["id"]
    await ends.site(7).get_assistant(2)
    assert site_server.bearers == ["Bearer token-7"]
    with pytest.raises(UpstreamRefused):
        await ends.partner("bot_other").get_bot()
    await ends.aclose()


async def test_a_bot_has_one_client(tmp_path: Path, site_server: SiteServer) -> None:
    ends = upstreams(Settings(data_dir=tmp_path), site_server)
    assert ends.partner("bot_1") is ends.partner("bot_1")
    assert ends.site(1) is ends.site(1)
    await ends.aclose()


async def test_instructions_and_files_are_read(tmp_path: Path, site_server: SiteServer) -> None:
    ends = upstreams(Settings(data_dir=tmp_path), site_server)
    site = ends.site(7)
    assert (await site.get_assistant(2)).assistant_instructions == "Be kind."
    (file,) = await site.list_files(2)
    assert file.file_name == "fees.md"
    assert await site.get_file(2, file.id) == b"# Fees"
    await ends.aclose()


async def test_answers_off_the_contract_are_errors_with_names(
    tmp_path: Path, site_server: SiteServer
) -> None:
    ends = upstreams(Settings(data_dir=tmp_path), site_server)
    with pytest.raises(UpstreamResponseInvalid):
        await ends.site(7).get_assistant(9)
    with pytest.raises(UpstreamResponseInvalid):
        await ends.site(7).list_files(9)
    with pytest.raises(UpstreamRefused):
        await ends.site(8).get_assistant(2)
    await ends.aclose()


async def test_another_server_is_asked_with_the_key_from_the_settings(tmp_path: Path) -> None:
    server = PartnerServer(token="sk_ptnr_theirs", bot=PROFILE)
    settings = Settings(
        data_dir=tmp_path,
        partner=PartnerApiSettings(api_url="https://partner.example", api_key=SecretStr("sk_ptnr_theirs")),
        site=SiteApiSettings(api_url="https://site.example", api_token=SecretStr("theirs")),
    )
    ends = Upstreams(
        settings,
        partner_credential=lambda _: "ours",
        site_credential=lambda _: "ours",
        partner_transport=server.transport(),
        site_transport=server.transport(),
    )
    assert (await ends.partner(PROFILE["id"]).get_bot()).id == PROFILE["id"]
    await ends.aclose()


async def test_a_port_where_nobody_listens_is_unreachable(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        partner=PartnerApiSettings(api_url="http://127.0.0.1:9", attempts=1),
        site=SiteApiSettings(api_url="http://127.0.0.1:9"),
    )
    ends = Upstreams(settings, partner_credential=lambda _: "key", site_credential=lambda _: "key")
    with pytest.raises(UpstreamUnreachable):
        await ends.partner("bot_1").get_bot()
    await ends.aclose()


def test_without_a_url_a_transport_is_needed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="transport"):
        Upstreams(Settings(data_dir=tmp_path), partner_credential=str, site_credential=str)


async def test_neither_keys_nor_persons_stand_in_logs_or_reprs(
    tmp_path: Path, site_server: SiteServer, caplog: pytest.LogCaptureFixture
) -> None:
    ends = upstreams(Settings(data_dir=tmp_path), site_server)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(UpstreamRefused) as caught:
        await ends.partner("bot_other").get_bot()
    written = caplog.text + repr(caught.value) + repr(ends.partner("bot_other")._http)  # noqa: SLF001
    assert "sk_ptnr_" not in written
    await ends.aclose()
