"""The public page of a series, the feeds, and the list of series on the first page."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from memorata.domain.anniversary import Departure, Occurrence, Series, Site, occurrence_of, sittings
from memorata.domain.planning import ceremony_id, programme_for
from memorata.domain.rules import Dates, Fixed
from memorata.services.planbook import row_of
from memorata.services.planning_ports import ArchiveRow
from memorata.services.plans import Photograph, Record
from tests.builders import START_MS, a_programme, an_item
from tests.unit.adapters.http.conftest import Office

RUSSIAN = {"en": "Remembrance", "ru": "Память"}
BASE = "https://memory.example.org"


def a_series(series_id: str = "remembrance", **given: Any) -> Series:
    said: dict[str, Any] = {
        "title": RUSSIAN,
        "languages": ("en", "ru"),
        "rule": Fixed(1, 27),
        "at": time(14),
        "zone": "Europe/Moscow",
        "items": (an_item("words", planned_s=1800),),
        "subject": {"en": "What is remembered"},
        "base_date": date(1944, 1, 27),
        "telephone": "+7 812 000-00-00",
    }
    return Series(id=series_id, **{**said, **given})


ROLLING = a_series(
    "rolling",
    reach="per_site",
    sites=(
        Site({"en": "Riga"}, "Europe/Riga", time(10), "riga"),
        Site({"en": "Almaty"}, "Asia/Almaty", time(12), "almaty"),
    ),
)


def found(series: Series, key: str) -> Occurrence:
    occurrence = occurrence_of(series, key)
    assert occurrence is not None
    return occurrence


def put(office: Office, series: Series, key: str = "2027-01-27") -> None:
    """Publish it, and plan the ceremonies of one date as the planner does."""
    office.plans.put(series, changed_ms=START_MS - 86_400_000)
    occurrence = found(series, key)
    office.plans.occurrences[series.id, key] = row_of(series, occurrence, "2026a")
    for held in sittings(series, occurrence):
        office.plan(programme_for(series, occurrence, ceremony_id(series, occurrence, held.site), sitting=held))


def events(answer: Any) -> list[Any]:
    assert answer.mimetype == "text/calendar"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def text_of(page: str) -> str:
    """What can be read, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_of_a_series_says_when_and_what_one_can_do(office: Office, browser: FlaskClient) -> None:
    put(office, a_series())
    office.clock.at_ms = START_MS - 59 * 86_400_000 - 3 * 3_600_000
    page = browser.get("/s/remembrance").text
    said = text_of(page)
    for words in (
        "Remembrance", "What is remembered", "83 years", "Wednesday, 27 January 2027 14:00 by the clock of Moscow",
        "Until it begins: 59 days 3 hours", "Subscribe in your calendar", "Save the date", "+7 812 000-00-00",
    ):  # fmt: skip
        assert words in said, words
    assert 'href="/c/remembrance-2027"' in page
    assert 'href="webcal://memory.example.org/s/remembrance/calendar.ics?lang=en"' in page
    assert 'href="/s/remembrance/on/2027-01-27/calendar.ics?lang=en"' in page
    assert re.findall(r"<time datetime=\"(\d{4})-01-27T11:00:00Z\">14:00", page) == [str(y) for y in range(2027, 2037)]
    assert re.search(rf'class="your-hour" data-instant="{START_MS}" data-zone="Europe/Moscow"', page)


def test_the_page_of_a_series_speaks_the_language_asked_for(office: Office, browser: FlaskClient) -> None:
    put(office, a_series())
    page = browser.get("/s/remembrance?lang=ru")
    assert page.headers["Content-Language"] == "ru"
    assert "<h1><bdi>Память</bdi></h1>" in page.text
    assert '<bdi lang="en" dir="ltr">What is remembered</bdi>' in page.text
    assert "83 года" in page.text
    assert "среда, 27 января 2027" in page.text


def test_one_that_is_not_published_or_not_there_is_not_found(office: Office, browser: FlaskClient) -> None:
    office.plans.put(a_series(), published_ms=None)
    for series_id in ("remembrance", "another"):
        for path in ("", "/next", "/calendar.ics", "/on/2027-01-27", "/on/2027-01-27/calendar.ics"):
            answer = browser.get(f"/s/{series_id}{path}")
            assert (answer.status_code, "We could not find this" in answer.text) == (404, True), path
            assert "There is no series of ceremonies at this address." in answer.text
    assert browser.get("/calendar.ics").data.count(b"VEVENT") == 0


