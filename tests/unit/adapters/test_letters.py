"""The mails as they arrive at a real mail server: what they say, in which language, by whose clock."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from html import unescape
from pathlib import Path

import pytest

from memorata.adapters.letters import Letters
from memorata.adapters.letters.layout import WIDTH, Block, Facts, Foot, Link, Paragraph, html, plain
from memorata.adapters.mail import ConsoleMailer, SmtpMailer
from memorata.domain.anniversary import Departure, Reminder, Series
from memorata.services.planning_ports import Contact
from tests.builders import START_MS
from tests.mailbox import Mailbox, calendar_of, html_of, text_of
from tests.postroom import AIGERIM, BRUNO, CHIYO, DAY_MS, HOUR_MS, SERIES, PostRoom

SITE = "https://memory.example.org"
SENDER = "memorata@memory.example"
ANSWERED = "amina@museum.example"
MOVED = Departure("moved", date(2027, 1, 27), at=time(16), reason={"en": "The hall is free later.", "ru": "Зал занят."})
CANCELLED = Departure("cancelled", date(2027, 1, 27), reason={"en": "There is a storm.", "ru": "Буря."})
LINK = re.compile(r"^ *https://\S+$", re.MULTILINE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with Mailbox(tmp_path_factory.mktemp("mailbox")) as found:
        yield found


@pytest.fixture
def box(server: Mailbox) -> Mailbox:
    server.arrived.clear()
    server.says.clear()
    server.breaks.clear()
    return server


def room_with(box: Mailbox, *people: Contact, series: Series = SERIES) -> PostRoom:
    mailer = SmtpMailer(box.url, SENDER, box.trust)
    return PostRoom(*people, series=series, compose=Letters(SITE, ANSWERED), mailer=mailer)


@pytest.fixture
def room(box: Mailbox) -> PostRoom:
    return room_with(box, AIGERIM, BRUNO, CHIYO)


def hours(text: str) -> list[str]:
    """The lines that say an hour."""
    return [line.strip() for line in text.splitlines() if re.search(r"\d\d:\d\d", line)]


def test_each_reminder_arrives_by_the_clock_and_in_the_language_of_whom_it_is_for(room: PostRoom, box: Mailbox) -> None:
    room.before(7 * DAY_MS)
    assert sorted(mail["To"] for mail in box.arrived) == sorted([AIGERIM.mail, BRUNO.mail, CHIYO.mail] * 2)
    aigerim, bruno, chiyo = (text_of(box.of(one.mail)[-1]) for one in (AIGERIM, BRUNO, CHIYO))
    assert [line[:38] for line in hours(bruno)] == [
        "Wednesday, 27 January 2027, 06:00 by y",
        "Wednesday, 27 January 2027, 14:00 by t",
    ]
    assert "(New York)" in hours(bruno)[0]
    assert "Moscow" in hours(bruno)[1]
    assert hours(chiyo)[0].startswith("Wednesday, 27 January 2027, 16:45")
    assert "(Kathmandu)" in hours(chiyo)[0]
    assert all(re.match(r"Среда, 27 января 2027\sг., ", line) for line in hours(aigerim))
    assert [re.findall(r"\d\d:\d\d", line) for line in hours(aigerim)] == [["16:00"], ["14:00"]]
    assert "Алматы" in hours(aigerim)[0]
    assert "Непокорённые, 83 " in aigerim
    assert "Полное снятие блокады Ленинграда" in aigerim
    assert "Принесите свечу, если она у вас есть." in aigerim
    assert "Bring a candle if you have one." in bruno
    assert bruno.index("Bring a candle") < bruno.index("Unconquered, 83 years")
    assert "+7 812 000-00-00" in bruno
    assert "Dear Bruno Silva," in bruno
    assert "Айгерим Бекова" in aigerim


def test_a_day_is_that_of_the_readers_clock(box: Mailbox) -> None:
    """At two in the night in Moscow it is the evening before in New York."""
    room = room_with(box, BRUNO, series=replace(SERIES, at=time(2), reminders=(Reminder(86_400),)))
    room.before(12 * HOUR_MS)
    (mail,) = box.of(BRUNO.mail)
    assert mail["Subject"] == "Tuesday, 26 January 2027: Unconquered, 83 years"
    assert [line.partition(" by ")[0] for line in hours(text_of(mail))] == [
        "Tuesday, 26 January 2027, 18:00",
        "Wednesday, 27 January 2027, 02:00",
    ]


@pytest.mark.parametrize("zone", ["", "Europe/Moscow", "Europe/Minsk"])
def test_one_hour_is_enough_where_the_clocks_agree_or_nobody_knows_the_other(box: Mailbox, zone: str) -> None:
    room = room_with(box, replace(BRUNO, zone=zone))
    room.before(30 * DAY_MS)
    assert [line.partition(" by ")[0] for line in hours(text_of(box.arrived[0]))] == [
        "Wednesday, 27 January 2027, 14:00"
    ]


def test_a_mail_is_plain_first_with_short_lines_and_whole_links(room: PostRoom, box: Mailbox) -> None:
    room.before(30 * DAY_MS)
    (mail,) = box.of(BRUNO.mail)
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    text = text_of(mail)
    assert [line for line in text.splitlines() if len(line) > WIDTH and not LINK.fullmatch(line)] == []
    token = room.token(BRUNO)
    key = room.keys.invitation(room.contacts.asked["leningrad", "2027-01-27", "bruno"].invitation_id or "")
    links = [
        f"{SITE}/e/{key}",
        f"{SITE}/r/{token}?answer=coming",
        f"{SITE}/r/{token}?answer=cannot",
        f"{SITE}/r/{token}/unsubscribe",
    ]
    assert [found.strip() for found in LINK.findall(text)] == links
    page = html_of(mail)
    assert re.findall(r'href="([^"]+)"', page) == links
    assert re.search(r"<img|src=|url\(|<script|<link|@import", page) is None
    assert '<html lang="en" dir="ltr">' in page
    words = unescape(re.sub(r"<[^>]+>", " ", page.partition("<body")[2]))
    for line in hours(text):
        assert line in words


def test_the_headers_let_people_leave_and_answer(room: PostRoom, box: Mailbox) -> None:
    room.before(7 * DAY_MS)
    for contact in (AIGERIM, BRUNO):
        mail = box.of(contact.mail)[0]
        assert mail["List-Unsubscribe"] == f"<{SITE}/r/{room.token(contact)}/unsubscribe>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Reply-To"] == ANSWERED
        assert mail["From"] == SENDER
        assert mail["Auto-Submitted"] == "auto-generated"
        assert len(mail["From"].addresses) == len(mail["To"].addresses) == 1
    assert box.of(AIGERIM.mail)[0]["Content-Language"] == "ru"
    ids = [mail["Message-ID"] for mail in box.arrived]
    assert len(set(ids)) == 6
    assert all(re.fullmatch(r"<[0-9a-f]{32}@memory\.example\.org>", each) for each in ids)


def test_a_mail_that_is_tried_again_keeps_its_name(room: PostRoom, box: Mailbox) -> None:
    box.says["DATA", BRUNO.mail] = "451 not now"
    room.before(30 * DAY_MS - 60_000)
    box.says.clear()
    room.before(29 * DAY_MS)
    (mail,) = box.of(BRUNO.mail)
    names = [note.name for note in room.notes if note.contact.id == "bruno"]
    assert len(names) > 1
    assert {f"<{name}@memory.example.org>" for name in names} == {mail["Message-ID"]}


def test_the_ceremony_is_attached_for_the_calendar_with_the_own_link(room: PostRoom, box: Mailbox) -> None:
    room.before(30 * DAY_MS)
    (mail,) = box.of(BRUNO.mail)
    method, calendar, event = calendar_of(mail)
    assert (method, calendar["METHOD"]) == ("PUBLISH", "PUBLISH")
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("leningrad-2027@memory.example.org", 0, "CONFIRMED")
    assert event["DTSTART"].dt == datetime.fromtimestamp(START_MS / 1000, UTC)
    assert event["DTSTART"].params["TZID"] == "Europe/Moscow"
    assert event["SUMMARY"] == "Unconquered, 83 years"
    assert f"{SITE}/e/" in event["URL"]
    assert event["URL"] in text_of(mail)
    assert event["URL"] in event["DESCRIPTION"]
    (part,) = mail.iter_attachments()
    assert part.get_filename() == "leningrad-2027.ics"
    assert calendar_of(box.of(AIGERIM.mail)[0])[2]["SUMMARY"].startswith("Непокорённые, 83")


def test_another_time_names_both_and_replaces_what_is_in_the_calendar(room: PostRoom, box: Mailbox) -> None:
    room.before(30 * DAY_MS)
    _, _, before = calendar_of(box.of(BRUNO.mail)[0])
    box.arrived.clear()
    room.depart(MOVED)
    room.before(29 * DAY_MS)
    assert len(box.arrived) == 3
    (mail,) = box.of(BRUNO.mail)
    assert mail["Subject"] == "Another time: Unconquered, 83 years"
    assert [line.partition(" by ")[0] for line in hours(text_of(mail))] == [
        "Wednesday, 27 January 2027, 06:00",
        "Wednesday, 27 January 2027, 14:00",
        "Wednesday, 27 January 2027, 08:00",
        "Wednesday, 27 January 2027, 16:00",
    ]
    assert "The hall is free later." in text_of(mail)
    assert "Зал занят." in text_of(box.of(AIGERIM.mail)[0])
    method, _, event = calendar_of(mail)
    assert method == "PUBLISH"
    assert event["UID"] == before["UID"]
    assert (before["SEQUENCE"], event["SEQUENCE"]) == (0, 1)
    assert event["DTSTART"].dt == datetime.fromtimestamp(START_MS / 1000 + 7200, UTC)
    assert event["URL"] == before["URL"]


def test_what_is_not_held_is_taken_out_of_the_calendar(room: PostRoom, box: Mailbox) -> None:
    room.before(30 * DAY_MS)
    room.depart(MOVED)
    room.before(29 * DAY_MS)
    box.arrived.clear()
    room.depart(CANCELLED)
    room.before(28 * DAY_MS)
    assert len(box.arrived) == 3
    (mail,) = box.of(BRUNO.mail)
    text = text_of(mail)
    assert mail["Subject"] == "Cancelled: Unconquered, 83 years"
    assert "There is a storm." in text
    assert "answer=" not in text
    assert f"{SITE}/e/" not in text
    assert [line.partition(" by ")[0] for line in hours(text)] == [
        "Wednesday, 27 January 2027, 08:00",
        "Wednesday, 27 January 2027, 16:00",
    ]
    method, calendar, event = calendar_of(mail)
    assert (method, calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCEL", "CANCELLED")
    assert (event["UID"], event["SEQUENCE"]) == ("leningrad-2027@memory.example.org", 2)


def test_held_after_all_it_is_put_back(room: PostRoom, box: Mailbox) -> None:
    room.before(30 * DAY_MS)
    room.depart(CANCELLED)
    room.before(29 * DAY_MS)
    box.arrived.clear()
    room.depart()
    room.before(28 * DAY_MS)
    (mail,) = box.of(BRUNO.mail)
    assert mail["Subject"] == "Held after all: Unconquered, 83 years"
    assert len(hours(text_of(mail))) == 2
    method, _, event = calendar_of(mail)
    assert (method, event["STATUS"], event["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 2)


def test_who_has_said_that_they_come_is_only_asked_to_say_if_they_cannot(room: PostRoom, box: Mailbox) -> None:
    room.before(30 * DAY_MS)
    room.reminding.answer(room.token(BRUNO), "coming")
    room.before(7 * DAY_MS)
    first, second = (text_of(mail) for mail in box.of(BRUNO.mail))
    assert "?answer=coming" in first
    assert "?answer=coming" not in second
    assert "?answer=cannot" in second


def test_who_leads_is_led_to_the_console_and_finds_no_pin(box: Mailbox) -> None:
    room = room_with(box, replace(BRUNO, role="moderator"))
    room.before(30 * DAY_MS)
    text = text_of(box.arrived[0])
    note = room.notes[0]
    assert note.issued is not None
    assert f"{SITE}/h/{note.issued.key}" in text
    assert "PIN" in text
    assert note.issued.pin
    assert note.issued.pin not in text


def test_without_a_language_of_their_own_it_is_the_first_of_the_series(box: Mailbox) -> None:
    room = room_with(box, replace(BRUNO, language=""), replace(CHIYO, language="ja"))
    room.before(30 * DAY_MS)
    assert {mail["Content-Language"] for mail in box.arrived} == {"ru"}
    assert all("Непокорённые" in mail["Subject"] for mail in box.arrived)


def test_a_title_cannot_become_a_header(box: Mailbox) -> None:
    room = room_with(box, BRUNO, series=replace(SERIES, title={"en": "Unconquered\r\nBcc: eve@e.example"}))
    room.before(30 * DAY_MS)
    (mail,) = box.arrived
    assert mail["Bcc"] is None
    assert mail["Subject"].endswith("Unconquered Bcc: eve@e.example, 83 years")


def test_names_and_words_are_no_markup(box: Mailbox) -> None:
    words = {"en": "<script>alert(1)</script>\nDear & near"}
    series = replace(SERIES, reminders=(Reminder(86_400, words),))
    room = room_with(box, replace(BRUNO, name="<b>Bruno</b>"), series=series)
    room.before(DAY_MS)
    page = html_of(box.arrived[0])
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>Dear &amp; near" in page
    assert "<script>alert(1)</script>\nDear & near" in text_of(box.arrived[0])


def test_a_lone_dot_and_long_words_come_through(box: Mailbox) -> None:
    words = {"en": f".\n..\nFrom here\n{'long' * 300}\n{'é ' * 600}"}
    room = room_with(box, BRUNO, series=replace(SERIES, reminders=(Reminder(86_400, words),)))
    room.before(DAY_MS)
    text = text_of(box.arrived[0])
    assert ".\n..\nFrom here\n" in text
    assert "long" * 300 in text
    assert text.count("é") == 600


# --- the mail server ---


def fates(room: PostRoom) -> dict[str, tuple[str, str]]:
    return {name.partition(":")[0]: fate for name, fate in room.mails().items() if "2592000" in name}


def test_refused_for_ever_or_for_now(room: PostRoom, box: Mailbox) -> None:
    box.says["RCPT", AIGERIM.mail] = "550 no such user"
    box.says["RCPT", BRUNO.mail] = "451 greylisted"
    box.says["DATA", CHIYO.mail] = "554 looks like spam"
    room.before(30 * DAY_MS)
    found = fates(room)
    assert found["aigerim"] == (
        "failed",
        f"The mail server 127.0.0.1 port {box.port} does not take the address of the receiver.",
    )
    assert found["bruno"][0] == "waiting"
    assert found["chiyo"][0] == "failed"
    assert not any("@" in said for _, said in found.values())
    box.says.clear()
    room.before(29 * DAY_MS)
    assert [mail["To"] for mail in box.arrived] == [BRUNO.mail]


def test_a_line_that_breaks_after_the_mail_was_handed_over_sends_nothing_twice(room: PostRoom, box: Mailbox) -> None:
    box.breaks.add("DATA")
    room.before(30 * DAY_MS)
    box.breaks.clear()
    room.before(29 * DAY_MS)
    assert {fates(room)[one] for one in ("aigerim", "bruno", "chiyo")} == {("failed", "uncertain")}
    assert sorted(mail["To"] for mail in box.arrived) == [AIGERIM.mail, BRUNO.mail, CHIYO.mail]


def test_a_line_that_breaks_at_the_farewell_has_done_its_work(room: PostRoom, box: Mailbox) -> None:
    box.breaks.add("QUIT")
    room.before(29 * DAY_MS)
    assert set(fates(room).values()) == {("done", "")}
    assert len(box.arrived) == 3


def test_a_server_that_is_away_is_waited_for(tmp_path: Path) -> None:
    away = Mailbox(tmp_path)
    room = room_with(away, BRUNO)
    room.before(30 * DAY_MS)
    state, said = fates(room)["bruno"]
    assert (state, said) == (
        "waiting",
        f"The mail server 127.0.0.1 port {away.port} cannot be reached: Connection refused.",
    )
    with away:
        room.to(room.clock.at_ms + HOUR_MS)
    assert [mail["To"] for mail in away.arrived] == [BRUNO.mail]


def test_a_server_that_cannot_be_trusted_gets_nothing(box: Mailbox) -> None:
    room = PostRoom(BRUNO, compose=Letters(SITE), mailer=SmtpMailer(box.url, SENDER))
    room.before(30 * DAY_MS)
    assert "cannot be trusted" in fates(room)["bruno"][1]
    assert box.arrived == []


def test_without_a_server_the_essentials_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    room = PostRoom(BRUNO, compose=Letters(SITE), mailer=ConsoleMailer())
    room.before(30 * DAY_MS)
    printed = capsys.readouterr().out
    for line in (BRUNO.mail, "Unconquered, 83 years", "06:00", f"{SITE}/e/", "?answer=coming", "leningrad-2027.ics"):
        assert line in printed
    assert "<html" not in printed
    assert fates(room)["bruno"] == ("done", "")


# --- the layout ---


def test_the_layout() -> None:
    blocks: list[Block] = [
        Paragraph("Dear Amina,"),
        Paragraph("one " * 30 + "\n" + "A line of their own."),
        Facts(("Wednesday", "14:00"), "It begins:"),
        Link("Come in here:", "Come in", f"{SITE}/e/{'x' * 90}"),
        Foot("No more mails:", f"{SITE}/r/x"),
    ]
    text = plain(blocks)
    assert text.splitlines() == [
        "Dear Amina,",
        "",
        ("one " * 18).strip(),
        ("one " * 12).strip(),
        "A line of their own.",
        "",
        "It begins:",
        "  Wednesday",
        "  14:00",
        "",
        "Come in here:",
        f"  {SITE}/e/{'x' * 90}",
        "",
        "-- ",
        "No more mails:",
        f"{SITE}/r/x",
    ]
    assert '<html lang="ar" dir="rtl">' in html(blocks, "ar", "rtl", "Subject")
