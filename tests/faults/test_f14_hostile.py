"""F14: one of those who have come in floods the server in the middle of the silence.

The attacks are those of T4 (tests/hostile/test_t04_flood.py), where each is held for itself; here a silence goes on.
"""

import threading
import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import an_evening, conducted, instant_ms, until_ms
from tests.faults.crowd import Crowd
from tests.faults.figures import Figures
from tests.faults.pulse import Pulse
from tests.faults.watch import Watch
from tests.hostile.raw import memory_mb
from tests.hostile.test_t04_flood import FLOODS
from tests.live.attacker import Attacker, frame
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.live.truth import truth_of

pytestmark = [pytest.mark.faults, pytest.mark.heavy]

COUNT = 100


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_in_the_silence(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures, kind: str
) -> None:
    server = serving()
    keys = server.plan(an_evening(silence_s=10))
    mallory = server.person(keys["participant"]).enter()
    crowd = crowds(server, keys["participant"], COUNT)
    aside = crowds(server, keys["participant"], 1)
    announced = conducted(server, crowd)
    cut_s: list[float | None] = []
    with Watch(crowd, announced, truth_of(server)) as watch:
        until_ms(instant_ms(announced, "minute") + 1_000)
        with Pulse(aside) as pulse:
            eventually(lambda: len(pulse.waits_s) > 20, "the pulse before it")
            quiet_ms, before_mb = pulse.p99_ms, memory_mb(server)
            attacker = Attacker(server).join(mallory.token)
            if "fragments" in kind or "message" in kind:
                attacker.socket.sendall(frame(1, b"42", final=False))
            attack = threading.Thread(target=lambda: cut_s.append(attacker.flood(FLOODS[kind], 20)))
            attack.start()
            most_mb = before_mb
            while attack.is_alive():
                most_mb = max(most_mb, memory_mb(server))
                time.sleep(0.05)
            attack.join()
        until_ms(instant_ms(announced, "farewell") + 300)
    assert cut_s[0] is not None, "never cut"
    figures.hold("F14", f"{kind}: cut after", cut_s[0], "s", 5)
    figures.hold("F14", f"{kind}: p99 of what the others wait", max(0.0, pulse.p99_ms - quiet_ms), "ms", 200)
    figures.hold("F14", f"{kind}: memory", max(0.0, most_mb - before_mb), "MB", 20)
    figures.hold("F14", "error of the time shown", watch.worst_ms, "ms", 50)
    assert watch.contradictions == []
    assert all(page.lost_s == [] for page in crowd.pages)
