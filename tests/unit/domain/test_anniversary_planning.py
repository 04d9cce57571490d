"""A series becomes the programme of one ceremony; a brisk one leaves every silence whole."""

from dataclasses import replace
from datetime import date, time

import pytest

from memorata.domain.anniversary import Occurrence, Series, agenda
from memorata.domain.items import (
    Address,
    Bell,
    Closing,
    Gallery,
    Item,
    Lobby,
    NameRead,
    Names,
    Picture,
    Silence,
    Wreath,
    WreathLaying,
    steps,
)
from memorata.domain.planning import brisk, ceremony_id, lead_in_s, programme_for, total_s
from memorata.domain.programme import Delegation, Programme
from memorata.domain.rules import Dates, Fixed, Shift

START_MS = 1_801_047_600_000

ITEMS = (
    Item("lobby", {"en": "Lobby"}, Lobby(opens_before_s=600), 600),
    Item("welcome", {"en": "Welcome"}, Address(speaker={"en": "Bruno"}), 175),
    Item("silence", {"en": "Silence"}, Silence(), 90),
    Item("wreaths", {"en": "Wreaths"}, WreathLaying(wreaths=(Wreath({"en": "Kenya"}),) * 10), 200),
    Item("closing", {"en": "Closing"}, Closing(guest_book_until="05-09"), 60),
)

SERIES = Series(
    id="a-day",
    title={"en": "A day"},
    subject={"en": "What it recalls"},
    languages=("en",),
    rule=Fixed(1, 27),
    at=time(14),
    zone="Europe/Moscow",
    items=ITEMS,
    base_date=date(1944, 1, 27),
    organizer="Amina",
    telephone="+254 000",
    delegations=(Delegation({"en": "Nairobi"}, "KE"),),
    countries={"KG": {"ru": "Кыргызстан"}},
    holding_still="/media/still.jpg",
    embed=("https://museum.example.org",),
)

OCCURRENCE = Occurrence("a-day", date(2027, 1, 27), 83, START_MS, "Europe/Moscow")


def test_the_programme_of_an_occurrence() -> None:
    closing = replace(ITEMS[-1], detail=Closing(next_date="2028-01-27", next_number=84, guest_book_until="2027-05-09"))
    assert programme_for(SERIES, OCCURRENCE, "c1") == Programme(
        ceremony_id="c1",
        series="a-day",
        title={"en": "A day"},
        subject={"en": "What it recalls"},
        date="2027-01-27",
        zone="Europe/Moscow",
        starts_ms=START_MS,
        lobby_opens_ms=START_MS - 600_000,
        languages=("en",),
        items=(*ITEMS[:-1], closing),
        number=83,
        organizer="Amina",
        telephone="+254 000",
        delegations=(Delegation({"en": "Nairobi"}, "KE"),),
        countries={"KG": {"ru": "Кыргызстан"}},
        holding_still="/media/still.jpg",
        embed=("https://museum.example.org",),
    )


def test_a_ceremony_may_start_at_another_instant() -> None:
    moved = programme_for(SERIES, OCCURRENCE, "c1", starts_ms=5_000_000)
    assert (moved.starts_ms, moved.lobby_opens_ms, moved.date) == (5_000_000, 4_400_000, "2027-01-27")


def test_the_time_may_be_that_of_a_later_item() -> None:
    # 175 s of welcome, 20 s of invitation, 5 s of stillness.
    assert lead_in_s(replace(SERIES, time_of="silence")) == 200
    assert lead_in_s(replace(SERIES, time_of="wreaths")) == 265
    assert lead_in_s(SERIES) == 0
    assert programme_for(replace(SERIES, time_of="silence"), OCCURRENCE, "c1").starts_ms == START_MS - 200_000


def test_doors_open_a_quarter_of_an_hour_before_without_a_lobby() -> None:
    bare = replace(SERIES, items=ITEMS[1:])
    assert programme_for(bare, OCCURRENCE, "c1").lobby_opens_ms == START_MS - 900_000


@pytest.mark.parametrize(
    ("written", "until"),
    [(None, None), ("2027-03-01", "2027-03-01"), ("01-27", "2027-01-27"), ("01-26", "2028-01-26"),
     ("02-29", "2028-02-29")],
)  # fmt: skip
def test_the_guest_book(written: str | None, until: str | None) -> None:
    series = replace(SERIES, items=(replace(ITEMS[-1], detail=Closing(guest_book_until=written)),))
    closing = programme_for(series, OCCURRENCE, "c1").items[0].detail
    assert isinstance(closing, Closing)
    assert closing.guest_book_until == until


def test_a_series_that_ends_has_no_next_date() -> None:
    closing = programme_for(replace(SERIES, rule=Dates((date(2027, 1, 27),))), OCCURRENCE, "c1").items[-1].detail
    assert isinstance(closing, Closing)
    assert (closing.next_date, closing.next_number) == (None, None)


def test_a_brisk_programme_keeps_silence_and_lobby_and_shortens_the_rest_alike() -> None:
    walking = (
        Item("names", {"en": "Names"}, Names(names=(NameRead("Chiyo"),) * 40), 200),
        Item("bell", {"en": "Bell"}, Bell(strokes=10, interval_s=6), 60),
        Item("pictures", {"en": "Pictures"}, Gallery(images=(Picture("/media/p.jpg"),) * 10, interval_s=10), 100),
    )
    whole = programme_for(replace(SERIES, items=(*ITEMS, *walking)), OCCURRENCE, "c1")
    short = brisk(whole, 250)
    assert [item.planned_s for item in whole.items] == [600, 175, 90, 200, 60, 200, 60, 100]
    assert [item.planned_s for item in short.items] == [600, 35, 90, 40, 12, 40, 12, 20]
    assert short.items[0] == whole.items[0]
    assert short.items[2] == whole.items[2]
    for item in short.items:
        count, each_s = steps(item)
        assert item.kind in ("lobby", "silence") or count * each_s <= item.planned_s + 1e-9
        assert item.warn_s <= item.planned_s


def test_a_programme_that_is_short_enough_stays_as_it_is() -> None:
    whole = programme_for(SERIES, OCCURRENCE, "c1")
    assert brisk(whole, total_s(whole.items)) is whole


def test_silences_longer_than_the_whole_leave_a_few_seconds_for_the_rest() -> None:
    short = brisk(programme_for(SERIES, OCCURRENCE, "c1"), 60)
    assert [item.planned_s for item in short.items] == [600, 6, 90, 6, 6]


def test_two_ceremonies_that_a_shift_brings_into_one_year_have_two_names() -> None:
    # The first of January 2027 is a Friday.
    series = replace(SERIES, rule=Fixed(1, 1), shift=Shift({"FR": -1}))
    names = [ceremony_id(series, found) for found in agenda(series, date(2025, 12, 1), date(2028, 1, 31))]
    assert names == ["a-day-2026-01-01", "a-day-2026-12-31", "a-day-2028"]
