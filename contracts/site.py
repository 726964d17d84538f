"""The wire models of the Site Assistants API, as far as the runtime reads it."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict


class SiteWire(BaseModel):
    """A body of the contract; unknown fields are kept."""

    model_config = ConfigDict(extra="allow")


class SiteAssistant(SiteWire):
    """A configured assistant: ``GET /site/{siteId}/assistant/{siteAssistantId}``."""

    id: int
    siteId: int  # noqa: N815 - the contract's name
    assistantName: str | None = None  # noqa: N815 - the contract's name
    assistantInstructions: str | None = None  # noqa: N815 - the contract's name


class AssistantFile(SiteWire):
    """A file that an assistant answers from."""

    id: int
    fileName: str  # noqa: N815 - the contract's name
    mimeType: str | None = None  # noqa: N815 - the contract's name
    size: int | None = None
    description: str | None = None
    createdAt: AwareDatetime | None = None  # noqa: N815 - the contract's name


class AssistantToolSpec(SiteWire):
    """Something that an assistant may use: a built-in function, or another assistant."""

    id: int | None = None
    type: Literal["function", "assistant"]
    name: str
    code: str | None = None
    assistantId: int | None = None  # noqa: N815 - the contract's name
    description: str | None = None


class AssistantConfig(SiteAssistant):
    """An assistant at one version, with all that a conversation needs: ``GET …/versions/{n}``.

    ``tools`` of None are all built-in functions. A server without versions gives name and instructions.
    """

    version: int | None = None
    code: str | None = None
    model: str | None = None
    temperature: str | None = None
    topP: str | None = None  # noqa: N815 - the contract's name
    responseFormatJson: bool = False  # noqa: N815 - the contract's name
    includeConversationTranscript: bool = True  # noqa: N815 - the contract's name
    includeConversationMetadata: bool = True  # noqa: N815 - the contract's name
    tools: list[AssistantToolSpec] | None = None
    apis: list[str] = []
    files: list[AssistantFile] | None = None


class FileChunk(SiteWire):
    """A piece of a file's text."""

    text: str
    heading: str = ""
    page: int | None = None


class FileChunks(SiteWire):
    """A file's text in pieces: ``GET …/files/{assistantFileId}/chunks``."""

    pages: int | None = None
    chunks: list[FileChunk]
    next: int | None = None


class ApiAnswer(SiteWire):
    """What a remote API answered: ``POST …/api-calls``."""

    status: int
    body: Any = None
    truncated: bool = False
