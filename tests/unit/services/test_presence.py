"""Seats, tabs and totals, told calmly."""

from dataclasses import replace

import pytest

from memorata.adapters.presence.memory import MemorySeats
from memorata.services.ports import Participant, Report, SyncQuality
from memorata.services.presence import PresenceDesk, mark, row_key
from tests.fakes import FakeAlarm, FakeClock, RecordingPublisher

ID = "remembrance-2027"
CHIYO = Participant("chiyo", ID, "participant", name="Chiyo Sato", community="Osaka", country="JP", consent="first")
BRUNO = Participant("bruno", ID, "participant", name="Bruno Lima", community="Recife", country="BR", consent="full")
AMINA = Participant("amina", ID, "participant", name="Amina", consent="count")
HALL = Participant("hall", ID, "participant", community="Osaka", country="JP", people=80)
HANA = Participant("hana", ID, "host", name="Hana")


class Desk(PresenceDesk):
    """With everything around it in sight."""

    def __init__(self) -> None:
        self.clock, self.publisher = FakeClock(), RecordingPublisher()
        self.alarm = FakeAlarm(self.clock)
        self.is_silent = False
        super().__init__(MemorySeats(), self.publisher, self.clock, self.alarm, lambda _: self.is_silent)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_people_are_counted_by_country(desk: Desk) -> None:
    for who in (CHIYO, BRUNO, AMINA, HALL):
        desk.join(who, "tab")
    totals = desk.totals(ID)
    assert (totals.people, totals.seats, totals.places, totals.elsewhere) == (83, 4, (("BR", 1), ("JP", 81)), 1)
    assert totals.communities == 2


def test_several_tabs_are_one_seat(desk: Desk) -> None:
    desk.join(CHIYO, "one")
    desk.join(CHIYO, "two")
    desk.leave(CHIYO, "one", at_once=True)
    assert desk.totals(ID).seats == 1
    desk.leave(CHIYO, "two", at_once=True)
    assert desk.totals(ID).seats == 0


def test_a_lost_line_keeps_its_seat_for_half_a_minute(desk: Desk) -> None:
    desk.join(CHIYO, "tab")
    desk.leave(CHIYO, "tab")
    desk.alarm.pass_time(29_999)
    desk.expire()
    assert (desk.totals(ID).seats, desk.roster(HANA).rows[0].online) == (1, False)
    desk.alarm.pass_time(1)
    desk.expire()
    assert desk.totals(ID).seats == 0


def test_who_comes_back_in_time_keeps_the_seat(desk: Desk) -> None:
    desk.join(CHIYO, "tab")
    desk.leave(CHIYO, "tab")
    desk.alarm.pass_time(20_000)
    desk.join(CHIYO, "another tab")
    desk.alarm.pass_time(60_000)
    desk.expire()
    assert (desk.totals(ID).seats, desk.roster(HANA).rows[0].online) == (1, True)


def test_a_goodbye_frees_the_seat_at_once(desk: Desk) -> None:
    desk.join(CHIYO, "tab")
    desk.leave(CHIYO, "tab", at_once=True)
    assert desk.totals(ID).seats == 0


def test_leaving_twice_or_without_a_seat_does_nothing(desk: Desk) -> None:
    desk.leave(CHIYO, "tab")
    desk.join(CHIYO, "tab")
    desk.leave(CHIYO, "tab", at_once=True)
    desk.leave(CHIYO, "tab", at_once=True)
    assert desk.totals(ID).seats == 0


def test_a_crowd_is_told_at_most_twice_a_second(desk: Desk) -> None:
    for n in range(100):
        desk.join(replace(CHIYO, id=f"guest {n}"), "tab")
        desk.alarm.pass_time(20)
    assert len(desk.publisher.presences) == 4
    desk.alarm.pass_time(1_000)
    assert len(desk.publisher.presences) == 5
    assert desk.version(ID) == 5
    assert desk.totals(ID).seats == 100


def test_nothing_is_told_while_nothing_changes(desk: Desk) -> None:
    desk.join(CHIYO, "one")
    desk.alarm.pass_time(1_000)
    desk.join(CHIYO, "two")
    desk.leave(CHIYO, "one")
    desk.changed(CHIYO)
    desk.report(CHIYO, Report(None, "locked", False))
    desk.alarm.pass_time(10_000)
    assert len(desk.publisher.presences) == 1


def test_nothing_is_told_during_a_silence_and_once_after_it(desk: Desk) -> None:
    desk.is_silent = True
    for who in (CHIYO, BRUNO, HALL):
        desk.join(who, "tab")
        desk.alarm.pass_time(20_000)
    assert (desk.publisher.presences, desk.publisher.rosters) == ([], [])
    desk.is_silent = False
    desk.alarm.pass_time(5_000)
    assert (desk.publisher.presences, desk.publisher.rosters) == ([ID], [ID])


