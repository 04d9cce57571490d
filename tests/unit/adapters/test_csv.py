"""Tables from spreadsheets: read whatever their separator, refused with line and column where they cannot be."""

import pytest

from memorata.adapters.csv_in import Row, TableFault, read, separator_of
from memorata.adapters.csv_out import BOM, table

COLUMNS = ("name", "community", "country", "language", "role", "mail")


def fault(data: bytes, *, required: tuple[str, ...] = ()) -> str:
    with pytest.raises(TableFault) as told:
        read(data, COLUMNS, required)
    return str(told.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", BOM])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_whatever_spreadsheet_has_written_it(separator: str, mark: str, end: str) -> None:
    lines = [
        ("Name", "Country", "Community"),
        ("Анна Петрова", "AM", 'Общество "Жители"'),
        ("", "", ""),
        ("千代", "JP", ""),
    ]
    text = mark + end.join(separator.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) for line in lines)
    assert read(text.encode(), COLUMNS) == [
        Row(2, {"name": "Анна Петрова", "country": "AM", "community": 'Общество "Жители"'}),
        Row(4, {"name": "千代", "country": "JP", "community": ""}),
    ]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    rows = read(b'name,community\n"Vera","two\nlines"\nGenrikh,\n', COLUMNS)
    assert [(row.line, row.cells["name"]) for row in rows] == [(2, "Vera"), (4, "Genrikh")]


@pytest.mark.parametrize(
    ("head", "separator"),
    [("name", ","), ("name;country", ";"), ("name\tcountry", "\t"), ('"name;or,so";country', ";"), ("a,b;c,d", ",")],
)
def test_the_separator_is_the_one_of_the_first_line(head: str, separator: str) -> None:
    assert separator_of(head) == separator


def test_another_encoding_is_named_and_not_guessed_at() -> None:
    written = "name;community\nVera;Oslo\nАнна Петрова;Ереван\n"
    assert fault(written.encode("cp1251")) == (
        "line 3, column 1: the file is not in UTF-8 (it looks like Windows-1251); save it as “CSV UTF-8”."
    )
    assert "line 3, column 1: the file is not in UTF-8 (it looks like DOS code page 866)" in fault(
        written.encode("cp866")
    )
    assert fault("name;community\nVera;Malmö\n".encode("latin-1")).startswith(
        "line 2, column 2: the file is not in UTF-8"
    )
    assert fault(written.encode("utf-16")).startswith("the file is in UTF-16")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"name,nom\nVera,x\n", "line 1, column 2: 'nom' is no column here; there are: name, community"),
        (b"name,name\n", "line 1, column name: this column is there twice."),
        (b"community\nOslo\n", "line 1: the column 'name' is missing."),
        (b"name\nVera,Oslo\n", "line 2, column 2: more cells than the first line has columns."),
        (b'name\n"Vera\n', "line 2: the quotes are not right"),
        (b"name\nVera\0\n", "line 2: a character without meaning"),
        (b"name\n" + b"x" * 20_000 + b"\n", "line 2, column name: more than 10000 characters."),
    ],
)
def test_what_cannot_be_read_is_named_by_line_and_column(data: bytes, told: str) -> None:
    assert fault(data, required=("name",)).startswith(told)


def test_what_is_written_is_read_as_it_was() -> None:
    rows = [{"name": "=1+1", "community": '@SUM("x")', "mail": "a;b,c\nd"}, {"name": "Анна", "community": "-"}]
    again = read((BOM + table(("name", "community", "mail"), rows)).encode(), COLUMNS)
    assert [dict(row.cells) for row in again] == [{"mail": "", **row} for row in rows]
