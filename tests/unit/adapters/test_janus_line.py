"""The line to Janus against one that answers as a test wants: whose answer is whose, and what a lost line does."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket

from memorata.adapters.stage.janus_line import Denied, Line, Lost, fault_of
from memorata.adapters.stage.janus_session import Session

PATIENCE_S = 10.0
Answers = Callable[[dict[str, Any]], list[dict[str, Any]]]


def nothing(_: dict[str, Any]) -> list[dict[str, Any]]:
    return []


class FakeSocket:
    """`answers` says what comes back for each request; more can be `told` at any time."""

    def __init__(self, answers: Answers = nothing) -> None:
        self.sent: list[dict[str, Any]] = []
        self._answers = answers
        self._in: queue.Queue[str | None] = queue.Queue()

    def send(self, payload: str) -> None:
        request = json.loads(payload)
        self.sent.append(request)
        for answer in self._answers(request):
            self.told({"transaction": request["transaction"], **answer})

    def told(self, message: dict[str, Any]) -> None:
        self._in.put(json.dumps(message))

    def recv(self) -> str:
        text = self._in.get()
        if text is None:
            raise websocket.WebSocketConnectionClosedException
        return text

    def abort(self) -> None:
        self._in.put(None)

    def shutdown(self) -> None:
        pass


class Notes(list[Any]):
    """What has been noted, by whichever thread."""

    def __init__(self) -> None:
        super().__init__()
        self._more = threading.Condition()

    def note(self, what: Any) -> None:
        with self._more:
            self.append(what)
            self._more.notify_all()

    def until(self, count: int) -> list[Any]:
        with self._more:
            assert self._more.wait_for(lambda: len(self) >= count, PATIENCE_S), self
        return list(self)


def a_line(answers: Answers = nothing) -> tuple[Line, FakeSocket, Notes]:
    socket, events = FakeSocket(answers), Notes()
    return Line("ws://janus", "the secret", events.note, lambda _: socket), socket, events


def test_what_a_plugin_is_asked_is_answered_by_its_event_and_not_by_the_acknowledgement() -> None:
    done = {"janus": "event", "plugindata": {"data": {"configured": "ok"}}}
    line, socket, events = a_line(lambda _: [{"janus": "ack"}, done])
    answer = line.ask("message", body={"request": "configure"})
    assert answer["plugindata"] == done["plugindata"]
    assert line.ask("keepalive")["janus"] == "ack"
    assert [request["apisecret"] for request in socket.sent] == ["the secret"] * 2
    assert events == [] or events[-1]["janus"] == "event"


def test_answers_find_who_asked_in_whatever_order_they_come() -> None:
    line, socket, events = a_line()
    notes = Notes()
    for name in ("first", "second"):
        line.send("message", lambda answer, name=name: notes.note((name, answer["janus"])))
    first, second = (request["transaction"] for request in socket.sent)
    socket.told({"janus": "webrtcup", "sender": 7})
    socket.told({"janus": "success", "transaction": second})
    socket.told({"janus": "event", "transaction": first})
    socket.told({"janus": "event", "transaction": first})  # another of the same number is news
    assert notes.until(2) == [("second", "success"), ("first", "event")]
    assert [event["janus"] for event in events.until(2)] == ["webrtcup", "event"]


def test_a_no_of_janus_and_one_of_its_plugin_are_both_a_no() -> None:
    error = {"janus": "error", "error": {"code": 403, "reason": "Unauthorized"}}
    line, _, _ = a_line(lambda _: [error])
    with pytest.raises(Denied) as denied:
        line.ask("create")
    assert denied.value.code == 403
    fault = fault_of({"janus": "event", "plugindata": {"data": {"error_code": 428, "error": "No such feed"}}})
    assert isinstance(fault, Denied)
    assert fault.code == 428
    assert fault_of({"janus": "success", "data": {"id": 1}}) is None


def test_a_lost_line_answers_whoever_waits_and_whoever_comes_later() -> None:
    line, _, _ = a_line()
    notes = Notes()
    line.send("attach", lambda answer: notes.note(answer["janus"]))
    line.close()
    assert notes.until(1) == ["lost"]
    assert line.lost.wait(PATIENCE_S)
    with pytest.raises(Lost):
        line.ask("attach")


def test_an_answer_that_does_not_come_in_time_is_not_waited_for() -> None:
    line, socket, events = a_line()
    with pytest.raises(Lost):
        line.ask("attach", 0.01)
    socket.told({"janus": "success", "transaction": socket.sent[0]["transaction"]})
    events.until(1)


def test_a_defect_in_what_is_called_does_not_end_the_line() -> None:
    def defect(_: dict[str, Any]) -> None:
        raise ValueError

    line, _, _ = a_line(lambda _: [{"janus": "success"}])
    line.send("attach", defect)
    assert line.ask("attach")["janus"] == "success"


class FakeJanus:
    """Gives sessions numbers, and knows those of before."""

    def __init__(self, *known: int) -> None:
        self.away = False
        self.known = set(known)
        self.asked: list[tuple[str, int]] = []
        self.sockets: list[FakeSocket] = []

    def open(self, _: str) -> FakeSocket:
        if self.away:
            raise ConnectionRefusedError
        self.sockets.append(FakeSocket(self._answer))
        return self.sockets[-1]

    def _answer(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        what, session = request["janus"], request.get("session_id", 0)
        self.asked.append((what, session))
        if what == "create":
            self.known.add(100 + len(self.sockets))
            return [{"janus": "success", "data": {"id": 100 + len(self.sockets)}}]
        if session not in self.known:
            return [{"janus": "error", "error": {"code": 458, "reason": "No such session"}}]
        return [{"janus": "ack" if what == "keepalive" else "success"}]


class Owner:
    def __init__(self) -> None:
        self.told = Notes()

    def up(self) -> None:
        self.told.note("up")

    def down(self) -> None:
        self.told.note("down")

    def event(self, message: dict[str, Any]) -> None:
        self.told.note(message["janus"])

    def tick(self) -> None:
        pass


Begin = Callable[..., tuple[Session, Owner]]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    started: list[Session] = []

    def session(janus: FakeJanus, **more: Any) -> tuple[Session, Owner]:
        owner = Owner()
        made = Session("ws://janus", "s", owner, tmp_path / "session", open_to=janus.open, **more)
        started.append(made)
        made.start()
        return made, owner

    yield session
    for one in started:
        one.stop()


def test_a_session_is_claimed_by_the_process_that_comes_next(begin: Begin, tmp_path: Path) -> None:
    janus = FakeJanus()
    first, owner = begin(janus)
    assert first.ready
    assert (tmp_path / "session").read_text() == "101"
    first.stop()
    assert not first.ready
    assert owner.told == ["up"]  # its own end is no fault

    second, _ = begin(janus)
    assert ("claim", 101) in janus.asked
    assert (tmp_path / "session").read_text() == "102"
    assert ("destroy", 101) not in janus.asked
    second.release_held()
    assert janus.asked[-1] == ("destroy", 101)
    second.release_held()
    assert janus.asked[-1] == ("destroy", 101)


def test_a_session_that_is_no_more_is_not_missed(begin: Begin, tmp_path: Path) -> None:
    (tmp_path / "session").write_text("7")
    janus = FakeJanus()
    session, owner = begin(janus)
    assert session.ready
    assert owner.told == ["up"]
    assert janus.asked == [("create", 0), ("claim", 7)]


def test_a_lost_line_is_told_once_and_made_anew(begin: Begin) -> None:
    janus = FakeJanus()
    session, owner = begin(janus)
    janus.away = True
    janus.sockets[-1].abort()
    assert owner.told.until(2) == ["up", "down"]
    with pytest.raises(Lost):
        session.ask("attach")
    janus.away = False
    assert owner.told.until(3) == ["up", "down", "up"]
    # Pages have been told that all is over, so it has to be over.
    assert [one for one in janus.asked if one[1] == 101] == [("claim", 101), ("destroy", 101)]


def test_a_janus_that_is_not_there_at_first_is_found(begin: Begin) -> None:
    janus = FakeJanus()
    janus.away = True
    session, owner = begin(janus)
    assert not session.ready
    janus.away = False
    assert owner.told.until(2) == ["down", "up"]


def test_a_session_that_janus_has_ended_is_made_anew(begin: Begin) -> None:
    janus = FakeJanus()
    _, owner = begin(janus)
    janus.sockets[-1].told({"janus": "timeout", "session_id": 99})  # one that we hold no more
    janus.sockets[-1].told({"janus": "timeout", "session_id": 101})
    assert owner.told.until(3) == ["up", "down", "up"]


def test_a_janus_that_hangs_is_found_out(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memorata.adapters.stage.janus_session.LIFE_S", 0.0)
    monkeypatch.setattr("memorata.adapters.stage.janus_session.LIFE_ANSWER_S", 0.05)
    janus = FakeJanus()
    _, owner = begin(janus, tick_s=0.01)
    janus.sockets[-1]._answers = nothing
    assert owner.told.until(3) == ["up", "down", "up"]
