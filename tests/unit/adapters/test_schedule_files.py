"""Schedule files are read to the letter, and a broken one is refused with the place and the reason of every fault."""

import tomllib
from datetime import date, time
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorata.adapters.schedule_files import check, load_file, read_all, read_file
from memorata.adapters.schedules.faults import Faulty
from memorata.adapters.schedules.grammar import item_keys, keys_of
from memorata.adapters.schedules.lines import locate
from memorata.domain.anniversary import Series, Site
from memorata.domain.broadcast import Source
from memorata.domain.items import (
    DETAILS,
    Address,
    Caption,
    Closing,
    Download,
    Item,
    Lobby,
    Media,
    NameRead,
    Names,
    Panel,
    Silence,
    Wreath,
    WreathLaying,
)
from memorata.domain.programme import Delegation
from memorata.domain.rules import (
    Daily,
    Dates,
    Easter,
    Fixed,
    Hebrew,
    Islamic,
    NthWeekday,
    Rule,
    Shift,
    WeekdayInWindow,
)

HEAD = """\
title = { en = "A day", ru = "День" }
languages = ["en", "ru"]
source = "the minutes of the council"

[date]
base = 1944-01-27
time = "14:00"
zone = "Europe/Moscow"
"""

WELCOME = """
[[items]]
id = "welcome"
kind = "address"
title = { en = "Welcome", ru = "Приветствие" }
planned_s = 120
"""

SILENCE = """
[[items]]
id = "silence"
kind = "silence"
title = { en = "Silence", ru = "Молчание" }
"""

WREATHS = """
[[items]]
id = "wreaths"
kind = "wreath_laying"
title = { en = "Wreaths", ru = "Венки" }
"""


def wreath(en: str, ru: str) -> str:
    return f'\n[[items.wreaths]]\ncommunity = {{ en = "{en}", ru = "{ru}" }}\n'


def write(folder: Path, text: str, name: str = "a-day.toml") -> Path:
    path = folder / name
    path.write_text(dedent(text), "utf-8")
    return path


def a_file(folder: Path, *parts: str, head: str = HEAD) -> Path:
    return write(folder, head + "".join(parts))


def told(path: Path) -> list[tuple[str, int | None, str]]:
    """What is said of the file: key, line and code."""
    return [(fault.key, fault.line, fault.code) for fault in read_file(path)[1]]


def line(path: Path, start: str) -> int:
    """The line that begins so; there must be one."""
    [found] = [number for number, text in enumerate(path.read_text("utf-8").splitlines(), 1) if text.startswith(start)]
    return found


