"""docs/security.md names every threat, and for each a test that is there; none of these tests is left out of it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs/security.md").read_text("utf-8")
HOSTILE = ROOT / "tests/hostile"
THREATS = [f"T{number}" for number in range(1, 21)]


def rows() -> dict[str, list[str]]:
    """The cells of the table by threat: the threat, its defence, where, shown by."""
    found = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in DOCUMENT.splitlines() if line[:3] == "| T"
    ]
    return {row[0]: row[1:] for row in found}


def named(text: str) -> set[str]:
    """The tests that a text names, each as a link to itself."""
    links = re.findall(r"\[(test_\w+\.py)\]\((\S+)\)", text)
    assert [link for name, link in links if link != f"../tests/hostile/{name}"] == []
    return {name for name, _ in links}


def test_every_threat_has_its_row() -> None:
    assert list(rows()) == THREATS
    assert [threat for threat, cells in rows().items() if len(cells) != 4 or not all(cells)] == []


def test_every_threat_is_shown_by_a_test_of_its_name() -> None:
    for threat, (*_, shown) in rows().items():
        number = f"test_t{int(threat[1:]):02}_"
        assert named(shown), threat
        assert [name for name in named(shown) if not name.startswith(number)] == []


def test_every_test_that_is_named_is_there_and_every_one_that_is_there_is_named() -> None:
    there = {path.name for path in HOSTILE.glob("test_*.py")}
    assert sorted(named(DOCUMENT) - there) == []
    assert sorted(there - named(DOCUMENT)) == []


def test_every_file_that_holds_a_defence_is_there() -> None:
    for threat, (_, _, where, _) in rows().items():
        for path in re.findall(r"`((?:[\w-]+/)*[\w.-]+\.(?:py|ts|txt|json|js))`", where):
            places = [ROOT / path, ROOT / "server/memorata" / path]
            assert any(place.is_file() for place in places), (threat, path)


def test_every_setting_that_is_named_is_documented_for_operators() -> None:
    operate = (ROOT / "docs/operate.md").read_text("utf-8")
    assert sorted(set(re.findall(r"MEMORATA_[A-Z_]+", DOCUMENT)) - set(re.findall(r"MEMORATA_[A-Z_]+", operate))) == []


def test_who_finds_a_fault_is_told_where_to_report_it() -> None:
    report = (ROOT / "SECURITY.md").read_text("utf-8")
    assert "/.well-known/security.txt" in report
    assert "private vulnerability report" in report
    # No address that somebody would have to put there first.
    assert re.findall(r"[\w.]+@[\w.]+|TODO|TBD|<[a-z ]+>", report) == []
    assert "SECURITY.md" in (ROOT / "README.md").read_text("utf-8")
