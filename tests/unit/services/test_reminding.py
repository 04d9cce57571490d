"""Mails to the people of a series: each once, in time, never too late, and not to those who want or need none."""

from dataclasses import replace
from datetime import date, time

import pytest

from memorata.domain.anniversary import Departure, Reminder, Site
from memorata.domain.errors import Refused
from memorata.domain.rules import Fixed
from memorata.services.planning_ports import Contact
from memorata.services.ports import Letter, MailFault, MailFaultKind
from tests.builders import START_MS
from tests.postroom import AIGERIM, BRUNO, CHIYO, DAY_MS, HOUR_MS, KEY, SERIES, SUBJECT, PostRoom

ALL = (AIGERIM, BRUNO, CHIYO)
TO_ALL = [("aigerim", "reminder"), ("bruno", "reminder"), ("chiyo", "reminder")]
MOVED = Departure("moved", date(2027, 1, 27), at=time(16), reason={"en": "The hall is free later."})
CANCELLED = Departure("cancelled", date(2027, 1, 27), reason={"en": "There is a storm."})
REST_MS = 600_000


@pytest.fixture
def room() -> PostRoom:
    return PostRoom(*ALL)


# --- when ---


def test_everybody_gets_each_reminder_once_at_its_instant(room: PostRoom) -> None:
    for before_ms in (30 * DAY_MS, 7 * DAY_MS, DAY_MS, HOUR_MS):
        room.before(before_ms + 1)
        assert room.taken() == []
        room.before(before_ms)
        assert room.taken() == TO_ALL
    room.before(0)
    assert room.taken() == []
    assert {note.before_ms for note in room.notes} == {None}
    assert {note.starts_ms for note in room.notes} == {START_MS}


def test_each_has_the_organizers_words(room: PostRoom) -> None:
    room.before(7 * DAY_MS)
    said = [note.words.get("en", "") for note in room.notes]
    assert said == [""] * 3 + ["Bring a candle if you have one."] * 3


def test_after_an_outage_people_get_the_last_reminder_alone(room: PostRoom) -> None:
    room.skip(START_MS - 12 * HOUR_MS)
    assert room.taken() == TO_ALL
    states = {one.recipient: (one.state, one.said) for one in room.dues.of_subject(SUBJECT) if one.kind == "reminder"}
    assert states == {
        str(30 * 86_400): ("done", "overtaken"),
        str(7 * 86_400): ("done", "overtaken"),
        str(86_400): ("done", ""),
        str(3_600): ("waiting", ""),
    }


def test_a_reminder_that_is_late_is_sent_until_the_ceremony_begins(room: PostRoom) -> None:
    room.skip(START_MS - 1)
    assert room.taken() == TO_ALL


def test_nobody_is_reminded_of_what_has_begun(room: PostRoom) -> None:
    room.skip(START_MS)
    assert room.taken() == []
    assert (room.due("reminder", "3600").state, room.due("reminder", "3600").said) == ("failed", "begun")


def test_mails_that_were_planned_before_an_outage_are_overtaken_too(room: PostRoom) -> None:
    room.post.fault = "The mail server does not answer."
    room.before(7 * DAY_MS)
    room.post.fault = ""
    room.skip(START_MS - DAY_MS)
    assert room.taken() == TO_ALL
    assert room.mails()["bruno:reminder.604800"] == ("done", "overtaken")
    assert room.mails()["bruno:reminder.86400"] == ("done", "")


def test_a_ceremony_with_a_lead_in_begins_before_its_time() -> None:
    room = PostRoom(BRUNO, series=replace(SERIES, time_of="farewell"))
    room.to(START_MS - 600_000 - HOUR_MS - 1)
    assert room.taken() == [("bruno", "reminder")] * 3
    room.to(START_MS - 600_000 - HOUR_MS)
    assert room.taken() == [("bruno", "reminder")]
    assert room.notes[-1].starts_ms == START_MS - 600_000


def test_a_series_that_is_not_shown_writes_to_nobody(room: PostRoom) -> None:
    (row,) = room.store.all()
    room.store.change(replace(row, published_ms=None, version=2))
    room.before(0)
    assert room.taken() == []


