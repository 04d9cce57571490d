"""Organizers' work: made, saved, moved, called off, rehearsed, carried over into next year; and all of it undone."""

import json
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from memorata.domain import commands as c
from memorata.domain.civil import instant_ms
from memorata.domain.errors import Refused
from memorata.services.occurrences import KEPT_MS, WIPED_AFTER_MS
from memorata.services.ports import Account
from tests.unit.services.planning_bench import AMINA, DAY_MS, REMEMBRANCE, PlanningBench

SUNDAY = instant_ms(date(2027, 11, 14), time(10, 55), "Europe/London")
KEY = "2027-11-14"


@pytest.fixture
def bench(tmp_path: Path) -> PlanningBench:
    return PlanningBench(tmp_path)


def undo_last(bench: PlanningBench) -> None:
    bench.undoing.undo(AMINA, bench.trail.entries[-1].id)


def names(bench: PlanningBench) -> list[str]:
    return [one.name for one in bench.contacts.of_series("remembrance")]


def test_who_does_not_organize_may_not_plan(bench: PlanningBench) -> None:
    guest = Account("x", "x@example.org", "", "participant", 0)  # type: ignore[arg-type]
    with pytest.raises(Refused, match=r"role\.not_allowed"):
        bench.series.all(guest)
    with pytest.raises(Refused, match=r"role\.not_allowed"):
        bench.series.make(guest, "x", REMEMBRANCE)


def test_a_fault_is_told_with_its_key_and_nothing_is_kept(bench: PlanningBench) -> None:
    wrong = {**REMEMBRANCE, "date": {**REMEMBRANCE["date"], "weekday": "Sunday"}}
    with pytest.raises(Refused, match=r"schedule\.faulty") as refused:
        bench.series.make(AMINA, "remembrance", wrong)
    faults: Any = refused.value.facts["faults"]
    assert [fault["key"] for fault in faults if fault["severity"] == "fault"] == ["date.weekday"]
    assert bench.store.all(removed=True) == ()


@pytest.mark.parametrize("name", ["", "Über", "a b", "-x", "x-", "a" * 41, "../x"])
def test_an_id_that_no_file_could_have_is_refused(bench: PlanningBench, name: str) -> None:
    with pytest.raises(Refused, match=r"words\.not_allowed"):
        bench.series.make(AMINA, name, REMEMBRANCE)


def test_of_two_who_save_at_once_the_second_is_told(bench: PlanningBench) -> None:
    bench.published()
    version = bench.version()
    bench.series.save(AMINA, "remembrance", version, {**REMEMBRANCE, "organizer": "One"})
    with pytest.raises(Refused, match=r"plan\.stale") as refused:
        bench.series.save(AMINA, "remembrance", version, {**REMEMBRANCE, "organizer": "Two"})
    assert refused.value.facts["version"] == version + 1


def test_saving_what_is_there_is_no_change(bench: PlanningBench) -> None:
    bench.published()
    before = bench.version(), len(bench.trail.entries)
    bench.series.save(AMINA, "remembrance", bench.version(), REMEMBRANCE)
    assert before == (bench.version(), len(bench.trail.entries))


def test_every_change_of_a_series_can_be_undone(bench: PlanningBench) -> None:
    bench.published()
    bench.series.save(AMINA, "remembrance", bench.version(), {**REMEMBRANCE, "organizer": "The village"})
    assert bench.planned().organizer == "The village"
    undo_last(bench)
    assert bench.planned().organizer == ""
    bench.series.remove(AMINA, "remembrance", bench.version())
    assert bench.store.all() == ()
    assert bench.planned().cancelled == {}
    undo_last(bench)
    assert [row.id for row in bench.store.all()] == ["remembrance"]
    assert bench.planned().cancelled is None
    bench.series.unpublish(AMINA, "remembrance", bench.version())
    assert bench.planned().cancelled == {}
    assert bench.waiting() == []
    undo_last(bench)
    assert bench.planned().cancelled is None
    assert [kind for kind, _, _ in bench.waiting()] == ["reminder", "reminder"]


