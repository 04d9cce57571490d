"""Which language a page speaks, and how it says dates, times and lengths."""

import pytest

from memorata.adapters.http import language
from memorata.adapters.http.language import choose, own_name
from tests.builders import START_MS


@pytest.mark.parametrize(
    ("wanted", "ceremony", "tag", "spoken"),
    [
        (["ru"], (), "ru", "ru"),
        (["ru-RU"], (), "ru", "ru"),
        (["en-US", "ru"], (), "en", "en"),
        (["tlh", "ru"], (), "ru", "ru"),
        ([], ("ru", "en"), "ru", "ru"),
        ([], (), "en", "en"),
        (["hy"], ("ru", "hy"), "hy", "ru"),
        (["hy"], ("ru",), "ru", "ru"),
        (["uz-Cyrl"], ("uz-Cyrl",), "uz-Cyrl", "en"),
        (["HE"], ("he",), "he", "en"),
    ],
)
def test_the_first_language_that_is_offered_is_spoken(
    wanted: list[str], ceremony: tuple[str, ...], tag: str, spoken: str
) -> None:
    tongue = choose(wanted, ceremony)
    assert (tongue.tag, tongue.spoken) == (tag, spoken)


def test_a_text_falls_back_to_the_ceremonys_language_then_to_any() -> None:
    tongue = choose(["ru"], ("hy", "ru"))
    assert tongue.pick({"ru": "да", "hy": "այո"}) == ("да", "ru")
    assert tongue.pick({"hy": "այո", "en": "yes"}) == ("այո", "hy")
    assert tongue.pick({"fi": "kyllä"}) == ("kyllä", "fi")
    assert tongue.pick({"ru": "", "en": "yes"}) == ("yes", "en")
    assert tongue.pick({}) == ("", "")


def test_dates_times_and_lengths_are_written_as_the_language_does() -> None:
    english, russian = choose(["en"]), choose(["ru"])
    assert english.day_at(START_MS, "Europe/Moscow") == "Wednesday, 27 January 2027"
    assert russian.day_at(START_MS, "Europe/Moscow") == "среда, 27 января 2027\u202fг."
    assert [tongue.clock(START_MS, "America/New_York") for tongue in (english, russian)] == ["06:00", "06:00"]
    assert [english.length(s) for s in (60, 95, 20, 0, 3900)] == [
        "1 min",
        "1 min 35 sec",
        "20 sec",
        "0 min",
        "1 hr 5 min",
    ]
    assert [russian.length(s) for s in (240, 95)] == ["4 мин", "1 мин 35 с"]
    assert [russian.minutes(s) for s in (60, 2540, 300)] == ["1 минута", "42 минуты", "5 минут"]
    assert [tongue.city("Europe/Moscow") for tongue in (english, russian)] == ["Moscow", "Москва"]


def test_each_language_is_named_in_itself() -> None:
    named = [own_name(tag) for tag in ("en", "ru", "he", "uz", "uz-Cyrl")]
    assert named == ["English", "Русский", "עברית", "O‘zbek", "Ўзбекча (Кирил)"]


def test_hebrew_is_written_from_the_right() -> None:
    assert [language.direction(tag) for tag in ("he", "ru", "uz-Cyrl")] == ["rtl", "ltr", "ltr"]
