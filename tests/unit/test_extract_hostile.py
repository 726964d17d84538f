"""Files made to break what reads them: each is refused with a sentence, or read."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.extract.errors import BY_CODE, DocumentError
from knowledge.extract.flow import is_note_mark
from knowledge.extract.limits import Limits
from knowledge.extract.parse import Parsed, parse
from tests.fakes.pdf_files import article_page, pdf
from tests.fakes.word_files import DOCX_TYPES, docx_of, price_list, zipped

several = settings(max_examples=50)

SMALL = Limits(max_pages=50, max_chars=200_000, max_chunks=2_000, max_unpacked_bytes=2_000_000)
GOOD = {
    "a.pdf": pdf([article_page("Fees", ["A cleaning costs $140."])] * 3, title="Fees"),
    "a.docx": price_list(),
    "a.html": b"<!doctype html><title>Fees</title><h1>Fees</h1><table><tr><td>Cleaning<td>$140</table>" * 5,
    "a.csv": b'Service,Price\n"Cleaning, deep",$140\n' * 20,
    "a.json": b'{"services": [{"name": "Cleaning", "price": 140}], "open": {"mon": "9-5"}}',
    "a.md": b"# Fees\n\n| Visit | Fee |\n|---|---|\n| Cleaning | $140 |\n\n- Cards\n- Cash\n" * 5,
    "a.txt": "Öffnungszeiten: täglich von 9 bis 5.\n\n".encode("utf-16") * 10,
}


def attempt(content: bytes, name: str) -> Parsed | DocumentError:
    try:
        return parse(content, name, SMALL)
    except DocumentError as refusal:
        return refusal


def outcome(content: bytes, name: str) -> Parsed | DocumentError:
    """Read a file; whatever is neither its text nor a refusal fails the test."""
    result = attempt(content, name)
    if isinstance(result, DocumentError):
        assert BY_CODE[result.code] is type(result)
        assert result.message.endswith(".")
        return result
    for chunk in result.chunks:
        assert chunk.text.strip()
        assert "\x00" not in chunk.heading + chunk.text
        f"{chunk.heading}{chunk.text}".encode()
    return result


@pytest.mark.parametrize("name", GOOD)
def test_the_files_are_good_to_begin_with(name: str) -> None:
    assert isinstance(outcome(GOOD[name], name), Parsed)


@pytest.mark.parametrize("name", GOOD)
def test_a_file_cut_off_anywhere_is_read_or_refused(name: str) -> None:
    content = GOOD[name]
    for end in {*range(0, len(content), max(1, len(content) // 60)), *range(min(12, len(content)))}:
        outcome(content[:end], name)


@pytest.mark.parametrize("name", [name for name in GOOD if name != "a.pdf"])
@given(seed=st.integers(0, 2**32))
@several
def test_a_file_with_wrong_bytes_is_read_or_refused(name: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - tests need no secrets
    content = bytearray(GOOD[name])
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    outcome(bytes(content), name)


@given(st.binary(max_size=400), st.sampled_from([*GOOD, "", "a.exe", "\udc80.csv"]))
@several
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    outcome(content, name)


@given(
    st.sampled_from(
        [b"PK\3\4", b"\xff\xfe", b"\xef\xbb\xbf", b"<html>", b"{", b"[", b"---\n", b'"', b"<?xml ", b"|"]
    ),
    st.binary(max_size=300),
    st.sampled_from([*GOOD]),
)
@several
def test_any_bytes_after_a_good_beginning_are_read_or_refused(start: bytes, rest: bytes, name: str) -> None:
    outcome(start + rest, name)


@given(
    st.text(max_size=300), st.sampled_from([*GOOD]), st.sampled_from(["utf-8", "utf-16", "latin-1", "cp1251"])
)
@several
def test_any_text_is_read_or_refused(text: str, name: str, encoding: str) -> None:
    outcome(text.encode(encoding, "replace"), name)


@given(st.text(alphabet='<>/w:ptblrcsdx="& ', max_size=200))
@several
def test_any_xml_in_a_word_file_is_read_or_refused(body: str) -> None:
    outcome(docx_of(body), "a.docx")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"\x00" * 100_000, "a.txt", "empty_file"),
        (b"[" * 1_000_000, "a.json", "too_large_inside"),
        (b'{"a":' * 500_000, "a.json", "too_large_inside"),
        (b"a" * 300_000, "a.txt", "too_large_inside"),
        (b"x," * 200_000, "a.csv", "too_large_inside"),
        (b"# a\nb\n" * 3_000, "a.md", "too_large_inside"),
        (b"<html>" + b"<p>a<h1>b" * 3_000, "a.html", "too_large_inside"),
        (b"PK\3\4" + b"\0" * 1000, "a.docx", "broken_file"),
        (b"PK\5\6" + b"\0" * 18, "a.docx", "unsupported_type"),
        (zipped({"a.zip": zipped({"b.zip": zipped({"c": bytes(1_000_000)})})}), "a.zip", "unsupported_type"),
        (zipped({"[Content_Types].xml": DOCX_TYPES + bytes(1_900_000)}), "a.docx", "too_large_inside"),
        (docx_of("<w:p>" * 5_000 + "</w:p>" * 5_000), "a.docx", "broken_file"),
    ],
)
def test_bombs_are_refused(content: bytes, name: str, code: str) -> None:
    refusal = outcome(content, name)
    assert isinstance(refusal, DocumentError)
    assert refusal.code == code


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[" * 60_000 + "](", "a.md"),
        ("*a " * 30_000, "a.md"),
        ("`" * 60_000, "a.md"),
        ("<" * 60_000, "a.md"),
        ("<!--" * 20_000, "a.md"),
        ("| " * 30_000 + "\n|-|\n" + "| " * 30_000, "a.md"),
        ("a\n" * 30_000, "a.md"),
        ("- " * 30_000, "a.md"),
        ("> " * 30_000 + "x", "a.md"),
        (" " * 60_000 + "x", "a.txt"),
        (". " * 30_000, "a.txt"),
        ("a-\n" * 30_000, "a.txt"),
        ("<a " + "b=c " * 20_000, "a.html"),
        ("<html>" + "&amp" * 20_000, "a.html"),
        ("<!-- " * 20_000, "a.html"),
        ("\u0301" * 60_000, "a.txt"),
        ("\u200c" * 60_000 + "x", "a.txt"),
    ],
)
@pytest.mark.timeout(10)
def test_patterns_do_not_run_away(text: str, name: str) -> None:
    outcome(text.encode(), name)


def test_a_raised_row_of_stars_is_no_mark_of_a_note_and_takes_no_time() -> None:
    # Read again from every star, it would take longer than any test may.
    assert not is_note_mark("*" * 200_000 + "zz")
    assert is_note_mark(" (1) ")
    assert is_note_mark("**")