def test_what_was_changed_since_is_not_undone(bench: PlanningBench) -> None:
    bench.published()
    bench.series.save(AMINA, "remembrance", bench.version(), {**REMEMBRANCE, "organizer": "One"})
    entry = bench.trail.entries[-1]
    bench.series.save(AMINA, "remembrance", bench.version(), {**REMEMBRANCE, "organizer": "Two"})
    with pytest.raises(Refused, match=r"plan\.undo_stale"):
        bench.undoing.undo(AMINA, entry.id)
    undo_last(bench)
    with pytest.raises(Refused, match=r"plan\.undo_unknown"):
        bench.undoing.undo(AMINA, 999)
    assert bench.planned().organizer == "One"


def test_nothing_is_undone_twice(bench: PlanningBench) -> None:
    bench.published()
    bench.series.save(AMINA, "remembrance", bench.version(), {**REMEMBRANCE, "organizer": "One"})
    entry = bench.trail.entries[-1]
    bench.undoing.undo(AMINA, entry.id)
    with pytest.raises(Refused, match=r"plan\.undo"):
        bench.undoing.undo(AMINA, entry.id)


def test_a_series_of_a_file_is_changed_here_once_it_is_taken_over(bench: PlanningBench) -> None:
    text = bench.texts.merged("", REMEMBRANCE)
    row, loaded = bench.series.load("remembrance", "# kept by the village\n" + text)
    assert loaded is not None
    assert bench.ceremonies.ids() == ("remembrance-2027",)
    with pytest.raises(Refused, match=r"plan\.managed_by_file"):
        bench.series.save(AMINA, "remembrance", row.version, {**REMEMBRANCE, "organizer": "One"})
    bench.series.adopt(AMINA, "remembrance", row.version)
    saved = bench.series.save(AMINA, "remembrance", bench.version(), {**REMEMBRANCE, "organizer": "One"})
    assert saved.row.text.startswith("# kept by the village\n")
    # The file does not take it back by being loaded again.
    _, loaded = bench.series.load("remembrance", text)
    assert loaded is None
    assert bench.planned().organizer == "One"


def test_moved_cancelled_and_by_the_rule_again(bench: PlanningBench) -> None:
    bench.published()
    bench.occurrences.depart(
        AMINA, "remembrance", KEY, bench.version(), "moved", to="2027-11-13", at="15:00", reason={"en": "The hall."}
    )
    moved = instant_ms(date(2027, 11, 13), time(15), "Europe/London")
    assert (bench.planned().starts_ms, bench.planned().date) == (moved, "2027-11-13")
    bench.occurrences.depart(AMINA, "remembrance", KEY, bench.version(), "cancelled", reason={"en": "The storm."})
    assert bench.planned().cancelled == {"en": "The storm."}
    assert [kind for kind, _, _ in bench.waiting()] == ["change", "cancel"]
    with pytest.raises(Refused, match=r"ceremony\.cancelled"):
        bench.ceremonies.handle("remembrance-2027", c.OpenCeremony(), c.Actor("h", "host"), "1")
    bench.occurrences.depart(AMINA, "remembrance", KEY, bench.version(), "by_rule")
    assert (bench.planned().starts_ms, bench.planned().cancelled) == (SUNDAY, None)
    undo_last(bench)
    assert bench.planned().cancelled == {"en": "The storm."}


def test_one_that_has_begun_is_not_moved(bench: PlanningBench) -> None:
    bench.published()
    bench.clock.at_ms = SUNDAY
    bench.ceremonies.handle("remembrance-2027", c.CueItem("words", 0), c.Actor("host", "host"), "1")
    with pytest.raises(Refused, match=r"ceremony\.live"):
        bench.occurrences.depart(AMINA, "remembrance", KEY, bench.version(), "cancelled")


def test_an_extra_one_beside_the_rule(bench: PlanningBench) -> None:
    bench.published()
    bench.occurrences.depart(AMINA, "remembrance", "2027-05-08", bench.version(), "extra", at="12:00")
    assert "remembrance-2027-05-08" in bench.ceremonies.ids()
    # The one by the rule keeps its name, and is there too when its turn comes.
    assert bench.planned("remembrance-2027").date == "2027-11-14"


def test_a_provisional_date_is_confirmed_by_a_person(bench: PlanningBench) -> None:
    when = {"rule": "islamic", "month": "Muharram", "day": 10, "time": "12:00", "zone": "Europe/London"}
    bench.published(date=when)
    (ceremony,) = bench.ceremonies.ids()
    day = bench.planned(ceremony).date
    assert bench.book.occurrence("remembrance", day).occurrence.provisional
    bench.occurrences.depart(AMINA, "remembrance", day, bench.version(), "confirmed")
    assert not bench.book.occurrence("remembrance", day).occurrence.provisional
    assert bench.ceremonies.ids() == (ceremony,)


