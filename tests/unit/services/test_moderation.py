"""What moderators decide: once each, gone from every screen, and undone as if it had not been."""

from dataclasses import replace
from typing import Any

import pytest

from memorata.adapters.presence.memory import MemorySeats
from memorata.domain import commands as c
from memorata.domain import moderating as m
from memorata.domain.errors import Refused
from memorata.domain.items import Wishes
from memorata.services.live import LiveCeremonies
from memorata.services.moderation import Moderation
from memorata.services.ports import Participant, Stamped
from memorata.services.presence import PresenceDesk, mark, row_key
from memorata.services.waiting import PAGE
from tests.builders import START_MS, a_programme, a_silence, an_item
from tests.fakes import FakeAlarm, FakeClock, MemoryLog, MemoryParticipants, RecordingPublisher

ID = "remembrance-2027"
HANA = Participant("hana", ID, "moderator", name="Hana")
IDRIS = Participant("idris", ID, "moderator", name="Idris")
HOST = Participant("host", ID, "host", name="Host")
CHIYO = Participant("chiyo", ID, "participant", name="Chiyo Sato", community="Osaka", consent="full", name_state="held")
BRUNO = Participant("bruno", ID, "participant", name="Bruno", consent="first", name_state="released")
FAR = Participant("far", "another", "participant", name="Far", consent="full", name_state="held")


class Room:
    """A ceremony with people in it, and one process' desk of moderators; `another` is that of a second process."""

    def __init__(self) -> None:
        self.clock = FakeClock(START_MS - 60_000)
        self.alarm = FakeAlarm(self.clock)
        self.log, self.participants, self.publisher = MemoryLog(), MemoryParticipants(), RecordingPublisher()
        self.ceremonies, self.presence, self.desk = self.another(self.publisher)
        items = (an_item("wishes", Wishes(max_chars=200), 600), a_silence())
        self.ceremonies.plan(a_programme(items=items, at_ms=START_MS))
        self.ceremonies.plan(replace(a_programme(items=items, at_ms=START_MS), ceremony_id="another"))
        self.ceremonies.settle(ID)
        for who in (HANA, IDRIS, HOST, CHIYO, BRUNO, FAR):
            self.participants.add(who, who.id, self.clock.now_ms())
            self.presence.join(who, "tab")
        self.clock.forward(1_000)
        self.cue("wishes", 0)
        self.desk.start()
        self.desk.follow()
        self.publisher.names_taken.clear()
        self.publisher.outside.clear()

    def another(self, publisher: RecordingPublisher) -> tuple[LiveCeremonies, PresenceDesk, Moderation]:
        ceremonies = LiveCeremonies(
            self.log, self.clock, publisher, written=lambda ceremony_id: desk.touch(ceremony_id)
        )
        presence = PresenceDesk(MemorySeats(), publisher, self.clock, self.alarm, ceremonies.silent)
        desk = Moderation(self.participants, ceremonies, presence, publisher, self.clock, self.alarm)
        return ceremonies, presence, desk

    def cue(self, item_id: str, aimed: int) -> None:
        self.ceremonies.handle(ID, c.CueItem(item_id, aimed), c.Actor("host", "host"), "")
        self.clock.forward(3_000)

    def now(self, who: Participant) -> Participant:
        found = self.participants.find(who.id)
        assert found is not None
        return found

    def act(self, act: type[m.Act], *people: Participant, by: Participant = HANA, **aimed: str) -> Any:
        marks = {who.id: mark(self.now(who)) for who in people} | aimed
        fields: dict[str, Any] = {"aimed": marks}
        if act in (m.RemovePerson, m.BanPerson, m.RestorePerson):
            fields["id"] = people[0].id
        else:
            fields["ids"] = tuple(who.id for who in people)
        return self.desk.act(by, act(**fields))

    def wish(self, who: Participant, wish_id: str, *, released: bool = True) -> None:
        self.ceremonies.handle(
            ID, c.OfferWish("wishes", f"Words of {who.name}"), c.Actor(who.id, "participant", wish_id), ""
        )
        if released:
            self.ceremonies.handle(ID, c.ReleaseWish(wish_id), c.Actor("hana", "moderator"), "")

    def asks(self, who: Participant, entry_id: str) -> None:
        asked = c.RequestFloor("memory", who.name)
        self.ceremonies.handle(ID, asked, c.Actor(who.id, "participant", entry_id), "")
        self.ceremonies.handle(ID, c.CallNext(entry_id), c.Actor("host", "host"), "")

    def wishes(self) -> dict[str, str]:
        return {wish.id: wish.state for wish in self.ceremonies.state(ID).tributes.wishes}

    def entries(self) -> dict[str, str]:
        return {entry.id: entry.state for entry in self.ceremonies.state(ID).floor.entries}