def test_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    for name in ("w.mp4", "w.jpg", "w.en.vtt", "p.pdf"):
        (tmp_path / "media" / name).touch()
    path = write(
        tmp_path,
        """\
        title = { en = "A day", ru = "День" }
        subject.en = "What it recalls"
        subject.ru = "О чём он"
        languages = ["en", "ru"]
        organizer = "Amina"
        telephone = "+254 000"
        source = "the minutes"
        holding_still = "media/w.jpg"
        embed = ["https://museum.example.org", "https://MUSEUM.example.org", "https://www.museum.example:8443"]

        [date]
        base = "1944-01-27"
        rule = "fixed"
        time = 14:00:00
        zone = "Europe/Moscow"
        shift = { SU = 1 }

        [[items]]
        id = "lobby"
        kind = "lobby"
        title = { en = "Lobby", ru = "Перед началом" }
        opens_before_s = 600

        [[items]]
        id = "welcome"
        kind = "address"
        title = { en = "Welcome", ru = "Приветствие" }
        planned_s = 120
        speaker = "Bruno"
        end = "next"
        text.en = '''
        Dear friends.

        Welcome.
        '''
        text.ru = "Дорогие друзья."
        [items.media]
        sources = ["media/w.mp4", "https://youtu.be/dQw4w9WgXcQ"]
        still = "media/w.jpg"
        captions = { en = "media/w.en.vtt" }
        duration_s = 100

        [[items]]
        id = "silence"
        kind = "silence"
        title = { en = "Silence", ru = "Молчание" }
        quiet_after_s = 10

        [[items]]
        id = "names"
        kind = "names"
        title = { en = "Names", ru = "Имена" }
        names = ["Chiyo", { name = "Amina", note = "from Kisumu" }, "Bruno"]
        grouping = "pair"

        [[items]]
        id = "wreaths"
        kind = "wreath_laying"
        title = { en = "Wreaths", ru = "Венки" }
        [[items.wreaths]]
        community = { en = "Kenya", ru = "Кения" }
        country = "KE"

        [[items]]
        id = "closing"
        kind = "closing"
        title = { en = "Closing", ru = "Прощание" }
        planned_s = 60
        guest_book_until = "05-09"
        downloads = [{ url = "media/p.pdf", label = { en = "The programme", ru = "Программа" } }]

        [[delegations]]
        community = { en = "Nairobi", ru = "Найроби" }
        country = "KE"

        [[delegations]]
        community = { en = "Sukhum", ru = "Сухум" }

        [countries]
        KG = { ru = "Кыргызстан" }
        """,
    )
    welcome = Media(
        sources=(
            Source("file", "", "/media/w.mp4"),
            Source(
                "youtube",
                "dQw4w9WgXcQ",
                "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
                "?enablejsapi=1&playsinline=1&controls=0&disablekb=1&rel=0&iv_load_policy=3",
            ),
        ),
        still="/media/w.jpg",
        captions=(Caption("en", "/media/w.en.vtt"),),
        duration_s=100,
    )
    assert load_file(path) == Series(
        id="a-day",
        title={"en": "A day", "ru": "День"},
        subject={"en": "What it recalls", "ru": "О чём он"},
        languages=("en", "ru"),
        organizer="Amina",
        telephone="+254 000",
        source="the minutes",
        holding_still="/media/w.jpg",
        embed=("https://museum.example.org", "https://www.museum.example:8443"),
        base_date=date(1944, 1, 27),
        rule=Fixed(1, 27),
        shift=Shift({"SU": 1}),
        at=time(14),
        zone="Europe/Moscow",
        items=(
            Item("lobby", {"en": "Lobby", "ru": "Перед началом"}, Lobby(opens_before_s=600), 600),
            Item(
                "welcome",
                {"en": "Welcome", "ru": "Приветствие"},
                Address(speaker={"en": "Bruno"}),
                120,
                end="next",
                media=welcome,
                text={"en": "Dear friends.\n\nWelcome.", "ru": "Дорогие друзья."},
            ),
            Item("silence", {"en": "Silence", "ru": "Молчание"}, Silence(quiet_after_s=10), 95),
            Item(
                "names",
                {"en": "Names", "ru": "Имена"},
                Names(
                    names=(NameRead("Chiyo"), NameRead("Amina", note="from Kisumu"), NameRead("Bruno")), grouping="pair"
                ),
                10,
            ),
            Item(
                "wreaths",
                {"en": "Wreaths", "ru": "Венки"},
                WreathLaying(wreaths=(Wreath({"en": "Kenya", "ru": "Кения"}, "KE"),)),
                20,
            ),
            Item(
                "closing",
                {"en": "Closing", "ru": "Прощание"},
                Closing(
                    guest_book_until="05-09",
                    downloads=(Download("/media/p.pdf", {"en": "The programme", "ru": "Программа"}),),
                ),
                60,
            ),
        ),
        delegations=(
            Delegation({"en": "Nairobi", "ru": "Найроби"}, "KE"),
            Delegation({"en": "Sukhum", "ru": "Сухум"}),
        ),
        countries={"KG": {"ru": "Кыргызстан"}},
    )
    assert told(path) == []


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ('day = "06-22"', Fixed(6, 22)),
        ("", Fixed(1, 27)),
        ('day = "02-29"\nleap = "next_day"', Fixed(2, 29, "next_day")),
        ('rule = "nth_weekday"\nmonth = 5\nweekday = "MO"\nn = -1', NthWeekday(5, "MO", -1)),
        (
            'rule = "weekday_in_window"\nfirst = "11-13"\nlast = "11-19"\nweekday = "SU"',
            WeekdayInWindow((11, 13), (11, 19), "SU"),
        ),
        ('rule = "easter"\nrite = "orthodox"\noffset_days = 9', Easter("orthodox", 9)),
        ('rule = "hebrew"\nmonth = "Nisan"\nday = 27', Hebrew(1, 27)),
        ('rule = "hebrew"\nmonth = "Adar"\nday = 7', Hebrew(12, 7)),
        ('rule = "hebrew"\nmonth = "Kislev"\nday = 30\nleap = "previous_day"', Hebrew(9, 30, "previous_day")),
        (
            'rule = "islamic"\nmonth = "Muharram"\nday = 10\ndates = [2026-06-26]',
            Islamic(1, 10, (date(2026, 6, 26),)),
        ),
        ('rule = "daily"', Daily()),
        ('rule = "dates"\ndates = ["2028-05-12", 2027-05-08]', Dates((date(2027, 5, 8), date(2028, 5, 12)))),
    ],
)
def test_rules(tmp_path: Path, written: str, rule: Rule) -> None:
    assert load_file(a_file(tmp_path, written, "\n", WELCOME)).rule == rule


