"""python -m tests.soak: prints a line a minute and a verdict; ends with 1 when anything that must hold did not."""

import argparse
import math
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from memorata.domain import items as i
from memorata.domain.programme import Programme
from memorata.services.admission import Profile
from tests.builders import a_programme, a_silence, an_item, text
from tests.faults.crowd import Crowd, Page, Press
from tests.live.client import eventually
from tests.live.conftest import now_ms
from tests.soak.checks import Checks, truth_in
from tests.soak.faults import Faults
from tests.soak.house import House, memory_mb, running

NAME = "soak"
MINUTE_S = 60
WARM_S = 1500.0
"""How old a process is before its memory is looked at: until then it fills what it keeps at hand, such as the last 500
events; of one that did not live so long it is the second half of its life."""

SLOPE_MB_H = 5.0
LIVED_S = 3600.0
"""How long a process must have lived for its slope to count in the verdict; before that it is mostly noise."""


def an_endless_evening(minutes: int, starts_in_s: float) -> Programme:
    """A minute is words, a silence, and words again; as many as are wanted, by their own times."""
    items = [an_item("lobby", i.Lobby(), 900)]
    for number in range(minutes + 3):
        silence = a_silence(f"minute-{number}", invitation_s=2, stillness_s=1, duration_s=15, quiet_after_s=2)
        items += [
            an_item(f"before-{number}", planned_s=25, end="next"),
            silence,
            an_item(f"after-{number}", planned_s=15, end="next"),
        ]
    items.append(an_item("farewell", i.Closing(words=text("Until next year.")), 600))
    return a_programme(NAME, at_ms=now_ms() + round(starts_in_s * 1000), items=items)


