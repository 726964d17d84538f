"""What `deploy/` hands to others fits what the server understands, and gives it the time it needs."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".pyc")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_is_one_of_ours(path: Path) -> None:
    named = set(re.findall(r"\bCHAIRSIDE_[A-Z_]+\b", path.read_text()))
    assert named <= Settings.variables()


def documents(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text())


def test_whatever_stops_a_server_gives_it_the_time_of_the_longest_call() -> None:
    most = Settings().server.drain_seconds
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert int(compose["services"]["server-1"]["stop_grace_period"].removesuffix("m")) * 60 > most
    (server,) = (
        one
        for one in documents(DEPLOY / "kubernetes")
        if one["kind"] == "Deployment" and one["metadata"]["name"] == "server"
    )
    assert server["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > most
    unit = (DEPLOY / "chairside.service").read_text()
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert int(seconds) > most


def test_kustomize_names_every_file_of_the_cluster() -> None:
    folder = DEPLOY / "kubernetes"
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert {*kustomization["resources"], "kustomization.yaml"} == {path.name for path in folder.iterdir()}


def test_the_bill_of_materials_names_every_package_of_the_lock_with_its_hashes() -> None:
    lock = DEPLOY.parent / "requirements.lock"
    bill = runpy.run_path(str(DEPLOY / "sbom.py"))["bill_of"](lock)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    pinned = re.findall(r"^([^\s#=]+)==([^\s;\\]+)", lock.read_text(), re.MULTILINE)
    assert [(one["name"], one["version"]) for one in bill["components"]] == pinned
    assert all(one["hashes"] for one in bill["components"])
    assert len({one["bom-ref"] for one in bill["components"]}) == len(pinned)
    fastapi = next(one for one in bill["components"] if one["name"] == "fastapi")
    assert fastapi["licenses"] == [{"license": {"name": "MIT"}}]