def test_kinds_of_time(tmp_path: Path) -> None:
    site = '{ place = { en = "Riga", ru = "Рига" }, time = "10:00", zone = "Europe/Riga" }'
    when = f'eve = true\nreach = "per_site"\nsites = [{site}]\n'
    series = load_file(a_file(tmp_path, when, WELCOME))
    assert (series.eve, series.reach) == (True, "per_site")
    assert series.sites == (Site({"en": "Riga", "ru": "Рига"}, "Europe/Riga", time(10), "riga"),)
    assert load_file(a_file(tmp_path, 'reach = "local_everywhere"\n', WELCOME)).reach == "local_everywhere"


@pytest.mark.parametrize(
    ("text", "start", "key", "code"),
    [
        # the file
        (HEAD + "titel = 3\n" + WELCOME, "titel", "date.titel", "schedule.unknown_key"),
        ('tytle = "x"\n' + HEAD + WELCOME, "tytle", "tytle", "schedule.unknown_key"),
        (HEAD.replace('"en", "ru"', '"en", "qq"') + WELCOME, "languages", "languages[1]", "schedule.unknown_language"),
        (HEAD.replace('["en", "ru"]', '"en"') + WELCOME, "languages", "languages", "schedule.wrong_type"),
        ('delegations = [{ country = "KE" }]\n' + HEAD + WELCOME, "delegations", "delegations[0].community",
         "schedule.missing_key"),
        ('countries = { XX = { en = "Nowhere" } }\n' + HEAD + WELCOME, "countries", "countries.XX",
         "schedule.unknown_country"),
        # the date
        (HEAD.replace("1944-01-27", '"2027-02-30"') + WELCOME, "base", "date.base", "schedule.impossible_date"),
        (HEAD + 'day = "02-30"\n' + WELCOME, "day", "date.day", "schedule.impossible_date"),
        (HEAD.replace("1944-01-27", "1960-02-29") + WELCOME, "[date]", "date.leap", "schedule.missing_key"),
        (HEAD.replace("14:00", "24:30") + WELCOME, "time", "date.time", "schedule.impossible_time"),
        (HEAD.replace("Europe/Moscow", "Europe/Moskow") + WELCOME, "zone", "date.zone", "schedule.unknown_zone"),
        (HEAD + 'rule = "fixt"\n' + WELCOME, "rule", "date.rule", "schedule.wrong_value"),
        (HEAD + 'rule = "dates"\ndates = [2027-05-08, "2027-13-01"]\n' + WELCOME, "dates", "date.dates[1]",
         "schedule.impossible_date"),
        (HEAD + 'rule = "nth_weekday"\nmonth = 13\nweekday = "MO"\nn = 1\n' + WELCOME, "month", "date.month",
         "schedule.out_of_bounds"),
        (HEAD + 'rule = "nth_weekday"\nmonth = 1\nweekday = "MO"\nn = 0\n' + WELCOME, "n", "date.n",
         "schedule.out_of_bounds"),
        (HEAD + 'rule = "weekday_in_window"\nfirst = "11-19"\nlast = "11-13"\nweekday = "SU"\n' + WELCOME, "last",
         "date.last", "schedule.out_of_bounds"),
        (HEAD + 'rule = "hebrew"\nmonth = "Nissan"\nday = 27\n' + WELCOME, "month", "date.month",
         "schedule.wrong_value"),
        (HEAD + 'rule = "hebrew"\nmonth = "Kislev"\nday = 30\n' + WELCOME, "[date]", "date.leap",
         "schedule.missing_key"),
        (HEAD + 'rule = "hebrew"\nmonth = "Iyar"\nday = 30\n' + WELCOME, "day", "date.day",
         "schedule.impossible_date"),
        (HEAD + "shift = { SU = 9 }\n" + WELCOME, "shift", "date.shift.SU", "schedule.out_of_bounds"),
        (HEAD + 'reach = "per_site"\n' + WELCOME, "[date]", "date.sites", "schedule.missing_key"),
        (HEAD + 'time_of = "silense"\n' + WELCOME + SILENCE, "time_of", "date.time_of", "schedule.unknown_item"),
        # frames of other sites
        ('embed = "https://museum.example.org"\n' + HEAD + WELCOME, "embed", "embed", "schedule.wrong_type"),
        ("embed = [1]\n" + HEAD + WELCOME, "embed", "embed[0]", "schedule.wrong_type"),
        *(
            (f"embed = ['{origin}']\n" + HEAD + WELCOME, "embed", "embed[0]", "schedule.no_origin")
            for origin in ("http://museum.example.org", "museum.example.org", "https://museum.example.org/page", "*",
                           "https://*.example.org", "https://a@museum.example.org", "https://museum.example.org;x",
                           "https://museum.example.org https://b.example", "https://localhost", "")
        ),
        # items
        (HEAD + WELCOME + "speeker = 3\n", "speeker", "items[0].speeker", "schedule.unknown_key"),
        (HEAD + WELCOME + "bpm = 50\n", "bpm", "items[0].bpm", "schedule.unknown_key"),
        (HEAD + WELCOME.replace("address", "adress"), "kind", "items[0].kind", "schedule.wrong_value"),
        (HEAD + WELCOME.replace("planned_s = 120\n", ""), "[[items]]", "items[0].planned_s", "schedule.missing_key"),
        (HEAD + WELCOME.replace("120", '"two minutes"'), "planned_s", "items[0].planned_s", "schedule.wrong_type"),
        (HEAD + WELCOME.replace("120", "true"), "planned_s", "items[0].planned_s", "schedule.wrong_type"),
        (HEAD + WELCOME.replace('"welcome"', '"Welcome!"'), "id", "items[0].id", "schedule.wrong_value"),
        (HEAD + WELCOME + 'text = { fr = "Bonjour" }\n', "text", "items[0].text", "schedule.no_language"),
        (HEAD + WELCOME + 'text = { en = "", ru = " " }\n', "text", "items[0].text", "schedule.no_language"),
        (HEAD + WELCOME.replace("title = {", "titles = {"), "titles", "items[0].titles", "schedule.unknown_key"),
        (HEAD + SILENCE + "bpm = 150\n", "bpm", "items[0].bpm", "schedule.out_of_bounds"),
        (HEAD + SILENCE + "bpm = 39\n", "bpm", "items[0].bpm", "schedule.out_of_bounds"),
        (HEAD + SILENCE + "duration_s = 14\n", "duration_s", "items[0].duration_s", "schedule.out_of_bounds"),
        (HEAD + SILENCE + "duration_s = 301\n", "duration_s", "items[0].duration_s", "schedule.out_of_bounds"),
        (HEAD + SILENCE + "planned_s = 95\n", "planned_s", "items[0].planned_s", "schedule.silence_length"),
        (HEAD + SILENCE + 'sound = "recording"\n', "[[items]]", "items[0].media", "schedule.missing_key"),
        (HEAD + WREATHS, "[[items]]", "items[0].wreaths", "schedule.missing_key"),
        (HEAD + WREATHS + "wreaths = []\n", "wreaths", "items[0].wreaths", "schedule.empty"),
        (HEAD + WREATHS + '\n[[items.wreaths]]\ncountry = "KE"\n', "[[items.wreaths]]",
         "items[0].wreaths[0].community", "schedule.missing_key"),
        (HEAD + WREATHS + wreath("Kenya", "Кения") + 'country = "KX"\n', "country", "items[0].wreaths[0].country",
         "schedule.unknown_country"),
        (HEAD + WREATHS + "planned_s = 19\n" + wreath("Kenya", "Кения"), "planned_s", "items[0].planned_s",
         "schedule.steps_too_long"),
        (HEAD + WREATHS + 'order_policy = "alphabetical"\n' + wreath("Kenya", "Кения"), "[[items]]",
         "items[0].order_language", "schedule.missing_key"),
        # broadcasts
        (HEAD + WELCOME + 'media = { sources = ["javascript:alert(1)"], live = true }\n', "media",
         "items[0].media.sources[0]", "schedule.link_refused"),
        (HEAD + WELCOME + 'media = { sources = ["http://example.com/a.mp4"], live = true }\n', "media",
         "items[0].media.sources[0]", "schedule.link_refused"),
        (HEAD + WELCOME + 'media = { still = "media/none.jpg" }\n', "media", "items[0].media.still",
         "schedule.no_file"),
        (HEAD + WELCOME + 'media = { still = "../secret.jpg" }\n', "media", "items[0].media.still",
         "schedule.link_refused"),
        (HEAD + WELCOME + 'media = { still = "media/a.mp4" }\n', "media", "items[0].media.still",
         "schedule.link_refused"),
        (HEAD + WELCOME + "media = { volume = nan }\n", "media", "items[0].media.volume", "schedule.out_of_bounds"),
        (HEAD + WELCOME + "media = { sources = [{ delay_s = 9 }], live = true }\n", "media",
         "items[0].media.sources[0].link", "schedule.missing_key"),
        (HEAD + WELCOME + 'media = { sources = [{ link = "http://example.com/a.m3u8" }], live = true }\n', "media",
         "items[0].media.sources[0].link", "schedule.link_refused"),
        (HEAD + WELCOME + 'media = { sources = [{ link = "https://e.org/a.m3u8", delay_s = -1 }], live = true }\n',
         "media", "items[0].media.sources[0].delay_s", "schedule.out_of_bounds"),
        (HEAD + WELCOME + 'media = { sources = [{ link = "https://example.com/a.m3u8", delay = 1 }], live = true }\n',
         "media", "items[0].media.sources[0].delay", "schedule.unknown_key"),
    ],
)  # fmt: skip
def test_one_fault(tmp_path: Path, text: str, start: str, key: str, code: str) -> None:
    path = write(tmp_path, text)
    series, faults = read_file(path)
    assert series is None
    assert (key, line(path, start), code) in told(path)
    # A renamed key is unknown under its new name and missing under its old one; else there is one fault.
    assert {fault.code for fault in faults} <= {code, "schedule.missing_key"}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (HEAD + "title = = 3\n" + WELCOME, 9),
        (HEAD + 'zone = "Europe/Kyiv"\n' + WELCOME, 9),
        (HEAD + WELCOME + 'text.en = """never closed', 15),
        (HEAD.replace("1944-01-27", "2027-02-30") + WELCOME, 6),
    ],
)
def test_what_is_no_toml(tmp_path: Path, text: str, where: int) -> None:
    assert told(write(tmp_path, text)) == [("", where, "schedule.syntax")]


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        (HEAD + WELCOME + 'speeker = "Bruno"\n', "Did you mean 'speaker'?"),
        (HEAD + WELCOME + "bpm = 50\n", "It belongs to: silence."),
        (HEAD + WELCOME.replace("address", "adress"), "Did you mean 'address'?"),
        (HEAD.replace("Europe/Moscow", "Europe/Moskow") + WELCOME, "Did you mean 'Europe/Moscow'?"),
        (HEAD.replace("Europe/Moscow", "Moscow") + WELCOME, "Did you mean 'Europe/Moscow'?"),
        (HEAD + WREATHS + wreath("Kenya", "Кения") + 'country = "ke"\n', "Did you mean 'KE'?"),
        (HEAD + 'time_of = "welcom"\n' + WELCOME, "Did you mean 'welcome'?"),
        (HEAD + WELCOME + 'media = { still = "media/stil.jpg" }\n', "Did you mean 'media/still.jpg'?"),
    ],
)
def test_suggestions(tmp_path: Path, text: str, suggestion: str) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "still.jpg").touch()
    assert [fault.suggestion for fault in read_file(write(tmp_path, text))[1]] == [suggestion]


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        WELCOME.replace("120", "0"),
        WELCOME,
        SILENCE + "bpm = 150\n",
        WREATHS + 'order_policy = "alphabetical"\norder_language = "en"\n',
        wreath("Latvia", "Латвия"),
        wreath("Kenya", "Кения"),
        "\n[[items.wreaths]]\nribbon = 3\n",
        head=HEAD.replace("Europe/Moscow", "Mars"),
    )
    assert told(path) == [
        ("date.zone", 8, "schedule.unknown_zone"),
        ("items[0].planned_s", 14, "schedule.out_of_bounds"),
        ("items[1].id", 17, "schedule.duplicate_id"),
        ("items[2].bpm", 26, "schedule.out_of_bounds"),
        ("items[3].wreaths[2].community", 41, "schedule.missing_key"),
        ("items[3].wreaths[2].ribbon", 42, "schedule.wrong_type"),
    ]