@pytest.mark.parametrize("path", ["/s/remembrance/on/2027-01-28", "/s/remembrance/on/never/calendar.ics"])
def test_a_day_that_the_series_does_not_have_is_not_found(office: Office, browser: FlaskClient, path: str) -> None:
    put(office, a_series())
    answer = browser.get(path)
    assert (answer.status_code, "no ceremony of this series on this day" in answer.text) == (404, True)


def test_next_leads_to_the_ceremony_and_an_old_date_to_the_series(office: Office, browser: FlaskClient) -> None:
    put(office, a_series())
    put(office, ROLLING)
    put_by_hand = a_series("by-hand", rule=Dates((date(2020, 1, 1),)), base_date=None)
    office.plans.put(put_by_hand)
    for path, place in {
        "/s/remembrance/next": "/c/remembrance-2027",
        "/s/remembrance/next?lang=ru": "/c/remembrance-2027?lang=ru",
        "/s/remembrance/on/2027-01-27": "/c/remembrance-2027",
        "/s/remembrance/on/2031-01-27": "/s/remembrance",
        "/s/rolling/next": "/s/rolling",
        "/s/rolling/on/2027-01-27?site=almaty": "/c/rolling-2027-almaty",
        "/s/by-hand/next": "/s/by-hand",
    }.items():
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, place), path
    assert "No date has been set yet." in browser.get("/s/by-hand").text


def test_each_site_has_its_hour_and_its_links(office: Office, browser: FlaskClient) -> None:
    put(office, ROLLING)
    office.clock.at_ms = START_MS - 12 * 3_600_000
    page = browser.get("/s/rolling").text
    assert re.findall(r'<li data-zone="([\w/]+)">', page) == ["Europe/Riga", "Asia/Almaty"]
    for words in (
        'href="/c/rolling-2027-riga"', 'href="/c/rolling-2027-almaty"', ">10:00<", ">12:00<",
        "calendar.ics?lang=en&amp;site=almaty", "Each place keeps it at its own hour.",
    ):  # fmt: skip
        assert words in page, words
    [event] = events(browser.get("/s/rolling/on/2027-01-27/calendar.ics?site=almaty"))
    assert event["dtstart"].dt == datetime(2027, 1, 27, 12, tzinfo=ZoneInfo("Asia/Almaty"))
    assert event["uid"] == "rolling-2027-almaty@memory.example.org"
    assert {str(one["location"]) for one in events(browser.get("/s/rolling/calendar.ics"))} == {"Riga", "Almaty"}
    assert {str(one["location"]) for one in events(browser.get("/s/rolling/calendar.ics?site=riga"))} == {"Riga"}
    assert browser.get("/s/rolling/calendar.ics?site=oslo").status_code == 404


def test_what_is_moved_cancelled_or_extra_is_shown_with_its_reason(office: Office, browser: FlaskClient) -> None:
    departures = (
        Departure("cancelled", date(2027, 1, 27), reason={"en": "There is a flood."}),
        Departure("extra", date(2027, 2, 3), at=time(16), reason={"en": "When the water has gone."}),
        Departure("moved", date(2028, 1, 27), date(2028, 1, 26), time(12), {"en": "The hall is taken."}),
    )
    office.plans.put(a_series(departures=departures))
    said = text_of(browser.get("/s/remembrance").text)
    for words in (
        "Wednesday, 27 January 2027: This ceremony is not held. There is a flood.",
        "The next ceremony 83 years Wednesday, 3 February 2027 16:00",
        "An extra ceremony. When the water has gone.",
        "Wednesday, 26 January 2028 12:00 84 years moved; by the rule: 27 January 2028 The hall is taken.",
    ):
        assert words in said, words


def test_while_it_is_held_the_page_leads_to_it(office: Office, browser: FlaskClient) -> None:
    put(office, a_series())
    office.clock.at_ms = START_MS + 60_000
    for path in ("/s/remembrance", "/"):
        page = browser.get(path).text
        assert 'href="/c/remembrance-2027/watch">It is being held now: watch</a>' in page
    assert "Until it begins" not in page
    office.clock.at_ms = START_MS + 86_400_000
    assert "Thursday, 27 January 2028 14:00" in text_of(browser.get("/s/remembrance").text)


