"""No name of a model that its vendor has ended, but where the Assistants Admin API's own list stands."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEAD = re.compile(
    r"gpt-(?:3\.5|35|4)[\w.-]*|gpt-5(?:-(?:mini|nano))?(?![\w.\\-])|whis" + r"per-1|\btts" + r"-1(?:-hd)?\b"
    r"|gpt-(?:realtime|audio)(?:-mini)?(?![\w.-])|/audio/" + r"speech"
)
ON_THE_WIRE = {
    "contracts/assistants.py",
    "contracts/site.py",
    "tests/contract/test_assistants_admin_source.py",
    "tests/contract/test_living_models.py",
    "tests/integration/test_assistants_api.py",
    "tests/integration/test_assistants.py",
    "tests/integration/test_assistant_runtime.py",
}
"""Where the names of the Assistants Admin API's list stand, and their mapping is tested."""


def test_no_ended_model_is_named() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607 - our own tree
    found = {}
    for name in listed.stdout.split():
        path = ROOT / name
        if (
            name in ON_THE_WIRE
            or path.suffix in {".lock", ".pdf", ".docx", ".png", ".wav"}
            or not path.is_file()
        ):
            continue
        if names := DEAD.findall(path.read_text(errors="ignore")):
            found[name] = names
    assert found == {}


def test_the_words_are_found_where_they_stand() -> None:
    assert DEAD.findall((ROOT / "contracts/assistants.py").read_text())
    assert not DEAD.findall("gpt-5.6-luna gpt-6-luna gpt-realtime-2.1-mini gpt-live-transcribe")
