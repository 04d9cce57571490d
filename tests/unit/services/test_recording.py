"""A recording from its first word to the archive, and away with it at a word."""

from dataclasses import replace

import pytest

from memorata.domain.errors import Refused
from memorata.services.ports import Participant
from memorata.services.recording import AGAIN_MS, BYTES_MAX, RecordingDesk
from memorata.services.recording_ports import Recording
from tests.fakes import FakeAlarm, FakeClock, MemoryParticipants
from tests.fakes_recording import MemoryFiles, MemoryRecordings

ID, ELSEWHERE = "remembrance-2027", "remembrance-2028"
CHIYO = Participant("chiyo", ID, "speaker", name="Chiyo", community="Osaka", recording=True)
BRUNO = Participant("bruno", ID, "participant", name="Bruno")
AMINA = Participant("amina", ID, "host", name="Amina")
OTHER_HOST = Participant("other", ELSEWHERE, "host")


class Studio:
    def __init__(self, before: "Studio | None" = None) -> None:
        self.recordings = before.recordings if before else MemoryRecordings()
        self.files = before.files if before else MemoryFiles()
        self.clock = before.clock if before else FakeClock()
        self.participants = before.participants if before else MemoryParticipants()
        self.alarm = FakeAlarm(self.clock)
        self.desk = RecordingDesk(self.recordings, self.files, self.participants, self.clock, self.alarm)
        if before is None:
            for who in (CHIYO, BRUNO, AMINA, OTHER_HOST):
                self.participants.add(who, who.id, 0)

    def begin(self, who: Participant = CHIYO, key: str = "ask") -> str | None:
        return self.desk.begin(ID, who.id, key, who.name, who.community, "memories")

    def begun(self, who: Participant = CHIYO, key: str = "ask") -> str:
        name = self.begin(who, key)
        assert name is not None
        self.files.engine[name] = 1000
        return name

    def only(self) -> Recording:
        (found,) = self.recordings.known.values()
        return found

    def made(self) -> Recording:
        """One that is finished and kept back."""
        self.desk.end(self.begun())
        self.clock.forward(AGAIN_MS)
        self.desk.work()
        return self.only()

    def says(self, who: Participant, *, agreed: bool) -> None:
        after = replace(who, recording=agreed)
        self.participants.known[who.id] = (after, who.id)
        self.desk.changed(after)


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_it_begins_ends_and_is_made_into_a_film_that_nobody_hears_yet(studio: Studio) -> None:
    name = studio.begun()
    assert studio.only().state == "running"
    studio.clock.forward(60_000)
    studio.desk.end(name)
    assert (studio.only().state, studio.only().ended_ms) == ("working", studio.clock.at_ms)
    studio.desk.work()
    assert studio.only().state == "working"  # whoever comes back at once goes on in it
    studio.clock.forward(AGAIN_MS)
    studio.desk.work()
    made = studio.only()
    assert (made.state, made.bytes, made.duration_ms) == ("held", 1000, 1000)
    assert (made.name, made.community, made.item_id) == ("Chiyo", "Osaka", "memories")
    assert studio.desk.heard_by(BRUNO) == ()
    assert [one.recording for one in studio.desk.heard_by(AMINA)] == [made]
    assert studio.desk.heard_by(OTHER_HOST) == ()


def test_a_name_is_bare_and_good_for_files(studio: Studio) -> None:
    name = studio.begun()
    assert name.replace("-", "").isalnum()
    assert name[0] != "-"
    assert "/" not in name


def test_without_consent_nothing_begins(studio: Studio) -> None:
    assert studio.begin(BRUNO) is None
    assert studio.desk.begin(ELSEWHERE, CHIYO.id, "ask", "", "", "memories") is None
    assert studio.desk.begin(ID, "nobody", "ask", "", "", "memories") is None
    assert studio.recordings.known == {}


def test_who_comes_back_goes_on_in_the_same_recording_under_another_name(studio: Studio) -> None:
    first = studio.begun()
    second = studio.begun()  # a feed was lost, and its end was not heard of
    studio.desk.end(first)
    assert studio.only().state == "running"
    studio.desk.end(second)
    studio.clock.forward(AGAIN_MS - 1)
    third = studio.begun()
    assert len({first, second, third}) == 3
    assert (studio.only().parts, studio.only().state, studio.only().ended_ms) == (3, "running", None)


