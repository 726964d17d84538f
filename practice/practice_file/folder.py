"""Reading a practice's folder, and writing one."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import tomli_w
from pydantic import ValidationError

from contracts.site import MOST_INSTRUCTION_BYTES
from kit.text import is_text
from practice.practice_file.model import FileEntry, PracticeFile
from practice.practice_file.normal import normalised
from practice.practice_file.problems import (
    TOML,
    PracticeFileInvalid,
    Problem,
    nearest,
    problem_at,
    problems_of,
)
from practice.practice_file.toml_lines import Location

DEMO_FOLDER = Path(__file__).parents[1] / "demo"
FILES = "files"
INSTRUCTIONS = "instructions.md"
LARGEST_TOML = 1_000_000
_PATTERN = frozenset("*?[")
_HEAD = (
    "# A practice, as docs/your-practice.md describes it. Apply it with: chairside practice apply FOLDER\n\n"
)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that the assistant answers from, and what it is about, where the practice file says."""

    name: str
    content: bytes = field(repr=False)
    about: str | None = None


@dataclass(frozen=True, slots=True)
class PracticeFolder:
    """Everything that a practice is; the assistant's instructions are empty where there are none."""

    file: PracticeFile
    instructions: str = ""
    files: tuple[KeptFile, ...] = ()


def read_folder(folder: Path) -> PracticeFolder:
    """Read a practice's folder."""
    text = _read_toml(folder)
    file = parse(text)
    problems: list[Problem] = []
    instructions = _instructions(folder, file, text, problems)
    files = list(_files(folder, file, text, problems))
    names = [one.name for one in files]
    problems += [
        Problem(f"{FILES}/{name}", None, "is the name of two files; give one of them another")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise PracticeFileInvalid(problems)
    # What they name is here by now.
    assistant = file.assistant.model_copy(update={"instructions": None, "files": []})
    return PracticeFolder(
        file.model_copy(update={"assistant": assistant}),
        instructions,
        tuple(sorted(files, key=lambda one: one.name)),
    )


def read_demo() -> PracticeFolder:
    """Read the demo practice: a folder like anybody's, which comes with the program."""
    return read_folder(DEMO_FOLDER)


def parse(text: str) -> PracticeFile:
    """Read the text of a ``practice.toml``."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PracticeFileInvalid([Problem(TOML, None, f"is not TOML: {error}")]) from error
    try:
        file = PracticeFile.model_validate(data)
    except ValidationError as error:
        raise PracticeFileInvalid(problems_of(error, data, text)) from error
    if problems := [problem_at(where, data, text, said) for where, said in _contradictions(file)]:
        raise PracticeFileInvalid(problems)
    return normalised(file)


def write_folder(folder: Path, practice: PracticeFolder) -> None:
    """Write a practice's folder; what else lies in it stays."""
    (folder / FILES).mkdir(parents=True, exist_ok=True)
    (folder / TOML).write_text(_HEAD + toml_of(practice), encoding="utf-8")
    (folder / INSTRUCTIONS).write_bytes(practice.instructions.encode())
    for one in practice.files:
        (folder / FILES / one.name).write_bytes(one.content)


def toml_of(practice: PracticeFolder) -> str:
    """Write a practice as the text of its ``practice.toml``; what is as by default is left out."""
    described = [
        FileEntry(path=f"{FILES}/{one.name}", about=one.about) for one in practice.files if one.about
    ]
    others = [f"{FILES}/{one.name}" for one in practice.files if not one.about]
    assistant = practice.file.assistant.model_copy(
        update={"code": practice.file.code, "instructions": None, "files": [*described, *others]}
    )
    if not described:
        assistant = assistant.model_copy(update={"files": []})
    file = practice.file.model_copy(update={"assistant": assistant})
    return tomli_w.dumps(file.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True))


