"""One writer for each ceremony: settle, decide, append, tell; and two writers who share a log."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.errors import Refused
from memorata.domain.items import Candle
from memorata.domain.state import CeremonyState
from memorata.services.live import CONDUCTOR, LiveCeremonies
from memorata.services.meters import Meters
from memorata.services.ports import StoreBusy
from memorata.services.snapshots import public_state
from tests.builders import START_MS, a_programme, a_silence, an_item
from tests.fakes import FakeClock, MemoryLog, RecordingPublisher

ID = "remembrance-2027"
HOST = c.Actor("hana", "host")
CHIYO = c.Actor("chiyo", "participant", "request-of-chiyo", name="Chiyo", community="Osaka", country="JP")


class House:
    """One process: its own memory, on a log that others may share."""

    def __init__(self, log: MemoryLog, clock: FakeClock) -> None:
        self.log, self.clock, self.publisher = log, clock, RecordingPublisher()
        self.counted: list[str] = []
        self.ceremonies = LiveCeremonies(log, clock, self.publisher, self.counted.append)

    def handle(self, command: c.Command, actor: c.Actor = HOST, cmd_id: str = "") -> int:
        return self.ceremonies.handle(ID, command, actor, cmd_id).seq

    def kinds(self) -> list[str]:
        return [recorded.event.kind for recorded in self.log.written[ID]]


@pytest.fixture
def house() -> House:
    made = House(MemoryLog(), FakeClock(START_MS - 600_000))
    made.ceremonies.plan(a_programme())
    made.ceremonies.settle(ID)
    made.publisher.events.clear()
    return made


def again(house: House) -> House:
    """Another process on the same log, or the same one after a power cut."""
    return House(house.log, house.clock)


def test_planning_begins_a_history() -> None:
    house = House(MemoryLog(), FakeClock())
    assert house.ceremonies.plan(a_programme()).seq == 1
    epoch, seq = house.ceremonies.head(ID)
    assert (len(epoch) >= 16, seq) == (True, 1)
    assert house.ceremonies.plan(a_programme()).seq == 2  # the doors were due; the programme is the same
    assert house.ceremonies.plan(replace(a_programme(), telephone="+7 000")).seq == 3
    assert house.kinds() == ["ceremony.planned", "ceremony.opened", "ceremony.planned"]
    assert house.ceremonies.epoch(ID) == epoch
    assert house.ceremonies.programme_seq(ID) == 3


def test_an_unknown_ceremony_is_refused() -> None:
    with pytest.raises(Refused, match=r"ceremony\.unknown"):
        House(MemoryLog(), FakeClock()).ceremonies.state("nowhere")


def test_a_command_is_written_then_told(house: House) -> None:
    assert house.handle(c.CueItem("words", 0)) == 3
    (told,) = house.publisher.events
    assert told == house.log.written[ID][-1]
    assert (told.seq, told.by, told.at_ms) == (3, "hana", house.clock.at_ms)
    assert told.event == e.ItemCued("words", house.clock.at_ms + 3_000, 1)


def test_a_refusal_writes_nothing(house: House) -> None:
    with pytest.raises(Refused, match=r"role\.not_allowed"):
        house.handle(c.CueItem("words", 0), CHIYO, "a-press")
    assert (len(house.log.written[ID]), house.log.answers, house.publisher.events) == (2, {}, [])


def test_what_the_clock_brought_about_comes_before_the_command(house: House) -> None:
    house.handle(c.SetAutopilot(True))
    house.clock.at_ms = START_MS + 1_000
    house.handle(c.SetAsking(False))
    assert house.kinds()[-2:] == ["item.cued", "floor.asking_set"]
    assert house.log.written[ID][-2].by == CONDUCTOR


def test_settled_events_stay_when_the_command_is_refused(house: House) -> None:
    house.handle(c.SetAutopilot(True))
    house.clock.at_ms = START_MS + 1_000
    with pytest.raises(Refused):
        house.handle(c.CueItem("words", 0))
    assert house.kinds()[-1] == "item.cued"


def test_a_repeated_press_gets_the_first_answer(house: House) -> None:
    press = c.RequestFloor("poem", "Chiyo")
    first = house.handle(press, CHIYO, "press-of-chiyo")
    house.handle(c.SetAsking(False))
    assert house.handle(press, CHIYO, "press-of-chiyo") == first
    assert again(house).handle(press, CHIYO, "press-of-chiyo") == first
    assert house.kinds().count("floor.requested") == 1


def test_a_press_that_changed_nothing_is_remembered_too(house: House) -> None:
    assert house.handle(c.SetAsking(True), cmd_id="press") == 2
    house.handle(c.SetAsking(False))
    assert house.handle(c.SetAsking(True), cmd_id="press") == 2
    assert house.ceremonies.state(ID).floor.asking is False


def test_the_same_press_by_another_person_is_another(house: House) -> None:
    house.handle(c.SetAsking(False), HOST, "press")
    house.handle(c.SetAsking(True), replace(HOST, participant_id="hugo"), "press")
    assert house.ceremonies.state(ID).floor.asking is True


def test_whoever_comes_second_decides_again(house: House) -> None:
    other = again(house)
    other.ceremonies.state(ID)
    house.log.before_append = lambda: other.handle(c.CueItem("words", 0))  # type: ignore[assignment]
    with pytest.raises(Refused, match=r"cue\.stale"):
        house.handle(c.CueItem("memories", 0))
    assert [run.item_id for run in house.ceremonies.state(ID).progress.runs] == ["words"]
    assert [told.event.kind for told in house.publisher.events] == ["item.cued"]


def test_whoever_comes_second_with_something_else_is_granted_after(house: House) -> None:
    other = again(house)
    other.ceremonies.state(ID)
    house.log.before_append = lambda: other.handle(c.CueItem("words", 0))  # type: ignore[assignment]
    assert house.handle(c.SetAsking(False)) == 4
    assert house.kinds()[-2:] == ["item.cued", "floor.asking_set"]
    assert [told.seq for told in house.publisher.events] == [3, 4]


def test_one_press_at_two_processes_is_granted_once(house: House) -> None:
    other = again(house)
    other.ceremonies.state(ID)
    press = c.RequestFloor("poem", "Chiyo")
    house.log.before_append = lambda: other.handle(press, CHIYO, "press-of-chiyo")  # type: ignore[assignment]
    assert house.handle(press, CHIYO, "press-of-chiyo") == 3
    assert house.kinds().count("floor.requested") == 1


def test_a_busy_store_changes_nothing(house: House) -> None:
    before = house.ceremonies.state(ID)
    house.log.busy = True
    with pytest.raises(StoreBusy):
        house.handle(c.SetAsking(False), cmd_id="press")
    assert (house.ceremonies.state(ID), house.publisher.events) == (before, [])
    house.log.busy = False
    assert house.handle(c.SetAsking(False), cmd_id="press") == 3


def test_others_events_are_followed_and_told(house: House) -> None:
    other = again(house)
    other.handle(c.SetAsking(False))
    assert house.ceremonies.follow() == (ID,)
    assert house.ceremonies.state(ID) == other.ceremonies.state(ID)
    assert [told.event.kind for told in house.publisher.events] == ["floor.asking_set"]
    house.ceremonies.follow()
    assert len(house.publisher.events) == 1


def test_how_far_behind_the_store_it_is_shows_until_it_follows(house: House) -> None:
    other = again(house)
    assert [state.seq for state in other.ceremonies.known()] == []
    other.ceremonies.state(ID)
    assert other.ceremonies.behind() == 0
    for on in (False, True, False):
        house.handle(c.SetAsking(on))
    assert (house.ceremonies.behind(), other.ceremonies.behind()) == (0, 3)
    other.ceremonies.follow()
    assert other.ceremonies.behind() == 0
    assert [state.seq for state in other.ceremonies.known()] == [house.log.head(ID).seq]  # type: ignore[union-attr]


def test_commands_are_counted_by_how_they_ended(house: House) -> None:
    meters = Meters()
    ceremonies = LiveCeremonies(house.log, house.clock, house.publisher, meters=meters)
    ceremonies.handle(ID, c.SetAsking(False), HOST, "")
    with pytest.raises(Refused):
        ceremonies.handle(ID, c.SetAsking(True), CHIYO, "")
    house.log.busy = True
    with pytest.raises(StoreBusy):
        ceremonies.handle(ID, c.SetAsking(True), HOST, "")
    assert meters.commands == {"granted": 1, "refused": 1, "busy": 1}
    assert meters.command_s.count == 3


def test_after_a_power_cut_everything_is_as_it_was(house: House) -> None:
    house.handle(c.CueItem("words", 0))
    house.handle(c.RequestFloor("poem", "Chiyo"), CHIYO, "press-of-chiyo")
    house.clock.forward(5_000)
    house.handle(c.HoldItem(1))
    risen = again(house)
    assert risen.ceremonies.state(ID) == house.ceremonies.state(ID)
    assert risen.ceremonies.head(ID) == house.ceremonies.head(ID)


def test_another_history_is_taken_over_whole(house: House) -> None:
    house.handle(c.SetAsking(False))
    house.log.seqs[ID] = ("another epoch", 1)
    del house.log.written[ID][1:]
    house.ceremonies.follow()
    assert house.ceremonies.head(ID) == ("another epoch", 1)
    assert house.ceremonies.state(ID).floor.asking is True


def test_events_after_come_from_memory_or_the_log(house: House) -> None:
    for n in range(600):
        house.handle(c.SetAsking(bool(n % 2)))
    assert [one.seq for one in house.ceremonies.events_after(ID, 600)] == [601, 602]
    assert [one.seq for one in house.ceremonies.events_after(ID, 5)] == list(range(6, 506))
    assert house.ceremonies.events_after(ID, 602) == ()


def test_the_public_state_is_made_once_for_each_number(house: House) -> None:
    first = house.ceremonies.public(ID)
    assert first == public_state(house.ceremonies.state(ID))
    assert house.ceremonies.public(ID) is first
    house.handle(c.SetAsking(False))
    assert house.ceremonies.public(ID) == public_state(house.ceremonies.state(ID)) != first


def test_whose_own_has_changed_hears_of_it(house: House) -> None:
    house.handle(c.RequestFloor("poem", "Chiyo"), CHIYO)
    house.handle(c.SetAsking(False))
    house.handle(c.CallNext(CHIYO.request_id))
    assert house.publisher.own == ["chiyo", "chiyo"]
    (entry,) = house.ceremonies.own(ID, "chiyo").entries
    assert (entry.id, entry.state) == (CHIYO.request_id, "next")
    assert house.ceremonies.own(ID, "bruno").entries == ()


def test_tributes_are_counted_once_for_each_person() -> None:
    house = House(MemoryLog(), FakeClock())
    house.ceremonies.plan(a_programme(items=[an_item("candles", Candle(), 600)]))
    house.handle(c.CueItem("candles", 0))
    house.clock.forward(3_000)
    for actor in (CHIYO, CHIYO, HOST):
        house.handle(c.LightCandle("candles"), actor)
    assert house.ceremonies.counts(ID).candles == {"candles": 2}
    assert (house.counted, house.publisher.own) == ([ID, ID], ["chiyo", "hana"])
    assert house.ceremonies.own(ID, "chiyo").lit == ("candles",)
    assert again(house).ceremonies.counts(ID).candles == {"candles": 2}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.booleans()), min_size=2, max_size=7))
def test_a_crowd_s_candles_are_the_same_together_as_one_by_one(presses: list[tuple[str, int, bool]]) -> None:
    """Some press twice, some repeat a press that may have been lost, some light what is not shown."""
    alone, together = a_house_of_candles(), a_house_of_candles()
    asked = [
        (c.LightCandle("candles" if shown else "words"), c.Actor(who, "participant"), f"press-{who}-{press}-{shown}")
        for who, press, shown in presses
    ]
    expected = [outcome(alone, *one) for one in asked]

    writing, crowded = threading.Event(), threading.Event()

    def first() -> None:
        writing.set()
        assert crowded.wait(10)

    together.log.before_append = first
    found: list[object] = [None] * (len(asked) + 1)

    def press(at: int) -> None:
        opening = (c.LightCandle("candles"), c.Actor("opening", "participant"), "press-opening")
        found[at] = outcome(together, *(asked[at - 1] if at else opening))

    threads = [threading.Thread(target=press, args=(at,)) for at in range(len(found))]
    threads[0].start()
    assert writing.wait(10)
    waiting = together.ceremonies._live(ID).tributes._waiting
    for number, thread in enumerate(threads[1:], 1):
        thread.start()
        while len(waiting) < number:
            pass
    crowded.set()
    for thread in threads:
        thread.join(10)

    outcome(alone, c.LightCandle("candles"), c.Actor("opening", "participant"), "press-opening")
    assert found[1:] == expected
    assert together.log.written == alone.log.written
    assert together.log.answers == alone.log.answers
    assert together.ceremonies.counts(ID) == alone.ceremonies.counts(ID)
    assert set(together.log.tributes[ID]) == set(alone.log.tributes[ID])
    assert sorted(together.publisher.own) == sorted(alone.publisher.own)


def a_house_of_candles() -> House:
    house = House(MemoryLog(), FakeClock())
    items = [an_item("words"), an_item("candles", Candle(), 600)]
    house.ceremonies.plan(a_programme(items=items))
    house.handle(c.CueItem("candles", 0))
    house.clock.forward(3_000)
    house.ceremonies.settle(ID)
    return house


def outcome(house: House, command: c.Command, actor: c.Actor, cmd_id: str) -> object:
    try:
        return house.handle(command, actor, cmd_id)
    except Refused as refused:
        return refused.code


def test_others_tributes_are_counted_too(house: House) -> None:
    house.handle(c.CueItem("wreaths", 0))
    house.clock.forward(20_000)
    house.handle(c.StepItem(1, 0, 1))
    other = again(house)
    assert other.ceremonies.counts(ID).wreaths == {}
    house.handle(c.LayWreath("wreaths", 1), CHIYO)
    other.ceremonies.recount()
    assert other.ceremonies.counts(ID).wreaths == {"wreaths": {"1": 1}}
    assert other.counted == [ID]
    assert house.ceremonies.own(ID, "chiyo").laid == (("wreaths", 1),)


def test_tributes_are_read_while_they_may_be_paid_and_once_more(house: House) -> None:
    house.ceremonies.plan(a_programme(items=[an_item("candles", Candle(), 600), an_item("words", planned_s=60)]))
    other = again(house)
    asked: list[int] = []

    def read_after(step: Callable[[], object]) -> bool:
        step()
        other.ceremonies.follow()
        before = len(house.log.asked_for_marks)
        other.ceremonies.recount()
        asked.append(len(house.log.asked_for_marks) - before)
        return other.ceremonies.counts(ID).candles == {"candles": 1}

    def light_and_end() -> None:
        house.handle(c.LightCandle("candles"), CHIYO)
        house.handle(c.CloseCeremony())

    def nothing() -> None: ...

    known = [read_after(step) for step in (nothing, nothing, lambda: house.handle(c.CueItem("candles", 0)))]
    house.clock.forward(3_000)
    known += [read_after(step) for step in (nothing, light_and_end, nothing)]
    assert known == [False, False, False, False, True, True]
    assert asked == [1, 0, 1, 1, 1, 0]


def test_silence_is_known_from_stillness_to_rest(house: House) -> None:
    house.ceremonies.plan(a_programme(items=[a_silence(invitation_s=20, stillness_s=5, duration_s=60)]))
    house.handle(c.CueItem("minute", 0))
    start_ms = house.ceremonies.state(ID).progress.runs[0].start_ms
    silent = []
    for after_s in (0, 19, 20, 25, 85, 89, 90):
        house.clock.at_ms = start_ms + after_s * 1000
        silent.append(house.ceremonies.silent(ID))
    assert silent == [False, False, True, True, True, True, False]


def test_a_clock_a_little_behind_the_log_does_not_run_back(house: House) -> None:
    house.handle(c.SetAsking(False))
    house.clock.forward(-1_500)
    house.handle(c.SetAsking(True))
    assert house.log.written[ID][-1].at_ms == house.log.written[ID][-2].at_ms


def test_a_log_from_far_ahead_is_not_followed_there(house: House) -> None:
    house.handle(c.SetAsking(False))
    house.clock.forward(-400_000)
    house.handle(c.SetAsking(True))
    assert house.log.written[ID][-1].at_ms == house.clock.at_ms


def test_an_unplanned_history_is_not_listed() -> None:
    log = MemoryLog()
    log.create("empty", "epoch")
    house = House(log, FakeClock())
    house.ceremonies.plan(a_programme())
    assert [state.programme.ceremony_id for state in house.ceremonies.list() if state.programme] == [ID]
    assert house.ceremonies.state("empty") == CeremonyState()
