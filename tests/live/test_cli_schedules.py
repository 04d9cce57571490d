"""The schedules commands, run as people run them: what the site holds against what the files say."""

from pathlib import Path

import pytest

from tests.live.test_cli import SERIES, memorata

pytestmark = pytest.mark.live


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules/our-town.toml").write_text("# Of the town.\n" + SERIES, "utf-8")
    return tmp_path


def test_what_differs_who_manages_it_and_the_file_back(folder: Path) -> None:
    path = folder / "schedules/our-town.toml"
    text = path.read_text("utf-8")
    before = memorata(folder, "schedules", "diff")
    assert (before.returncode, before.stdout) == (1, "our-town: a file alone: not loaded yet\n")
    assert memorata(folder, "schedules", "load").returncode == 0
    same = memorata(folder, "schedules", "diff")
    assert (same.returncode, same.stdout) == (0, "")

    path.write_text(text.replace("11:00", "12:00").replace("planned_s = 60", "planned_s = 90"), "utf-8")
    other = memorata(folder, "schedules", "diff", "our-town")
    assert (other.returncode, other.stdout.splitlines()) == (
        1,
        [
            "our-town (managed by the file):",
            '  date.time: on the site "11:00", in the file "12:00"',
            "  items[words].planned_s: on the site 60, in the file 90",
        ],
    )

    assert memorata(folder, "schedules", "adopt", "our-town").stdout == "our-town is managed by the site.\n"
    assert "written on the site" in memorata(folder, "schedules", "load").stdout
    assert memorata(folder, "schedules", "export", "our-town").stdout == text
    assert memorata(folder, "schedules", "adopt", "our-town", "--by-file").returncode == 0
    assert memorata(folder, "schedules", "load").returncode == 0
    copy = folder / "copy.toml"
    assert memorata(folder, "schedules", "export", "our-town", "--output", str(copy)).returncode == 0
    assert copy.read_bytes() == path.read_bytes()


def test_what_is_not_there_is_said_so(folder: Path) -> None:
    for command in ("adopt", "export"):
        done = memorata(folder, "schedules", command, "nowhere")
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "There is no series nowhere.\n")
    done = memorata(folder, "schedules", "diff", "nowhere")
    assert (done.returncode, done.stdout) == (1, "nowhere: neither a file nor on the site\n")


def test_dates_with_their_departures_and_sites(folder: Path) -> None:
    when = (
        'reach = "local_everywhere"\n\n[[date.sites]]\nplace = { en = "Riga", ru = "Рига" }\nzone = "Europe/Riga"\n\n'
        '[[date.exceptions]]\nkind = "moved"\nday = 2050-05-09\nto = 2050-05-08\n'
        'reason = { en = "Rain.", ru = "Дождь." }\n\n'
        '[[date.exceptions]]\nkind = "cancelled"\nday = 2051-05-09\n\n'
        '[[date.exceptions]]\nkind = "extra"\nday = 2052-01-01\n'
    )
    path = folder / "schedules/our-town.toml"
    zone = 'zone = "Europe/Riga"\n'
    path.write_text(SERIES.replace(zone, zone + when, 1), "utf-8")
    done = memorata(folder, "schedules", "next", "--years", "30", "our-town")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    at = lines.index("  Sun 2050-05-08  11:00 Europe/Riga, 89 years  moved from 2050-05-09: Rain.")
    assert lines[at + 1 : at + 5] == [
        "      riga             2050-05-08 11:00 Europe/Riga",
        "  Tue 2051-05-09  11:00 Europe/Riga, 90 years  cancelled",
        "  Mon 2052-01-01  11:00 Europe/Riga, 91 years  extra",
        "      riga             2052-01-01 11:00 Europe/Riga",
    ]
