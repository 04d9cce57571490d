"""Every schedule file that is shipped loads without a word, and so does the example of its documentation."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from memorata.adapters.schedule_files import KEYS, load_file, read_file, read_series
from memorata.adapters.schedules.dates import COMMON_KEYS, RULE_KEYS
from memorata.adapters.schedules.faults import Key
from memorata.adapters.schedules.gatherings import EXCEPTION_KEYS, REMINDER_KEYS, SITE_KEYS
from memorata.adapters.schedules.grammar import reference
from memorata.adapters.schedules.lines import locate
from memorata.domain import items
from memorata.domain.anniversary import agenda, occurrences, sittings
from memorata.domain.items import Candle, Closing, RollCall, Silence, Wishes, WreathLaying
from memorata.domain.planning import brisk, programme_for, total_s
from memorata.domain.programme import Progress, Run, moment
from memorata.domain.silence import plan

SCHEDULES = Path(__file__).parents[2] / "schedules"
README = (SCHEDULES / "README.md").read_text("utf-8")
FILES = sorted(SCHEDULES.glob("*.toml"))

TODAY = date(2026, 11, 22)


def instant(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%dT%H:%MZ}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_file_loads_without_fault_or_warning(path: Path) -> None:
    series, faults = read_file(path)
    assert list(map(str, faults)) == []
    assert series is not None
    assert series.source


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_value_of_a_shipped_file_has_its_line(path: Path) -> None:
    text = path.read_text("utf-8")

    def keys(value: object, key: Key = ()) -> set[Key]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return {key}.union(*(keys(part, (*key, name)) for name, part in inner)) - {()}

    assert set(locate(text)) == keys(tomllib.loads(text))


@pytest.mark.parametrize(
    ("name", "day", "number", "kept", "begins"),
    [
        ("unconquered", "2027-01-27", 83, "2027-01-27T11:00Z", "2027-01-27T11:00Z"),
        ("22-june", "2027-06-22", 86, "2027-06-22T09:15Z", "2027-06-22T09:10Z"),
        ("armenia-24-april", "2027-04-24", 112, "2027-04-24T08:00Z", "2027-04-24T08:00Z"),
        ("holodomor", "2026-11-28", None, "2026-11-28T14:00Z", "2026-11-28T13:55Z"),
        ("remembrance-sunday", "2027-11-14", None, "2027-11-14T11:00Z", "2027-11-14T10:55Z"),
        ("armistice-11-november", "2027-11-11", 109, "2027-11-11T11:00Z", "2027-11-10T23:55Z"),
        ("yom-hashoah", "2027-05-04", None, "2027-05-03T17:00Z", "2027-05-03T17:00Z"),
        ("radonitsa", "2027-05-11", None, "2027-05-11T09:00Z", "2027-05-11T09:00Z"),
        ("volkstrauertag", "2027-11-14", None, "2027-11-14T11:00Z", "2027-11-14T11:00Z"),
        ("agadir-29-february", "2027-02-28", 67, "2027-02-28T11:00Z", "2027-02-28T11:00Z"),
    ],
)
def test_the_next_occurrence(name: str, day: str, number: int | None, kept: str, begins: str) -> None:
    series = load_file(SCHEDULES / f"{name}.toml")
    [found] = occurrences(series, TODAY, 1)
    assert (found.date.isoformat(), found.number, instant(found.instant_ms)) == (day, number, kept)
    programme = programme_for(series, found, "c")
    assert instant(programme.starts_ms) == begins
    assert (programme.date, programme.number) == (day, number)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("unconquered", "01-27 01-27 01-27 01-27 01-27"),
        ("22-june", "06-22 06-22 06-22 06-22 06-22"),
        ("armenia-24-april", "04-24 04-24 04-24 04-24 04-24"),
        ("armistice-11-november", "11-11 11-11 11-11 11-11 11-11"),
        ("remembrance-sunday", "11-08 11-14 11-12 11-11 11-10"),
        ("holodomor", "11-28 11-27 11-25 11-24 11-23"),
        ("volkstrauertag", "11-15 11-14 11-19 11-18 11-17"),
        ("yom-hashoah", "04-14 05-04 04-24 04-12 04-30"),
        ("radonitsa", "04-21 05-11 04-25 04-17 05-07"),
        ("agadir-29-february", "02-28 02-28 02-29 02-28 02-28"),
    ],
)
def test_the_dates_of_five_years(name: str, days: str) -> None:
    series = load_file(SCHEDULES / f"{name}.toml")
    found = agenda(series, date(2026, 1, 1), date(2030, 12, 31))
    assert [one.date.isoformat() for one in found] == [f"{2026 + n}-{day}" for n, day in enumerate(days.split())]


def test_every_shipped_series_is_among_those_with_known_dates_and_reminds() -> None:
    assert len(FILES) == 10
    assert {len(load_file(path).reminders) for path in FILES} == {4}


def test_eleven_o_clock_comes_to_one_place_after_another() -> None:
    series = load_file(SCHEDULES / "armistice-11-november.toml")
    [found] = occurrences(series, TODAY, 1)
    assert [(held.site, instant(held.instant_ms)) for held in sittings(series, found)] == [
        ("canberra", "2027-11-11T00:00Z"),
        ("paris", "2027-11-11T10:00Z"),
        ("brussels", "2027-11-11T10:00Z"),
        ("london", "2027-11-11T11:00Z"),
        ("ottawa", "2027-11-11T16:00Z"),
    ]
    assert series.autopilot
    for held in sittings(series, found):
        programme = programme_for(series, found, "c", sitting=held)
        assert (programme.zone, programme.place, programme.autopilot) == (held.zone, held.place, True)
        assert held.instant_ms - programme.starts_ms == 300_000


@pytest.mark.parametrize("name", ["22-june", "holodomor", "remembrance-sunday"])
def test_the_first_beat_of_a_silence_falls_on_the_hour_that_is_kept(name: str) -> None:
    series = load_file(SCHEDULES / f"{name}.toml")
    [found] = occurrences(series, TODAY, 1)
    programme = programme_for(series, found, "c")
    first = programme.conducted()[0]
    # The host starts the first item in time; the rest goes by the clock.
    progress = Progress(runs=(Run(1, first.id, programme.starts_ms),), cues=1)
    shown = moment(programme, progress, found.instant_ms)
    assert shown.item is not None
    assert isinstance(shown.item.detail, Silence)
    assert shown.run is not None
    assert plan(shown.item.detail, shown.run.start_ms).t0_ms == found.instant_ms


def test_the_ceremony_of_the_demonstration() -> None:
    series = load_file(SCHEDULES / "unconquered.toml")
    assert [(item.kind, item.planned_s) for item in series.items] == [
        ("lobby", 900),
        ("address", 180),
        ("silence", 95),
        ("video_message", 240),
        ("testimony", 540),
        ("address", 240),
        ("reading", 120),
        ("wreath_laying", 300),
        ("roll_call", 225),
        ("candle", 60),
        ("wishes", 360),
        ("closing", 180),
    ]
    assert total_s(series.items) == 42 * 60 + 20
    kinds = {type(item.detail): item.detail for item in series.items}
    silence, wreaths, calls = kinds[Silence], kinds[WreathLaying], kinds[RollCall]
    assert silence == Silence(
        invitation=silence.invitation,  # type: ignore[attr-defined]
        invitation_s=20,
        stillness_s=5,
        duration_s=60,
        sound="metronome",
        bpm=50,
        end_signal="bell",
        quiet_after_s=10,
    )
    assert isinstance(wreaths, WreathLaying)
    countries = " ".join(wreath.country or "-" for wreath in wreaths.wreaths)
    assert countries == "AM BG CZ FI FR IL KZ KG LV LT MD UA GB US UZ"
    assert isinstance(calls, RollCall)
    assert [entry.mode for entry in calls.entries] == ["live", "live", "picture", "picture", "picture"]
    testimony, wishes, candle = kinds[items.Testimony], kinds[Wishes], kinds[Candle]
    assert isinstance(testimony, items.Testimony)
    assert [(one.name, one.age, one.mode) for one in testimony.speakers] == [
        ({"en": "Vera Sokolova", "ru": "Вера Соколова"}, 91, "live"),
        ({"en": "Genrikh Adler", "ru": "Генрих Адлер"}, 89, "phone"),
        ({"en": "Taisiya Orlova", "ru": "Таисия Орлова"}, 94, "recorded"),
    ]
    assert isinstance(wishes, Wishes)
    assert len(wishes.prepared) == wishes.read_out == 6
    assert isinstance(candle, Candle)
    assert candle.mode == "everyone"
    assert len(series.delegations) >= 20
    # Two communities that no code of a country describes are there like all others.
    assert sum(delegation.country is None for delegation in series.delegations) == 2


def test_the_demonstration_says_when_it_is_next_and_how_long_the_guest_book_lies_open() -> None:
    series = load_file(SCHEDULES / "unconquered.toml")
    [found] = occurrences(series, TODAY, 1)
    closing = programme_for(series, found, "c").items[-1].detail
    assert isinstance(closing, Closing)
    assert (closing.next_date, closing.next_number) == ("2028-01-27", 84)
    assert closing.guest_book_until == "2027-05-09"
    assert len(closing.downloads) == 6


def test_the_brisk_demonstration_takes_six_minutes_with_its_silence_whole() -> None:
    series = load_file(SCHEDULES / "unconquered.toml")
    [found] = occurrences(series, TODAY, 1)
    whole = programme_for(series, found, "c", starts_ms=1_000_000)
    short = brisk(whole)
    assert abs(total_s(short.items) - 360) <= 6
    assert short.item("silence") == whole.item("silence")
    assert (short.starts_ms, short.lobby_opens_ms, short.date) == (1_000_000, 100_000, "2027-01-27")


def test_the_example_of_the_documentation_loads(tmp_path: Path) -> None:
    example = README.split("```toml\n", 1)[1].split("```", 1)[0]
    path = tmp_path / "flood.toml"
    path.write_text(example, "utf-8")
    series, faults = read_file(path)
    assert list(map(str, faults)) == []
    assert series is not None
    [found] = occurrences(series, date(2027, 1, 1), 1)
    assert (found.number, instant(programme_for(series, found, "c").starts_ms)) == (74, "2027-02-01T09:55Z")


def test_the_documentation_lists_every_key() -> None:
    assert README.endswith(reference())
    told = {
        "The file": KEYS,
        "When it is kept": (*COMMON_KEYS, *(key for keys in RULE_KEYS.values() for key in keys)),
        "Where people gather": SITE_KEYS,
        "When it is not as the rule says": EXCEPTION_KEYS,
        "Reminders": REMINDER_KEYS,
    }
    sections = {part.partition("\n")[0]: part for part in README.split("\n## ")[1:]}
    for title, keys in told.items():
        [section] = [text for name, text in sections.items() if name.partition(":")[0] == title]
        rows = " ".join(row for row in section.splitlines() if row.startswith("|"))
        assert [key for key in keys if f"`{key}`" not in rows] == [], title


def test_the_examples_of_the_documentation_are_read(tmp_path: Path) -> None:
    flood, *parts = [part.split("```", 1)[0] for part in README.split("```toml\n")[1:]]
    [sites, exceptions, reminders] = [part for part in parts if part.startswith(("[[date.", "reminders"))]
    exceptions = exceptions.replace("2029-01-2", "2029-02-0").replace("02-07", "02-01")
    head, rest = flood.split("\n[[items]]", 1)
    text = f'{reminders}{head}\nreach = "per_site"\n{sites}{exceptions}\n[[items]]{rest}'
    series, faults = read_series("flood", text, tmp_path)
    assert [fault.code for fault in faults if fault.severity == "fault"] == []
    assert series is not None
    assert [site.id for site in series.sites] == ["old-town"]
    assert [one.kind for one in series.departures] == ["moved"]
    assert [one.before_s for one in series.reminders] == [2_592_000, 604_800, 3600]
