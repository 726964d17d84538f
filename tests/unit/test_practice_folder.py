"""A practice's folder is read strictly, and all that is wrong with it is told at once, with its line."""

from pathlib import Path

import pytest

from cli.questions import read_hours, read_service
from practice.practice_file.check import remarks
from practice.practice_file.folder import PracticeFolder, parse, read_demo, read_folder
from practice.practice_file.problems import PracticeFileInvalid

GOOD = '[practice]\nname = "A"\ntimezone = "UTC"\n'


def complaints(text: str) -> list[str]:
    with pytest.raises(PracticeFileInvalid) as found:
        parse(text)
    return [str(one) for one in found.value.problems]


def test_everything_that_is_wrong_is_told_at_once_with_line_and_key() -> None:
    said = complaints(
        """\
[practice]
name = "A"
timezone = "America/New York"
phone_numbers = ["0207"]

[hours]
mondy = ["08:00-12:00"]
tuesday = ["12:00-08:00"]

[[services]]
name = "Cleaning"

[[services]]
name = "Filling"
prise = "$1"
minutes = "30"

[[hand_off]]
name = "desk"
to = "+12075550190"
when = { mondayy = ["08:00-12:00"] }
"""
    )
    assert said == [
        (
            "practice.toml, line 3: practice, timezone 'America/New York' is no time zone such as"
            " America/New_York"
        ),
        (
            "practice.toml, line 4: practice, phone_numbers 1 '0207' is no telephone number in full, such as"
            " +12075550123"
        ),
        "practice.toml, line 8: hours, tuesday 1 '12:00-08:00': it ends before it begins",
        "practice.toml, line 7: hours, mondy is no key that is known here; did you mean monday?",
        'practice.toml, line 16: services "Filling", minutes must be a whole number',
        'practice.toml, line 15: services "Filling", prise is no key that is known here; did you mean price?',
        (
            'practice.toml, line 21: hand_off "desk", when, mondayy is no key that is known here;'
            " did you mean monday?"
        ),
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[[special_days]]\nfrom = 2026-12-24\n", "say closed = true, or the hours"),
        ("[[special_days]]\nfrom = 2026-12-24\nto = 2026-12-20\nclosed = true\n", "is before"),
        ('[[special_days]]\nfrom = "2026-12-24"\nclosed = true\n', "must be a date such as"),
        (
            (
                "[[special_days]]\nfrom = 2026-12-24\nto = 2026-12-26\nclosed = true\n"
                "[[special_days]]\nfrom = 2026-12-26\nclosed = true\n"
            ),
            "overlaps the special days from 2026-12-24",
        ),
        ('[hours]\nmonday = ["08:00-12:00", "11:00-13:00"]\n', "overlap"),
        ('[[services]]\nname = "A"\n[[services]]\nname = "a"\n', "two services are called"),
        (
            '[[services]]\nname = "Filling"\n[[practitioners]]\nname = "B"\nservices = ["Filing"]\n',
            "mean Filling?",
        ),
        (
            '[rules]\nemergencies = [{ signs = ["x y"], say = "z", ring = "on call" }]\n',
            "is no hand_off",
        ),
        ("[booking]\noffers = 9\n", "must be at most 5"),
        ('[[staff]]\nemail = "maria"\nname = "M"\n', "no e-mail address"),
        ('[[staff]]\nemail = "m@x.example"\nname = "M"\nrole = "boss"\n', "must be 'admin' or 'desk'"),
        ("[extra]\n", "is no key"),
    ],
)
def test_what_does_not_fit_is_refused(more: str, said: str) -> None:
    assert any(said in one for one in complaints(GOOD + more)), complaints(GOOD + more)


def test_what_means_the_same_is_equal() -> None:
    left = parse(GOOD + 'say_as = "A"\n[hours]\nmonday = ["8:00-12:00", "07:00-07:30"]\n')
    right = parse(GOOD + '[hours]\nmonday = ["07:00-07:30", "08:00-12:00"]\n')
    assert left == right


def test_files_outside_the_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    folder = tmp_path / "practice"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "files" / "own.txt").write_text("y")
    (folder / "practice.toml").write_text(GOOD + '[assistant]\nfiles = ["files/*", "../*.txt"]\n')
    assert [one.name for one in read_folder(folder).files] == ["own.txt"]


def test_a_file_that_is_named_and_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "practice.toml").write_text(
        GOOD + '[assistant]\ninstructions = "how.md"\nfiles = ["fees.pdf"]\n'
    )
    with pytest.raises(PracticeFileInvalid) as found:
        read_folder(tmp_path)
    assert [(one.line, "no file" in one.text) for one in found.value.problems] == [(5, True), (6, True)]


def test_a_folder_without_its_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PracticeFileInvalid, match=r"practice.toml: cannot be read"):
        read_folder(tmp_path)


def test_the_demo_practice_is_in_order() -> None:
    assert remarks(read_demo(), {}, []) == []


def test_remarks_name_what_is_likely_not_meant() -> None:
    file = parse(
        GOOD
        + """\
phone_numbers = ["+12075550123"]
greeting = "Hello there."
[hours]
monday = ["08:00-12:00"]
[[services]]
name = "Cleaning"
price = "$140"
[[services]]
name = "Filling"
[[practitioners]]
name = "Dr. B"
services = ["Filling"]
hours = { monday = ["08:00-12:00"], sunday = ["08:00-12:00"] }
[rules]
never_book = [{ days = ["monday"] }, { services = ["Filling"] }]
"""
    )
    words = "Call (207) 555-0199. A cleaning is $120. Never cancel a visit. Offer Mondays. Book no filling."
    said = [one.text for one in remarks(PracticeFolder(file, words), {"x.pdf": "no text"}, [("+1", "Elm")])]
    for part in (
        "x.pdf: no text",
        "answered by the bot of Elm",
        "nobody is rung",
        "address",
        "does not say that an assistant answers",
        'service "Cleaning": nobody does it',
        "is there on sunday",
        "(207) 555-0199",
        "the price $120",
        "seems to forbid what rules, cancelling allows",
        "seems to allow what rules, never_book refuses (monday)",
    ):
        assert any(part in one for one in said), (part, said)
    assert not any("(Filling)" in one for one in said)


def test_hours_are_read_as_people_write_them() -> None:
    week = read_hours("mon-thu 09:00-17:00; fri 09:00-12:00, 13:00-15:00")
    assert week["thursday"] == ["09:00-17:00"]
    assert week["friday"] == ["09:00-12:00", "13:00-15:00"]
    assert "saturday" not in week
    with pytest.raises(ValueError, match="no weekday"):
        read_hours("someday 09:00-17:00")


def test_a_service_is_read_with_its_minutes() -> None:
    assert read_service("Teeth cleaning 45 min") == {"name": "Teeth cleaning", "minutes": 45}
    assert read_service("Filling") == {"name": "Filling"}
