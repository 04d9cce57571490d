"""T8, a hostile video link: none comes through the door by which links come in, and no frame is built but from an id.

Links are written into schedule files by organizers, who copy them from wherever. The files are given to the command
line as an organizer does it; what it accepts is what a page would show.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorata.domain.broadcast import EMBEDDED, VIDEOS, Source, parse_link
from memorata.domain.errors import Refused
from tests.live.conftest import SECRET

ID = "dQw4w9WgXcQ"
HEX = "10b3a03fc01d5bbcc632a2f3514e8aab"

SCRIPTS = [
    "javascript:alert(document.domain)",
    "JAVASCRIPT:alert(1)//https://youtu.be/" + ID,
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    f"javascript://www.youtube.com/watch?v={ID}%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:video/mp4;base64,AAAAIGZ0eXA=.mp4",
    "vbscript:msgbox(1)",
    f"blob:https://www.youtube.com/{ID}",
    "file:///etc/passwd.mp4",
    f"view-source:https://youtu.be/{ID}",
    f"filesystem:https://youtu.be/temporary/{ID}.mp4",
]
NO_SCHEME = [
    f"//www.youtube.com/watch?v={ID}",
    f"///www.youtube.com/watch?v={ID}",
    f"http://www.youtube.com/watch?v={ID}",
    f"https:www.youtube.com/watch?v={ID}",
    f"https:/www.youtube.com/watch?v={ID}",
    f"https:\\\\www.youtube.com\\watch?v={ID}",
    f"hxxps://www.youtube.com/watch?v={ID}",
]
CREDENTIALS = [
    f"https://www.youtube.com@evil.example/watch?v={ID}",
    f"https://www.youtube.com:443@evil.example/embed/{ID}",
    f"https://user:word@www.youtube.com/watch?v={ID}",
    f"https://@www.youtube.com/watch?v={ID}",
    f"https://www.youtube.com%40evil.example/watch?v={ID}",
    f"https://evil.example\\@www.youtube.com/watch?v={ID}",
    "https://museum.example:word@cdn.example.org/a.mp4",
]
LOOK_ALIKES = [
    f"https://www.y\u043eutube.com/watch?v={ID}",  # a Cyrillic o
    f"https://www.xn--yutube-wqf.com/watch?v={ID}",  # the same, encoded
    f"https://\uff59outube.com/watch?v={ID}",  # full width
    f"https://www.youtube\u3002com/watch?v={ID}",  # an ideographic full stop, which browsers read as a dot
    f"https://www.youtube\uff0ecom/watch?v={ID}",
    f"https://www.youtube\uff61com/watch?v={ID}",
    f"https://www.yout\u00adube.com/watch?v={ID}",  # a soft hyphen
    f"https://www.you\u200btube.com/watch?v={ID}",
    f"https://\u202ewww.youtube.com/watch?v={ID}",
    f"https://www.youtube.com.evil.example/watch?v={ID}",
    f"https://www-youtube.com/watch?v={ID}",
    f"https://www.youtube.com.de/embed/{ID}",
    f"https://rutube.ru.evil.example/play/embed/{HEX}",
    f"https://video.evil.example/videos/embed/{HEX}",
]
HOSTS = [
    f"https://www.youtube.com./watch?v={ID}",
    f"https://www.youtube.com../watch?v={ID}",
    f"https://.www.youtube.com/watch?v={ID}",
    f"https://www.youtube%2ecom/watch?v={ID}",
    f"https://www.youtube.com%00.evil.example/watch?v={ID}",
    f"https://accounts.youtube.com/embed/{ID}",
    "https://localhost/a.mp4",
    "https://127.0.0.1/a.mp4",
    "https://2130706433/a.mp4",
    "https://0x7f.0.0.1/a.mp4",
    "https://[::1]/a.mp4",
    "https://[::ffff:169.254.169.254]/latest/meta-data.mp4",
    "https://printer.local/a.mp4",
    "https://kubernetes.default.svc/a.mp4",
    "https://10.0.0.1.names.example.org/a.mp4",
    "https://app-192-168-1-1.names.example.org/a.mp4",
]
PORTS = [
    f"https://www.youtube.com:8443/watch?v={ID}",
    "https://cdn.example.org:22/a.mp4",
    "https://cdn.example.org:/a.mp4",
    "https://cdn.example.org:0443/a.mp4",
    "https://cdn.example.org:443:443/a.mp4",
]
PATHS = [
    f"https://www.youtube.com//watch?v={ID}",
    "https://www.youtube.com/redirect?q=https%3A%2F%2Fevil.example%2F",
    f"https://www.youtube.com/attribution_link?u=%2Fwatch%3Fv%3D{ID}",
    f"https://www.youtube.com/embed/{ID}/../../redirect",
    f"https://www.youtube.com/embed/{ID}%2f..%2f..%2fredirect",
    f"https://www.youtube.com/embed/{ID}%3Fautoplay=1",
    f"https://www.youtube.com/watch?v={ID}%22%20onload%3D%22alert(1)",
    f"https://www.youtube.com/watch?v={ID}&v=AAAAAAAAAAA",
    "https://www.youtube.com/embed/live_stream?channel=UC123",
    "https://vk.com/away.php?to=https%3A%2F%2Fevil.example",
    "https://vk.com/video_ext.php?oid=1&id=2%26hash%3Dx",
    "https://vimeo.com/log_in?redirect=%2F76979871",
    "https://player.vimeo.com/video/76979871?h=1%26autoplay=1",
    "https://cdn.example.org//evil.example/a.mp4",
    "https://cdn.example.org/%2e%2e/a.mp4",
    "https://cdn.example.org/a%2f..%2fb.mp4",
    "https://cdn.example.org/a%252f..%252fb.mp4",
    "https://cdn.example.org/a%5cb.mp4",
    "https://cdn.example.org/a%00.mp4",
    "https://cdn.example.org/go/https:/evil.example/a.mp4",
    "media/../../secret.key.mp4",
    "media/%2e%2e/secret.mp4",
    "/media/../a.mp4",
]
REDIRECTS = [
    "https://cdn.example.org/a.mp4?next=https://evil.example/b.mp4",
    "https://cdn.example.org/a.mp4?next=https%3A%2F%2Fevil.example",
    "https://cdn.example.org/a.mp4?next=https%253A%252F%252Fevil.example",
    "https://cdn.example.org/a.mp4?next=https:evil.example",
    "https://cdn.example.org/a.mp4?next=//evil.example",
    "https://cdn.example.org/a.mp4?next=%20//evil.example",
    "https://cdn.example.org/a.mp4?next=%09//evil.example",
    "https://cdn.example.org/a.mp4?next=/%5Cevil.example",
    "https://cdn.example.org/a.mp4?next=javascript:alert(1)",
    "https://cdn.example.org/a.mp4?https://evil.example/",
    "https://cdn.example.org/open.php?file=a.mp4",
    "https://cdn.example.org/open#a.mp4",
]
HOSTILE = SCRIPTS + NO_SCHEME + CREDENTIALS + LOOK_ALIKES + HOSTS + PORTS + PATHS + REDIRECTS

HEAD = """\
title = "A day"
languages = ["en"]
source = "the minutes of the council"