def test_who_comes_later_or_in_another_turn_begins_anew(studio: Studio) -> None:
    studio.desk.end(studio.begun())
    studio.begun(key="another")
    studio.clock.forward(AGAIN_MS)
    studio.begun()
    assert len(studio.recordings.known) == 3


def test_what_is_still_being_written_waits(studio: Studio) -> None:
    studio.desk.end(studio.begun())
    studio.files.whole = False
    studio.clock.forward(AGAIN_MS)
    studio.desk.work()
    assert studio.only().state == "working"


def test_of_which_nothing_can_be_made_says_so_and_is_tried_again_after_a_start(studio: Studio) -> None:
    studio.files.spoilt = True
    assert studio.made().state == "failed"
    studio.files.spoilt = False
    again = Studio(studio)
    again.desk.resume()
    again.desk.work()
    assert again.only().state == "held"


def test_what_ran_when_the_server_went_down_is_made_after_its_start(studio: Studio) -> None:
    studio.begun()
    again = Studio(studio)
    again.desk.resume()
    assert again.only().state == "working"
    again.clock.forward(AGAIN_MS)
    again.desk.work()
    assert again.only().state == "held"


def test_who_goes_on_after_a_start_is_left_running(studio: Studio) -> None:
    studio.begun()
    again = Studio(studio)
    again.begun()
    again.desk.resume()
    assert (again.only().state, again.only().parts) == ("running", 2)


def test_another_page_goes_on_and_the_end_is_the_end_of_all(studio: Studio) -> None:
    first = studio.begun()
    second = studio.desk.another(first)
    assert second is not None
    assert second != first
    assert studio.desk.another(first) is None
    studio.desk.end(first)
    assert studio.only().state == "working"
    assert studio.desk.another(second) is None


def test_released_everybody_of_the_ceremony_hears_it_and_kept_back_nobody(studio: Studio) -> None:
    made = studio.made()
    with pytest.raises(Refused, match=r"recording\.unknown"):
        studio.desk.film(BRUNO, made.id)
    assert studio.desk.film(CHIYO, made.id)[1] == f"/recordings/{made.id}"
    assert studio.desk.judge(AMINA, made.id, "release").recording.state == "released"
    assert studio.desk.film(BRUNO, made.id)[0].state == "released"
    assert [one.recording.id for one in studio.desk.heard_by(BRUNO)] == [made.id]
    with pytest.raises(Refused, match=r"recording\.unknown"):
        studio.desk.film(OTHER_HOST, made.id)
    studio.desk.judge(AMINA, made.id, "hold")
    with pytest.raises(Refused, match=r"recording\.unknown"):
        studio.desk.film(BRUNO, made.id)


def test_hosts_of_another_ceremony_judge_nothing_here(studio: Studio) -> None:
    made = studio.made()
    with pytest.raises(Refused, match=r"recording\.unknown"):
        studio.desk.judge(OTHER_HOST, made.id, "release")
    with pytest.raises(Refused, match=r"recording\.unknown"):
        studio.desk.delete(OTHER_HOST, made.id)
    assert studio.only() == made


def test_a_moderator_deletes_what_is_over_and_nothing_while_somebody_speaks(studio: Studio) -> None:
    name = studio.begun()
    with pytest.raises(Refused, match=r"recording\.not_ready"):
        studio.desk.delete(AMINA, studio.only().id)
    studio.desk.end(name)
    studio.desk.delete(AMINA, studio.only().id)
    assert (studio.recordings.known, studio.files.engine) == ({}, {})


@pytest.mark.parametrize("verdict", ["", "release"])
def test_consent_taken_back_deletes_row_and_film(studio: Studio, verdict: str) -> None:
    made = studio.made()
    if verdict:
        studio.desk.judge(AMINA, made.id, "release")
    studio.says(CHIYO, agreed=False)
    assert (studio.recordings.known, studio.files.films, studio.files.removed) == ({}, {}, [made.id])


def test_consent_taken_back_while_speaking_deletes_what_was_said_and_refuses_the_rest(studio: Studio) -> None:
    name = studio.begun()
    studio.desk.receive(AMINA, name, 0, b"words", last=False)
    studio.says(CHIYO, agreed=False)
    assert (studio.recordings.known, studio.files.sent) == ({}, {})
    with pytest.raises(Refused, match=r"recording\.unknown"):
        studio.desk.receive(AMINA, name, 5, b"more", last=True)
    studio.desk.end(name)  # no fault