# --- to whom ---


def test_who_is_remembered_or_wants_no_mails_gets_nothing_whatever_waits(room: PostRoom) -> None:
    room.post.fault = "The mail server does not answer."
    room.before(30 * DAY_MS)
    room.set(AIGERIM, in_memory_ms=1)
    room.reminding.unsubscribe(room.token(BRUNO))
    room.post.fault = ""
    room.before(29 * DAY_MS)
    assert room.taken() == [("chiyo", "reminder")]
    assert room.mails()["aigerim:reminder.2592000"] == ("done", "in_memory")
    assert room.mails()["bruno:reminder.2592000"] == ("done", "unsubscribed")
    room.depart(MOVED)
    room.before(DAY_MS)
    assert {whom for whom, _ in room.taken()} == {"chiyo"}
    room.depart(CANCELLED)
    room.before(HOUR_MS)
    assert room.taken() == [("chiyo", "cancel")]


def test_who_cannot_come_hears_of_changes_alone(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    room.reminding.answer(room.token(BRUNO), "cannot")
    room.before(7 * DAY_MS)
    assert room.taken() == [("aigerim", "reminder"), ("chiyo", "reminder")]
    room.depart(MOVED)
    room.before(6 * DAY_MS)
    assert room.taken() == [("aigerim", "change"), ("bruno", "change"), ("chiyo", "change")]
    room.depart(CANCELLED)
    room.before(5 * DAY_MS)
    assert room.taken() == [("aigerim", "cancel"), ("bruno", "cancel"), ("chiyo", "cancel")]


def test_who_has_no_mail_address_or_is_not_invited_is_passed_over() -> None:
    room = PostRoom(replace(AIGERIM, mail=""), BRUNO)
    room.contacts.add([CHIYO])
    room.before(30 * DAY_MS)
    assert room.taken() == [("bruno", "reminder")]
    room.post.fault = "The mail server does not answer."
    room.before(7 * DAY_MS)
    room.contacts.uninvite("leningrad", KEY, "bruno")
    room.post.fault = ""
    room.before(6 * DAY_MS)
    assert room.taken() == []
    assert room.mails()["bruno:reminder.604800"] == ("done", "uninvited")


def test_each_has_a_link_of_their_own_that_stays(room: PostRoom) -> None:
    room.before(7 * DAY_MS)
    keys = {note.contact.id: set[str]() for note in room.notes}
    for note in room.notes:
        assert note.issued is not None
        assert note.issued.invitation.ceremony_id == "leningrad-2027"
        keys[note.contact.id].add(note.issued.key)
    assert [len(found) for found in keys.values()] == [1, 1, 1]
    assert len(room.invitations.made) == 3


def test_two_who_make_a_link_at_once_make_one() -> None:
    room = PostRoom(BRUNO)
    make = room.inviting.make

    def slower(*given: object) -> object:
        made = make(*given)  # type: ignore[arg-type]
        guest = room.contacts.asked["leningrad", KEY, "bruno"]
        if guest.invitation_id is None and len(room.invitations.made) == 1:
            room.inviting.make = make  # type: ignore[method-assign]
            room.reminding.answer(room.token(BRUNO), "coming")
        return made

    room.inviting.make = slower  # type: ignore[method-assign, assignment]
    room.before(30 * DAY_MS)
    good = [one.invitation.id for one in room.invitations.made.values() if one.invitation.revoked_ms is None]
    assert good == [room.contacts.asked["leningrad", KEY, "bruno"].invitation_id]
    assert [note.issued.invitation.id for note in room.notes if note.issued is not None] == good


def test_whose_link_was_taken_back_gets_no_mail_with_it(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    guest = room.contacts.asked["leningrad", KEY, "bruno"]
    room.inviting.revoke("leningrad-2027", [guest.invitation_id or ""])
    room.before(7 * DAY_MS)
    assert room.taken() == [("aigerim", "reminder"), ("chiyo", "reminder")]
    assert room.mails()["bruno:reminder.604800"] == ("done", "revoked")


def test_an_invitation_by_mail_is_sent_once_and_counts_as_told(room: PostRoom) -> None:
    for _ in range(2):
        room.agenda.put(room.reminding.invite_by_mail("leningrad", KEY, ["bruno", "nobody"]))
        room.run()
    assert room.taken() == [("bruno", "invitation")]
    assert room.kept.told == {"": START_MS}
    room.depart(MOVED)
    room.skip(room.clock.at_ms + REST_MS)
    assert room.taken() == [("bruno", "change")]


def test_to_what_is_not_held_nobody_is_invited(room: PostRoom) -> None:
    room.depart(CANCELLED)
    with pytest.raises(Refused, match=r"ceremony\.cancelled"):
        room.reminding.invite_by_mail("leningrad", KEY, ["bruno"])
    (row,) = room.store.all()
    room.store.change(replace(row, published_ms=None, version=row.version + 1))
    with pytest.raises(Refused, match=r"plan\.not_published"):
        room.reminding.invite_by_mail("leningrad", KEY, ["bruno"])


# --- sites ---

RIGA = Site({"en": "Riga"}, "Europe/Riga", time(10), id="riga")
ALMATY = Site({"en": "Almaty"}, "Asia/Almaty", time(12), id="almaty")
ROLLING = replace(SERIES, reach="per_site", sites=(RIGA, ALMATY), reminders=(Reminder(3_600),))
RIGA_MS, ALMATY_MS = START_MS - 3 * HOUR_MS, START_MS - 4 * HOUR_MS


def test_where_each_site_has_its_own_ceremony_people_are_told_of_theirs() -> None:
    vera = replace(CHIYO, id="vera", zone="", site="riga", mail="vera@v.example")
    room = PostRoom(AIGERIM, replace(BRUNO, site="almaty"), CHIYO, vera, series=ROLLING)
    room.to(ALMATY_MS - HOUR_MS)
    assert room.taken() == [("aigerim", "reminder"), ("bruno", "reminder")]
    assert {note.starts_ms for note in room.notes} == {ALMATY_MS}
    room.to(RIGA_MS - HOUR_MS)
    assert room.taken() == [("chiyo", "reminder"), ("vera", "reminder")]
    told = {note.contact.id: (note.held.site, note.zone, note.issued) for note in room.notes}
    assert {who: (site, zone) for who, (site, zone, _) in told.items()} == {
        "aigerim": ("almaty", "Asia/Almaty"),
        "bruno": ("almaty", "America/New_York"),
        "chiyo": ("riga", "Asia/Kathmandu"),
        "vera": ("riga", "Europe/Riga"),
    }
    assert {issued.invitation.ceremony_id for _, _, issued in told.values() if issued is not None} == {
        "leningrad-2027-almaty",
        "leningrad-2027-riga",
    }
    assert room.kept.told == {"riga": RIGA_MS, "almaty": ALMATY_MS}


def test_a_change_at_one_site_is_told_there_alone() -> None:
    room = PostRoom(AIGERIM, CHIYO, series=replace(ROLLING, reminders=(Reminder(86_400),)))
    room.to(RIGA_MS - DAY_MS)
    room.taken()
    room.write(sites=(replace(RIGA, at=time(11)), ALMATY))
    room.skip(room.clock.at_ms + REST_MS)
    assert room.taken() == [("chiyo", "change")]
    assert room.kept.told == {"riga": RIGA_MS + HOUR_MS, "almaty": ALMATY_MS}


# --- another time ---


def test_another_time_is_told_once_to_those_who_know_one(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    late = replace(CHIYO, id="late", mail="late@l.example")
    room.invite(late)
    room.depart(MOVED)
    room.skip(room.clock.at_ms + REST_MS - 1)
    assert room.taken() == []
    room.skip(room.clock.at_ms + 1)
    assert room.taken() == [("aigerim", "change"), ("bruno", "change"), ("chiyo", "change")]
    note = room.notes[-1]
    assert (note.before_ms, note.starts_ms) == (START_MS, START_MS + 2 * HOUR_MS)
    assert note.kept is not None
    assert note.kept.sequence == 1
    assert room.kept.told == {"": START_MS + 2 * HOUR_MS}
    room.to(START_MS + 2 * HOUR_MS - 7 * DAY_MS)
    assert room.taken() == [*TO_ALL[:2], ("chiyo", "reminder"), ("late", "reminder")]


def test_of_three_changes_in_a_row_people_hear_once(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    for hour in (15, 16, 17):
        room.depart(replace(MOVED, at=time(hour)))
        room.skip(room.clock.at_ms + 60_000)
    room.skip(room.clock.at_ms + 2 * REST_MS)
    assert room.taken() == [("aigerim", "change"), ("bruno", "change"), ("chiyo", "change")]
    assert {(note.before_ms, note.starts_ms) for note in room.notes[-3:]} == {(START_MS, START_MS + 3 * HOUR_MS)}


def test_a_change_that_comes_again_while_the_mail_server_is_down_is_told_once(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    room.post.fault = "The mail server does not answer."
    for departures in ((MOVED,), (), (MOVED,)):
        room.depart(*departures)
        room.to(room.clock.at_ms + 2 * REST_MS)
    room.post.fault = ""
    room.to(room.clock.at_ms + 2 * HOUR_MS)
    assert room.taken() == [("aigerim", "change"), ("bruno", "change"), ("chiyo", "change")]


def test_when_it_is_as_told_again_nobody_hears_of_it(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    room.depart(MOVED)
    room.skip(room.clock.at_ms + 60_000)
    room.depart()
    room.skip(room.clock.at_ms + 2 * REST_MS)
    assert room.taken() == []
    assert room.kept.sequence == 2


def test_a_change_nobody_has_been_told_before_is_no_message(room: PostRoom) -> None:
    room.depart(MOVED)
    room.before(30 * DAY_MS + HOUR_MS)
    assert room.taken() == []
    room.before(30 * DAY_MS - 2 * HOUR_MS)
    assert room.taken() == TO_ALL
    assert room.notes[-1].starts_ms == START_MS + 2 * HOUR_MS


def test_a_mail_never_says_an_hour_that_does_not_hold_any_more(room: PostRoom) -> None:
    """It is moved while the mail server is down: the reminder says the new hour, and nobody hears of a change."""
    room.post.fault = "The mail server does not answer."
    room.before(30 * DAY_MS)
    room.depart(MOVED)
    room.post.fault = ""
    room.before(29 * DAY_MS)
    assert room.taken() == TO_ALL
    assert {note.starts_ms for note in room.notes[-3:]} == {START_MS + 2 * HOUR_MS}
    assert room.mails()["bruno:reminder.2592000"] == ("done", "moved")
    room.depart(replace(MOVED, at=time(17)))
    room.before(28 * DAY_MS)
    assert [(note.before_ms, note.starts_ms) for note in room.notes[-3:]] == [
        (START_MS + 2 * HOUR_MS, START_MS + 3 * HOUR_MS)
    ] * 3


def test_who_has_heard_the_new_hour_first_is_not_told_that_it_has_changed(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    late = replace(CHIYO, id="late", mail="late@l.example")
    room.invite(late)
    room.depart(MOVED)
    room.agenda.put(room.reminding.invite_by_mail("leningrad", KEY, ["late"]))
    room.skip(room.clock.at_ms + REST_MS)
    assert room.taken() == [("aigerim", "change"), ("bruno", "change"), ("chiyo", "change"), ("late", "invitation")]


def test_a_change_that_breaks_off_in_the_middle_is_told_once_all_the_same(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    room.depart(MOVED)
    kill = room.store.change_occurrence
    room.store.change_occurrence = _dies  # type: ignore[method-assign, assignment]
    with pytest.raises(SystemExit):
        room.skip(room.clock.at_ms + REST_MS)
    room.store.change_occurrence = kill  # type: ignore[method-assign]
    room.restart()
    room.skip(room.clock.at_ms + 2 * REST_MS)
    assert room.taken() == [("aigerim", "change"), ("bruno", "change"), ("chiyo", "change")]
    assert room.kept.told == {"": START_MS + 2 * HOUR_MS}


# --- not held ---


def test_what_is_not_held_is_told_once_to_those_who_know_of_it(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    room.invite(replace(CHIYO, id="late", mail="late@l.example"))
    room.depart(CANCELLED)
    room.skip(room.clock.at_ms + REST_MS)
    assert room.taken() == [("aigerim", "cancel"), ("bruno", "cancel"), ("chiyo", "cancel")]
    note = room.notes[-1]
    assert (note.starts_ms, note.occurrence.reason, note.issued) == (START_MS, {"en": "There is a storm."}, None)
    room.before(0)
    assert room.taken() == []


def test_what_is_held_after_all_is_told_too(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.depart(CANCELLED)
    room.skip(room.clock.at_ms + REST_MS)
    room.taken()
    room.depart()
    room.skip(room.clock.at_ms + REST_MS)
    assert room.taken() == [("aigerim", "change"), ("bruno", "change"), ("chiyo", "change")]
    assert (room.notes[-1].before_ms, room.notes[-1].starts_ms) == (None, START_MS)


def test_cancelled_and_back_within_minutes_nobody_hears_of_it(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    room.depart(CANCELLED)
    room.skip(room.clock.at_ms + 60_000)
    room.depart()
    room.skip(room.clock.at_ms + 2 * REST_MS)
    assert room.taken() == []


def test_moved_and_then_cancelled_names_the_hour_that_people_knew(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.depart(replace(MOVED, to=date(2027, 1, 28)))
    room.skip(room.clock.at_ms + REST_MS)
    room.taken()
    room.depart(CANCELLED)
    room.skip(room.clock.at_ms + REST_MS)
    assert len(room.taken()) == 3
    assert room.notes[-1].starts_ms == START_MS + DAY_MS + 2 * HOUR_MS


def test_a_date_that_the_rule_has_no_more_is_called_off(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    room.write(rule=Fixed(1, 27), base_date=date(2027, 1, 28))
    room.skip(room.clock.at_ms + REST_MS)
    assert room.taken() == [("aigerim", "cancel"), ("bruno", "cancel"), ("chiyo", "cancel")]
    assert room.notes[-1].starts_ms == START_MS


def test_after_a_change_of_the_rule_those_who_knew_hear_the_other_day(room: PostRoom) -> None:
    room.before(30 * DAY_MS)
    room.taken()
    room.invite(replace(CHIYO, id="late", mail="late@l.example"))
    room.write(rule=Fixed(1, 29))
    room.skip(room.clock.at_ms + REST_MS)
    assert room.taken() == [("aigerim", "change"), ("bruno", "change"), ("chiyo", "change")]
    assert (room.notes[-1].before_ms, room.notes[-1].starts_ms) == (START_MS, START_MS + 2 * DAY_MS)


# --- the mail server ---


class Server:
    """A mailer that fails as it is told to."""

    configured = True

    def __init__(self, room_sent: list[Letter]) -> None:
        self.sent = room_sent
        self.tried: list[str] = []
        self.kinds: dict[str, MailFaultKind] = {}

    def send(self, letter: Letter) -> None:
        self.tried.append(letter.to)
        if kind := self.kinds.get(letter.to, self.kinds.get("*")):
            raise MailFault(f"fault: {kind}", kind)
        self.sent.append(letter)


@pytest.fixture
def server(room: PostRoom) -> Server:
    found = Server(room.post.sent)
    room.mailer = found
    room.restart()
    return found


def test_a_server_that_is_down_is_asked_less_and_less_until_it_is_back(room: PostRoom, server: Server) -> None:
    server.kinds["*"] = "server"
    room.before(30 * DAY_MS)
    assert len(server.tried) == 1, "one mail has found out for all"
    assert room.reminding.mail_fault == "fault: server"
    room.before(29 * DAY_MS)
    assert 25 < len(server.tried) < 90
    assert room.taken() == []
    server.kinds.clear()
    room.to(room.clock.at_ms + HOUR_MS + 60_000)
    assert room.taken() == TO_ALL
    assert room.reminding.mail_fault == ""


def test_near_the_ceremony_it_is_asked_more_often_and_at_the_start_no_more(room: PostRoom, server: Server) -> None:
    room.before(HOUR_MS + 1)
    room.taken()
    server.kinds["*"] = "server"
    room.before(120_000)
    server.tried.clear()
    room.before(1)
    assert server.tried != []
    room.to(START_MS + HOUR_MS)
    assert room.taken() == []
    assert room.mails()["bruno:reminder.3600"] == ("failed", "fault: server")


def test_a_mail_that_is_not_taken_now_is_tried_again_and_holds_nobody_up(room: PostRoom, server: Server) -> None:
    server.kinds[BRUNO.mail] = "later"
    room.before(30 * DAY_MS)
    assert room.taken() == [("aigerim", "reminder"), ("chiyo", "reminder")]
    assert room.mails()["bruno:reminder.2592000"] == ("waiting", "fault: later")
    server.kinds.clear()
    room.skip(room.clock.at_ms + 60_000)
    assert room.taken() == [("bruno", "reminder")]


def test_an_address_that_is_refused_fails_and_the_others_go_on(room: PostRoom, server: Server) -> None:
    server.kinds[AIGERIM.mail] = "refused"
    room.before(29 * DAY_MS)
    assert room.taken() == [("bruno", "reminder"), ("chiyo", "reminder")]
    assert room.mails()["aigerim:reminder.2592000"] == ("failed", "fault: refused")
    assert server.tried.count(AIGERIM.mail) == 1


def test_a_mail_that_has_perhaps_been_sent_is_not_sent_again(room: PostRoom, server: Server) -> None:
    server.kinds[BRUNO.mail] = "uncertain"
    room.before(29 * DAY_MS)
    assert server.tried.count(BRUNO.mail) == 1
    assert room.mails()["bruno:reminder.2592000"] == ("failed", "uncertain")
    server.kinds.clear()
    room.depart(MOVED)
    room.skip(room.clock.at_ms + REST_MS)
    assert ("bruno", "change") in room.taken(), "they may know the old hour"


def test_a_process_that_dies_in_the_middle_sends_nothing_twice(room: PostRoom) -> None:
    """Killed after the mail went and before that was written down."""
    send = room.post.send

    def dying(letter: Letter) -> None:
        send(letter)
        raise SystemExit

    room.post.send = dying  # type: ignore[method-assign]
    with pytest.raises(SystemExit):
        room.before(30 * DAY_MS)
    room.post.send = send  # type: ignore[method-assign]
    (first,) = room.taken()
    room.restart()
    room.skip(room.clock.at_ms + 2 * REST_MS)
    assert room.taken() == [one for one in TO_ALL if one != first]
    assert room.mails()[f"{first[0]}:reminder.2592000"] == ("failed", "uncertain")


def test_pressed_again_by_a_person_it_goes_once_more_under_the_same_name(room: PostRoom, server: Server) -> None:
    server.kinds[BRUNO.mail] = "refused"
    room.before(30 * DAY_MS)
    server.kinds.clear()
    room.taken()
    failed = room.due("mail", "bruno:reminder.2592000")
    room.agenda.again(failed.id)
    room.run()
    assert room.taken() == [("bruno", "reminder")]
    names = [note.name for note in room.notes if note.contact.id == "bruno"]
    assert len(names) == 2
    assert len(set(names)) == 1
    assert len({note.name for note in room.notes}) == 3


# --- answers ---


def test_an_answer_is_written_down_and_can_be_changed(room: PostRoom) -> None:
    found = room.reminding.of(room.token(BRUNO))
    assert (found.contact.id, found.starts_ms, found.ends_ms) == ("bruno", START_MS, START_MS + 900_000)
    assert (found.guest.answer, found.issued) == ("", None)
    found = room.reminding.answer(room.token(BRUNO), "coming")
    assert found.guest.answer == "coming"
    assert found.issued is not None
    assert found.issued.invitation.ceremony_id == "leningrad-2027"
    room.clock.forward(1_000)
    assert room.reminding.answer(room.token(BRUNO), "cannot").guest.answered_ms == room.clock.at_ms
    assert room.reminding.of(room.token(AIGERIM)).guest.answer == ""


def test_a_token_is_for_one_person_and_one_date_of_one_series(room: PostRoom) -> None:
    good = room.token(BRUNO)
    who, day, mac = good.split(".")
    assert len(mac) == 22, "128 bits"
    foreign = room.keys.reply("another", KEY, "bruno")
    wrong = [
        "",
        "x",
        mac,
        f"chiyo.{day}.{mac}",
        f"{who}.20280127.{mac}",
        f"{who}.{day}.{mac[:-1]}",
        f"{who}.{day}.{'A' * 22}",
        foreign,
        good + "é",
        f"nobody.{day}.{mac}",
    ]
    for token in wrong:
        with pytest.raises(Refused, match=r"link\.unknown"):
            room.reminding.of(token)
        with pytest.raises(Refused, match=r"link\.unknown"):
            room.reminding.unsubscribe(token)


def test_no_answer_is_taken_for_what_is_over_or_not_held(room: PostRoom) -> None:
    room.clock.at_ms = START_MS + 900_000 - 1
    room.reminding.answer(room.token(BRUNO), "coming")
    room.clock.at_ms = START_MS + 900_000
    with pytest.raises(Refused, match=r"reply\.over"):
        room.reminding.answer(room.token(BRUNO), "cannot")
    room.clock.at_ms = START_MS - DAY_MS
    room.depart(CANCELLED)
    with pytest.raises(Refused, match=r"ceremony\.cancelled"):
        room.reminding.answer(room.token(BRUNO), "cannot")
    assert room.reminding.of(room.token(BRUNO)).occurrence.cancelled


def test_the_link_of_somebody_remembered_or_uninvited_is_no_longer_in_use(room: PostRoom) -> None:
    room.set(BRUNO, in_memory_ms=1)
    room.contacts.uninvite("leningrad", KEY, "chiyo")
    for contact in (BRUNO, CHIYO):
        with pytest.raises(Refused, match=r"link\.revoked"):
            room.reminding.of(room.token(contact))


def test_a_link_from_before_a_change_of_the_rule_is_still_good(room: PostRoom) -> None:
    room.write(rule=Fixed(1, 29))
    found = room.reminding.answer(room.token(BRUNO), "coming")
    assert (found.guest.key, found.starts_ms) == ("2027-01-29", START_MS + 2 * DAY_MS)


def test_no_more_mails_can_be_asked_for_and_taken_back(room: PostRoom) -> None:
    for _ in range(2):
        room.reminding.unsubscribe(room.token(BRUNO))
    assert _unsubscribed_ms(room) == room.clock.at_ms
    assert room.contacts.known["bruno"].version == 2
    room.reminding.unsubscribe(room.token(BRUNO), wanted=True)
    assert _unsubscribed_ms(room) is None
    contact, title = room.reminding.subscriber(room.token(BRUNO))
    assert (contact.id, title) == ("bruno", SERIES.title)


def test_no_more_mails_can_be_asked_for_when_the_series_is_gone(room: PostRoom) -> None:
    (row,) = room.store.all()
    room.store.change(replace(row, removed_ms=1, version=row.version + 1))
    room.reminding.unsubscribe(room.token(BRUNO))
    assert room.reminding.subscriber(room.token(BRUNO))[1] == {}
    assert _unsubscribed_ms(room) is not None


def test_five_hundred_people_at_once() -> None:
    people = [Contact(f"p{n}", "leningrad", f"Person {n}", mail=f"p{n}@p.example") for n in range(500)]
    room = PostRoom(*people)
    room.before(30 * DAY_MS)
    assert len(room.taken()) == 500
    assert len(room.invitations.made) == 500


def _dies(*_: object) -> None:
    raise SystemExit


def _unsubscribed_ms(room: PostRoom) -> int | None:
    return room.contacts.known["bruno"].unsubscribed_ms