def test_what_nobody_has_begun_is_over_when_it_was_to_end(office: Office, browser: FlaskClient) -> None:
    put(office, a_series())
    office.clock.at_ms = START_MS + 1_800_000 - 1
    assert "It is being held now" in browser.get("/s/remembrance").text
    office.clock.at_ms += 1
    page = text_of(browser.get("/s/remembrance").text)
    assert "It is being held now" not in page
    assert "Until it begins: 364 days 23 hours" in page


def a_record(year: int, **given: Any) -> Record:
    said: dict[str, Any] = {
        "title": RUSSIAN,
        "date": f"{year}-01-27",
        "zone": "Europe/Moscow",
        "starts_ms": 0,
        "ended_ms": 1,
        "number": year - 1944,
    }
    return Record(**{**said, **given})


def archive(office: Office, record: Record) -> None:
    data = json.dumps(asdict(record), ensure_ascii=False)
    year = int(record.date[:4])
    office.plans.archived.append(ArchiveRow(f"remembrance-{year}", "remembrance", year, data))


def test_what_has_been_held_is_told_in_numbers(office: Office, browser: FlaskClient) -> None:
    put(office, a_series())
    photograph = Photograph("media/wall.jpg", {"en": "The wall"})
    archive(office, a_record(2026, people=214, countries=(("AM", 120), ("BR", 94)), communities=9, candles=1, wreaths=5,
                             speakers=("Vera",), photographs=(photograph,)))  # fmt: skip
    archive(office, a_record(2025))
    office.plans.archived.append(ArchiveRow("remembrance-2024", "remembrance", 2024, '{"title": 3}'))
    page = browser.get("/s/remembrance").text
    said = text_of(page)
    for words in (
        "27 January 2026 82 years", "214 people were there", "from 2 countries", "Armenia (120), Brazil (94)",
        "9 communities", "1 candle", "5 wreaths", "Remembered aloud: Vera",
    ):  # fmt: skip
        assert words in said, words
    assert '<a href="/media/wall.jpg"><img src="/media/wall.jpg" alt="The wall" loading="lazy"></a>' in page
    assert said.index("27 January 2026 82") < said.index("27 January 2025 81")
    assert "27 January 2024" not in said
    # Its page is linked as long as there is one.
    assert "/c/remembrance-2026" not in page


def test_the_first_page_lists_series_with_their_next_date(office: Office, browser: FlaskClient) -> None:
    put(office, ROLLING)
    put(office, a_series())
    office.plans.put(a_series("later", rule=Fixed(5, 9)))
    office.plan(replace(a_programme("by-itself"), series="elsewhere"))
    office.clock.at_ms = START_MS - 12 * 3_600_000
    page = browser.get("/").text
    assert re.findall(r"<h2><a href=\"/(\w/[\w-]+)\"", page) == ["s/rolling", "s/remembrance", "s/later", "c/by-itself"]
    assert "Sunday, 9 May 2027" in page


def test_a_rehearsal_is_on_no_list_and_what_is_cancelled_is_told_as_such(office: Office, browser: FlaskClient) -> None:
    office.plan(replace(a_programme("rehearsed"), series="x", rehearsal=True))
    assert "No ceremony is announced" in browser.get("/").text
    office.plan(replace(a_programme("off"), series="x", cancelled={"en": "A flood."}))
    page = text_of(browser.get("/").text)
    assert "This ceremony is not held. A flood." in page
    assert "It is being held now" not in page


def test_those_who_gather_at_one_instant_find_their_own_hour(office: Office, browser: FlaskClient) -> None:
    sites = (Site({"en": "Almaty"}, "Asia/Almaty", id="almaty"), Site({"en": "Recife"}, "America/Recife", id="recife"))
    put(office, a_series(sites=sites))
    found = re.findall(r'<div data-zone="([\w/]+)"><dt>([\d:]+)', browser.get("/s/remembrance").text)
    assert found == [("America/Recife", "08:00"), ("Asia/Almaty", "16:00")]


