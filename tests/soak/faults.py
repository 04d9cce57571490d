"""What fails in a soak, one thing at a time, each for some seconds; by chance."""

import os
import random
import secrets
import signal
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from memorata.services.admission import Profile
from tests.faults.crowd import Crowd
from tests.hostile.test_t04_flood import FLOODS
from tests.live.attacker import Attacker
from tests.soak.house import House

Fault = Callable[[], None]
"""Does it, and returns when it is over."""


class Faults:
    """`tell` hears of each when it begins. `key` lets in whoever floods."""

    def __init__(
        self, house: House, crowd: Crowd, key: str, chance: random.Random, tell: Callable[[str], None]
    ) -> None:
        self._house, self._crowd, self._key, self._chance, self._tell = house, crowd, key, chance, tell
        self.kinds: dict[str, Fault] = {
            "a worker is killed": house.kill_one,
            "a worker stands still for 3 s": self._stand_still,
            "a third of the lines is cut": self._cut_some,
            "every line is cut": crowd.drop,
            "somebody floods": self._flood,
        }
        if house.database is not None:
            self.kinds |= {
                "the database stands still": lambda: self._for_a_while(house.database.frozen()),  # type: ignore[union-attr]
                "the database is stopped at once": self._stop_database,
            }
        if house.redis is not None:
            self.kinds |= {
                "Redis stands still": lambda: self._for_a_while(house.redis.frozen()),  # type: ignore[union-attr]
                "Redis is killed": self._kill_redis,
            }
        self.done: list[str] = []
        self.active: str | None = None
        self.ended_s = time.monotonic()
        self._bag: list[str] = []

    def one(self) -> None:
        """Each kind comes once before any comes again."""
        if not self._bag:
            self._bag = self._chance.sample(sorted(self.kinds), len(self.kinds))
        kind = self._bag.pop()
        self.active = kind
        self._tell(kind)
        try:
            self.kinds[kind]()
        finally:
            self.done.append(kind)
            self.ended_s = time.monotonic()
            self.active = None

    def quiet_s(self) -> float:
        """For how long nothing has failed."""
        return 0.0 if self.active is not None else time.monotonic() - self.ended_s

    def _some_s(self) -> float:
        return self._chance.uniform(4, 20)

    def _for_a_while(self, away: Any) -> None:
        with away:
            time.sleep(self._some_s())

    def _stop_database(self) -> None:
        assert self._house.database is not None
        self._house.database.stop(at_once=True)
        time.sleep(self._some_s())
        self._house.database.start()

    def _kill_redis(self) -> None:
        assert self._house.redis is not None
        self._house.redis.kill()
        time.sleep(self._some_s())
        self._house.redis.start()

    def _stand_still(self) -> None:
        pid = self._chance.choice(self._house.pids())
        os.kill(pid, signal.SIGSTOP)
        time.sleep(3)
        os.kill(pid, signal.SIGCONT)

    def _cut_some(self) -> None:
        some = self._chance.sample(self._crowd.pages, len(self._crowd.pages) // 3)
        self._crowd.call(lambda: [page.cut() for page in some])

    def _flood(self) -> None:
        url = self._chance.choice(self._house.urls)
        entry = self._house.office.admission.enter(self._key, f"mallory-{secrets.token_hex(6)}", Profile())
        where = cast(Any, SimpleNamespace(url=url, environment={"MEMORATA_PORT": url.rpartition(":")[2]}))
        attacker = Attacker(where).join(entry.token)
        attack = threading.Thread(target=lambda: attacker.flood(FLOODS["events"], 15), daemon=True)
        attack.start()
        attack.join(20)