def test_wreaths_keep_the_alphabetical_order_of_the_language_that_they_name(tmp_path: Path) -> None:
    wreaths = wreath("Kazakhstan", "Казахстан") + wreath("Israel", "Израиль") + wreath("Latvia", "Латвия")
    english = 'order_policy = "alphabetical"\norder_language = "en"\n'
    path = a_file(tmp_path, WREATHS, english, wreaths)
    assert told(path) == [("items[0].wreaths[1].community", line(path, "community = { en = \"Israel"),
                           "schedule.not_alphabetical")]  # fmt: skip
    # In Russian И comes before К, and Ё, which is no letter of its own there, does not come after Я.
    russian = english.replace('"en"', '"ru"')
    ordered = wreath("Her", "Её") + wreath("Hedgehog", "Ёж") + wreath("Food", "Еще") + wreath("Latvia", "Латвия")
    assert told(a_file(tmp_path, WREATHS, russian, ordered)) == []


@pytest.mark.parametrize(
    ("text", "key", "code"),
    [
        (HEAD.replace('source = "the minutes of the council"\n', "") + WELCOME, "source", "schedule.no_source"),
        (HEAD + WELCOME + 'text = { en = "Dear friends" }\n', "items[0].text", "schedule.untranslated"),
        (HEAD + WELCOME + 'text = "Dear friends"\n', "items[0].text", "schedule.untranslated"),
        (HEAD + WELCOME + 'media = { sources = ["https://youtu.be/dQw4w9WgXcQ"] }\n', "items[0].media.captions",
         "schedule.no_captions"),
        (HEAD + WELCOME + "media = { duration_s = 121 }\n", "items[0].media.duration_s", "schedule.media_too_long"),
        (HEAD + WREATHS + 'media = { sources = [{ link = "https://example.com/a.m3u8", delay_s = 9 }] }\n'
         + wreath("Kenya", "Кения"), "items[0].media.sources", "schedule.delay_not_live"),
        (HEAD + WELCOME.replace("120", "3601"), "items", "schedule.long"),
        (HEAD + 'time_of = "silence"\n' + WELCOME + SILENCE, "date.time_of", "schedule.not_in_time"),
    ],
)  # fmt: skip
def test_a_warning_keeps_nothing_from_loading(tmp_path: Path, text: str, key: str, code: str) -> None:
    series, faults = read_file(write(tmp_path, text))
    assert series is not None
    assert [(fault.key, fault.code, fault.severity) for fault in faults] == [(key, code, "warning")]