@pytest.fixture
def room() -> Room:
    return Room()


def refusal(room: Room, *args: Any, **how: Any) -> Refused:
    with pytest.raises(Refused) as no:
        room.act(*args, **how)
    return no.value


def test_a_name_is_seen_once_it_is_released_and_no_more_when_it_is_hidden(room: Room) -> None:
    seen = lambda: [row.name for row in room.presence.roster(BRUNO).rows]  # noqa: E731
    assert seen() == ["Bruno"]
    (row,) = room.act(m.ReleaseNames, CHIYO).rows
    assert (row.kind, row.by, row.done) == ("inside", "Hana", "person.release")
    assert seen() == ["Bruno", "Chiyo Sato"]
    room.act(m.HideNames, CHIYO)
    assert seen() == ["Bruno"]
    assert room.publisher.names_taken == [row_key("chiyo")]
    assert room.publisher.outside == []


@pytest.mark.parametrize("act", [m.RemovePerson, m.BanPerson, m.HideNames])
def test_in_one_go_words_request_and_name_are_gone_and_come_back_by_one_undo(room: Room, act: type[m.Act]) -> None:
    room.wish(BRUNO, "w1")
    room.wish(BRUNO, "w2")
    room.wish(BRUNO, "held", released=False)
    room.wish(CHIYO, "hers")
    room.asks(BRUNO, "f1")
    before = room.now(BRUNO)
    room.act(act, BRUNO)
    assert room.wishes() == {"w1": "withheld", "w2": "withheld", "held": "held", "hers": "released"}
    assert room.entries() == {"f1": "withdrawn"}
    assert {entry.name for entry in room.ceremonies.public(ID).floor.entries} == {""}
    assert room.presence.roster(CHIYO).rows == ()
    assert room.publisher.names_taken == [row_key("bruno")]
    outside = act is not m.HideNames
    assert room.publisher.outside == (["bruno"] if outside else [])
    assert room.presence.totals(ID).seats == (4 if outside else 5)
    assert room.now(BRUNO).standing in (("removed", "banned") if outside else ("admitted",))

    room.clock.forward(3_600_000 if act is m.BanPerson else 9_000)  # the server undoes at any time
    (row,) = room.act(m.RestorePerson, BRUNO, by=IDRIS).rows
    assert room.wishes() == {"w1": "released", "w2": "released", "held": "held", "hers": "released"}
    assert room.entries() == {"f1": "accepted"}
    after = room.now(BRUNO)
    assert (after.standing, after.name_state) == (before.standing, before.name_state)
    assert (row.by, row.done) == ("Idris", "person.restore")
    assert refusal(room, m.RestorePerson, BRUNO).code == "moderation.changed"


def test_what_an_earlier_act_took_comes_back_when_the_later_one_is_undone_too_far_to_tell(room: Room) -> None:
    room.wish(BRUNO, "w1")
    room.act(m.HideNames, BRUNO)
    room.act(m.BanPerson, BRUNO)
    room.act(m.RestorePerson, BRUNO)
    assert (room.now(BRUNO).standing, room.now(BRUNO).name_state) == ("admitted", "hidden")
    assert room.wishes() == {"w1": "withheld"}, "the name is hidden still, and so are the words"
    room.act(m.ReleaseNames, BRUNO)
    assert room.wishes() == {"w1": "withheld"}, "words that were taken wait for a decision of their own"


