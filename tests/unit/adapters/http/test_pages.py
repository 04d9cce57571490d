"""Every page and file that the server answers with, without a socket."""

import json
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from werkzeug.test import TestResponse

from memorata.adapters.schedule_files import load_file
from memorata.demo.cast import PLACES
from memorata.domain import items as i
from memorata.domain.anniversary import occurrences
from memorata.domain.broadcast import Source
from memorata.domain.commands import Actor, HoldPicture, LayWreath, LightCandle, RequestFloor, SetAutopilot
from memorata.domain.items import DETAILS
from memorata.domain.laying import belongs
from memorata.domain.planning import programme_for
from memorata.domain.programme import Programme
from memorata.domain.state import now_shown
from memorata.resources import schedules_dir
from memorata.services.ports import Participant
from tests.builders import START_MS, a_programme, an_item, text
from tests.unit.adapters.http.conftest import Office

ID = "remembrance-2027"


def boot_of(page: TestResponse) -> dict[str, Any]:
    """The data block, as a browser's parser takes it: up to the first end tag."""
    found = re.search(r'<script type="application/json" id="boot">(.*?)</script', page.text, re.DOTALL)
    assert found is not None
    boot: dict[str, Any] = json.loads(found[1])
    return boot


def bilingual(words: str, russian: str) -> i.Text:
    return {"en": words, "ru": russian}


def one_of_each() -> Programme:
    """A programme in which every kind of item occurs, filled."""
    person = i.Witness(text("Vera <Sokolova>"), 91, text("Yerevan"), "AM", "phone", text("The sledge & the well."))
    details: dict[str, i.Detail] = {
        "lobby": i.Lobby(),
        "address": i.Address(text("Amina"), text("Host"), interpretation="ru, en"),
        "video_message": i.VideoMessage(text("Bruno"), text("Governor")),
        "silence": i.Silence(invitation=text("Please rise.")),
        "testimony": i.Testimony((person,)),
        "reading": i.Reading(text("Chiyo"), text("Amina"), "with consent"),
        "response": i.Response(text("We remember."), text("We remember.")),
        "wreath_laying": i.WreathLaying(
            place=text("At the wall"),
            order_policy="alphabetical",
            order_language="en",
            wreaths=(
                i.Wreath(text("Brazil"), "BR", ribbon=text("From Recife")),
                i.Wreath(text("Japan"), "JP", text("Union")),
            ),
        ),
        "roll_call": i.RollCall((i.Place(text("Osaka"), text("Union"), "JP", text("Chiyo")),)),
        "names": i.Names((i.NameRead("Anna"), i.NameRead("Pyotr", "aged 7")), (text("Amina"),)),
        "candle": i.Candle(prompt=text("Light a candle.")),
        "bell": i.Bell(strokes=8),
        "music": i.Music(text("Largo"), text("Trio"), "public domain", stand_invite=True),
        "anthem": i.Anthem(text("Hymn"), text("Choir")),
        "gallery": i.Gallery((i.Picture("media/a.jpg", text("The river"), "Archive"),)),
        "film": i.Film("media/ad.mp3", "From 12 years"),
        "greetings": i.Greetings((i.Greeting(text("The mayor"), text("Dear friends"), text("Recife")),)),
        "wishes": i.Wishes(text("What do you wish?")),
        "honours": i.Honours(text("Medal"), (i.Recipient(text("Chiyo"), text("Osaka"), text("For her letters")),)),
        "panel": i.Panel((text("Amina"), text("Bruno")), text("Chiyo")),
        "interval": i.Interval(),
        "closing": i.Closing(text("Until next year."), "2028-01-27", 84, guest_book_until="2027-05-09"),
    }
    assert set(details) == set(DETAILS)
    items = [an_item(kind.replace("_", "-"), detail, text=text(f"Text of {kind}")) for kind, detail in details.items()]
    return a_programme(items=items)


def test_the_programme_shows_every_kind_of_item(office: Office, browser: FlaskClient) -> None:
    office.plan(one_of_each())
    page = browser.get(f"/c/{ID}").text
    for words in (
        "Vera &lt;Sokolova&gt;", "91 years", "by telephone", "The sledge &amp; the well.", "Please rise.",
        "Silence: 1 min.", "Text of reading", "At the wall", "In alphabetical order (English).", "From Recife",
        "Union", "Pyotr", "aged 7", "8 strokes of the bell", "Largo", "The river", "From 12 years", "The mayor",
        "What do you wish?", "For her letters",
        "leads the conversation", "We meet again: Thursday, 27 January 2028, 84 years",
        "The guest book is open until 9 May 2027.", "83 years", "Wednesday, 27 January 2027", "by the clock of Moscow",
    ):  # fmt: skip
        assert words in page, words
    assert page.count('<li class="item ') == len(DETAILS) - 1  # the lobby is no item of the order
    assert "Smile." not in page


