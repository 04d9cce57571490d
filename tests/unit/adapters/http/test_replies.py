"""Where the links of a reminder lead: a look changes nothing, a press does, and a mail provider has its own way."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from werkzeug.test import Client, TestResponse

from memorata.adapters.http import errors, media, pages, replies, watch
from memorata.adapters.http.gate import Gate
from memorata.adapters.http.house import House
from memorata.adapters.http.limits import limit
from memorata.adapters.http.openapi import document
from memorata.adapters.http.security import protect
from memorata.adapters.http.showing import prepare
from memorata.adapters.letters import Letters
from memorata.config import Settings
from memorata.domain.anniversary import Departure
from memorata.services.planning_ports import Answer
from tests.builders import START_MS
from tests.fakes import FakeSecurityLog
from tests.postroom import AIGERIM, BRUNO, CHIYO, KEY, PostRoom

SITE = "https://memory.example.org"
FORM = "application/x-www-form-urlencoded"
CANCELLED = Departure("cancelled", date(2027, 1, 27), reason={"en": "There is a storm."})


class Desk:
    """Pages for replies behind the gate, over a post room."""

    def __init__(self, folder: Path) -> None:
        self.room = PostRoom(AIGERIM, BRUNO, CHIYO, compose=Letters(SITE))
        settings = Settings(folder, "", b"k" * 32, base_url=SITE, base_url_given=True)
        nobody: Any = None  # whom these pages do not ask
        house = House(
            settings, self.room.clock, self.room.ceremonies, nobody, nobody, nobody, self.room.inviting, nobody, nobody
        )
        self.app = Flask("memorata", static_folder=None)
        prepare(self.app)
        self.app.after_request(protect)
        limit(self.app, FakeSecurityLog(), 0)
        for part in (errors, media, pages, watch):
            self.app.register_blueprint(part.blueprint(house))
        self.app.register_blueprint(replies.blueprint(house, self.room.reminding, Letters(SITE)))
        self.browser = Client(Gate(settings, FakeSecurityLog()).before(self.app.wsgi_app))
        self.bruno = f"/r/{self.room.token(BRUNO)}"

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.browser.get(path, base_url=SITE, headers={n.replace("_", "-"): v for n, v in headers.items()})

    def post(self, path: str, data: str, kind: str = FORM, **headers: str) -> TestResponse:
        sent = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.browser.post(path, base_url=SITE, data=data.encode(), headers=sent)

    def answer(self) -> Answer:
        return self.room.contacts.asked["leningrad", KEY, "bruno"].answer

    def writes_to_bruno(self) -> bool:
        return self.room.contacts.known["bruno"].unsubscribed_ms is None


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def buttons(page: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'name="answer" value="(\w+)">([^<]+)</button>', page.text))


def test_the_page_names_person_ceremony_and_both_hours(desk: Desk) -> None:
    page = desk.get(desk.bruno)
    assert page.status_code == 200
    for words in (
        "Bruno Silva",
        "Unconquered",
        "83 years",
        "Wednesday, 27 January 2027, 06:00 by your clock (New York)",
        "Wednesday, 27 January 2027, 14:00 by the clock of Moscow",
        "+7 812 000-00-00",
    ):
        assert words in page.text
    assert buttons(page) == {"coming": "I will come", "cannot": "I cannot come"}
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_page_speaks_as_the_mail_does_or_as_is_chosen(desk: Desk) -> None:
    page = desk.get(f"/r/{desk.room.token(AIGERIM)}", Accept_Language="en")
    assert '<html lang="ru"' in page.text
    assert "Непокорённые" in page.text
    assert '<html lang="en"' in desk.get(f"/r/{desk.room.token(AIGERIM)}?lang=en").text
    assert '<html lang="en"' in desk.get(desk.bruno, Accept_Language="ru").text


def test_opening_a_link_answers_nothing(desk: Desk) -> None:
    """Programs that look through mails open every link."""
    for path in ("", "?answer=coming", "?answer=cannot", "/unsubscribe", "/calendar.ics"):
        assert desk.get(desk.bruno + path).status_code == 200
        assert desk.browser.head(desk.bruno + path, base_url=SITE).status_code == 200
    assert desk.answer() == ""
    assert desk.writes_to_bruno()
    assert desk.room.invitations.made == {}


def test_the_script_that_presses_is_only_there_for_what_was_pressed_in_the_mail(desk: Desk) -> None:
    assert "reply.js" not in desk.get(desk.bruno).text
    assert "reply.js" not in desk.get(f"{desk.bruno}?answer=perhaps").text
    assert "reply.js" in desk.get(f"{desk.bruno}?answer=coming").text
    desk.post(desk.bruno, "answer=coming")
    assert "reply.js" not in desk.get(f"{desk.bruno}?answer=coming").text
    assert "reply.js" in desk.get(f"{desk.bruno}?answer=cannot").text


def test_a_press_is_an_answer_that_can_be_changed(desk: Desk) -> None:
    pressed = desk.post(desk.bruno, "answer=coming", Origin=SITE)
    assert (pressed.status_code, pressed.headers["Location"]) == (303, desk.bruno)
    assert desk.answer() == "coming"
    page = desk.get(desk.bruno)
    assert "Thank you. We expect you on Wednesday, 27 January 2027, 06:00 by your clock (New York)." in page.text
    assert f"{desk.bruno}/calendar.ics" in page.text
    (sealed,) = desk.room.invitations.made.values()
    assert f'href="{SITE}/e/{desk.room.keys.invitation(sealed.invitation.id)}"' in page.text
    assert buttons(page) == {"cannot": "I cannot come after all"}
    desk.post(f"{desk.bruno}?lang=en", "answer=cannot")
    assert desk.answer() == "cannot"
    page = desk.get(desk.bruno)
    assert "Thank you for telling us." in page.text
    assert buttons(page) == {"coming": "I will come after all"}


@pytest.mark.parametrize("data", ["", "answer=", "answer=perhaps", "answer=coming%00", "%ff=%fe", "answer[]=coming"])
def test_what_is_no_answer_is_refused(desk: Desk, data: str) -> None:
    refused = desk.post(desk.bruno, data, Accept="application/json")
    assert refused.status_code == 400
    assert refused.json is not None
    assert refused.json["code"] == "message.invalid"
    assert desk.answer() == ""


def test_a_long_form_is_refused(desk: Desk) -> None:
    refused = desk.post(desk.bruno, "answer=coming&more=" + "x" * 5_000, Accept="application/json")
    assert refused.status_code == 413
    assert desk.answer() == ""


def test_a_page_of_others_presses_nothing(desk: Desk) -> None:
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "null"},
    ):
        for path, data in (("", "answer=coming"), ("/unsubscribe", "mails=no")):
            assert desk.post(desk.bruno + path, data, **headers).status_code == 403
    assert desk.answer() == ""
    assert desk.writes_to_bruno()


def test_over_and_not_held(desk: Desk) -> None:
    desk.room.depart(CANCELLED)
    page = desk.get(desk.bruno)
    assert "This ceremony is not held." in page.text
    assert "There is a storm." in page.text
    assert buttons(page) == {}
    refused = desk.post(desk.bruno, "answer=coming")
    assert refused.status_code == 409
    assert "This ceremony is not held." in refused.text
    desk.room.depart()
    desk.room.clock.at_ms = START_MS + 900_000
    page = desk.get(desk.bruno)
    assert "This ceremony is over." in page.text
    assert buttons(page) == {}
    refused = desk.post(desk.bruno, "answer=coming", Accept="application/json")
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "reply.over")
    assert desk.answer() == ""


def test_the_calendar_has_the_own_link(desk: Desk) -> None:
    desk.post(desk.bruno, "answer=coming")
    file = desk.get(f"{desk.bruno}/calendar.ics")
    assert file.mimetype == "text/calendar"
    assert file.headers["Content-Disposition"] == 'attachment; filename="leningrad-2027.ics"'
    calendar: Any = Calendar.from_ical(file.data)
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == "leningrad-2027@memory.example.org"
    assert event["URL"].startswith(f"{SITE}/e/")


# --- no more mails ---


def test_no_more_mails_by_a_press_and_again(desk: Desk) -> None:
    page = desk.get(f"{desk.bruno}/unsubscribe")
    assert "Bruno Silva" in page.text
    assert 'name="mails" value="no"' in page.text
    pressed = desk.post(f"{desk.bruno}/unsubscribe", "mails=no", Origin=SITE)
    assert (pressed.status_code, pressed.headers["Location"]) == (303, f"{desk.bruno}/unsubscribe")
    assert not desk.writes_to_bruno()
    page = desk.get(f"{desk.bruno}/unsubscribe")
    assert 'name="mails" value="yes"' in page.text
    desk.post(f"{desk.bruno}/unsubscribe", "mails=yes")
    assert desk.writes_to_bruno()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (FORM, "List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=xyz",
            '--xyz\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--xyz--\r\n',
        ),
    ],
)
def test_a_mail_provider_presses_in_somebodys_name(desk: Desk, kind: str, data: str) -> None:
    """RFC 8058: no origin, no cookie, a form, and no redirection."""
    done = desk.post(f"{desk.bruno}/unsubscribe", data, kind)
    assert done.status_code == 200
    assert not desk.writes_to_bruno()
    assert desk.post(f"{desk.bruno}/unsubscribe", data, kind).status_code == 200, "twice is once"


def test_a_form_comes_through_the_gate_for_these_paths_alone(desk: Desk) -> None:
    token = desk.room.token(BRUNO)
    for path in ("/api/enter", "/r", "/r/", f"/r/{token}/calendar.ics", f"/r/{token}/x/unsubscribe", f"/x/r/{token}"):
        refused = desk.post(path, "List-Unsubscribe=One-Click")
        assert refused.status_code == 415, path
    assert desk.post(desk.bruno, "answer=coming", "text/plain").status_code == 415
    assert desk.post(f"{desk.bruno}/unsubscribe", "{}", "application/json").status_code == 400
    assert desk.writes_to_bruno()


# --- links that are not good ---


def test_wrong_links_are_counted(desk: Desk) -> None:
    statuses = []
    for number in range(45):
        wrong = f"/r/bruno.20270127.{number:022}"
        paths = (wrong, f"{wrong}/unsubscribe", f"{wrong}/calendar.ics")
        statuses.append(desk.get(paths[number % 3]).status_code)
    assert statuses[:40] == [404] * 40
    assert statuses[41:] == [429] * 4
    assert desk.post("/r/bruno.20270127.0000000000000000000000", "answer=coming").status_code == 429
    assert desk.get(desk.bruno).status_code == 200, "the right one always opens"


def test_a_link_that_is_not_in_use_any_more_says_so_kindly(desk: Desk) -> None:
    desk.room.contacts.uninvite("leningrad", KEY, "bruno")
    page = desk.get(desk.bruno)
    assert page.status_code == 403
    assert "no longer in use" in page.text
    assert desk.post(f"{desk.bruno}/unsubscribe", "mails=no").status_code == 303, "not to be written to stays possible"
    assert not desk.writes_to_bruno()


def test_names_are_no_markup(desk: Desk) -> None:
    contact = desk.room.contacts.known["bruno"]
    desk.room.contacts.change(replace(contact, name="<b>Bruno</b>", version=contact.version + 1))
    for path in ("", "/unsubscribe"):
        assert "<b>" not in desk.get(desk.bruno + path).text


def test_each_route_describes_itself(desk: Desk) -> None:
    told = document(desk.app)
    assert {path: sorted(item) for path, item in told["paths"].items() if path.startswith("/r/")} == {
        "/r/{reply}": ["get", "post"],
        "/r/{reply}/calendar.ics": ["get"],
        "/r/{reply}/unsubscribe": ["get", "post"],
    }
