"""The client of the Site Assistants API: instructions, files, and what an assistant may use."""

from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from contracts.site import (
    ApiAnswer,
    ApiCall,
    AssistantConfig,
    AssistantFile,
    FileChunks,
    MemoryEntry,
    SiteAssistant,
)
from knowledge.chunk import Chunk
from tools.clients.upstream import Upstream, json_of
from tools.errors import UpstreamRefused, UpstreamResponseInvalid

NO_SUCH_PATH = (404, 405, 501)
"""What a server answers that knows no extensions of the contract."""

Wire = TypeVar("Wire", bound=BaseModel)

_FILES = TypeAdapter(list[AssistantFile])


class SiteClient:
    """The assistants of one site; a call that came to nothing raises `UpstreamError`."""

    def __init__(self, http: Upstream, site_id: int) -> None:
        self._http = http
        self._site_id = site_id
        self.is_plain = False
        """The server speaks the source document alone: no versions, no list of files, no memory."""

    async def get_assistant(self, assistant_id: int) -> SiteAssistant:
        """Get an assistant with its instructions."""
        return await self._get(self._path(assistant_id), SiteAssistant)

    async def get_config(self, assistant_id: int, version: int | None = None) -> AssistantConfig:
        """Get an assistant at a version, the latest without one, with its tools and files.

        Of a server that knows no versions, it is what the contract itself tells.
        """
        if not self.is_plain:
            path = f"{self._path(assistant_id)}/versions/{version or 'latest'}"
            try:
                return await self._get(path, AssistantConfig)
            except UpstreamRefused as error:
                if error.status not in NO_SUCH_PATH:
                    raise
        assistant = await self.get_assistant(assistant_id)
        files: list[AssistantFile] = []
        if not self.is_plain:
            try:
                files = await self.list_files(assistant_id)
            except UpstreamRefused as error:
                self.is_plain = error.status in NO_SUCH_PATH
        return AssistantConfig(**assistant.model_dump(by_alias=False), files=files)

    async def list_chunks(self, assistant_id: int, file_id: int) -> list[Chunk] | None:
        """Get a file's text in pieces; None when the server does not take text out of files."""
        path = f"{self._path(assistant_id)}/files/{file_id}/chunks"
        pieces: list[Chunk] = []
        start: int | None = 0
        while start is not None:
            try:
                found = await self._get(f"{path}?start={start}" if start else path, FileChunks)
            except UpstreamRefused as error:
                if error.status not in NO_SUCH_PATH:
                    raise
                return None
            pieces += [Chunk(one.text, one.heading, one.page) for one in found.chunks]
            # A server that would lead back is not followed.
            start = found.next if found.next is not None and found.next > start else None
        return pieces

    async def call_api(self, assistant_id: int, request: ApiCall) -> ApiAnswer:
        """Have a remote API called with its credentials, which stay with the server."""
        body = request.model_dump(mode="json", exclude_none=True)
        response = await self._http.request(
            "POST", f"{self._path(assistant_id)}/api-calls", json_body=body, repeatable=False
        )
        return _read(json_of(response), ApiAnswer)

    async def read_memory(self, assistant_id: int, conversation_id: str) -> dict[str, Any]:
        """Read what the assistant wrote down in a conversation; nothing when the server keeps no memory."""
        if self.is_plain:
            return {}
        try:
            response = await self._http.request(
                "GET", self._memory(assistant_id, conversation_id), repeatable=True
            )
        except UpstreamRefused as error:
            if error.status not in NO_SUCH_PATH:
                raise
            return {}
        found = json_of(response)
        if not isinstance(found, dict):
            raise UpstreamResponseInvalid("the memory does not fit the contract")
        return found

    async def write_memory(self, assistant_id: int, conversation_id: str, key: str, data: Any) -> None:
        """Write something down for a conversation; the same key is written over."""
        path = self._memory(assistant_id, conversation_id)
        body = MemoryEntry.model_construct(key=key, data=data)  # its limits are for the server to check
        await self._http.request("PUT", path, json_body=body.model_dump(mode="json"), repeatable=True)

    async def list_files(self, assistant_id: int) -> list[AssistantFile]:
        """List the files that an assistant answers from; none when the endpoint knows no listing."""
        response = await self._http.request("GET", f"{self._path(assistant_id)}/files", repeatable=True)
        try:
            return _FILES.validate_python(json_of(response))
        except ValidationError as error:
            raise UpstreamResponseInvalid("the list of files does not fit the contract") from error

    async def get_file(self, assistant_id: int, file_id: int) -> bytes:
        """Get a file's content; gives the bytes as they were uploaded."""
        path = f"{self._path(assistant_id)}/files/{file_id}/content"
        response = await self._http.request("GET", path, headers={"Accept": "*/*"}, repeatable=True)
        return response.content

    async def _get(self, path: str, kind: type[Wire]) -> Wire:
        return _read(json_of(await self._http.request("GET", path, repeatable=True)), kind)

    def _memory(self, assistant_id: int, conversation_id: str) -> str:
        return f"{self._path(assistant_id)}/memory/{quote(conversation_id, safe='')}"

    def _path(self, assistant_id: int) -> str:
        return f"/site/{self._site_id}/assistant/{assistant_id}"


def _read(value: Any, kind: type[Wire]) -> Wire:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise UpstreamResponseInvalid(f"the {kind.__name__} does not fit the contract") from error
