"""The demonstration, as somebody sees it who has just downloaded it."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorata.demo.company import Company
from memorata.domain.commands import Actor, HoldPicture
from tests.builders import a_programme
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms
from tests.network import free_port

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SHORT = """\
title = { en = "A short evening", ru = "Короткий вечер" }
languages = ["en", "ru"]
source = "made up"

[date]
base = 1944-01-27
rule = "fixed"
time = "14:00"
zone = "Europe/Moscow"

[[items]]
id = "minute"
kind = "silence"
title = { en = "Silence", ru = "Тишина" }
invitation_s = 3
stillness_s = 3
duration_s = 15
quiet_after_s = 2
invitation = { en = "Please rise.", ru = "Просим встать." }

[[items]]
id = "wreaths"
kind = "wreath_laying"
title = { en = "Wreaths", ru = "Венки" }
slot_s = 5
[[items.wreaths]]
community = { en = "Armenia", ru = "Армения" }
country = "AM"
[[items.wreaths]]
community = { en = "Bulgaria", ru = "Болгария" }
country = "BG"

[[items]]
id = "candle"
kind = "candle"
title = { en = "Candle", ru = "Свеча" }
planned_s = 8

[[items]]
id = "wishes"
kind = "wishes"
title = { en = "Wishes", ru = "Пожелания" }
planned_s = 8
prompt = { en = "What do you wish?", ru = "Чего вы желаете?" }