def test_notes_for_the_host_are_on_no_public_page(office: Office, browser: FlaskClient) -> None:
    keys = office.plan(a_programme())
    for path in (f"/c/{ID}", f"/c/{ID}/programme.json", f"/c/{ID}/watch", f"/e/{keys['participant']}"):
        assert "Smile." not in browser.get(path).text


def test_a_page_speaks_the_language_asked_for(office: Office, browser: FlaskClient) -> None:
    programme = replace(a_programme(), languages=("en", "ru"), title=bilingual("Remembrance", "Память"))
    office.plan(programme)
    english, russian = browser.get(f"/c/{ID}?lang=en"), browser.get(f"/c/{ID}?lang=ru")
    assert '<html lang="en" dir="ltr"' in english.text
    assert '<html lang="ru" dir="ltr"' in russian.text
    assert ("Order of the ceremony" in english.text, "Порядок церемонии" in russian.text) == (True, True)
    assert "<h1><bdi>Память</bdi></h1>" in russian.text
    assert "83 года" in russian.text
    # What is not there in the page's language is marked with its own.
    assert '<bdi lang="en" dir="ltr">Words</bdi>' in russian.text


def test_the_chooser_is_remembered_and_the_browser_is_asked_first_time(office: Office) -> None:
    office.plan(replace(a_programme(), languages=("en", "ru")))
    browser = office.browser()
    assert (
        browser.get(f"/c/{ID}", headers={"Accept-Language": "ru;q=0.9, en;q=0.1"}).headers["Content-Language"] == "ru"
    )
    assert browser.get(f"/c/{ID}").headers["Content-Language"] == "en"
    chosen = browser.get(f"/c/{ID}?lang=ru")
    assert "lang=ru; Expires=" in chosen.headers["Set-Cookie"]
    assert browser.get(f"/c/{ID}").headers["Content-Language"] == "ru"
    assert browser.get(f"/c/{ID}?lang=x%0d%0aSet-Cookie").headers.get("Set-Cookie") is None


def test_a_page_in_hebrew_runs_from_the_right_where_its_text_does(office: Office, browser: FlaskClient) -> None:
    office.plan(replace(a_programme(), languages=("he",), title={"he": "זיכרון"}))
    assert '<h1><bdi lang="he" dir="rtl">זיכרון</bdi></h1>' in browser.get(f"/c/{ID}?lang=he").text


def test_the_list_names_what_is_ahead_the_next_first(office: Office, browser: FlaskClient) -> None:
    office.plan(replace(a_programme("later", at_ms=START_MS + 86_400_000), title=text("Later")))
    office.plan(replace(a_programme("sooner"), title=text("Sooner")))
    office.plan(replace(a_programme("over", at_ms=START_MS - 86_400_000), title=text("Over")))
    page = browser.get("/").text
    assert re.findall(r"<h2><a href=\"/c/(\w+)\"", page) == ["sooner", "later"]
    assert page.count("It is being held now") == 1  # the lobby of the sooner is open
    office.clock.forward(3 * 86_400_000)
    assert "No ceremony is announced" in browser.get("/").text


def test_the_boot_block_holds_what_the_client_needs(office: Office, browser: FlaskClient) -> None:
    keys = office.plan(replace(a_programme(), telephone="+7 812 000-00-00", languages=("en", "ru")))
    boot = boot_of(browser.get(f"/e/{keys['participant']}?lang=ru"))
    assert {name: boot[name] for name in boot if name not in ("programme", "countries")} == {
        "view": "participant",
        "key": keys["participant"],
        "ceremony_id": ID,
        "language": "ru",
        "languages": [["en", "English"], ["ru", "Русский"]],
        "server_now_ms": float(office.clock.at_ms),
        "telephone": "+7 812 000-00-00",
        "base_url": "https://memory.example.org",
        "keeping": {"until_ms": START_MS + (410 + 30 * 86_400) * 1000, "erased_ms": None},
    }
    assert boot["countries"]["AM"] == "Армения"
    assert boot["programme"]["ceremony_id"] == ID
    assert boot_of(browser.get(f"/e/{keys['participant']}/hall?people=80"))["people"] == 80
    assert boot_of(browser.get(f"/e/{keys['participant']}/hall?people=9999"))["people"] == 500
    assert "key" not in boot_of(browser.get(f"/c/{ID}/watch"))


