"""The wire models of the Site Assistants API, as far as the runtime reads it."""

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