def test_a_live_broadcast_and_a_recording_without_words_need_no_captions(tmp_path: Path) -> None:
    link = 'sources = ["https://youtu.be/dQw4w9WgXcQ"]'
    assert told(a_file(tmp_path, WELCOME, f"media = {{ {link}, live = true }}\n")) == []
    assert told(a_file(tmp_path, WREATHS, f"media = {{ {link} }}\n", wreath("Kenya", "Кения"))) == []


def test_each_source_of_a_live_picture_has_a_delay_of_its_own(tmp_path: Path) -> None:
    sources = """sources = [
      { link = "https://live.example.org/hall.m3u8", delay_s = 12.5 },
      { link = "https://vk.com/video-1_2" },
      "https://youtu.be/dQw4w9WgXcQ",
    ]"""
    series = load_file(a_file(tmp_path, WELCOME, f"\n[items.media]\nlive = true\n{sources}\n"))
    media = series.items[0].media
    assert media is not None
    assert [(source.provider, source.delay_s) for source in media.sources] == [
        ("hls", 12.5),
        ("vk", None),
        ("youtube", None),
    ]


def test_an_interval_makes_a_long_programme_bearable(tmp_path: Path) -> None:
    pause = WELCOME.replace("welcome", "pause").replace("address", "interval")
    assert told(a_file(tmp_path, WELCOME.replace("120", "3601"), pause)) == []


