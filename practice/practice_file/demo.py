"""The demo practice: a folder like anybody's, which comes with the program."""

from pathlib import Path

from practice.practice_file.folder import PracticeFolder, read_folder

FOLDER = Path(__file__).parents[1] / "demo"


def read_demo() -> PracticeFolder:
    """Read the demo practice's folder."""
    return read_folder(FOLDER)
