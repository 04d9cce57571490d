"""Whose hour is told, and that none is guessed."""

from dataclasses import replace

from memorata.adapters.http.elsewhere import Hour, hours
from memorata.adapters.http.language import choose
from memorata.domain.programme import Delegation
from tests.builders import a_programme, text


def told(*delegations: tuple[str, str | None], at_ms: int | None = None) -> list[Hour]:
    programme = a_programme() if at_ms is None else a_programme(at_ms=at_ms)
    coming = tuple(Delegation(text(name), country) for name, country in delegations)
    return hours(replace(programme, delegations=coming), choose(["en"]))


def test_the_hours_of_the_ceremony_facts() -> None:
    found = told(
        ("Los Angeles", "US"), ("New York", "US"), ("London", "GB"), ("Paris", "FR"), ("Jerusalem", "IL"),
        ("Riga", "LV"), ("Yerevan", "AM"), ("Almaty", "KZ"), ("Bishkek", "KG"),
    )  # fmt: skip
    assert [(hour.clock, [name["en"] for name in hour.communities]) for hour in found] == [
        ("03:00", ["Los Angeles"]), ("06:00", ["New York"]), ("11:00", ["London"]), ("12:00", ["Paris"]),
        ("13:00", ["Jerusalem", "Riga"]), ("15:00", ["Yerevan"]), ("16:00", ["Almaty"]), ("17:00", ["Bishkek"]),
    ]  # fmt: skip
    assert {hour.weekday for hour in found} == {""}


def test_a_country_of_several_hours_says_nothing_unless_its_delegation_names_the_city() -> None:
    assert told(("Union of survivors", "US"), ("Sukhum", None)) == []
    assert [hour.clock for hour in told(("New York", "US"))] == ["06:00"]


def test_the_ceremonys_own_country_lives_by_the_ceremonys_clock() -> None:
    assert [hour.clock for hour in told(("Saint Petersburg", "RU"))] == ["14:00"]


def test_another_day_is_named() -> None:
    late_ms = a_programme().starts_ms + 9 * 3_600_000  # 23:00 in Moscow
    assert [(hour.clock, hour.weekday) for hour in told(("Almaty", "KZ"), at_ms=late_ms)] == [("01:00", "Thursday")]