def test_a_broken_file_does_not_keep_the_others_from_loading(tmp_path: Path) -> None:
    write(tmp_path, HEAD + WELCOME, "a-day.toml")
    write(tmp_path, HEAD + WELCOME + "x = 1\n", "b-day.toml")
    write(tmp_path, "[", "c-day.toml")
    write(tmp_path, HEAD + WELCOME, "d-day.toml")
    found, faults = read_all(tmp_path)
    assert [series.id for series in found] == ["a-day", "d-day"]
    assert [(fault.file, fault.code) for fault in faults] == [
        ("b-day.toml", "schedule.unknown_key"),
        ("c-day.toml", "schedule.syntax"),
    ]
    assert check([tmp_path]) == faults
    assert check([tmp_path / "a-day.toml", tmp_path / "c-day.toml"]) == faults[1:]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert told(tmp_path / "none.toml") == [("", None, "schedule.unreadable")]
    (tmp_path / "latin.toml").write_bytes(b'title = "caf\xe9"')
    assert told(tmp_path / "latin.toml") == [("", None, "schedule.unreadable")]
    assert told(write(tmp_path, HEAD + WELCOME, "A day.toml")) == [("", None, "schedule.file_name")]


def test_a_fault_reads_as_a_sentence_with_its_place(tmp_path: Path) -> None:
    path = a_file(tmp_path, WELCOME, 'speeker = "Bruno"\n')
    with pytest.raises(Faulty) as refused:
        load_file(path)
    assert str(refused.value) == ("a-day.toml:15: items[0].speeker: is not a key of address. Did you mean 'speaker'?")