def test_a_decision_about_a_wish_in_between_is_left_as_it_is(room: Room) -> None:
    room.wish(BRUNO, "w1")
    room.wish(BRUNO, "w2")
    room.act(m.BanPerson, BRUNO)
    room.ceremonies.handle(ID, c.ReleaseWish("w2"), c.Actor("idris", "moderator"), "")
    room.act(m.RestorePerson, BRUNO)
    assert room.wishes() == {"w1": "released", "w2": "released"}


def test_two_moderators_never_act_on_the_same_one_unknowingly(room: Room) -> None:
    seen = mark(CHIYO)
    room.act(m.ReleaseNames, CHIYO, by=IDRIS)
    late = refusal(room, m.HideNames, CHIYO, chiyo=seen)
    assert (late.code, late.facts["by"], late.facts["what"]) == ("moderation.changed", "Idris", "person.release")
    assert [row["name"] for row in late.facts["rows"]] == ["Chiyo Sato"]  # type: ignore[attr-defined]
    assert room.now(CHIYO).name_state == "released"


def test_a_name_changed_since_it_was_read_is_not_released(room: Room) -> None:
    seen = mark(CHIYO)
    assert room.participants.change(CHIYO, replace(CHIYO, name="Another"), room.clock.now_ms())
    assert refusal(room, m.ReleaseNames, CHIYO, chiyo=seen).code == "moderation.changed"
    assert refusal(room, m.ReleaseNames, CHIYO, chiyo="").code == "moderation.changed"
    assert room.now(CHIYO).name_state == "held"


def test_who_is_first_in_the_store_is_first(room: Room) -> None:
    def meanwhile() -> None:
        assert room.participants.change(CHIYO, replace(CHIYO, name_state="released"), 0)

    room.participants.before_change = meanwhile
    assert refusal(room, m.HideNames, CHIYO).code == "moderation.changed"
    assert room.now(CHIYO).name_state == "released"


def test_of_many_those_are_left_that_somebody_else_has_decided(room: Room) -> None:
    guests = [replace(CHIYO, id=f"guest {n}") for n in range(30)]
    for guest in guests:
        room.participants.add(guest, guest.id, room.clock.now_ms())
    room.act(m.HideNames, guests[7], by=IDRIS)
    done = room.act(m.ReleaseNames, *guests, **{"guest 7": mark(guests[7])})
    assert (len(done.rows), [row.id for row in done.changed], done.changed[0].by) == (29, ["guest 7"], "Idris")
    assert room.now(guests[7]).name_state == "hidden"


def test_those_who_wait_are_let_in_one_by_one_or_all_and_their_names_stay_held(room: Room) -> None:
    guests = [replace(CHIYO, id=f"guest {n}", standing="waiting") for n in range(60)]
    for guest in guests:
        room.participants.add(guest, guest.id, room.clock.now_ms())
    assert room.desk.waiting(HANA).counts.door == 60
    room.act(m.AdmitPeople, guests[0])
    room.act(m.RefusePeople, guests[1])
    room.desk.act(HANA, m.AdmitAll())
    standings = [room.now(guest).standing for guest in guests]
    assert (standings.count("admitted"), standings[1]) == (59, "refused")
    assert {room.now(guest).name_state for guest in guests} == {"held"}
    assert room.publisher.outside == ["guest 1"]
    room.act(m.RestorePerson, guests[1])
    assert room.now(guests[1]).standing == "waiting"


def test_staff_strangers_and_other_ceremonies_are_not_for_this_moderator(room: Room) -> None:
    for act in (m.RemovePerson, m.BanPerson, m.HideNames):
        assert refusal(room, act, HOST).code == "person.leads"
        assert refusal(room, act, FAR).code == "person.unknown"
    with pytest.raises(Refused, match=r"person\.unknown"):
        room.desk.act(HANA, m.BanPerson("nobody", {}))
    before = dict(room.participants.known)
    for act in m.ACTS.values():
        if act is m.AdmitAll:
            with pytest.raises(Refused, match=r"role\.not_allowed"):
                room.desk.act(BRUNO, m.AdmitAll())
        else:
            assert refusal(room, act, CHIYO, by=BRUNO).code == "role.not_allowed"
    with pytest.raises(Refused, match=r"role\.not_allowed"):
        room.desk.waiting(BRUNO)
    with pytest.raises(Refused, match=r"role\.not_allowed"):
        room.desk.look(BRUNO, "chiyo")
    assert room.participants.known == before


