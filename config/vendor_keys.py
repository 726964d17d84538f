"""The vendors' keys, from the environment and the ``.env`` file, under the vendors' own names."""

from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from pydantic_settings.sources import EnvSettingsSource

from config.vendors import KEYS


class VendorKeySource(PydanticBaseSettingsSource):
    """Collects what stands under a vendor's own variable."""

    def __init__(self, settings: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings)
        self._sources = [one for one in sources if isinstance(one, EnvSettingsSource)]

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Find nothing: the keys are one field."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Give the keys that are set."""
        found = {
            name: value
            for name in KEYS
            for source in reversed(self._sources)
            if (value := source.env_vars.get(name.lower()))
        }
        return {"vendor_keys": found} if found else {}
