"""Those who only watch, under the same faults: the beat goes on, nothing is told; and what a watcher costs."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import the_browser
from tests.browser.minute import Evening
from tests.faults.badline import BadLine
from tests.faults.figures import Figures
from tests.faults.witness import accounts, wait_ms, witness
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.live.truth import truth_of

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.timeout(240)]

APOLOGY = "<!doctype html><title>503</title><h1>Service Temporarily Unavailable</h1>"


@pytest.mark.heavy
def test_a_proxy_that_has_lost_its_server_is_no_reason_to_stop(
    serving: Callable[..., Server], figures: Figures
) -> None:
    """Half a minute of no answer, of each kind, over a silence: an error page, one that calls itself good, nothing."""
    server = serving()
    truth = truth_of(server)
    evening = Evening(server)
    path = evening.window[len(server.url) :]
    lines = [BadLine(int(server.environment["MEMORATA_PORT"])) for _ in range(3)]
    for line in lines:
        line.__enter__()
    watchers = [witness(the_browser(), "watcher", line.url + path, truth).enter() for line in lines]
    silence = evening.begin()
    for one in watchers:
        expect(one.page.locator(".silence")).to_be_attached()
    wait_ms(truth, silence.still_ms)
    lines[0].answer("503 Service Unavailable", APOLOGY, headers="Retry-After: 5\r\n")
    lines[1].answer("200 OK", APOLOGY)
    lines[2].silence()
    asked = [line.opened for line in lines]
    for account in accounts(watchers, silence):
        account.undisturbed()
    wait_ms(truth, silence.still_ms + 30_000)
    for line, before in zip(lines, asked, strict=True):
        figures.hold("F15", "watcher: requests in 30 s without answers", line.opened - before, "", 12)
        line.restore()
    for one in watchers:
        since_ms = truth.now()
        eventually(lambda one=one: one.page.locator(".under-line").inner_text() == "", "the line to be quiet", 45)
        assert one.complaints() == []
        print(f"back within {truth.now() - since_ms:.0f} ms")
        one.page.context.close()
    for line in lines:
        line.__exit__()


@pytest.mark.heavy
def test_what_a_watcher_costs(serving: Callable[..., Server], figures: Figures) -> None:
    """Bytes as they come over the line, heads included, before any proxy compresses more than the server does."""
    server = serving()
    evening = Evening(server)
    context = the_browser().new_context(locale="en")
    page = context.new_page()
    session = context.new_cdp_session(page)
    answers: dict[str, dict[str, Any]] = {}
    lock = threading.Lock()

    def began(event: dict[str, Any]) -> None:
        with lock:
            answers[event["requestId"]] = {"url": event["request"]["url"], "bytes": 0, "status": 0}

    def answered(event: dict[str, Any]) -> None:
        answers[event["requestId"]]["status"] = event["response"]["status"]
        answers[event["requestId"]]["cached"] = event["response"].get("fromDiskCache", False)

    def finished(event: dict[str, Any]) -> None:
        answers[event["requestId"]]["bytes"] = event["encodedDataLength"]

    session.on("Network.requestWillBeSent", began)
    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    page.goto(evening.window)
    page.locator("[data-sound=off]").click()
    page.wait_for_timeout(5000)
    first = [one for one in answers.values() if "/clock?" not in one["url"] and "timeline" not in one["url"]]
    figures.tell("F15", "watcher: first load, requests", len(first), "")
    figures.tell("F15", "watcher: first load", sum(one["bytes"] for one in first) / 1000, "kB")
    # Past the time in which the clock is learned.
    page.wait_for_timeout(50_000)
    answers.clear()
    page.wait_for_timeout(60_000)
    steady = list(answers.values())
    for kind in ("timeline.json", "/clock?"):
        found = [one for one in steady if kind in one["url"]]
        figures.tell("F15", f"watcher: {kind} requests in 60 s", len(found), "")
        figures.tell("F15", f"watcher: {kind} bytes in 60 s", sum(one["bytes"] for one in found), "B")
        print(kind, [(one["status"], one["bytes"]) for one in found])
    figures.hold("F15", "watcher: requests in 10 s", len(steady) / 6, "", 2)
    figures.hold("F15", "watcher: bytes of a request", max(one["bytes"] for one in steady) / 1000, "kB", 2, exact=True)
    context.close()