def test_an_attacker_is_put_out_in_a_silence_and_nothing_comes_back_into_it(room: Room) -> None:
    room.wish(BRUNO, "w1")
    room.asks(BRUNO, "f1")
    room.cue("minute", 1)
    while not room.ceremonies.silent(ID):
        room.clock.forward(500)
    room.act(m.BanPerson, BRUNO)
    assert (room.wishes(), room.entries()) == ({"w1": "withheld"}, {"f1": "withdrawn"})
    room.act(m.RestorePerson, BRUNO)
    room.desk.follow()
    assert room.now(BRUNO).standing == "admitted"
    assert (room.wishes(), room.entries()) == ({"w1": "withheld"}, {"f1": "withdrawn"})
    while room.ceremonies.silent(ID):
        room.clock.forward(500)
    room.ceremonies.settle(ID)
    room.desk.follow()
    assert (room.wishes(), room.entries()) == ({"w1": "released"}, {"f1": "accepted"})


def test_the_list_holds_all_that_waits_the_oldest_first_and_in_pages(room: Room) -> None:
    for n in range(120):
        room.clock.forward(10)
        guest = replace(CHIYO, id=f"guest {n:03}", standing="waiting" if n % 2 else "admitted")
        room.participants.add(guest, guest.id, room.clock.now_ms())
        if n % 40 == 0:
            room.wish(BRUNO, f"wish {n}", released=False)
    rows: list[Any] = []
    after, pages = None, 0
    while True:
        page = room.desk.waiting(HANA, after)
        assert len(page.rows) <= PAGE
        rows += page.rows
        pages += 1
        if (after := page.next) is None:
            break
    assert (pages, len(rows), len({row.id for row in rows})) == (3, 124, 124)
    assert [row.since_ms for row in rows] == sorted(row.since_ms for row in rows)
    assert (page.counts.door, page.counts.names, page.counts.wishes) == (60, 61, 3)
    for only, kinds in {"door": {"door"}, "names": {"name"}, "wishes": {"wish"}, "out": set()}.items():
        assert {row.kind for row in room.desk.waiting(HANA, None, only).rows} == kinds  # type: ignore[arg-type]
    wish = next(row for row in rows if row.kind == "wish")
    assert (wish.text, wish.person, wish.mark, wish.person_mark) == ("Words of Bruno", "bruno", "held", mark(BRUNO))
    assert room.desk.waiting(HANA, "nonsense").rows == room.desk.waiting(HANA).rows


def test_the_words_of_those_who_are_out_wait_for_nobody(room: Room) -> None:
    room.wish(BRUNO, "w1", released=False)
    assert room.desk.waiting(HANA).counts.wishes == 1
    room.act(m.BanPerson, BRUNO)
    assert room.desk.waiting(HANA).counts.wishes == 0
    assert [row.id for row in room.desk.waiting(HANA, None, "out").rows] == ["bruno"]
    room.act(m.RestorePerson, BRUNO)
    assert room.desk.waiting(HANA).counts.wishes == 1


def test_staff_are_told_at_most_twice_a_second(room: Room) -> None:
    room.alarm.pass_time(2_000)
    room.publisher.hints.clear()
    for n in range(100):
        room.wish(replace(BRUNO, id=f"guest {n}"), f"w{n}", released=False)
        room.alarm.pass_time(20)
    room.alarm.pass_time(1_000)
    assert 2 <= len(room.publisher.hints) <= 5
    assert room.publisher.hints[-1].counts.wishes == 100


def test_a_hint_says_which_rows_are_not_what_they_were(room: Room) -> None:
    room.alarm.pass_time(2_000)
    room.publisher.hints.clear()
    room.act(m.ReleaseNames, CHIYO)
    room.alarm.pass_time(1_000)
    ((row,),) = [hint.rows for hint in room.publisher.hints]
    assert (row.id, row.mark, row.by, row.done) == ("chiyo", mark(room.now(CHIYO)), "Hana", "person.release")