def test_next_year_has_programme_notes_and_people_but_for_those_remembered(bench: PlanningBench) -> None:
    bench.published()
    bench.people.add(AMINA, "remembrance", [{"name": name} for name in ("Amina", "Bruno", "Chiyo")])
    ids = {one.name: one for one in bench.contacts.of_series("remembrance")}
    bench.people.invite(AMINA, "remembrance", KEY, [one.id for one in ids.values()])
    row = bench.store.occurrence("remembrance", KEY)
    assert row is not None
    own = {"items": [*REMEMBRANCE["items"], {"id": "tea", "kind": "interval", "title": {"en": "Tea"}, "planned_s": 60}]}
    bench.occurrences.save(AMINA, "remembrance", KEY, row.version, own, "Chairs are with the vicar.")
    assert [item.id for item in bench.planned().items] == ["words", "silence", "tea"]
    bench.people.remember(AMINA, "remembrance", ids["Bruno"].id, 1, in_memory=True)
    bench.clock.at_ms = SUNDAY + DAY_MS
    bench.planner.scan()
    kept = bench.occurrences.next(AMINA, "remembrance")
    assert kept.planned.occurrence.date == date(2028, 11, 12)
    assert kept.planned.row is not None
    assert kept.planned.row.notes == "Chairs are with the vicar."
    assert [item.id for item in bench.planned("remembrance-2028").items] == ["words", "silence", "tea"]
    guests = {guest.contact_id for guest in bench.contacts.guests("remembrance", "2028-11-12")}
    assert guests == {ids["Amina"].id, ids["Chiyo"].id}
    # The contact stays, with all that is known of a testimony.
    assert names(bench) == ["Amina", "Bruno", "Chiyo"]
    # Once more is the year after.
    assert bench.occurrences.next(AMINA, "remembrance").planned.occurrence.date == date(2029, 11, 11)


def test_a_programme_of_one_year_leaves_the_others_alone_and_goes_back(bench: PlanningBench) -> None:
    bench.published()
    row = bench.store.occurrence("remembrance", KEY)
    assert row is not None
    own = {"items": REMEMBRANCE["items"][:1]}
    bench.occurrences.save(AMINA, "remembrance", KEY, row.version, own, "")
    assert [item.id for item in bench.planned().items] == ["words"]
    assert len(bench.book.series("remembrance").items) == 2
    with pytest.raises(Refused, match=r"plan\.stale"):
        bench.occurrences.save(AMINA, "remembrance", KEY, row.version, None, "")
    undo_last(bench)
    assert [item.id for item in bench.planned().items] == ["words", "silence"]
    row = bench.store.occurrence("remembrance", KEY)
    assert row is not None
    wrong = {"items": [{"id": "x", "kind": "speech"}]}
    with pytest.raises(Refused, match=r"schedule\.faulty"):
        bench.occurrences.save(AMINA, "remembrance", KEY, row.version, wrong, "")


def test_people_that_cannot_be_used_are_told_all_at_once_and_none_is_kept(bench: PlanningBench) -> None:
    bench.published()
    people = [
        {"name": "Amina", "mail": "amina@museum.example", "zone": "Africa/Nairobi"},
        {"name": "", "where": "3"},
        {"name": "Bruno", "mail": "nowhere", "zone": "Mars/Olympus", "country": "QQ", "role": "king", "site": "x"},
    ]
    with pytest.raises(Refused, match=r"invitation\.invalid") as refused:
        bench.people.add(AMINA, "remembrance", people)
    faults: Any = refused.value.facts["faults"]
    assert {(fault["where"], fault["field"]) for fault in faults} == {
        ("3", "name"), ("3", "mail"), ("3", "zone"), ("3", "country"), ("3", "role"), ("3", "site"),
    }  # fmt: skip
    assert names(bench) == []


