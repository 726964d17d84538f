"""The `chairside` command as a process: help, and one clear line for what a person can mend."""

import json
import socket
import stat
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from cli.main import COMMANDS
from config.settings import Settings
from tests.fakes.command_line import Here, chairside, complaint

pytestmark = pytest.mark.e2e
HARBOR_VIEW = str(Path(__file__).parents[1] / "data" / "practices" / "harbor-view")


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(capsys)


def test_help_lists_every_command_and_loads_none(tmp_path: Path) -> None:
    result = chairside(tmp_path, "--help")
    assert result.returncode == 0
    for name, summary in COMMANDS.items():
        assert name in result.stdout
        assert summary in result.stdout
    heavy = "{'fastapi', 'sqlalchemy', 'pipecat', 'httpx', 'numpy', 'pydantic'}"
    code = f"import sys, cli.main; cli.main.make_app(None); print({heavy} & set(sys.modules))"
    loaded = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert loaded.stdout.strip() == "set()"


def test_a_server_without_a_model_loads_no_vendors_library_and_no_compiler() -> None:
    code = """
import sys, cli.serve, webhooks.app, agent.speech.local
from agent.llm.services import ReceptionistLLMService
from knowledge.chunk import Chunk
from knowledge.search.index import KnowledgeIndex
ReceptionistLLMService(None, 1.0)
KnowledgeIndex.build([("a.txt", [Chunk("Parking is free.")])], by_meaning=False)
print({"openai", "numba"} & set(sys.modules))
"""
    loaded = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert loaded.stdout.strip() == "set()"


GROUPS = {
    "partners": ("add", "list", "disable", "enable", "strict", "grant", "events"),
    "keys": ("add", "list", "revoke"),
    "bots": ("list", "check"),
    "accounts": ("list", "platform"),
    "clients": ("add", "list", "revoke", "rotate-keys"),
    "hand-off": ("list", "add", "remove"),
    "bookings": ("list", "settle"),
    "messages": ("list", "show", "done"),
    "patients": ("find", "export", "born", "erase"),
    "encryption": ("status", "apply"),
    "staff": ("add", "list", "passwd", "disable", "sessions"),
    "twilio": ("connect",),
    "practice": ("apply", "export", "list", "check"),
    "sessions": ("token add", "token list", "token revoke"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(here: Here, command: str) -> None:
    for below in GROUPS.get(command, ("",)):
        result = here(command, *below.split(), "--help")
        assert result.returncode == 0, result.stderr
        assert "--data-dir" in result.stdout
        *groups, name = below.split(" ")
        assert name in here(command, *groups, "--help").stdout


def test_init_prints_what_it_made_and_does_not_make_it_twice(tmp_path: Path, here: Here) -> None:
    made = here("init", "--demo", "--json", "--data-dir", str(tmp_path / "new"))
    ids = json.loads(made.stdout)
    assert ids["data_dir"] == str(tmp_path / "new")
    assert ids["partner_key"].startswith("sk_ptnr_")
    assert {"account_id", "practice_id", "site_id", "assistant_id", "assistant_code"} < set(ids)
    assert {"partner_id", "bot_id", "phone_number", "timezone", "staff_email", "staff_password"} < set(ids)
    assert "already" in complaint(here("init", "--demo", "--json", "--data-dir", str(tmp_path / "new")))


def test_init_without_a_terminal_asks_nothing_and_says_so(tmp_path: Path, here: Here) -> None:
    assert "--from FOLDER" in complaint(here("init", "--data-dir", str(tmp_path)))


def test_a_practice_of_ones_own_is_applied_checked_listed_and_given_back(tmp_path: Path, here: Here) -> None:
    where = ("--data-dir", str(tmp_path / "data"))
    made = json.loads(here("init", "--from", HARBOR_VIEW, "--json", *where).stdout)
    assert made["practice"]["assistant_code"] == "harbor-view"
    assert made["new_staff"] == ["maria@harborview.example"]
    again = here("practice", "apply", HARBOR_VIEW, *where)
    assert "Nothing changes" in again.stdout
    assert made["practice"]["practice_id"] in here("practice", "list", *where).stdout
    given = tmp_path / "given"
    assert "2 files" in here("practice", "export", str(given), *where).stdout
    assert "Nothing changes" in here("practice", "apply", str(given), "--dry-run", *where).stdout
    file = given / "practice.toml"
    file.write_text(file.read_text().replace('price = "$155"', 'prise = "$155"'))
    wrong = here("practice", "apply", str(given), *where)
    assert wrong.returncode == 1
    assert "did you mean price?" in wrong.stderr
    assert here("practice", "check", str(given), *where).returncode == 1
    assert here("practice", "check", HARBOR_VIEW, *where).returncode == 0


def test_init_tells_people_what_comes_next(tmp_path: Path, here: Here) -> None:
    result = here("init", "--demo", "--data-dir", str(tmp_path))
    assert "chairside serve" in result.stdout
    assert "sk_ptnr_" in result.stdout


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, here: Here) -> None:
    (tmp_path / "file").write_text("")
    for command in ("init --demo", "chat", "serve"):
        line = complaint(here(*command.split(), "--data-dir", str(tmp_path / "file/below")))
        assert "file/below cannot be written" in line


@pytest.mark.parametrize("moment", ["tomorrow", "2026-12-01T09:00:00"])
def test_a_moment_without_its_offset_is_one_line(tmp_path: Path, here: Here, moment: str) -> None:
    assert "--now" in complaint(here("init", "--demo", "--data-dir", str(tmp_path), "--now", moment))


def test_a_damaged_key_is_one_line(tmp_path: Path, here: Here) -> None:
    (tmp_path / "secret.key").write_text("short")
    assert "secret.key" in complaint(here("init", "--demo", "--data-dir", str(tmp_path)))


def test_a_clock_far_away_is_one_line(tmp_path: Path, here: Here) -> None:
    for moment in ("9999-12-01T09:00:00Z", "0001-01-01T00:00:00+14:00"):
        assert "--now" in complaint(here("init", "--demo", "--data-dir", str(tmp_path), "--now", moment))


def test_a_file_in_the_place_of_the_folder_is_one_line(tmp_path: Path, here: Here) -> None:
    (tmp_path / "data").touch()
    assert "not a folder" in complaint(here("init", "--demo", "--data-dir", str(tmp_path / "data")))


def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path, here: Here) -> None:
    folder = tmp_path / "data"
    here("init", "--demo", "--data-dir", str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}


