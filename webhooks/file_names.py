"""Names of files as uploads bring them."""

MAX_NAME_CHARACTERS = 255
MOST_ENDING_CHARACTERS = 10


def clean_name(name: str) -> str:
    """Keep the last part of a name that may be a path, without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    stem, dot, ending = shown.rpartition(".")
    if len(shown) <= MAX_NAME_CHARACTERS or len(ending) > MOST_ENDING_CHARACTERS:
        return shown[:MAX_NAME_CHARACTERS]
    # The ending tells kinds of text apart.
    return stem[: MAX_NAME_CHARACTERS - len(ending) - 1] + dot + ending