def test_consent_taken_back_while_the_store_is_busy_is_remembered(studio: Studio) -> None:
    made = studio.made()
    studio.desk.judge(AMINA, made.id, "release")
    studio.recordings.busy = True
    studio.says(CHIYO, agreed=False)
    studio.recordings.busy = False
    studio.desk.work()
    assert studio.recordings.known == {}


def test_what_nobody_agrees_to_any_more_is_found_by_itself(studio: Studio) -> None:
    studio.made()
    del studio.participants.known[CHIYO.id]  # erased by another process, a moment before this one went down
    studio.desk.work()
    assert studio.recordings.known == {}


def test_when_the_names_are_erased_only_the_archive_stays(studio: Studio) -> None:
    made = studio.made()
    studio.desk.judge(AMINA, made.id, "release")
    studio.desk.end(studio.begun(key="another"))
    studio.desk.forget(ID, None)
    assert [(one.id, one.name) for one in studio.recordings.known.values()] == [(made.id, "Chiyo")]
    # Nobody has agreed to anything any more, which takes nothing from the archive.
    studio.participants.known[CHIYO.id] = (replace(CHIYO, name="", recording=False), "device")
    studio.desk.work()
    assert list(studio.recordings.known) == [made.id]


def test_who_is_erased_is_gone_from_the_archive_too(studio: Studio) -> None:
    made = studio.made()
    studio.desk.judge(AMINA, made.id, "release")
    studio.desk.forget(ID, CHIYO.id)
    assert studio.recordings.known == {}


def test_pieces_come_in_order_twice_and_never_with_a_gap(studio: Studio) -> None:
    name = studio.begin() or ""
    assert studio.desk.receive(AMINA, name, 0, b"abcd", last=False) == 4
    assert studio.desk.receive(AMINA, name, 0, b"abcd", last=False) == 4
    assert studio.desk.receive(AMINA, name, 2, b"cdef", last=False) == 6
    with pytest.raises(Refused, match=r"recording\.gap") as refused:
        studio.desk.receive(AMINA, name, 7, b"h", last=False)
    assert refused.value.facts == {"wanted": 6}
    assert studio.desk.receive(AMINA, name, 6, b"", last=True) == 6
    assert (studio.files.sent[name], studio.files.finished) == (b"abcdef", {name})


@pytest.mark.parametrize("name", ["", "-", "-1", "0123456789abcdef-1", "../x-1"])
def test_pieces_of_what_nobody_asked_for_are_refused(studio: Studio, name: str) -> None:
    studio.begun()
    with pytest.raises(Refused, match=r"recording\.unknown"):
        studio.desk.receive(AMINA, name, 0, b"x", last=False)


def test_pieces_of_a_later_part_or_from_elsewhere_are_refused(studio: Studio) -> None:
    name = studio.begun()
    for who, part in ((AMINA, f"{studio.only().id}-2"), (AMINA, f"{studio.only().id}-01"), (OTHER_HOST, name)):
        with pytest.raises(Refused, match=r"recording\.unknown"):
            studio.desk.receive(who, part, 0, b"x", last=False)


def test_a_recording_is_not_longer_than_one_can_be(studio: Studio) -> None:
    name = studio.begun()
    studio.files.engine[name] = BYTES_MAX
    with pytest.raises(Refused, match=r"recording\.too_long"):
        studio.desk.receive(AMINA, name, 0, b"x", last=False)


def test_one_that_was_taken_back_while_it_was_made_leaves_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.desk.end(studio.begun())
    studio.clock.forward(AGAIN_MS)
    monkeypatch.setattr(studio.files, "join", lambda recording: _late(studio, recording))
    studio.desk.work()
    assert (studio.recordings.known, studio.files.films) == ({}, {})


def _late(studio: Studio, recording: Recording) -> object:
    made = MemoryFiles.join(studio.files, recording)
    studio.says(CHIYO, agreed=False)
    studio.files.films[recording.id] = "late"
    return made


def test_the_store_busy_means_no_recording_and_no_fault(studio: Studio) -> None:
    studio.recordings.busy = True
    assert studio.begin() is None
    studio.desk.end("0123456789abcdef-1")
    studio.desk.work()
    studio.desk.sweep()
