"""What a practice file changes, in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from practice.practice_file.folder import PracticeFolder
from practice.practice_file.model import PracticeFile, PracticeSection

_KEYED = {
    "special_days": ("special days from", "from"),
    "services": ("service", "name"),
    "practitioners": ("practitioner", "name"),
    "hand_off": ("hand-off contact", "name"),
    "staff": ("staff", "email"),
}
"""Lists of the file: what one entry is called, and the key that it is known by."""
_LONGEST = 120
_NOTHING: tuple[Any, ...] = (None, [], {}, "")


def changes(before: PracticeFolder | None, after: PracticeFolder) -> list[str]:
    """Say what is different, a line each; before a practice is made there is None."""
    found = []
    if before is None:
        section = after.file.practice
        found.append(f"new practice: {section.name}")
        bare = PracticeSection(name=section.name, timezone=section.timezone, country=section.country)
        before = PracticeFolder(PracticeFile(practice=bare))
    old, new = _tree(before.file), _tree(after.file)
    found += list(_differences("", old, new))
    if before.instructions != after.instructions:
        found.append(f"instructions: {_text_change(before.instructions, after.instructions)}")
    return [*found, *_files(before, after)]


def _tree(file: PracticeFile) -> dict[str, Any]:
    tree = file.model_dump(by_alias=True)
    for person, section in zip(tree["practitioners"], file.practitioners, strict=True):
        person["services"] = file.services_of(section)
        person["hours"] = None if section.hours is None else person["hours"]
    del tree["assistant"]["instructions"], tree["assistant"]["files"]
    return tree


def _differences(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key, new in after.items():
        old = before[key]
        name = f"{path} {key}".strip().replace("_", " ")
        if old == new:
            continue
        if not path and key in _KEYED:
            yield from _entries(*_KEYED[key], old, new)
        elif isinstance(new, dict) and isinstance(old, dict):
            yield from _differences(name, old, new)
        else:
            yield f"{name}: {_was(old, new, empty='closed' if 'hours' in name.split() else 'nothing')}"


def _entries(
    kind: str, key: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    old, new = {one[key]: one for one in before}, {one[key]: one for one in after}
    for name, entry in new.items():
        if name not in old:
            said = [
                f"{key_.replace('_', ' ')} {_shown(value)}"
                for key_, value in entry.items()
                if key_ != key and value not in _NOTHING and not isinstance(value, bool)
            ]
            yield f"{kind} {name}: new" + (f" ({_cut(', '.join(said))})" if said else "")
        else:
            yield from _differences(f"{kind} {name}", old[name], entry)
    yield from (f"{kind} {name}: removed" for name in old if name not in new)
    kept = [name for name in old if name in new]
    if kept != [name for name in new if name in old]:
        yield f"{kind}s: the order is now {', '.join(str(name) for name in new)}"


def _files(before: PracticeFolder, after: PracticeFolder) -> Iterator[str]:
    old, new = {one.name: one for one in before.files}, {one.name: one for one in after.files}
    for name, one in new.items():
        if name not in old:
            yield f"file {name}: new, {len(one.content)} bytes"
        elif old[name].content != one.content:
            yield f"file {name}: {len(old[name].content)} bytes become {len(one.content)}"
        elif old[name].about != one.about:
            yield f"file {name} about: {_was(old[name].about, one.about)}"
    yield from (f"file {name}: removed" for name in old if name not in new)


def _text_change(before: str, after: str) -> str:
    if not before or not after:
        return "new" if after else "removed"
    old, new = before.splitlines(), after.splitlines()
    return f"{len(set(new) - set(old))} lines new, {len(set(old) - set(new))} gone"


def _was(old: Any, new: Any, empty: str = "nothing") -> str:
    return f"was {_shown(old, empty)}, is now {_shown(new, empty)}"


def _shown(value: Any, empty: str = "nothing") -> str:
    if value in _NOTHING:
        return empty
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return (
            _cut(", ".join(f"{key} {_shown(one)}" for key, one in value.items() if one not in _NOTHING))
            or empty
        )
    if isinstance(value, list):
        joint = "; " if any(isinstance(one, dict) for one in value) else ", "
        return _cut(joint.join(_shown(one) for one in value))
    return value.isoformat() if isinstance(value, date) else _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