def test_lines_of_keys_in_every_way_of_writing_them() -> None:
    text = dedent(
        """\
        # [no.table]
        a.b = 1            # a = 2
        "c d" = '''
        [not.a.table]
        x = 1'''
        e = [
          1,  # ]
          { f = "},[", g = [2,
            3] },
        ]

        [h]
        i = \"\"\"\\\"
        \"\"\"\"\" # quoted
        [[j.k]]
        l = 2027-01-01 12:00:00
        [[j.k.m]]
        n = 1
        [j.k.o]
        p = 1
        [[j.k]]
        [[j.k.m]]
        q = "\\\\"
        r = 1
        """
    )
    tomllib.loads(text)
    assert {key: where for key, where in locate(text).items() if len(key) != 1 or key[0] in ("c d", "e", "h")} == {
        ("a", "b"): 2,
        ("c d",): 3,
        ("e",): 6,
        ("e", 0): 7,
        ("e", 1): 8,
        ("e", 1, "f"): 8,
        ("e", 1, "g"): 8,
        ("e", 1, "g", 0): 8,
        ("e", 1, "g", 1): 9,
        ("h",): 12,
        ("h", "i"): 13,
        ("j", "k"): 15,
        ("j", "k", 0): 15,
        ("j", "k", 0, "l"): 16,
        ("j", "k", 0, "m"): 17,
        ("j", "k", 0, "m", 0): 17,
        ("j", "k", 0, "m", 0, "n"): 18,
        ("j", "k", 0, "o"): 19,
        ("j", "k", 0, "o", "p"): 20,
        ("j", "k", 1): 21,
        ("j", "k", 1, "m"): 22,
        ("j", "k", 1, "m", 0): 22,
        ("j", "k", 1, "m", 0, "q"): 23,
        ("j", "k", 1, "m", 0, "r"): 24,
    }


