"""Classes of vendors and of the local models, loaded when they are chosen and not before."""

import importlib
from typing import Any

from config.settings import Settings
from config.vendors import Vendor


class NotConfigured(ValueError):
    """What the settings choose cannot be used as they stand; the sentence says what is missing."""


class MissingExtra(NotConfigured):
    """Packages that a choice needs are not installed."""

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(
            f"{vendor.title} needs packages that are not installed. Run: make extra NAME={vendor.extra}"
        )


def load_class(vendor: Vendor) -> type[Any]:
    """Import the class behind a row of the table, or raise MissingExtra."""
    module, _, name = vendor.service.partition(":")
    try:
        found: type[Any] = getattr(importlib.import_module(module), name)
    except ImportError as error:  # pipecat, too, raises this kind where a vendor's library is missing
        if not vendor.extra:
            raise
        raise MissingExtra(vendor) from error
    return found


def vendor_arguments(
    vendor: Vendor, settings: Settings, *, key: Any, url: str | None, options: dict[str, Any]
) -> dict[str, Any]:
    """Gather what every service's class is made with.

    NotConfigured where there is no ``key``, nor the vendor's own variable, or an argument that the class
    needs.
    """
    arguments = dict(options)
    if vendor.key is not None:
        key = key or settings.key_of(vendor.key)
        if key is None:
            raise NotConfigured(f"{vendor.title} is chosen, and {vendor.key} is not set.")
    if key is not None:
        arguments["api_key"] = key.get_secret_value()
    if url is not None:
        if vendor.url is None:
            raise NotConfigured(f"{vendor.title} cannot be reached at another address.")
        arguments[vendor.url] = url
    missing = [name for name in vendor.needs if name not in arguments]
    if missing:
        raise NotConfigured(f"{vendor.title} needs {', '.join(missing)} among its options.")
    return arguments