def test_a_recording_that_cannot_be_kept_is_one_line_before_the_call(tmp_path: Path, here: Here) -> None:
    path = tmp_path / "nowhere" / "call.wav"
    assert str(path) in complaint(here("call", "--data-dir", str(tmp_path), "--record", str(path)))


def test_a_wav_file_that_is_none_is_one_line(tmp_path: Path, here: Here) -> None:
    path = tmp_path / "voice.wav"
    path.write_bytes(b"x")
    assert "ends too early" in complaint(here("call", "--data-dir", str(tmp_path), "--wav", str(path)))


def test_chat_without_a_server_is_one_line(tmp_path: Path, here: Here) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody answers there
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        line = complaint(here("chat", "Hello", "--data-dir", str(tmp_path), "--url", url))
    assert "chairside serve" in line


@pytest.mark.parametrize("tag", ["campaign", "=spring", "campaign="])
def test_a_tag_that_is_none_is_one_line(tmp_path: Path, here: Here, tag: str) -> None:
    assert "name=value" in complaint(here("chat", "Hello", "--data-dir", str(tmp_path), "--tag", tag))


def test_a_taken_port_is_one_line(tmp_path: Path, here: Here) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = complaint(here("serve", "--data-dir", str(tmp_path), "--port", port))
    assert port in line
    assert "--port" in line


def test_an_unknown_command_is_no_traceback(here: Here) -> None:
    result = here("answer")
    assert result.returncode == 2
    assert "No such command" in result.stderr


