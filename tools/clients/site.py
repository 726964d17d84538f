"""The client of the Site Assistants API: instructions and files."""

from pydantic import TypeAdapter, ValidationError

from tools.clients.far_end import FarEnd, json_of
from tools.contracts.site import AssistantFile, SiteAssistant
from tools.errors import FarEndAnswerInvalid

_FILES = TypeAdapter(list[AssistantFile])


class SiteClient:
    """The assistants of one site."""

    def __init__(self, http: FarEnd, site_id: int) -> None:
        self._http = http
        self._site_id = site_id

    async def get_assistant(self, assistant_id: int) -> SiteAssistant:
        """Get an assistant with its instructions.

        Args:
            assistant_id: The assistant's id.

        Returns:
            The assistant.

        Raises:
            FarEndError: The endpoint refused, was down, or answered off the contract.
        """
        response = await self._http.request("GET", self._path(assistant_id), repeatable=True)
        try:
            return SiteAssistant.model_validate(json_of(response))
        except ValidationError as error:
            raise FarEndAnswerInvalid("the assistant does not fit the contract") from error

    async def list_files(self, assistant_id: int) -> list[AssistantFile]:
        """List the files that an assistant answers from.

        Args:
            assistant_id: The assistant's id.

        Returns:
            The files; empty when the endpoint knows no listing.

        Raises:
            FarEndError: The endpoint refused, was down, or answered off the contract.
        """
        response = await self._http.request("GET", f"{self._path(assistant_id)}/files", repeatable=True)
        try:
            return _FILES.validate_python(json_of(response))
        except ValidationError as error:
            raise FarEndAnswerInvalid("the list of files does not fit the contract") from error

    async def get_file(self, assistant_id: int, file_id: int) -> bytes:
        """Get a file's content.

        Args:
            assistant_id: The assistant's id.
            file_id: The file's id.

        Returns:
            The bytes as they were uploaded.

        Raises:
            FarEndError: The endpoint refused or was down.
        """
        path = f"{self._path(assistant_id)}/files/{file_id}/content"
        response = await self._http.request("GET", path, headers={"Accept": "*/*"}, repeatable=True)
        return response.content

    def _path(self, assistant_id: int) -> str:
        return f"/site/{self._site_id}/assistant/{assistant_id}"