def in_step(desk: Desk, who: Participant, bound_ms: float | None, sound: str = "running") -> None:
    desk.join(who, "tab")
    desk.report(who, Report(bound_ms, sound, True))  # type: ignore[arg-type]


def test_reports_say_how_well_in_step_the_seats_are(desk: Desk) -> None:
    bounds = (0.0, 5.0, 5.01, 20.0, 20.01, 300.0, None)
    for n, bound_ms in enumerate(bounds):
        in_step(desk, replace(CHIYO, id=f"guest {n}"), bound_ms)
    desk.join(BRUNO, "tab")  # has not reported yet
    assert desk.totals(ID).sync == SyncQuality(ms5=2, ms20=2, unknown=4)


def test_sound_that_is_off_is_counted_beside_the_step(desk: Desk) -> None:
    for who, sound in ((CHIYO, "running"), (BRUNO, "locked"), (HALL, "muted")):
        in_step(desk, who, 2.0, sound)
    in_step(desk, AMINA, None, "locked")
    assert desk.totals(ID).sync == SyncQuality(ms5=3, unknown=1, soundless=3)


def test_a_line_that_is_lost_is_counted_while_it_is_waited_for(desk: Desk) -> None:
    in_step(desk, CHIYO, 2.0, "locked")
    in_step(desk, BRUNO, 2.0)
    desk.join(HANA, "tab")
    desk.alarm.pass_time(2_000)
    told = len(desk.publisher.syncs)
    for who in (CHIYO, HANA):
        desk.leave(who, "tab")
    desk.alarm.pass_time(1_000)
    assert desk.totals(ID).sync == SyncQuality(ms5=2, away=1)
    assert len(desk.publisher.syncs) == told + 1
    desk.join(CHIYO, "another tab")
    assert desk.totals(ID).sync == SyncQuality(ms5=2, soundless=1)
    desk.leave(CHIYO, "another tab")
    desk.alarm.pass_time(30_000)
    desk.expire()
    assert desk.totals(ID).sync == SyncQuality(ms5=1)


def test_staff_are_not_counted_among_those_who_keep_the_step(desk: Desk) -> None:
    in_step(desk, HANA, None, "locked")
    in_step(desk, replace(HANA, id="helper", role="moderator"), 300.0)
    in_step(desk, CHIYO, 2.0)
    assert desk.totals(ID).sync == SyncQuality(ms5=1)
    assert desk.totals(ID).seats == 3


def test_a_report_of_long_ago_counts_for_nothing(desk: Desk) -> None:
    in_step(desk, CHIYO, 2.0, "locked")
    desk.alarm.pass_time(60_000)
    desk.expire()
    assert desk.totals(ID).sync == SyncQuality(ms5=1, soundless=1)
    told = len(desk.publisher.syncs)
    desk.alarm.pass_time(1)
    desk.expire()
    assert desk.totals(ID).sync == SyncQuality(unknown=1)
    desk.alarm.pass_time(1_000)
    assert len(desk.publisher.syncs) == told + 1
    desk.report(CHIYO, Report(2.0, "running", True))
    assert desk.totals(ID).sync == SyncQuality(ms5=1)


def test_how_well_in_step_is_told_to_staff_alone_and_once_a_second(desk: Desk) -> None:
    guests = [replace(CHIYO, id=f"guest {n}") for n in range(50)]
    for guest in guests:
        desk.join(guest, "tab")
    desk.alarm.pass_time(1_000)
    presences, version = len(desk.publisher.presences), desk.version(ID)
    for guest in guests:
        desk.report(guest, Report(2.0, "running", True))
        desk.alarm.pass_time(50)
    desk.alarm.pass_time(1_000)
    assert len(desk.publisher.presences) == presences
    assert desk.publisher.syncs == [ID] * 4
    assert desk.version(ID) == version + 4
    for guest in guests:
        desk.report(guest, Report(3.0, "running", True))
    desk.alarm.pass_time(5_000)
    assert len(desk.publisher.syncs) == 4, "the same class is no news"


def test_reports_during_a_silence_are_told_after_it(desk: Desk) -> None:
    desk.join(CHIYO, "tab")
    desk.alarm.pass_time(1_000)
    desk.is_silent = True
    desk.report(CHIYO, Report(2.0, "running", True))
    desk.alarm.pass_time(30_000)
    assert desk.publisher.syncs == []
    desk.is_silent = False
    desk.alarm.pass_time(2_000)
    assert desk.publisher.syncs == [ID]