def _read_toml(folder: Path) -> str:
    path = folder / TOML
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST_TOML:
            raise PracticeFileInvalid([Problem(TOML, None, f"has more than {LARGEST_TOML} bytes")])
        return raw.decode()
    except OSError as error:
        sentence = f"cannot be read in {folder}: {error.strerror}"
        raise PracticeFileInvalid([Problem(TOML, None, sentence)]) from error
    except UnicodeDecodeError as error:
        raise PracticeFileInvalid([Problem(TOML, None, "is not UTF-8")]) from error


def _contradictions(file: PracticeFile) -> Iterator[tuple[Location, str]]:
    """Find what names something that is not there, or says two things of one day."""
    yield from _unknown_names(file)
    ordered = sorted(enumerate(file.special_days), key=lambda one: one[1].days)
    for (_, before), (place, after) in pairwise(ordered):
        if after.days[0] <= before.days[1]:
            yield ("special_days", place), f"overlaps the special days from {before.first}"


def _unknown_names(file: PracticeFile) -> Iterator[tuple[Location, str]]:
    services, contacts = [one.name for one in file.services], [one.name for one in file.hand_off]
    named: list[tuple[Location, list[str], list[str], str]] = [
        *(
            (("practitioners", place, "services"), one.services or [], services, "service")
            for place, one in enumerate(file.practitioners)
        ),
        *(
            (("rules", "never_book", place, "services"), one.services, services, "service")
            for place, one in enumerate(file.rules.never_book)
        ),
        *(
            (
                ("rules", "emergencies", place, "ring"),
                [one.ring] if one.ring else [],
                contacts,
                "hand_off contact",
            )
            for place, one in enumerate(file.rules.emergencies)
        ),
    ]
    for where, names, known, kind in named:
        for name in names:
            if name not in known:
                yield where, f"names {name!r}, which is no {kind}{nearest(name, known)}"


def _instructions(folder: Path, file: PracticeFile, text: str, problems: list[Problem]) -> str:
    named = file.assistant.instructions
    path = _inside(folder, named or INSTRUCTIONS)
    if path is None or not path.is_file():
        if named is not None:
            where = ("assistant", "instructions")
            problems.append(problem_at(where, {}, text, f"names {named!r}, which is no file of the folder"))
        return ""
    try:
        words = path.read_bytes().decode()
    except UnicodeDecodeError:
        problems.append(Problem(path.name, None, "is not UTF-8"))
        return ""
    if not is_text(words):
        problems.append(Problem(path.name, None, "holds characters that cannot be stored"))
    if len(words.encode()) > MOST_INSTRUCTION_BYTES:
        problems.append(Problem(path.name, None, f"has more than {MOST_INSTRUCTION_BYTES} bytes"))
    return words


def _files(folder: Path, file: PracticeFile, text: str, problems: list[Problem]) -> Iterator[KeptFile]:
    seen: set[Path] = set()
    for entry in file.assistant.files or [f"{FILES}/*"]:
        pattern, about = (entry.path, entry.about) if isinstance(entry, FileEntry) else (entry, None)
        found = _matching(folder, pattern)
        if not found and not _PATTERN & set(pattern):
            sentence = f"names {pattern!r}, which is no file of the folder"
            problems.append(problem_at(("assistant", "files"), {}, text, sentence))
        for path in found:
            if path not in seen:
                seen.add(path)
                yield KeptFile(path.name, path.read_bytes(), about)


def _matching(folder: Path, pattern: str) -> list[Path]:
    if _PATTERN & set(pattern):
        try:
            found = sorted(folder.glob(pattern))
        except (ValueError, NotImplementedError):  # an absolute pattern
            return []
    else:
        found = [folder / pattern]
    inside = [path for one in found if (path := _inside(folder, str(one.relative_to(folder)))) is not None]
    return [one for one in inside if one.is_file() and not one.name.startswith(".")]


def _inside(folder: Path, name: str) -> Path | None:
    """Give a file of the folder; None for what a link or ``..`` leads out of it."""
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder.resolve()) else None
