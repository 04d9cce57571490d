"""That a witness would tell: a kill in the middle of a silence leaves nothing to tell, a page that errs does."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from memorata.domain.silence import SilencePlan, beat_ms
from tests.browser.conftest import the_browser
from tests.browser.minute import Evening
from tests.faults.witness import accounts, wait_ms, watching, witness
from tests.live.conftest import Server
from tests.live.truth import Truth, truth_of

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path).start()
    yield started
    started.stop()
    assert started.defects() == []


@pytest.mark.heavy
def test_three_pages_keep_a_silence_while_the_server_is_killed_and_comes_back(server: Server) -> None:
    truth = truth_of(server)
    evening = Evening(server)
    with watching(evening, truth) as witnesses:
        silence = evening.begin()
        wait_ms(truth, beat_ms(silence, 3) + 300)
        server.kill()
        wait_ms(truth, beat_ms(silence, 8))
        server.start()
        for account in accounts(witnesses, silence):
            account.undisturbed()


ERRING = """
<!doctype html><title>A page that errs</title>
<div class="audience" data-shown="item-1-minute"><section class="silence"></section></div>
<p role="alert"></p><button>Press</button>
<script>
  const silence = document.querySelector('.silence')
  const t0 = Number(location.hash.slice(1))
  const at = (local_ms, run) => setTimeout(run, local_ms - performance.now())
  const beat = (number, late_ms) => at(t0 + number * 1200 + late_ms, () => { silence.dataset.beat = number })
  const part = (name, when_ms) => at(when_ms, () => { silence.dataset.part = name })
  document.documentElement.toggleAttribute('data-calm', true)
  part('invitation', t0 - 2400); part('stillness', t0 - 1900); part('silence', t0)
  beat(0, 0); beat(1, 600); beat(3, 0)
  at(t0 + 4000, () => { silence.dataset.beat = 1 })
  at(t0 + 2500, () => { document.querySelector('[role=alert]').textContent = 'Something went wrong' })
  at(t0 + 2600, () => document.querySelector('button').focus())
  at(t0 + 2700, () => { throw new Error('a defect of the page') })
  at(t0 + 4800, () => { silence.dataset.part = 'rest' })
  at(t0 + 5300, () => document.documentElement.toggleAttribute('data-calm', false))
</script>
"""


def test_a_witness_tells_of_what_goes_wrong() -> None:
    silence = SilencePlan(600, 1100, 3000, 7800, 8300, 50)
    seen = witness(the_browser(), "host", f"data:text/html,{quote(ERRING)}#{silence.t0_ms}", Truth(0, time.monotonic()))
    # To this page server time is its own.
    seen.truth = Truth(0, seen.begun_s())
    told = seen.account(silence)
    seen.page.context.close()
    print(told)
    assert told.parts() == ["invitation", "stillness", "silence", "rest"]
    assert (told.drawn.missed, told.drawn.extra) == ([2], 1)
    assert told.drawn.worst_ms > 500
    assert told.said_within() == ["Something went wrong"]
    assert any("button" in one for one in told.moved)
    assert len(told.errors) == 2
    with pytest.raises(AssertionError):
        told.undisturbed()
