"""Tables, CSV and JSON."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.chunk import LONGEST_CHUNK_CHARS, Chunk
from knowledge.extract.errors import NoText, TooLargeInside
from knowledge.extract.limits import Limits
from knowledge.extract.parse import parse
from knowledge.extract.table import table_lines

several = settings(max_examples=50)


def said(content: str, name: str) -> str:
    return "\n".join(one.text for one in parse(content.encode(), name, Limits()).chunks)


def test_a_row_says_what_its_columns_are() -> None:
    rows = [["Service", "Price"], ["Cleaning", "$120"], ["", ""], ["Filling", ""], ["X-ray", "$90", "new"]]
    assert list(table_lines(rows)) == [
        "Service: Cleaning; Price: $120",
        "Service: Filling",
        "Service: X-ray; Price: $90; new",
    ]


def test_a_table_of_pairs_has_no_names() -> None:
    rows = [["Monday:", "9 to 5"], ["Tuesday", "closed"]]
    assert list(table_lines(rows)) == ["Monday: 9 to 5", "Tuesday: closed"]


def test_a_caption_in_the_table_names_no_column() -> None:
    rows = [["Our fees", ""], ["Visit", "Fee"], ["Cleaning", "$140"]]
    assert list(table_lines(rows)) == ["Our fees", "Visit: Cleaning; Fee: $140"]


def test_words_alone_are_not_taken_for_names() -> None:
    rows = [["Parking", "Behind the house"], ["Entrance", "Elm Lane"]]
    assert list(table_lines(rows)) == ["Parking: Behind the house", "Entrance: Elm Lane"]
    assert list(table_lines(rows, header=True)) == ["Parking: Entrance; Behind the house: Elm Lane"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_is_read_whatever_stands_between_its_cells(delimiter: str) -> None:
    rows = ["Service,Price,Notes", 'Cleaning,$120,"with ""polish"""', "Filling,$210,"]
    content = "\r\n".join(row.replace(",", delimiter) for row in rows)
    assert said(content, "fees.csv") == (
        'Service: Cleaning; Price: $120; Notes: with "polish"\nService: Filling; Price: $210'
    )


def test_a_comma_within_quotes_is_no_border() -> None:
    assert (
        said('Name,Address\nLee,"1 Elm Lane, New York"\n', "a.csv")
        == "Name: Lee; Address: 1 Elm Lane, New York"
    )


def test_csv_without_names_is_read_as_it_is() -> None:
    assert said("Cleaning,$120\nFilling,$210\n", "a.csv") == "Cleaning: $120\nFilling: $210"


def test_a_big_table_is_cut_between_rows() -> None:
    content = "Service,Price\n" + "".join(f"Treatment {number},${number}\n" for number in range(5000))
    chunks = parse(content.encode(), "a.csv", Limits()).chunks
    rows = [line for one in chunks for line in one.text.split("\n")]
    assert rows == [f"Service: Treatment {number}; Price: ${number}" for number in range(5000)]


def test_a_line_of_megabytes_is_cut_between_cells() -> None:
    content = "a,b\n" + ",".join(f"cell {number}" for number in range(300_000))
    chunks = parse(content.encode(), "a.csv", Limits()).chunks
    assert max(len(one.text) for one in chunks) <= LONGEST_CHUNK_CHARS
    assert all(one.text.endswith(";") for one in chunks[:-1])


def test_a_quote_that_never_closes_is_read() -> None:
    assert "Filling" in said('Service,Price\nCleaning,"$120\nFilling,$210\n', "a.csv")


def test_a_table_that_grows_without_end_is_refused() -> None:
    content = ",".join(f"name{number}" for number in range(2000)) + "\n" + ("x," * 2000 + "\n") * 500
    with pytest.raises(TooLargeInside, match="more than 1,000,000 characters"):
        parse(content.encode(), "a.csv", Limits(max_chars=1_000_000))


def test_json_is_flattened_in_reading_order() -> None:
    value = {
        "name": "Maple Street Dental",
        "openingHours": {"mon_fri": "9-5", "weekend": None},
        "wheelchair": True,
        "languages": ["English", "Spanish"],
        "services": [
            {"name": "Cleaning", "price": 120.50, "for": {"ages": [0, 99]}},
            {"name": "Filling", "steps": [{"what": "numb"}, {"what": "fill"}]},
        ],
        "grid": [["Day", "Doctor"], ["Monday", "Lee"]],
    }
    content = json.dumps(value).replace("120.5", "120.50").encode()
    assert parse(content, "practice.json", Limits()).chunks == [
        Chunk(
            "name: Maple Street Dental\nopening Hours: mon fri: 9-5\nwheelchair: yes\n"
            "languages: English, Spanish"
        ),
        Chunk("name: Cleaning; price: $120.50; for: ages: 0, 99", "services"),
        Chunk("name: Filling; what: numb\nname: Filling; what: fill", "services"),
        Chunk("Day: Doctor\nMonday: Lee"),
    ]


@pytest.mark.parametrize("content", ["{}", "[]", "null", '{"a": []}', '[{"a": null}]', '""'])
def test_json_that_says_nothing_has_no_text(content: str) -> None:
    with pytest.raises(NoText):
        parse(content.encode(), "a.json", Limits())


def test_what_json_escapes_is_cleaned() -> None:
    assert said('{"a": "x\\u0000\\ud800\\u202ey"}', "a.json") == "a: xy"


def test_json_nested_beyond_sense_is_refused() -> None:
    with pytest.raises(TooLargeInside):
        parse(b'{"a":' * 200 + b"1" + b"}" * 200, "a.json", Limits())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
@several
def test_every_json_value_is_read_or_says_nothing(value: Any) -> None:
    try:
        chunks = parse(json.dumps(value).encode(), "a.json", Limits()).chunks
    except NoText:
        return
    assert all(one.text.strip() for one in chunks)


@given(st.lists(st.lists(st.text(max_size=6), max_size=5), max_size=8), st.sampled_from([None, True, False]))
@several
def test_every_table_is_read(rows: list[list[str]], header: bool | None) -> None:
    assert all(line == line.strip() and line for line in table_lines(rows, header=header))