def test_a_feed_is_asked_for_again_and_answers_that_nothing_has_changed(office: Office, browser: FlaskClient) -> None:
    series = a_series()
    put(office, series)
    for path in ("/s/remembrance/calendar.ics?lang=en", "/calendar.ics?lang=en"):
        first = browser.get(path)
        assert (first.status_code, first.headers["Cache-Control"]) == (200, "public, max-age=600")
        assert "Set-Cookie" not in first.headers
        office.clock.forward(3_600_000)
        again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert browser.get("/calendar.ics").vary.as_set() >= {"accept-language", "cookie"}
    office.plans.change(replace(series, at=time(15)))
    assert browser.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_feed_says_each_year_and_speaks_the_language_of_its_address(office: Office, browser: FlaskClient) -> None:
    put(office, a_series())
    answer = browser.get("/s/remembrance/calendar.ics?lang=ru", headers={"Accept-Language": "en"})
    calendar = Calendar.from_ical(answer.data)
    assert str(calendar["x-wr-calname"]) == "Память"
    titles = {str(event["summary"]) for event in events(answer)}
    assert {"Память", "Память, 83 года", "Память, 85 лет"} <= titles
    [one] = [each for each in events(answer) if "recurrence-id" in each and each["dtstart"].dt.year == 2027]
    assert one["dtstart"].dt.astimezone(UTC) == datetime(2027, 1, 27, 11, tzinfo=UTC)
    assert str(one["url"]) == f"{BASE}/s/remembrance/on/2027-01-27"
    assert len({event["uid"] for event in events(browser.get("/calendar.ics"))}) == 1


def sequences(browser: FlaskClient, path: str) -> Mapping[str, tuple[int, str]]:
    """Number and state by the day that the rule gives."""
    told = {}
    for event in events(browser.get(path)):
        day = event.get("recurrence-id", event["dtstart"]).dt
        told[f"{day:%Y-%m-%d}"] = event["sequence"], str(event["status"])
    return told


def test_a_change_of_plan_raises_the_sequence_everywhere(office: Office, browser: FlaskClient) -> None:
    series = a_series()
    put(office, series)
    one = "/s/remembrance/on/2027-01-27/calendar.ics"
    ceremony = "/c/remembrance-2027/calendar.ics"
    feed = "/s/remembrance/calendar.ics"
    before = [sequences(browser, path)["2027-01-27"] for path in (one, ceremony, feed)]
    assert before == [(0, "CONFIRMED")] * 3
    cancelled = replace(series, departures=(Departure("cancelled", date(2027, 1, 27), reason={"en": "A flood."}),))
    office.plans.change(cancelled)
    kept = office.plans.occurrences["remembrance", "2027-01-27"]
    office.plans.occurrences["remembrance", "2027-01-27"] = replace(kept, sequence=1, cancelled=True)
    occurrence = found(cancelled, "2027-01-27")
    office.ceremonies.plan(
        replace(programme_for(cancelled, occurrence, "remembrance-2027"), cancelled={"en": "A flood."})
    )
    after = [sequences(browser, path)["2027-01-27"] for path in (one, ceremony, feed)]
    assert after == [(1, "CANCELLED"), (1, "CANCELLED"), (2, "CANCELLED")]
    for path in (one, ceremony):
        answer = browser.get(path)
        assert str(Calendar.from_ical(answer.data)["method"]) == "CANCEL"
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=CANCEL"
        assert "A flood." in answer.text
    assert str(Calendar.from_ical(browser.get(feed).data)["method"]) == "PUBLISH"


def test_an_own_programme_of_one_year_has_its_own_length(office: Office, browser: FlaskClient) -> None:
    series = a_series()
    put(office, series)
    kept = office.plans.occurrences["remembrance", "2027-01-27"]
    office.plans.occurrences["remembrance", "2027-01-27"] = replace(kept, programme="[[items]]")
    office.plans.own["remembrance", "2027-01-27"] = replace(series, items=(an_item("words", planned_s=5400),))
    lengths = {
        event["dtstart"].dt.year: (event["dtend"].dt - event["dtstart"].dt).total_seconds()
        for event in events(browser.get("/s/remembrance/calendar.ics"))
    }
    assert (lengths[2027], lengths[2028]) == (5400, 1800)
