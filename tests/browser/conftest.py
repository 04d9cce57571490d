"""Chromium, people who sit before it, and the server they come to."""

import atexit
import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.recorder import SCRIPT
from tests.live.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
# The last list counts, so Playwright's own is said again. The others are menus of the address bar, of which every
# window would load two, unseen: more work than most of our pages.
OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={OFF},WebRtcHideLocalIpsWithMdns",
    # Pages reach each other on this machine alone, with no name server between them.
    "--allow-loopback-in-peer-connection",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
WIDE: Any = {"viewport": {"width": 1280, "height": 800}}
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
PATIENCE_MS = 30_000

expect.set_options(timeout=PATIENCE_MS)


def chromium_program() -> str:
    program = os.environ.get("MEMORATA_CHROMIUM") or shutil.which("chromium")
    assert program, "there is no chromium here; MEMORATA_CHROMIUM names one"
    return program


@cache
def the_browser() -> Browser:
    """One for each process of tests, whichever folders they are in: two would be in each other's way."""
    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=chromium_program(), args=FLAGS)
    atexit.register(playwright.stop)
    atexit.register(browser.close)
    return browser


@pytest.fixture(scope="session")
def chromium() -> Browser:
    return the_browser()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("house")).start()
    yield started
    started.stop()
    assert started.defects() == []


class Faults(list[str]):
    """What pages complained of: exceptions, and errors on their consoles."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))
        page.on("console", lambda said: said.type == "error" and self._said(page, said.text, said.location["url"]))

    def _said(self, page: Page, text: str, where: str) -> None:
        # A browser tells of every request that a dead server does not answer, of a page that is not there, and of
        # every refusal, which is normal.
        if (
            "net::ERR_" not in text
            and "WebSocket connection to" not in text
            and "WebSocket is already in CLOSING" not in text
            and not (page.url == where and ("404" in text or "403" in text))
            and not re.search(r"/api/.*responded with a status of 4(01|03|04|09|22)", f"{where} {text}")
        ):
            self.append(f"{page.url}: {text}")


Sit = Callable[..., Page]


@pytest.fixture
def sit(chromium: Browser) -> Iterator[Sit]:
    """Somebody sits down before a browser of their own: `sit(url, locale="ru", **PHONE)`."""
    contexts: list[BrowserContext] = []
    faults = Faults()

    def down(url: str, locale: str = "en", **options: Any) -> Page:
        context = chromium.new_context(locale=locale, **{**WIDE, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(SCRIPT)
        page = context.new_page()
        faults.watch(page)
        page.goto(url)
        return page

    yield down
    for context in contexts:
        context.close()
    assert faults == []


@cache
def _russian() -> dict[str, str]:
    with (ROOT / "client/src/text/ru.po").open("rb") as opened:
        catalogue = read_po(opened, locale="ru")
    return {one.id: str(one.string) for one in catalogue if isinstance(one.id, str) and one.string and not one.fuzzy}


def ru(text: str) -> str:
    """The text as the client says it in Russian."""
    return _russian().get(text, text)
