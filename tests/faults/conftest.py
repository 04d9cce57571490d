"""Servers that may be harmed, crowds that look on, and the table of what was measured."""

import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memorata.domain import items as i
from memorata.domain.programme import Programme, runs_ahead
from memorata.domain.state import CeremonyState
from memorata.services.admission import Profile
from tests.builders import a_programme, a_silence, an_item, text
from tests.faults.crowd import Crowd
from tests.faults.figures import Figure, Figures, table, write
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms, people

__all__ = ["people"]

NAME = "evening"


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    return Figures(request.node.user_properties)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server that a test may harm, in a folder of its own; at the end it has said nothing of a defect."""
    started: list[Server] = []

    def serve(folder: Path | None = None, *, start: bool = True, **environment: str) -> Server:
        server = Server(folder or tmp_path / f"data-{len(started)}", **environment)
        started.append(server)
        return server.start() if start else server

    yield serve
    for server in started:
        server.stop()
    # A store that is away is told as an error, and is none of ours.
    assert [line for server in started for line in server.lines if "Traceback" in line] == []


@pytest.fixture
def crowds() -> Iterator[Callable[..., Crowd]]:
    """Gathers so many pages before a server, and waits until all are in; `by`: a port in front of it."""
    made: list[Crowd] = []

    def gather(server: Server, key: str, count: int, by: int = 0, **how: float) -> Crowd:
        crowd = Crowd(server.url, by=by, **how)
        made.append(crowd)
        for number in range(count):
            entry = server.office.admission.enter(key, f"{secrets.token_hex(8)}-{number}", Profile())
            crowd.come(entry.token)
        settled(crowd, count)
        return crowd

    yield gather
    for crowd in made:
        crowd.leave()


def settled(crowd: Crowd, count: int, within_s: float = 60) -> None:
    """Wait until all are in and know the time."""
    eventually(
        lambda: crowd.inside == count and all(page.offset_ms is not None for page in crowd.pages),
        f"{count} pages, of which {crowd.inside} are in",
        within_s,
    )


def an_evening(
    *, silence_s: int = 6, invitation_s: int = 1, words_s: int = 0, starts_in_s: float = 1.0, name: str = NAME
) -> Programme:
    """A ceremony that is conducted by its own times: words if wanted, a silence, words, a farewell without an end."""
    rest = an_item("after", planned_s=1, end="next")
    silence = a_silence("minute", invitation_s=invitation_s, stillness_s=1, duration_s=silence_s, quiet_after_s=1)
    before = (an_item("before", planned_s=words_s, end="next"),) if words_s else ()
    farewell = an_item("farewell", i.Closing(words=text("Until next year.")), 600)
    return a_programme(
        name,
        at_ms=now_ms() + round(starts_in_s * 1000),
        items=(an_item("lobby", i.Lobby(), 900), *before, silence, rest, farewell),
    )


def conducted(server: Server, crowd: Crowd, name: str = NAME) -> CeremonyState:
    """Let the ceremony go by its own times, and wait until every page knows them."""
    server.office.ceremonies.follow()
    server.office.ceremonies.conduct(name, on=True)
    eventually(lambda: all(page.heard.state.progress.autopilot for page in crowd.pages), "all to know the times", 30)
    return crowd.pages[0].heard.state


def instant_ms(state: CeremonyState, item_id: str) -> int:
    """When an item begins by the times that are known."""
    assert state.programme is not None
    return next(run.start_ms for run in runs_ahead(state.programme, state.progress) if run.item_id == item_id)


def until_ms(at_ms: float) -> None:
    """Let time go by."""
    while (left_ms := at_ms - now_ms()) > 0:
        time.sleep(min(left_ms / 1000, 0.2))


def listening(server: Server) -> bool:
    port = int(server.environment["MEMORATA_PORT"])
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class Rising(threading.Thread):
    """Starts a dead server again, as a supervisor does after its pause; `listening_s`: when it listens (monotonic)."""

    def __init__(self, server: Server, after_s: float) -> None:
        super().__init__(name="rising", daemon=True)
        self._server, self._after_s = server, after_s
        self.listening_s = 0.0
        self.start()

    def run(self) -> None:
        time.sleep(self._after_s)
        looking = threading.Thread(target=self._look, daemon=True)
        looking.start()
        self._server.start()
        looking.join(30)

    def _look(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if listening(self._server):
                self.listening_s = time.monotonic()
                return
            time.sleep(0.01)


_figures: list[Figure] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        _figures.extend(Figure(**value) for name, value in report.user_properties if name == "figure")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not _figures:
        return
    terminalreporter.section("faults: what was measured, beside its target")
    for line in table(_figures):
        terminalreporter.write_line(line)
    path = config.getoption("--figures", None)
    if path:
        write(Path(path), _figures)