def test_a_new_name_or_country_is_told(desk: Desk) -> None:
    desk.join(AMINA, "tab")
    desk.alarm.pass_time(3_000)
    desk.changed(replace(AMINA, country="KE"))
    desk.alarm.pass_time(3_000)
    assert desk.totals(ID).places == (("KE", 1),)
    assert (len(desk.publisher.presences), len(desk.publisher.rosters)) == (2, 2)


def test_participants_see_what_each_consents_to_and_staff_everything(desk: Desk) -> None:
    for who in (CHIYO, BRUNO, AMINA, HALL):
        desk.join(who, "tab")
    seen = [(row.name, row.community, row.country, row.participant_id) for row in desk.roster(AMINA).rows]
    assert seen == [("Bruno Lima", "Recife", "BR", None), ("Chiyo", "", "JP", None)]
    staff = [(row.name, row.participant_id, row.role) for row in desk.roster(HANA).rows]
    assert staff == [
        ("Amina", "amina", "participant"), ("Bruno Lima", "bruno", "participant"),
        ("Chiyo Sato", "chiyo", "participant"), ("", "hall", "participant"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"name_state": "held"}, {"name_state": "hidden"}, {"standing": "waiting"}, {"standing": "removed"},
     {"standing": "banned"}, {"consent": "count"}, {"name": ""}],
)  # fmt: skip
def test_a_name_is_shown_only_as_consent_and_moderation_allow(desk: Desk, change: dict[str, str]) -> None:
    desk.join(replace(BRUNO, **change), "tab")  # type: ignore[arg-type]
    assert desk.roster(AMINA).rows == ()
    assert desk.roster(AMINA, search="recife").rows == ()
    (seen,) = desk.roster(HANA).rows
    assert (seen.participant_id, seen.name_state) == ("bruno", change.get("name_state", "released"))


def test_a_row_has_a_key_that_names_nobody_and_a_mark_for_staff(desk: Desk) -> None:
    desk.join(BRUNO, "tab")
    (public,), (staff,) = desk.roster(AMINA).rows, desk.roster(HANA).rows
    assert public.key == staff.key == row_key("bruno")
    assert "bruno" not in public.key
    assert (public.mark, staff.mark) == (None, mark(BRUNO))
    others = [replace(BRUNO, name="Bruno L."), replace(BRUNO, community="Rio"), replace(BRUNO, name_state="hidden")]
    assert len({mark(who) for who in (BRUNO, *others)}) == 4


def test_who_is_put_out_leaves_the_seat_at_once(desk: Desk) -> None:
    desk.join(BRUNO, "one")
    desk.join(BRUNO, "two")
    desk.put_out(BRUNO)
    desk.leave(BRUNO, "one")
    assert (desk.totals(ID).seats, desk.roster(HANA).rows) == (0, ())


def test_a_search_finds_only_what_is_shown(desk: Desk) -> None:
    desk.join(CHIYO, "tab")
    desk.join(BRUNO, "tab")
    assert [row.name for row in desk.roster(HANA, search=" osaka ").rows] == ["Chiyo Sato"]
    assert desk.roster(AMINA, search="osaka").rows == ()
    assert desk.roster(AMINA, search="sato").rows == ()
    assert [row.name for row in desk.roster(AMINA, search="RECIFE").rows] == ["Bruno Lima"]


def test_the_roster_comes_in_pages_without_gap_or_overlap(desk: Desk) -> None:
    for n in range(120):
        desk.join(replace(BRUNO, id=f"guest {n}", name=f"Guest {n % 60:02}"), "tab")
    names, after, pages = [], None, 0
    while True:
        page = desk.roster(AMINA, after)
        names += [row.name for row in page.rows]
        pages += 1
        if (after := page.next) is None:
            break
    assert (pages, len(names), names) == (3, 120, sorted(names))


def test_a_page_goes_on_where_it_was_though_somebody_left(desk: Desk) -> None:
    guests = [replace(BRUNO, id=f"guest {n}", name=f"Guest {n:02}") for n in range(60)]
    for guest in guests:
        desk.join(guest, "tab")
    after = desk.roster(AMINA).next
    desk.leave(guests[49], "tab", at_once=True)
    assert [row.name for row in desk.roster(AMINA, after).rows] == [guest.name for guest in guests[50:]]


def test_ceremonies_are_apart(desk: Desk) -> None:
    desk.join(CHIYO, "tab")
    desk.join(replace(BRUNO, ceremony_id="another"), "tab")
    assert (desk.totals(ID).seats, desk.totals("another").seats) == (1, 1)
    assert set(desk.ceremonies()) == {ID, "another"}