@pytest.mark.parametrize("kind", DETAILS)
def test_the_keys_of_a_kind_never_clash_with_those_of_every_item(kind: str) -> None:
    own, common = keys_of(DETAILS[kind]), keys_of(Item)
    assert set(own) & set(common) == set()
    assert len(item_keys(kind)) == len(own) + len(common)


WORDS = ["", "x", "02-30", "media/../x.mp4", "javascript:1", "\u202e", "silence", "hebrew", "alphabetical"]
JUNK = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.just(float("nan")) | st.dates() | st.times() | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["en", "kind", "a b"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_written_is_loaded_or_refused_with_a_place(tmp_path: Path, data: st.DataObject) -> None:
    table = tomllib.loads(HEAD + WELCOME + SILENCE + WREATHS + wreath("Kenya", "Кения"))
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = table
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = data.draw(st.sampled_from(keys)) if keys else None
            inner = None if key is None else place[key]
            if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
                break
            place = inner
        if key is not None:
            place[key] = data.draw(JUNK)
    path = tmp_path / "a-day.toml"
    path.write_text(tomlkit.dumps(table), "utf-8")
    series, faults = read_file(path)
    assert (series is None) == any(fault.severity == "fault" for fault in faults)
    # Only of what is missing altogether no line can be told.
    assert [fault for fault in faults if fault.line is None and fault.key.split(".")[0] in table] == []


PEOPLE = """
[[items]]
id = "talk"
kind = "panel"
title = { en = "Talk", ru = "Разговор" }
planned_s = 60
presenter = { en = "Amina", ru = "Амина" }
participants = ["Bruno", { ja = "千代" }]
moderator = { ru = "Вера" }
"""

MEMORY = """
[[items]]
id = "memory"
kind = "testimony"
title = { en = "Memory", ru = "Воспоминание" }
[[items.speakers]]
age = 91
"""


def test_a_name_stands_as_the_person_writes_it_and_lacks_no_language(tmp_path: Path) -> None:
    series, faults = read_file(a_file(tmp_path, PEOPLE))
    assert list(map(str, faults)) == []
    assert series is not None
    [item] = series.items
    assert item.presenter == {"en": "Amina", "ru": "Амина"}
    assert item.detail == Panel(({"en": "Bruno"}, {"ja": "千代"}), {"ru": "Вера"})


@pytest.mark.parametrize(
    ("text", "key", "code"),
    [
        (PEOPLE.replace('"Bruno"', '" "'), "items[0].participants[0]", "schedule.empty"),
        (PEOPLE.replace('"Bruno"', "7"), "items[0].participants[0]", "schedule.wrong_type"),
        (PEOPLE.replace("ja =", "japanese ="), "items[0].participants[1].japanese", "schedule.unknown_language"),
        (MEMORY + 'name = ""\n', "items[0].speakers[0].name", "schedule.empty"),
        (MEMORY, "items[0].speakers[0].name", "schedule.missing_key"),
    ],
)
def test_names_that_are_none(tmp_path: Path, text: str, key: str, code: str) -> None:
    assert [(at, what) for at, _, what in told(a_file(tmp_path, text))] == [(key, code)]