[date]
base = 1944-01-27
time = "14:00"
zone = "Europe/Moscow"
"""


def item(number: int, kind: str, *lines: str) -> str:
    return "\n".join(
        ["", "[[items]]", f'id = "i{number}"', f'kind = "{kind}"', f'title = "{kind}"', "planned_s = 60", *lines, ""]
    )


def quoted(link: str) -> str:
    """As a string of TOML; JSON writes what TOML reads."""
    return json.dumps(link)


def memorata(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEMORATA_")}
    return subprocess.run(
        [sys.executable, "-m", "memorata", *arguments],
        env={
            **kept,
            "MEMORATA_DATA_DIR": str(folder / "data"),
            "MEMORATA_SCHEDULES_DIR": str(folder / "schedules"),
            "MEMORATA_SECRET_KEY": SECRET,
        },
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schedules/media").mkdir(parents=True)
    (tmp_path / "secret.key.mp4").write_text("not for anybody")
    return tmp_path


CLEAR = re.compile(
    r"is too long for a link|holds characters that do not belong into a link|is neither an https:// link nor a file "
    r"under media/|holds a name or password|names a port|does not lead to a host that may be used|has a path that "
    r"cannot be used|has parameters that cannot be used|holds no video id|is no video: mp4"
)
"""What an organizer is told; each says what is wrong with the link itself."""


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


def test_no_hostile_link_is_accepted_and_each_is_told_with_its_place_and_reason(folder: Path) -> None:
    for number, link in enumerate(HOSTILE):
        text = HEAD + item(0, "film", "[items.media]", f"sources = [{quoted(link)}]")
        (folder / f"schedules/hostile-{number:03}.toml").write_text(text, "utf-8")
    checked = memorata(folder, "schedules", "check")
    assert checked.returncode == 1
    told = [line for line in checked.stdout.splitlines() if " warning: " not in line]
    place = re.compile(r"hostile-(\d{3})\.toml:(\d+): items\[0\]\.media\.sources\[0\]: '.*' (.+)\.")
    line = HEAD.count("\n") + 8
    found = [each for each in map(place.fullmatch, told) if each]
    assert [int(each[1]) for each in found] == list(range(len(HOSTILE))), checked.stdout
    assert len(found) == len(told)
    assert {int(each[2]) for each in found} == {line}
    assert [each[0] for each in found if not CLEAR.search(each[3])] == []
    assert f"{len(HOSTILE)} faults" in checked.stderr
    # And what the check refuses is not planned either.
    assert memorata(folder, "schedules", "load").returncode == 1
    with sqlite3.connect(folder / "data/memorata.sqlite") as store:
        assert store.execute("SELECT count(*) FROM ceremony").fetchone() == (0,)
        assert store.execute("SELECT count(*) FROM event").fetchone() == (0,)


def test_nor_as_a_picture_captions_a_description_or_a_file_to_keep(folder: Path) -> None:
    doors = {
        "stills": lambda n, link: item(n, "film", "[items.media]", f"still = {link}"),
        "captions": lambda n, link: item(n, "film", "[items.media]", f"captions = {{ en = {link} }}"),
        "descriptions": lambda n, link: item(n, "film", f"audio_description = {link}"),
        "pictures": lambda n, link: item(n, "gallery", f"images = [{{ url = {link} }}]"),
        "downloads": lambda n, link: item(n, "closing", f'downloads = [{{ url = {link}, label = "Keep" }}]'),
    }
    for name, written in doors.items():
        items = [written(number, quoted(link)) for number, link in enumerate(HOSTILE)]
        (folder / f"schedules/{name}.toml").write_text(HEAD + "".join(items), "utf-8")
    checked = memorata(folder, "schedules", "check")
    keys = {
        "stills": "still",
        "captions": "en",
        "descriptions": "audio_description",
        "pictures": "url",
        "downloads": "url",
    }
    for name, key in keys.items():
        place = re.compile(rf"{name}\.toml:\d+: items\[(\d+)\]\S*\.{key}: ")
        refused = {int(each[1]) for line in checked.stdout.splitlines() if (each := place.match(line))}
        assert [HOSTILE[number] for number in range(len(HOSTILE)) if number not in refused] == [], name


FRAMES = {
    "youtube": r"https://www\.youtube-nocookie\.com/embed/{id}\?enablejsapi=1&playsinline=1&controls=0&disablekb=1&rel=0"
    r"&iv_load_policy=3",
    "vimeo": r"https://player\.vimeo\.com/video/{id}\?dnt=1&playsinline=1&controls=0&keyboard=0&title=0&byline=0&portrait=0",
    "rutube": r"https://rutube\.ru/play/embed/{id}",
    "vk": r"https://vkvideo\.ru/video_ext\.php\?oid={owner}&id={number}&hd=2&js_api=1",
}
"""Every address of a frame that there is, but for what comes from the id."""

BAGGAGE = [
    (f"https://www.youtube.com/watch?v={ID}&next=https://evil.example/", "youtube", ID),
    (f"https://www.youtube.com/watch?v={ID}&origin=https://evil.example&enablejsapi=0", "youtube", ID),
    (f"https://www.youtube.com/embed/{ID}?autoplay=1&playlist=x&widget_referrer=javascript:alert(1)", "youtube", ID),
    (f"https://youtu.be/{ID}#javascript:alert(1)", "youtube", ID),
    ("https://vimeo.com/76979871?redirect=//evil.example", "vimeo", "76979871"),
    (f"https://rutube.ru/video/{HEX}/?to=https://evil.example", "rutube", HEX),
    ("https://vk.com/video-217986831_456240041?to=https://evil.example", "vk", "-217986831_456240041"),
]


def frame(source: Source) -> str:
    """The pattern of the only address that this id makes."""
    owner, _, number = source.id.partition("_")
    return FRAMES[source.provider].format(id=re.escape(source.id), owner=re.escape(owner), number=re.escape(number))


@pytest.mark.parametrize(("link", "provider", "video"), BAGGAGE)
def test_whatever_hangs_on_a_good_link_stays_behind(link: str, provider: str, video: str) -> None:
    source = parse_link(link)
    assert (source.provider, source.id) == (provider, video)
    assert re.fullmatch(frame(source), source.url)


PIECES = [
    "https://", "http://", "//", "/", "\\", "@", ":", ":443", ":80", "?", "&", "=", "#", ".", "..", "%2f", "%00", "%2e",
    "www.youtube.com", "youtube.com", "youtu.be", "vimeo.com", "rutube.ru", "vk.com", "evil.example", "127.0.0.1",
    "watch", "embed", "video", "play", "v=", "z=", "q=", "next=", "redirect", "javascript:", "data:", ID, HEX,
    "76979871", "video-217986831_456240041", "a.mp4", ".m3u8", "media/", "\t", "\n", " ", "\u3002", "\u0435", '"', "<",
]  # fmt: skip


@settings(max_examples=3000, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join))
def test_whatever_is_accepted_is_a_frame_made_from_its_id_or_a_plain_file(text: str) -> None:
    for link in (text, f"https://www.youtube.com/{text}", f"https://cdn.example.org/{text}"):
        try:
            source = parse_link(link)
        except Refused:
            continue
        if source.provider in EMBEDDED:
            assert re.fullmatch(frame(source), source.url), (link, source)
        elif source.url.startswith("media/"):
            assert ".." not in source.url
        else:
            parts = urlsplit(source.url)
            assert (parts.scheme, parts.netloc) == ("https", parts.hostname), (link, source)
            assert "." + parts.path.rpartition(".")[2].lower() in VIDEOS
            assert "//" not in source.url.removeprefix("https://")
