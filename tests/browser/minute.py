"""A ceremony with one silence in it, and what each of its beats is held against."""

import secrets
from collections.abc import Iterable, Sequence

from memorata.domain.items import Item, Silence
from memorata.domain.silence import SilencePlan, beat_count, beat_ms, length_s, plan
from tests.browser.evening import an_item, both, of
from tests.builders import text
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms

DETAIL = Silence(
    duration_s=15, invitation=text("Please rise."), invitation_s=2, stillness_s=1, end_signal="none", quiet_after_s=1
)
STALLS = 8
"""One beat in so many may be beyond: this machine makes audio wait now and then, and a page can only follow that."""


class Evening:
    """One ceremony with one silence in it, which its host starts from the console's own line.

    Args: after: what follows the silence by itself.
    """

    def __init__(self, server: Server, detail: Silence = DETAIL, after: Sequence[Item] = ()) -> None:
        self.detail = detail
        self.ceremony_id = f"evening-{secrets.token_hex(3)}"
        minute = an_item("minute", both("A minute of silence", "Минута молчания"), detail, length_s(detail),
                         end="next" if after else "hold")  # fmt: skip
        self.keys = server.plan(of(self.ceremony_id, now_ms() + 600_000, (minute, *after)))
        self.door = f"{server.url}/e/{self.keys['participant']}"
        self.console = f"{server.url}/h/{self.keys['host']}"
        self.window = f"{server.url}/c/{self.ceremony_id}/watch"
        self._host = server.person(self.keys["host"])

    def begin(self) -> SilencePlan:
        host = self._host.connect()
        answer = host.command("item.cue", item_id="minute", aimed_cue=0)
        assert answer["ok"], answer
        start_ms: int = host.at(answer["seq"]).state.progress.runs[-1].start_ms
        host.disconnect()
        return plan(self.detail, start_ms)


def at(instant_ms: float, what: str = "") -> None:
    eventually(lambda: now_ms() >= instant_ms, what or "the instant", 60)


def instants(silence: SilencePlan) -> list[float]:
    return [beat_ms(silence, beat) for beat in range(beat_count(silence))]


def lateness(heard: Iterable[float], silence: SilencePlan, from_ms: float, until_ms: float) -> dict[int, list[float]]:
    """By beat, how late it was heard, ms, each time it was; those that were due in between."""
    due = instants(silence)
    found: dict[int, list[float]] = {beat: [] for beat, at_ms in enumerate(due) if from_ms <= at_ms < until_ms}
    for instant in heard:
        beat = min(range(len(due)), key=lambda one: abs(due[one] - instant))
        if beat in found:
            found[beat].append(instant - due[beat])
    return found


def usual(amounts: list[float]) -> float:
    """The largest, but for what the machine's own stalls excuse."""
    return sorted(amounts)[-1 - len(amounts) // STALLS]