[[items]]
id = "closing"
kind = "closing"
title = { en = "Until we meet again", ru = "До новой встречи" }
planned_s = 6
guest_book_until = "05-09"
"""


class Demonstration:
    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        (folder / "short.toml").write_text(SHORT)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MEMORATA_")}
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "memorata", "demo", "--schedule", str(folder / "short.toml"), *arguments],
            cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def links(self) -> dict[str, str]:
        eventually(lambda: "Ctrl-C ends everything" in self.text or self.process.poll() is not None, "links", 60)
        return dict(re.findall(r"^  (Host|Participant|Watcher|Programme|Hall) +(http\S+)$", self.text, re.MULTILINE))

    def children(self) -> list[int]:
        """The processes that the demonstration has started."""
        return [
            int(folder.name) for folder in Path("/proc").glob("[0-9]*")
            if (told := stat_of(folder.name)) and told[1] == str(self.process.pid)
        ]  # fmt: skip


@pytest.fixture
def demonstrations() -> Iterator[list[Demonstration]]:
    begun: list[Demonstration] = []
    yield begun
    for demonstration in begun:
        if demonstration.process.poll() is None:
            demonstration.process.send_signal(signal.SIGTERM)
            demonstration.process.wait(30)


def test_a_whole_ceremony_is_held_by_itself(tmp_path: Path, demonstrations: list[Demonstration]) -> None:
    port = free_port()
    demo = Demonstration(
        tmp_path, "--people", "27", "--autopilot", "--start-in", "16", "--port", str(port), "--once"
    )  # fmt: skip
    demonstrations.append(demo)
    links = demo.links()
    assert set(links) == {"Host", "Participant", "Watcher", "Programme", "Hall"}, demo.text
    assert all(address.startswith(f"http://127.0.0.1:{port}/") for address in links.values())
    assert {name: fetch(address)[0] for name, address in links.items()} == dict.fromkeys(links, 200)
    assert demo.process.wait(200) == 0
    moments = [line.split("  ")[2].strip() for line in demo.lines if re.match(r"  \d\d:\d\d:\d\d  ", line)]
    order = [
        "The doors are open", "Everybody is here", "Silence: invitation", "Silence: stillness", "Silence: silence",
        "Silence: rest",
        "Wreaths, 1 of 2", "Wreaths, 2 of 2", "Candle", "Wishes, 1 of 6", "Wishes, 2 of 6", "Wishes, 3 of 6",
        "Wishes, 4 of 6", "Wishes, 5 of 6", "Wishes, 6 of 6", "Until we meet again", "The ceremony is over",
    ]  # fmt: skip
    # It looks once a second: on a slow machine a moment may be passed over, but none comes out of its turn.
    assert moments == [name for name in order if name in moments]
    assert {"The doors are open", "Silence: silence", "Candle", "The ceremony is over"} <= set(moments)
    tally = demo.lines[-1]
    counts = {words: int(count) for count, words in re.findall(r"(\d+) (screens|laid|lit|wrote)", tally)}
    assert counts["screens"] == 27
    assert counts["laid"] >= 1
    assert counts["lit"] >= 15
    assert counts["wrote"] >= 2
    # 26 places, of which the halls bring thirty people each.
    people = [int(number) for number in re.findall(r"(\d+) people, \d+ countries", demo.text)]
    assert max(people) > 50
    done = subprocess.run(
        [sys.executable, "-m", "memorata", "ceremony", "replay", "short-demo", "--data-dir", str(tmp_path / ".demo")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "and they add up" in done.stderr
    assert "wish.offered" in done.stdout
    assert "Traceback" not in (tmp_path / ".demo/people.log").read_text()
    assert '"level": "error"' not in (tmp_path / ".demo/server.log").read_text()


def test_somebody_who_loses_the_line_comes_back_to_the_same_place(own_server: Server) -> None:
    keys = own_server.plan(a_programme("returning", at_ms=now_ms() + 600_000))
    company = Company(own_server.url, [keys["participant"]], 0, 0.1)
    living = threading.Thread(target=company.run, daemon=True)
    living.start()
    (person,) = company.people
    eventually(lambda: company.tally.entered == 1, "the person to enter")
    known = person.seq
    person.lose_line()
    eventually(lambda: company.tally.returned == 1, "the person to return", 30)
    own_server.office.ceremonies.handle("returning", HoldPicture(), Actor("host", "host"), "")
    eventually(lambda: person.seq > known, "the person to hear of what comes after")
    assert company.scene.state.progress.holding_since_ms is not None
    assert own_server.office.participants.count("returning") == 1
    company.stop()
    living.join(10)
    assert not living.is_alive()
    assert not company.tally.failed


def test_ctrl_c_ends_everything(tmp_path: Path, demonstrations: list[Demonstration]) -> None:
    demo = Demonstration(tmp_path, "--people", "4", "--start-in", "600", "--port", str(free_port()))
    demonstrations.append(demo)
    links = demo.links()
    children = demo.children()
    assert len(children) == 2
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(25) == 0
    assert "Traceback" not in demo.text
    assert not any(alive(pid) for pid in children)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(links["Host"].split(":")[2].split("/")[0])), timeout=2)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_nothing_outlives_a_demonstration_that_is_killed(tmp_path: Path, demonstrations: list[Demonstration]) -> None:
    demo = Demonstration(tmp_path, "--people", "4", "--start-in", "600", "--port", str(free_port()))
    demonstrations.append(demo)
    demo.links()
    children = demo.children()
    assert len(children) == 2
    demo.process.kill()
    demo.process.wait()
    eventually(lambda: not any(alive(pid) for pid in children), "its processes to end", 20)


def test_a_taken_port_is_said_and_the_next_is_used(tmp_path: Path, demonstrations: list[Demonstration]) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        demo = Demonstration(tmp_path, "--people", "0", "--start-in", "600", "--port", str(taken))
        demonstrations.append(demo)
        links = demo.links()
    assert demo.lines[0].startswith(f"Port {taken} is taken; this is at port ")
    assert f":{taken}/" not in links["Host"]


def test_a_folder_of_somebody_is_left_alone(tmp_path: Path, demonstrations: list[Demonstration]) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/mother.txt").write_text("Dear")
    demo = Demonstration(tmp_path, "--data-dir", "letters", "--port", str(free_port()))
    demonstrations.append(demo)
    assert demo.process.wait(30) == 1
    eventually(lambda: "holds something else than a demonstration" in demo.text, "the reason")
    assert (tmp_path / "letters/mother.txt").read_text() == "Dear"


def stat_of(pid: int | str) -> list[str]:
    """State, parent and so on of a process; nothing of one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def alive(pid: int) -> bool:
    return stat_of(pid)[:1] not in ([], ["Z"])