def test_every_change_of_people_can_be_undone(bench: PlanningBench) -> None:
    bench.published()
    bench.people.add(AMINA, "remembrance", [{"name": "Amina"}, {"name": "Bruno"}])
    amina, bruno = bench.contacts.of_series("remembrance")
    bench.people.invite(AMINA, "remembrance", KEY, [amina.id, bruno.id])
    undo_last(bench)
    assert bench.contacts.guests("remembrance", KEY) == ()
    bench.people.invite(AMINA, "remembrance", KEY, [amina.id, bruno.id])
    bench.contacts.answer("remembrance", KEY, bruno.id, "coming", 5)
    bench.people.uninvite(AMINA, "remembrance", KEY, bruno.id)
    assert [guest.contact_id for guest in bench.contacts.guests("remembrance", KEY)] == [amina.id]
    undo_last(bench)
    assert {guest.contact_id: guest.answer for guest in bench.contacts.guests("remembrance", KEY)} == {
        amina.id: "", bruno.id: "coming",
    }  # fmt: skip
    bench.people.change(AMINA, "remembrance", bruno.id, 1, {"name": "Bruno Silva", "note": "speaks softly"})
    undo_last(bench)
    assert names(bench) == ["Amina", "Bruno"]
    version = next(one.version for one in bench.contacts.of_series("remembrance") if one.id == bruno.id)
    bench.people.remember(AMINA, "remembrance", bruno.id, version, in_memory=True)
    undo_last(bench)
    found = bench.contacts.find(bruno.id)
    assert found is not None
    assert found.in_memory_ms is None
    bench.people.remove(AMINA, "remembrance", bruno.id, found.version)
    assert names(bench) == ["Amina"]
    undo_last(bench)
    assert names(bench) == ["Amina", "Bruno"]


def test_whoever_is_remembered_is_invited_no_more(bench: PlanningBench) -> None:
    bench.published()
    bench.people.add(AMINA, "remembrance", [{"name": "Amina"}])
    (amina,) = bench.contacts.of_series("remembrance")
    bench.people.remember(AMINA, "remembrance", amina.id, 1, in_memory=True)
    assert bench.people.invite(AMINA, "remembrance", KEY, [amina.id]) == 0
    assert bench.contacts.guests("remembrance", KEY) == ()


def test_a_rehearsal_is_wiped_and_brought_back_and_deleted_in_the_end(bench: PlanningBench) -> None:
    bench.published()
    bench.occurrences.rehearse(AMINA, "remembrance", KEY)
    rehearsal = bench.occurrences.rehearsal("remembrance", KEY)
    assert rehearsal is not None
    programme = bench.planned(rehearsal.ceremony_id)
    assert (programme.rehearsal, programme.door) == (True, "open")
    # Pressed twice it is one.
    bench.occurrences.rehearse(AMINA, "remembrance", KEY)
    assert len(bench.archives.rehearsals()) == 1
    bench.occurrences.wipe(AMINA, "remembrance", KEY)
    assert bench.occurrences.rehearsal("remembrance", KEY) is None
    undo_last(bench)
    assert bench.occurrences.rehearsal("remembrance", KEY) is not None
    bench.clock.forward(2 * WIPED_AFTER_MS)
    bench.agenda.scan()
    assert bench.archives.rehearsals() != ()
    bench.occurrences.wipe(AMINA, "remembrance", KEY)
    bench.clock.forward(WIPED_AFTER_MS)
    bench.agenda.scan()
    assert bench.archives.rehearsals() == ()
    # One that nobody has wiped goes after a day.
    bench.occurrences.rehearse(AMINA, "remembrance", KEY)
    bench.clock.forward(KEPT_MS)
    bench.agenda.scan()
    assert bench.archives.rehearsals() == ()
    with pytest.raises(Refused, match=r"rehearsal\.none"):
        bench.occurrences.wipe(AMINA, "remembrance", KEY)


def test_the_trail_says_who_and_forgets_what_it_held(bench: PlanningBench) -> None:
    bench.published()
    bench.people.add(AMINA, "remembrance", [{"name": "Bruno"}])
    (bruno,) = bench.contacts.of_series("remembrance")
    bench.people.remove(AMINA, "remembrance", bruno.id, 1)
    told = bench.undoing.trail(AMINA, "remembrance")
    assert (told[0].kind, told[0].by_name) == ("person.removed", "Amina Otieno")
    assert json.loads(told[0].before)["contact"]["name"] == "Bruno"
    bench.clock.forward(31 * DAY_MS)
    bench.ledger.forget()
    told = bench.undoing.trail(AMINA, "remembrance")
    assert {entry.before for entry in told} == {""}
    assert told[0].kind == "person.removed"