def test_a_database_that_cannot_be_reached_is_one_line_without_its_password(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://ana:hunter2@127.0.0.1:{taken.getsockname()[1]}/chairside"
        line = complaint(chairside(tmp_path, "init", "--demo", "--data-dir", ".", CHAIRSIDE_DATABASE_URL=url))
    assert "127.0.0.1" in line
    assert "hunter2" not in line


def test_a_database_url_that_is_none_is_one_line(tmp_path: Path) -> None:
    line = complaint(
        chairside(tmp_path, "init", "--demo", "--data-dir", ".", CHAIRSIDE_DATABASE_URL="mysql://x")
    )
    assert "CHAIRSIDE_DATABASE_URL" in line


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CHAIRSIDE_SERVER_PORT", "eighty"), ("CHAIRSIDE_CALL_OFFERS", "9"), ("CHAIRSIDE_LOG_LEVEL", "loud")],
)
def test_a_setting_that_does_not_fit_is_one_line_that_names_it(
    tmp_path: Path, variable: str, value: str
) -> None:
    line = complaint(chairside(tmp_path, "doctor", "--data-dir", ".", **{variable: value}))
    assert variable in line


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("CHAIRSIDE_SEVER_PORT", "CHAIRSIDE_SERVER_PORT"),
        ("CHAIRSIDE_CALL_MAX_MINUTE", "CHAIRSIDE_CALL_MAX_MINUTES"),
        ("CHAIRSIDE_DATADIR", "CHAIRSIDE_DATA_DIR"),
    ],
)
def test_a_variable_that_is_no_setting_is_refused_with_the_one_that_was_meant(
    tmp_path: Path, variable: str, meant: str
) -> None:
    line = complaint(chairside(tmp_path, "doctor", "--data-dir", ".", **{variable: "1"}))
    assert line.endswith(f"{variable} is no setting of Chairside. Did you mean {meant}?")


def test_every_setting_is_a_variable() -> None:
    assert {"CHAIRSIDE_DATA_DIR", "CHAIRSIDE_SECRET", "CHAIRSIDE_LIMITS_STORAGE"} <= Settings.variables()
    assert "CHAIRSIDE_OPENAI_API_KEY" not in Settings.variables()


@pytest.mark.parametrize(
    ("variable", "missing"),
    [
        ("CHAIRSIDE_PARTNER_API_URL", "CHAIRSIDE_PARTNER_API_KEY"),
        ("CHAIRSIDE_SITE_API_URL", "CHAIRSIDE_SITE_API_TOKEN"),
    ],
)
def test_another_server_without_its_key_is_one_line(tmp_path: Path, variable: str, missing: str) -> None:
    environment = {variable: "https://partner.example.com"}
    assert missing in complaint(chairside(tmp_path, "serve", "--data-dir", ".", **environment))


def test_doctor_says_what_is_missing(tmp_path: Path) -> None:
    result = chairside(tmp_path, "doctor", "--data-dir", ".")
    assert result.returncode == 1
    assert "TWILIO_AUTH_TOKEN" in result.stdout
    assert "chairside init" in result.stdout
    assert not list(tmp_path.iterdir()), "whoever only looks makes no database"


def test_doctor_tells_programs_the_same(tmp_path: Path) -> None:
    result = chairside(tmp_path, "doctor", "--json", "--data-dir", "data")
    assert result.returncode == 1
    told = json.loads(result.stdout)
    (records,) = [one for one in told["findings"] if one["name"] == "records"]
    assert (told["ready"], records["state"]) == (False, "missing")
    assert f"chairside init --data-dir {tmp_path.resolve() / 'data'}" in records["says"]


def test_the_version_is_printed_and_needs_no_command(tmp_path: Path) -> None:
    result = chairside(tmp_path, "--version")
    assert (result.returncode, result.stdout) == (0, f"chairside {metadata.version('chairside')}\n")


@pytest.mark.parametrize(
    "words", ["patients find x", "audit", "retention", "bots list", "keys list ptnr_x", "encryption status"]
)
def test_a_command_that_only_looks_makes_no_database(tmp_path: Path, here: Here, words: str) -> None:
    result = here(*words.split(), "--data-dir", str(tmp_path / "data"))
    assert "There is no database in" in complaint(result)
    assert not (tmp_path / "data").exists()


IMPATIENT = """
import signal, sys

class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "cli.data_folder":
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
sys.meta_path.insert(0, Impatient())
from cli.main import main
main(["serve", "--data-dir", "data"])
"""
"""Somebody who presses Ctrl-C while what the command takes is being loaded."""


def test_ctrl_c_while_it_loads_is_quiet(tmp_path: Path) -> None:
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", IMPATIENT],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