def test_another_process_follows_within_a_second(room: Room) -> None:
    there = RecordingPublisher()
    _, presence, desk = room.another(there)
    desk.start()
    assert set(room.alarm.repeated) == {"moderation"}
    presence.join(BRUNO, "tab")
    presence.join(replace(CHIYO, name_state="released"), "tab")
    desk.follow()
    there.names_taken.clear()
    there.outside.clear()
    room.act(m.BanPerson, BRUNO)
    room.act(m.HideNames, CHIYO)
    desk.follow()
    assert set(there.outside) >= {"bruno"}
    assert sorted(there.names_taken) == sorted([row_key("bruno"), row_key("chiyo")])
    assert presence.roster(AMINA).rows == ()
    there.outside.clear()
    there.names_taken.clear()
    desk.follow()
    assert (there.outside, there.names_taken) == (["bruno"], []), "once more, for whoever was just coming in"


def test_a_crowd_that_came_a_while_ago_is_not_read_again_and_again(room: Room) -> None:
    asked: list[int] = []
    read = room.participants.changed_since

    def counted(at_ms: int) -> tuple[Stamped, ...]:
        found = read(at_ms)
        asked.append(len(found))
        return found

    room.participants.changed_since = counted  # type: ignore[method-assign]
    for n in range(100):
        room.participants.add(replace(CHIYO, id=f"guest-{n}"), f"guest-{n}", room.clock.now_ms())
    for _ in range(20):
        room.desk.follow()
        room.clock.forward(1_000)
    assert asked[0] >= 100
    assert asked[-1] == 0


def test_what_is_written_late_is_heard_all_the_same(room: Room) -> None:
    for _ in range(20):
        room.desk.follow()
        room.clock.forward(1_000)
    late_ms = room.clock.now_ms() - 9_000
    assert room.participants.change(BRUNO, replace(BRUNO, standing="banned"), late_ms)
    room.desk.follow()
    assert "bruno" in room.publisher.outside


AMINA = Participant("amina", ID, "participant")


def test_who_reads_what_is_told_to_the_others_and_forgotten_when_they_leave(room: Room) -> None:
    room.desk.look(HANA, "chiyo")
    room.desk.look(IDRIS, None)
    assert [(look.name, look.entry) for look in room.desk.waiting(IDRIS).others] == [("Hana", "chiyo")]
    assert [(look.name, look.entry) for look in room.desk.waiting(HANA).others] == [("Idris", None)]
    room.desk.away(ID, "hana")
    room.desk.away(ID, "hana")
    assert room.desk.waiting(IDRIS).others == ()
    assert [(look.by, look.entry) for look in room.publisher.looks] == [
        ("hana", "chiyo"), ("idris", None), ("hana", ""),
    ]  # fmt: skip


def test_a_busy_store_leaves_no_decision_half_done(room: Room) -> None:
    room.wish(BRUNO, "w1")
    room.log.busy = True
    room.act(m.BanPerson, BRUNO)
    assert (room.now(BRUNO).standing, room.wishes()) == ("banned", {"w1": "released"})
    room.desk.follow()
    assert room.wishes() == {"w1": "released"}
    room.log.busy = False
    room.desk.follow()
    assert room.wishes() == {"w1": "withheld"}


def test_who_is_put_out_again_before_the_silence_is_over_gets_nothing_back(room: Room) -> None:
    room.wish(BRUNO, "w1")
    room.cue("minute", 1)
    while not room.ceremonies.silent(ID):
        room.clock.forward(500)
    for act in (m.BanPerson, m.RestorePerson, m.BanPerson):
        room.act(act, BRUNO)
    while room.ceremonies.silent(ID):
        room.clock.forward(500)
    room.ceremonies.settle(ID)
    room.desk.follow()
    assert room.wishes() == {"w1": "withheld"}


def test_old_news_does_not_undo_what_was_decided_since(room: Room) -> None:
    stale = room.participants.changed_since(0)
    room.act(m.ReleaseNames, CHIYO)
    read = room.participants.changed_since
    room.participants.changed_since = lambda _: stale  # type: ignore[method-assign]
    room.desk.follow()
    room.participants.changed_since = read  # type: ignore[method-assign]
    assert [row.name for row in room.presence.roster(BRUNO).rows] == ["Bruno", "Chiyo Sato"]
