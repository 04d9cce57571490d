"""Live pictures: each source is behind by its own measure, and nothing but the picture hangs on that."""

import math
import re
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route

from memorata.domain.broadcast import Source
from memorata.domain.items import Silence
from tests.browser.conftest import Sit
from tests.browser.evening import an_item, both
from tests.browser.pictured import RECORDER, STREAMS, Figures, a_film, cue, enter, figures, films, shown
from tests.browser.recorder import seen_by
from tests.browser.streams.make import FRAMES, PART_S
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LINK = "https://live.example.org/hall/index.m3u8"
DELAY_S = 14
WINDOW = 12
"""Parts that a playlist holds, as live ones do."""
MINUTE = Silence(duration_s=15, invitation_s=3, stillness_s=3, quiet_after_s=2)


class Hall:
    """A hall that sends since `began_s` (wall time, s) what lies in streams/; `behind_s` later it can be had."""

    def __init__(self, began_s: float, behind_s: float) -> None:
        self.began_s, self.behind_s = began_s, behind_s
        whole = (STREAMS / "stream.m4s").read_bytes()
        ranges = re.findall(r'BYTERANGE[:="]+(\d+)@(\d+)', (STREAMS / "stream.m3u8").read_text())
        self.head, *self.parts = (whole[int(start) : int(start) + int(size)] for size, start in ranges)

    def answer(self, route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[1]
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
        if name.endswith(".m3u8"):
            route.fulfill(body=self.playlist(), content_type="application/vnd.apple.mpegurl", headers=headers)
        else:
            body = self.head if name == "head.mp4" else self.parts[int(name.removesuffix(".m4s"))]
            route.fulfill(body=body, content_type="video/mp4", headers=headers)

    def playlist(self) -> str:
        there = min(len(self.parts), int((time.time() - self.began_s - self.behind_s) / PART_S))
        first = max(0, there - WINDOW)
        lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{PART_S}", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        lines.append('#EXT-X-MAP:URI="head.mp4"')
        for part in range(first, there):
            taken = datetime.fromtimestamp(self.began_s + part * PART_S, UTC)
            lines += [f"#EXT-X-PROGRAM-DATE-TIME:{taken.isoformat(timespec='milliseconds')}"]
            lines += [f"#EXTINF:{PART_S}.0,", f"{part}.m4s"]
        return "\n".join(lines) + "\n"

    def behind(self, page: Page, from_ms: float) -> Figures:
        """How far the pictures that the page has shown since were behind the hall, ms."""
        seen = [one for one in shown(page) if one.at >= from_ms and one.number is not None]
        return figures([one.at - self.began_s * 1000 - (one.number or 0) * 1000 / FRAMES for one in seen])


def planned(server: Server, ceremony_id: str, delay_s: float | None) -> dict[str, str]:
    whole_s = MINUTE.invitation_s + MINUTE.stillness_s + MINUTE.duration_s + MINUTE.quiet_after_s
    return server.plan(
        films(
            ceremony_id,
            now_ms() + 600_000,
            a_film("hall", Source("hls", "", LINK, delay_s), live=True),
            an_item("minute", both("A minute of silence", "Минута молчания"), MINUTE, whole_s),
        )
    )


def seated(sit: Sit, url: str, hall: Hall) -> Page:
    page = sit(url)
    page.context.route("https://live.example.org/**", hall.answer)
    page.evaluate(RECORDER)
    return enter(page)


@pytest.mark.parametrize(("ceremony_id", "delay_s"), [("dated", DELAY_S), ("undated", None)])
def test_pages_agree_in_all_but_the_picture(server: Server, sit: Sit, ceremony_id: str, delay_s: float | None) -> None:
    """One page gets the hall 4 s later. With a delay both show one moment; the silence always comes at once."""
    keys = planned(server, ceremony_id, delay_s)
    host = server.person(keys["host"]).connect()
    began_s = time.time() - 20
    halls = Hall(began_s, 0), Hall(began_s, 4)
    near, far = (seated(sit, f"{server.url}/e/{keys['participant']}", hall) for hall in halls)
    start_ms = cue(host, "hall")
    # The hall's own answers come from this thread: it waits as the browser does.
    near.wait_for_timeout(start_ms - now_ms() + 20_000)

    def as_meant() -> bool:
        from_ms = now_ms()
        near.wait_for_timeout(6_000)
        there = halls[0].behind(near, from_ms), halls[1].behind(far, from_ms)
        print(f"{ceremony_id}: near {there[0]}; far {there[1]}")
        if delay_s is None:
            return there[1].bias - there[0].bias > 1_500
        return all(abs(one.bias - delay_s * 1000) < 300 for one in there)

    # What a busy machine has put off by a second is given back in some twenty.
    eventually(as_meant, "the pictures to be where they are meant to be", 60)

    silence_ms = cue(host, "minute")
    begins_ms = silence_ms + (MINUTE.invitation_s + MINUTE.stillness_s) * 1000
    near.wait_for_timeout(begins_ms - now_ms() + (MINUTE.duration_s + MINUTE.quiet_after_s + 2) * 1000)
    beats = seen_by(near).beats, seen_by(far).beats
    count = math.ceil(MINUTE.duration_s * MINUTE.bpm / 60)
    for one in beats:
        assert sorted(one) == list(range(count))
        late = sorted(one[beat] - begins_ms - beat * 60_000 / MINUTE.bpm for beat in one)
        print(f"{ceremony_id}: beats after their instant, ms: median {late[count // 2]:.1f}, most {late[-1]:.1f}")
        assert abs(late[count // 2]) < 150
    host.disconnect()
