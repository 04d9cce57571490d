"""The people of the demonstration: from many countries, each under rules that hold for everybody."""

from memorata.adapters.countries import is_country
from memorata.demo.cast import GUEST_BOOK, HALLS, MEMORIES, PLACES, WISHES
from memorata.demo.company import cast
from memorata.domain.floor import SLOT_S
from memorata.domain.laying import GUEST_BOOK_MAX
from memorata.domain.words import COMMUNITY_MAX, NAME_MAX, line, passage


def test_sixty_people_come_from_more_than_twenty_countries() -> None:
    people = list(cast(60))
    assert len({who.country for who in people if who.country}) >= 20
    assert len({who.name for who in people}) >= 58
    assert {who.people for who in people} == {1, 2, 30}
    assert {who.consent for who in people} == {"full", "first", "count"}


def test_two_companies_are_not_the_same_people() -> None:
    first, second = list(cast(100)), list(cast(100, shift=100))
    screens = [who for who in (*first, *second) if who.people < 30]
    assert len({(who.name, who.community) for who in screens}) == len(screens)


def test_everything_they_write_may_be_written() -> None:
    for who in cast(300):
        assert line(who.name, "name", NAME_MAX) == who.name
        assert line(who.community, "community", COMMUNITY_MAX) == who.community
    assert all(is_country(place.country) for place in PLACES if place.country)
    assert all(is_country(country) for _, _, country in HALLS)
    for words in WISHES:
        assert passage(words, "text", 280, 1) == words
    for words in GUEST_BOOK:
        assert passage(words, "text", GUEST_BOOK_MAX, 1) == words
    assert {kind for kind, _ in MEMORIES} == set(SLOT_S)
