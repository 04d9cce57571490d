"""One host's page records for all, and another goes on when it is gone."""

import pytest

from memorata.services.page_recorder import PageRecorder
from memorata.services.stage_ports import Tab

ID = "remembrance-2027"


class Desk:
    """Gives parts their names; `over` are those of recordings that nobody wants any more."""

    def __init__(self) -> None:
        self.over: set[str] = set()

    def begin(self, *_: str) -> str | None:
        return "a-1"

    def another(self, name: str) -> str | None:
        stem, _, number = name.rpartition("-")
        return None if stem in self.over else f"{stem}-{int(number) + 1}"

    def end(self, name: str) -> None: ...

    def withdraw(self, participant_id: str) -> None: ...


class Told:
    def __init__(self) -> None:
        self.said: list[tuple[str, str, bool]] = []

    def record(self, sid: str, part: str, key: str, feed_id: str, *, on: bool) -> None:
        assert (key, feed_id) == ("ask", "feed")
        self.said.append((sid, part, on))


class Studio:
    def __init__(self) -> None:
        self.desk, self.told = Desk(), Told()
        self.recorder = PageRecorder(self.desk, self.told)

    def arrives(self, sid: str, ceremony_id: str = ID) -> None:
        self.recorder.arrived(Tab(sid, ceremony_id, "amina"))

    def record(self, name: str = "a-1") -> bool:
        return self.recorder.record(ID, "ask", "feed", name)


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_only_one_page_records(studio: Studio) -> None:
    studio.arrives("one")
    studio.arrives("two")
    assert studio.record()
    studio.recorder.stop("a-1")
    assert studio.told.said == [("one", "a-1", True), ("one", "a-1", False)]


def test_another_page_goes_on_with_a_further_part(studio: Studio) -> None:
    studio.arrives("one")
    studio.arrives("two")
    studio.record()
    studio.recorder.gone("one")
    studio.recorder.stop("a-1")
    assert studio.told.said == [("one", "a-1", True), ("two", "a-2", True), ("two", "a-2", False)]


def test_while_there_is_no_page_it_waits_for_the_next(studio: Studio) -> None:
    assert not studio.record()
    assert not studio.recorder.records(ID)
    studio.arrives("elsewhere", "remembrance-2028")
    assert studio.told.said == []
    studio.arrives("one")
    assert studio.recorder.records(ID)
    assert studio.told.said == [("one", "a-1", True)]
    studio.recorder.gone("one")
    assert not studio.recorder.records(ID)
    studio.recorder.gone("one")
    studio.arrives("one again")
    assert studio.told.said[1:] == [("one again", "a-2", True)]


def test_a_page_that_watches_anew_is_told_again_what_it_records(studio: Studio) -> None:
    studio.arrives("one")
    studio.record()
    studio.arrives("one")
    assert studio.told.said == [("one", "a-1", True)] * 2


def test_what_is_over_is_not_taken_up_again(studio: Studio) -> None:
    studio.arrives("one")
    studio.arrives("two")
    studio.record()
    studio.desk.over.add("a")
    studio.recorder.gone("one")
    studio.recorder.stop("a-1")
    studio.recorder.stop("unknown-1")
    assert studio.told.said == [("one", "a-1", True)]
