"""Print a bill of materials (CycloneDX 1.5) of what a lock file installs: ``python deploy/sbom.py [LOCK]``.

Names, versions and hashes are the lock's; licences are those of the packages that are installed here.
"""

import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_LONGEST_LICENCE = 100
"""Longer fields hold the licence's text."""


def bill_of(lock: Path) -> dict[str, Any]:
    """Make the bill of a lock file."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "chairside", "version": _version("chairside") or "0"}
        },
        "components": list(_components(lock.read_text())),
    }


def _components(text: str) -> Iterator[dict[str, Any]]:
    component: dict[str, Any] | None = None
    for line in text.splitlines():
        if pinned := _PINNED.match(line):
            if component is not None:
                yield component
            component = _component(*pinned.groups())
        elif component is not None:
            component["hashes"] += [{"alg": "SHA-256", "content": one} for one in _HASH.findall(line)]
    if component is not None:
        yield component


def _component(name: str, version: str, marker: str | None) -> dict[str, Any]:
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    component: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": name, "version": version}
    if licence := _licence(name):
        component["licenses"] = [{"license": {"name": licence}}]
    if marker:
        component["properties"] = [{"name": "chairside:marker", "value": marker}]
        component["bom-ref"] = f"{purl}?{marker}"
    return component | {"purl": purl, "hashes": []}


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _licence(name: str) -> str | None:
    if _version(name) is None:
        return None
    said = importlib.metadata.metadata(name)
    named = [
        one.rpartition(" :: ")[2]
        for one in said.get_all("Classifier") or ()
        if one.startswith("License :: ") and one.count(" :: ") > 1
    ]
    for licence in (said.get("License-Expression"), ", ".join(named), said.get("License")):
        if licence and len(licence) <= _LONGEST_LICENCE and licence != "UNKNOWN":
            return str(licence)
    return None


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "requirements.lock"
    sys.stdout.write(json.dumps(bill_of(chosen), indent=1) + "\n")