class Memory:
    """How much each process that serves holds, over time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._samples: dict[int, list[tuple[float, float]]] = defaultdict(list)

    def look(self) -> None:
        for pid in self._house.pids():
            held = memory_mb(pid)
            if held is not None:
                self._samples[pid].append((time.monotonic(), held))

    def now_mb(self) -> list[int]:
        return [round(self._samples[pid][-1][1]) for pid in self._house.pids() if self._samples[pid]]

    def slopes(self) -> list[tuple[int, float, float]]:
        """Of each process that lived for some minutes: its number, for how long, and by how much an hour it grew."""
        found = []
        for pid, samples in self._samples.items():
            cold_s = min(WARM_S, (samples[-1][0] - samples[0][0]) / 2)
            warm = [(at_s, held) for at_s, held in samples if at_s - samples[0][0] > cold_s]
            if len(warm) > 10:
                mean_s = sum(at_s for at_s, _ in warm) / len(warm)
                mean_mb = sum(held for _, held in warm) / len(warm)
                spread = sum((at_s - mean_s) ** 2 for at_s, _ in warm)
                slope = sum((at_s - mean_s) * (held - mean_mb) for at_s, held in warm) / spread
                found.append((pid, samples[-1][0] - samples[0][0], slope * 3600))
        return found


class People:
    """Somebody presses something now and then: a host opens and closes the asking, others ask to speak."""

    def __init__(self, crowd: Crowd, host: Page, chance: random.Random) -> None:
        self._crowd, self._host, self._chance = crowd, host, chance
        self.presses: list[Press] = []
        self._asking, self._hosts, self._asked_s = True, None, 0.0

    def act(self) -> None:
        # One at a time, so that each press changes what the last one has left.
        last: Press | None = self._hosts
        if last is None or last.answer is not None:
            if last is not None and last.ok:
                self._asking = not self._asking
            self._hosts = self._host.press("floor.set_asking", on=not self._asking)
            self.presses.append(self._hosts)
        if time.monotonic() - self._asked_s > 10:
            self._asked_s = time.monotonic()
            page = self._chance.choice(self._crowd.pages)
            self.presses.append(page.press("floor.request", entry_kind="poem", name="Chiyo", text="Snow"))


def soak(house: House, minutes: int, clients: int, each_s: float, chance: random.Random) -> bool:
    programme = an_endless_evening(minutes, starts_in_s=10 + clients / 40)
    keys = house.serving.plan(programme)
    ports = [int(url.rpartition(":")[2]) for url in house.urls]
    crowd, staff = Crowd(house.urls[0]), Crowd(house.urls[0])
    host = staff.come(house.office.admission.enter(keys["host"], "the-host-of-the-soak", Profile()).token)
    for number in range(clients):
        entry = house.office.admission.enter(keys["participant"], f"device-of-the-soak-{number}", Profile())
        crowd.come(entry.token, by=ports[number % len(ports)])
    eventually(lambda: crowd.inside == clients and host.inside, f"all {clients} pages", 120)
    house.office.ceremonies.follow()
    house.office.ceremonies.conduct(NAME, on=True)
    eventually(lambda: all(page.heard.state.progress.autopilot for page in crowd.pages), "all to know the times", 30)
    eventually(lambda: all(page.offset_ms is not None for page in crowd.pages), "all to know the time", 30)
    faults = Faults(house, crowd, keys["participant"], chance, lambda kind: print(f"  {kind}", flush=True))
    checks = Checks(crowd, crowd.pages[0].heard.state, truth_in(house.folder), faults)
    memory, people = Memory(house), People(crowd, host, chance)
    often = f"a fault each {each_s:.0f} s" if each_s else "and nothing fails"
    print(f"{clients} pages at {len(ports)} servers for {minutes} minutes, {often}", flush=True)
    began_s = told_s = time.monotonic()
    failing: threading.Thread | None = None
    next_s = began_s + min(each_s, 20) if each_s else math.inf
    while (passed_s := time.monotonic() - began_s) < minutes * MINUTE_S:
        checks.look()
        # What is on its way when something fails is what matters.
        if chance.random() < 0.5:
            people.act()
        if int(passed_s) % 10 == 0:
            memory.look()
        busy = failing is not None and failing.is_alive()
        # The last of them is followed by peace, to see that all comes to rest.
        if time.monotonic() >= next_s and not busy and passed_s < minutes * MINUTE_S - 45:
            failing = threading.Thread(target=faults.one, name="fault", daemon=True)
            failing.start()
            next_s += each_s
        if time.monotonic() - told_s >= MINUTE_S:
            told_s += MINUTE_S
            tell(passed_s, crowd, checks, faults, memory, people)
            for page in crowd.pages:
                del page.beats[:-10]
        time.sleep(max(0.0, 1.0 - (time.monotonic() - began_s - passed_s)))
    if failing is not None:
        failing.join(60)
    settle(crowd, host, people)
    checks.look()
    checks.at_the_end(house.office.log, NAME, host, people.presses)
    tell(time.monotonic() - began_s, crowd, checks, faults, memory, people)
    good = verdict(house, checks, faults, memory)
    crowd.leave()
    staff.leave()
    return good


def settle(crowd: Crowd, host: Page, people: People) -> None:
    """Everything pressed is answered, and everybody hears of it."""
    try:
        eventually(lambda: all(press.answer is not None for press in people.presses), "every press answered", 60)
        eventually(lambda: len({page.seq for page in (*crowd.pages, host)}) == 1, "all at one number", 30)
    except AssertionError as late:
        print(f"  {late}", flush=True)


def tell(passed_s: float, crowd: Crowd, checks: Checks, faults: Faults, memory: Memory, people: People) -> None:
    answered = sum(press.answer is not None for press in people.presses)
    memories = " and ".join(map(str, memory.now_mb()))
    print(
        f"{passed_s / 60:5.1f} min: {crowd.inside} of {len(crowd.pages)} in, event {checks.head}, "
        f"{len(faults.done)} faults, time shown within {checks.worst_ms:.0f} ms, "
        f"back within {checks.worst_back_s:.0f} s, "
        f"{answered} of {len(people.presses)} presses answered, {memories} MB, {sum(checks.kinds.values())} violations",
        flush=True,
    )


def verdict(house: House, checks: Checks, faults: Faults, memory: Memory) -> bool:
    defects = house.defects()
    for pid, lived_s, slope in memory.slopes():
        print(f"process {pid} lived for {lived_s / 60:.0f} min, and grew by {slope:+.1f} MB an hour")
    heavy = [slope for _, lived_s, slope in memory.slopes() if lived_s > LIVED_S and slope > SLOPE_MB_H]
    for line in defects[:5]:
        print(f"a defect: … {line[-600:]}")
    good = not checks.kinds and not defects and not heavy
    print(
        f"{'GOOD' if good else 'BAD'}: {checks.looks} looks, {len(faults.done)} faults, {dict(checks.kinds)} violated, "
        f"{len(defects)} defects, {len(heavy)} processes that grow",
        flush=True,
    )
    return good


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    asked.add_argument("--minutes", type=int, default=30)
    asked.add_argument("--clients", type=int, default=500)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--each", type=float, default=120.0, help="seconds from one fault to the next; 0: none")
    asked.add_argument("--seed", type=int, default=None)
    given = asked.parse_args()
    seed = random.randrange(10**6) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="memorata-soak-") as folder:
        with running(Path(folder), given.workers) as house:
            good = soak(house, given.minutes, given.clients, given.each, random.Random(seed))
        return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