def test_nothing_that_somebody_wrote_ends_the_boot_block(office: Office, browser: FlaskClient) -> None:
    evil = "</script><script>alert(1)</script><!-- \u2028 ]]>"
    keys = office.plan(replace(a_programme(), title=text(evil)))
    page = browser.get(f"/e/{keys['participant']}")
    assert boot_of(page)["programme"]["title"] == {"en": evil}
    assert "alert(1)</script>" not in page.text


def test_a_link_of_the_staff_shows_no_more_than_the_public_sees(office: Office, browser: FlaskClient) -> None:
    keys = office.plan(a_programme())
    page = browser.get(f"/h/{keys['host']}").text
    assert "Smile." not in page
    assert keys["moderator"] not in page
    assert keys["participant"] not in page


def test_a_host_gets_the_links_to_hand_on_and_a_moderator_all_but_the_staffs(
    office: Office, browser: FlaskClient
) -> None:
    keys = office.plan(a_programme())

    def asked(role: str) -> dict[str, dict[str, str]]:
        token = browser.post("/api/enter", json={"key": keys[role]}).get_json()["token"]
        found: dict[str, dict[str, str]] = browser.get(
            "/api/links", headers={"Authorization": f"Bearer {token}"}
        ).get_json()
        return found

    public = {
        "participant": f"https://memory.example.org/e/{keys['participant']}",
        "hall": f"https://memory.example.org/e/{keys['participant']}/hall",
        "watch": f"https://memory.example.org/c/{ID}/watch",
        "programme": f"https://memory.example.org/c/{ID}",
    }
    staff = {role: f"https://memory.example.org/h/{keys[role]}" for role in ("host", "moderator")}
    assert asked("host") == {
        "links": public | staff,
        "pins": {role: office.admission.pin(keys[role]) for role in staff},
    }
    assert asked("moderator") == {"links": public, "pins": {}}
    assert asked("participant")["code"] == "role.not_allowed"


def test_a_staff_link_opened_as_a_participants_leads_to_the_console(office: Office, browser: FlaskClient) -> None:
    keys = office.plan(a_programme())
    answer = browser.get(f"/e/{keys['host']}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/h/{keys['host']}")


@pytest.mark.parametrize(
    "path", ["/e/unknown", "/e/unknown/hall", "/h/unknown", "/c/unknown", "/c/unknown/watch", "/nothing"]
)
def test_what_is_not_there_is_answered_kindly(office: Office, browser: FlaskClient, path: str) -> None:
    office.plan(replace(a_programme(), telephone="+7 812 000-00-00"))
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "We could not find this" in answer.text
    assert 'href="tel:+78120000000"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_participants_link_does_not_open_the_console(office: Office, browser: FlaskClient) -> None:
    keys = office.plan(a_programme())
    known, unknown = browser.get(f"/h/{keys['participant']}"), browser.get("/h/unknown")
    assert (known.status_code, known.text) == (404, unknown.text.replace("/h/unknown", f"/h/{keys['participant']}"))


def test_errors_for_programs_have_one_shape(office: Office, browser: FlaskClient) -> None:
    answer = browser.get("/c/unknown/timeline.json")
    assert answer.status_code == 404
    assert answer.json == {
        "code": "ceremony.unknown",
        "message": "There is no ceremony at this address.",
        "facts": {"ceremony_id": "unknown"},
    }
    assert browser.post("/api/nothing").json == {
        "code": "page.unknown", "message": "There is no page at this address.", "facts": {}
    }  # fmt: skip
    wrong_way = browser.get("/api/enter")
    assert (wrong_way.status_code, sorted(wrong_way.headers["Allow"].split(", "))) == (405, ["OPTIONS", "POST"])


def test_a_store_that_is_busy_asks_for_patience(
    office: Office, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = office.plan(a_programme())
    entering = {"key": keys["participant"]}

    def busy(*_: object) -> None:
        from memorata.services.ports import StoreBusy

        raise StoreBusy("full")

    monkeypatch.setattr(office.participants, "find_by_device", busy)
    answer = browser.post("/api/enter", json=entering)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json is not None
    assert answer.json["code"] == "store.busy"


def test_a_defect_is_logged_once_and_tells_nothing(
    office: Office, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.plan(a_programme())

    def broken(*_: object) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr("memorata.adapters.http.order.rows", broken)
    answer = browser.get(f"/c/{ID}")
    assert answer.status_code == 500
    assert "One moment, please" in answer.text
    assert "secret cause" not in answer.text
    assert capsys.readouterr().out.count("page.defect") == 1


def test_the_headers_of_a_page(office: Office, browser: FlaskClient) -> None:
    film = i.Media(
        sources=(
            Source("youtube", "dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?enablejsapi=1"),
            Source("hls", "", "https://video.example.org/live/master.m3u8"),
        ),
        still="https://pictures.example.org/still.jpg",
    )
    items = [*a_programme().items, an_item("film", i.Film(), media=film)]
    keys = office.plan(replace(a_programme(), items=tuple(items)))
    headers = browser.get(f"/e/{keys['participant']}").headers
    assert headers["Content-Security-Policy"].split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data: https://pictures.example.org https://video.example.org",
        "media-src 'self' blob: https://pictures.example.org https://video.example.org",
        "worker-src 'none'",
        "object-src 'none'",
        "connect-src 'self' ws://localhost wss://localhost https://video.example.org",
        "frame-src https://www.youtube-nocookie.com",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
        "frame-ancestors 'none'",
    ]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=(self), microphone=(self), geolocation=()")
    assert headers["Cache-Control"] == "private, no-store"
    assert browser.get(f"/c/{ID}").headers["Permissions-Policy"].startswith("camera=(), microphone=()")
    assert "frame-src 'none'" in browser.get("/").headers["Content-Security-Policy"]


def test_a_forged_host_does_not_widen_the_policy(office: Office, browser: FlaskClient) -> None:
    office.plan(a_programme())
    for forged in ("evil.example; script-src *", "a b"):
        answer = browser.get(f"/c/{ID}", headers={"Host": forged})
        assert "script-src *" not in answer.headers["Content-Security-Policy"]
        assert "connect-src 'self';" in answer.headers["Content-Security-Policy"]


def test_one_answer_serves_all_watchers_until_something_changes(office: Office, browser: FlaskClient) -> None:
    office.plan(a_programme())
    answer = browser.get(f"/c/{ID}/timeline.json")
    assert answer.json is not None
    assert answer.headers["Cache-Control"] == "public, max-age=2"
    assert set(answer.json) == {
        "epoch", "programme_seq", "seq", "now", "progress", "speaker", "counts", "recorded", "stream", "streamed",
    }  # fmt: skip
    assert (answer.json["programme_seq"], answer.json["now"]) == (1, float(office.clock.at_ms))
    office.clock.forward(5_000)
    again = browser.get(f"/c/{ID}/timeline.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    office.ceremonies.handle(ID, HoldPicture(), Actor("host", "host"), "")
    changed = browser.get(f"/c/{ID}/timeline.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert changed.status_code == 200


def test_the_timeline_of_a_full_house_at_its_end_is_small(office: Office, browser: FlaskClient) -> None:
    series = load_file(schedules_dir() / "unconquered.toml")
    occurrence = occurrences(series, date(2027, 1, 1), 1)[0]
    programme = replace(programme_for(series, occurrence, ID), starts_ms=START_MS)
    office.plan(programme)
    people = [
        Participant(f"p{number}", ID, "participant", community=place.community, country=place.country)
        for number in range(300)
        for place in (PLACES[number % len(PLACES)],)
    ]
    for who in people:
        office.presence.join(who, who.id)
    office.ceremonies.handle(ID, SetAutopilot(True), Actor("host", "host"), "")
    tributes = 0
    while office.ceremonies.state(ID).progress.closed_ms is None:
        office.clock.forward(5_000)
        office.conductor.scan_due()
        shown = now_shown(office.ceremonies.state(ID), office.clock.at_ms)
        for who in people:
            actor = Actor(who.id, "participant", community=who.community, country=who.country)
            if shown.item is not None and shown.item.kind == "candle":
                office.ceremonies.handle(ID, LightCandle(shown.item.id), actor, "")
                tributes += 1
            laying = None if shown.item is None else shown.item.detail
            if isinstance(laying, i.WreathLaying) and belongs(laying.wreaths[shown.step], who.community, who.country):
                office.ceremonies.handle(ID, LayWreath("wreaths", shown.step), actor, "")
                tributes += 1
    answer = browser.get(f"/c/{ID}/timeline.json")
    assert tributes > 300
    assert answer.json is not None
    assert len(answer.json["progress"]["runs"]) == 11
    assert len(answer.json["counts"]["wreaths"]["wreaths"]) == 15
    assert len(answer.json["counts"]["places"]) >= 20
    assert len(answer.data) <= 2048


def test_a_request_for_the_floor_is_not_in_the_timeline(office: Office, browser: FlaskClient) -> None:
    office.plan(a_programme())
    asking = RequestFloor("poem", "Chiyo", "Osaka", "JP", "my poem")
    office.ceremonies.handle(ID, asking, Actor("chiyo", "participant", "r" * 22), "")
    assert browser.get(f"/c/{ID}/timeline.json").json["speaker"] is None  # type: ignore[index]


def test_the_programme_named_by_its_number_never_changes(office: Office, browser: FlaskClient) -> None:
    office.plan(a_programme())
    office.plan(replace(a_programme(), title=text("Another title")))
    timeline = browser.get(f"/c/{ID}/timeline.json").json
    assert timeline is not None
    seq = timeline["programme_seq"]
    named, plain = browser.get(f"/c/{ID}/programme.json?v={seq}"), browser.get(f"/c/{ID}/programme.json")
    assert named.json is not None
    assert (named.json["seq"], named.json["programme"]["title"]) == (seq, {"en": "Another title"})
    assert seq > 1
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Cache-Control"] == "public, max-age=5"
    assert browser.get(f"/c/{ID}/programme.json?v=1").headers["Cache-Control"] == "public, max-age=5"


def test_the_clock_answers_uncached(office: Office, browser: FlaskClient) -> None:
    office.plan(a_programme())
    answer = browser.get(f"/c/{ID}/clock?t0=12.5")
    now = float(office.clock.at_ms)
    assert answer.json == {"t0": 12.5, "t1": now, "t2": now}
    assert answer.headers["Cache-Control"] == "no-store, no-transform"
    assert "Set-Cookie" not in answer.headers
    for odd in ("?t0=nan", "?t0=inf", "?t0=1e300", "?t0=soon", "?t0=&t0=", "?" + "t0=1&" * 50, ""):
        assert browser.get(f"/c/{ID}/clock{odd}").json == {"t0": 0.0, "t1": now, "t2": now}


def test_a_crowd_is_told_to_ask_the_time_less_often(office: Office, browser: FlaskClient) -> None:
    office.plan(a_programme())
    for _ in range(3_000):
        answer = browser.get(f"/c/{ID}/clock?t0=1")
        assert "rest_ms" not in (answer.json or {})
    office.clock.at_ms += 5_000
    told = browser.get(f"/c/{ID}/clock?t0=1").json
    assert told is not None
    assert told["rest_ms"] == 4_000  # twice as many as it may be


def test_only_the_clock_is_answered_at_the_door(office: Office, browser: FlaskClient) -> None:
    office.plan(a_programme())
    assert browser.post(f"/c/{ID}/clock").status_code == 404
    assert browser.get(f"/c/{ID}/clock/").status_code == 404
    assert browser.get(f"/c/{ID}/timeline.json").status_code == 200


def test_the_calendar_file_is_a_calendar_file(office: Office, browser: FlaskClient) -> None:
    office.plan(
        replace(a_programme(), title=text("Память; 83, или «Непокорённые» — все вместе, у каждого окна города"))
    )
    answer = browser.get(f"/c/{ID}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    assert max(map(len, answer.data.split(b"\r\n"))) <= 75
    calendar = Calendar.from_ical(answer.data)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Moscow"]
    [event] = calendar.walk("VEVENT")
    assert event["dtstart"].dt == datetime(2027, 1, 27, 14, tzinfo=ZoneInfo("Europe/Moscow"))
    assert event["uid"] == "remembrance-2027@memory.example.org"
    assert str(event["summary"]) == "Память; 83, или «Непокорённые» — все вместе, у каждого окна города, 83 years"
    assert (str(calendar["method"]), str(event["status"])) == ("PUBLISH", "CONFIRMED")
    assert len(event.walk("VALARM")) == 1


def test_health_says_when_cues_are_not_looked_after(office: Office, browser: FlaskClient) -> None:
    office.conductor.scan_due()
    assert browser.get("/health").json == {"ok": True, "clients": 0, "store": True, "cues": True, "troubles": []}
    office.clock.forward(60_000)
    answer = browser.get("/health")
    assert (answer.status_code, answer.json) == (
        503,
        {"ok": False, "clients": 0, "store": True, "cues": False, "troubles": []},
    )


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_a_proxy_is_believed_only_when_there_is_one(tmp_path: Path, proxies: int, believed: bool) -> None:
    office = Office(tmp_path, proxies)
    office.plan(a_programme())
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "memory.example.org", "Accept-Language": "ru"}
    answer = office.browser().get(f"/c/{ID}?lang=ru", headers=forwarded)
    assert ("Strict-Transport-Security" in answer.headers) is believed
    assert ("; Secure" in answer.headers["Set-Cookie"]) is believed
    assert ("wss://memory.example.org" in answer.headers["Content-Security-Policy"]) is believed
