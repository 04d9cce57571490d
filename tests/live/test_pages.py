"""Pages and files of the real server, asked for as a browser does."""

import gzip
import http.client
import json
import re
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from urllib.parse import urlsplit

import pytest

from memorata.domain.programme import Programme
from tests.builders import a_programme
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms
from tests.live.truth import truth_of

pytestmark = pytest.mark.live

SENTENCES = {"en": "Order of the ceremony", "ru": "Порядок церемонии"}
FILM = bytes(range(256)) * 64


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def get(url: str, **headers: str) -> Answer:
    """An answer as it came, errors too."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=15) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def bilingual(ceremony_id: str) -> Programme:
    programme = a_programme(ceremony_id, at_ms=now_ms() + 600_000)
    title = {"en": "Remembrance", "ru": "Память"}
    return replace(programme, title=title, languages=("en", "ru"), telephone="+7 812 000-00-00")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("pages")
    media = folder / "schedules" / "media"
    media.mkdir(parents=True)
    (media / "film.mp4").write_bytes(FILM)
    (media / "notes.txt").write_text("not for strangers")
    started = Server(folder / "data", MEMORATA_SCHEDULES_DIR=str(folder / "schedules")).start()
    yield started
    started.stop()
    assert started.defects() == []


@pytest.fixture(scope="module")
def keys(server: Server) -> dict[str, str]:
    return server.plan(bilingual("pages"))


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    "path", ["/", "/c/pages", "/c/pages/watch", "/e/{participant}", "/e/{participant}/hall", "/h/{host}"]
)
def test_every_page_is_there_in_both_languages(server: Server, keys: dict[str, str], path: str, language: str) -> None:
    answer = get(f"{server.url}{path.format(**keys)}?lang={language}")
    assert answer.status == 200
    assert f'<html lang="{language}"' in answer.text
    assert {"en": "Remembrance", "ru": "Память"}[language] in answer.text
    if path != "/":
        assert SENTENCES[language] in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_every_file_that_a_page_names_is_there(server: Server, keys: dict[str, str]) -> None:
    page = get(f"{server.url}/e/{keys['participant']}").text
    named = [part.partition('"')[0] for part in page.replace('src="', 'href="').split('href="')[1:]]
    files = [name.replace("&amp;", "&") for name in named if name.startswith(("/assets/", "/page/"))]
    assert len(files) >= 3
    for name in files:
        answer = get(server.url + name)
        assert (answer.status, len(answer.body) > 0) == (200, True), name
        assert "max-age=31536000" in answer.headers["Cache-Control"], name
    assert (
        "immutable"
        in get(server.url + next(name for name in files if name.startswith("/assets/"))).headers["Cache-Control"]
    )


def test_scripts_travel_compressed_to_those_who_can_read_it(server: Server, keys: dict[str, str]) -> None:
    page = get(f"{server.url}/e/{keys['participant']}").body.decode()
    script = server.url + next(name for name in re.findall(r'src="([^"]+)"', page) if name.startswith("/assets/"))
    plain, zipped, brotli = (
        get(script, Accept_Encoding=coding) for coding in ("identity", "gzip, deflate", "gzip, br")
    )
    assert [answer.headers["Content-Encoding"] for answer in (plain, zipped, brotli)] == [None, "gzip", "br"]
    assert gzip.decompress(zipped.body) == plain.body
    # The first script is small, and the names of the others are most of it.
    assert len(brotli.body) < len(zipped.body) < len(plain.body) * 0.6
    assert {answer.headers["Vary"] for answer in (plain, zipped, brotli)} == {"Accept-Encoding"}
    assert {answer.headers.get_content_type() for answer in (plain, zipped, brotli)} == {"text/javascript"}


def test_the_boot_block_is_json_for_the_client(server: Server, keys: dict[str, str]) -> None:
    page = get(f"{server.url}/e/{keys['participant']}", Accept_Language="ru").text
    boot = json.loads(page.partition('id="boot">')[2].partition("</script>")[0])
    assert (boot["view"], boot["language"], boot["ceremony_id"]) == ("participant", "ru", "pages")
    assert abs(boot["server_now_ms"] - now_ms()) < 5_000
    assert boot["countries"]["KZ"] == "Казахстан"


@pytest.mark.parametrize("path", ["/e/unknown", "/h/unknown", "/c/unknown", "/%00", "/e/%ff", "/c/..%2f..%2fetc"])
def test_what_is_not_there_is_told_kindly_and_without_a_trace(server: Server, keys: dict[str, str], path: str) -> None:
    answer = get(server.url + path)
    assert answer.status == 404
    assert "+7 812 000-00-00" in answer.text
    assert "Traceback" not in answer.text


def test_programs_are_told_in_one_shape(server: Server) -> None:
    status, answer = fetch(f"{server.url}/api/enter", {"key": "unknown"})
    assert (status, answer["code"], set(answer)) == (404, "link.unknown", {"code", "message", "facts"})
    status, answer = fetch(f"{server.url}/c/unknown/timeline.json")
    assert (status, answer["code"], set(answer)) == (404, "ceremony.unknown", {"code", "message", "facts"})


def test_entering_twice_by_one_device_is_one_participant(server: Server, keys: dict[str, str]) -> None:
    device = secrets.token_urlsafe(16)
    body = {"key": keys["participant"], "device": device, "name": "Chiyo", "country": "JP"}
    (status, first), (_, again) = fetch(f"{server.url}/api/enter", body), fetch(f"{server.url}/api/enter", body)
    assert status == 200
    assert first == again
    status, told = fetch(f"{server.url}/api/me", {"community": "Osaka"}, {"Authorization": f"Bearer {first['token']}"})
    assert (status, told["participant"]["community"], told["participant"]["id"]) == (
        200, "Osaka", first["participant"]["id"]
    )  # fmt: skip


def test_a_film_is_sent_in_parts_and_not_twice(server: Server) -> None:
    url = f"{server.url}/media/film.mp4"
    part = get(url, Range="bytes=1000-1999")
    assert (part.status, part.body) == (206, FILM[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(FILM)}"
    whole = get(url)
    assert (whole.status, whole.body, whole.headers["Accept-Ranges"]) == (200, FILM, "bytes")
    assert "max-age=3600" in whole.headers["Cache-Control"]
    assert get(url, If_None_Match=whole.headers["ETag"]).status == 304
    assert get(url, If_Modified_Since=whole.headers["Last-Modified"]).status == 304
    assert [get(f"{server.url}/media/{name}").status for name in ("notes.txt", "..%2fnotes.txt", "none.mp4")] == [
        404
    ] * 3


def test_watchers_are_served_by_small_files_that_a_cache_may_keep(server: Server, keys: dict[str, str]) -> None:
    base = f"{server.url}/c/pages"
    timeline = get(f"{base}/timeline.json")
    file = json.loads(timeline.body)
    assert len(timeline.body) <= 2048
    assert timeline.headers["Cache-Control"] == "public, max-age=2"
    assert get(f"{base}/timeline.json", If_None_Match=timeline.headers["ETag"]).status == 304
    programme = get(f"{base}/programme.json?v={file['programme_seq']}")
    assert programme.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert json.loads(programme.body)["programme"]["ceremony_id"] == "pages"
    # No answer to a watcher sets a cookie, which would keep caches from sharing it.
    assert get(f"{base}/watch?lang=ru").headers["Set-Cookie"] is None


def test_watchers_are_told_the_true_time_in_few_bytes(server: Server, keys: dict[str, str]) -> None:
    truth = truth_of(server)
    line = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=15)
    lines = set()
    for number in range(30):
        before = truth.now()
        line.request("GET", f"/c/pages/clock?t0={number}.5", headers={"Accept-Encoding": "gzip"})
        answer = line.getresponse()
        body = answer.read()
        after = truth.now()
        told = json.loads(body)
        assert set(told) == {"t0", "t1", "t2"}
        assert told["t0"] == number + 0.5
        # Both clocks are read in whole microseconds.
        assert before - 0.01 <= told["t1"] <= told["t2"] <= after + 0.01
        assert len(body) + len(str(answer.headers)) <= 500
        assert answer.headers["Cache-Control"] == "no-store, no-transform"
        assert [answer.headers[name] for name in ("Set-Cookie", "Content-Encoding", "Vary")] == [None, None, None]
        lines.add(line.sock)
    # One connection serves for all.
    assert len(lines) == 1
    line.close()


def test_a_watcher_sees_what_is_cued_within_the_files_own_freshness(server: Server) -> None:
    own = server.plan(bilingual("watched"))
    host = server.person(own["host"]).connect()
    assert host.command("item.cue", item_id="words", aimed_cue=0)["ok"]

    def cued() -> bool:
        _, timeline = fetch(f"{server.url}/c/watched/timeline.json")
        return [run["item_id"] for run in timeline["progress"]["runs"]] == ["words"]

    eventually(cued, "the cue to be in the timeline", within_s=2)
    host.disconnect()


def test_the_server_says_that_it_is_well(server: Server) -> None:
    status, answer = fetch(f"{server.url}/health")
    assert (status, answer["ok"], answer["cues"], answer["store"]) == (200, True, True, True)


def test_a_programme_is_a_page_without_any_script_but_its_own(server: Server, keys: dict[str, str]) -> None:
    page = get(f"{server.url}/c/pages?lang=en").text
    assert page.count("<script") == 1
    assert 'src="/page/hour.js' in page
    assert " on" + "click" not in page
    assert 'style="' not in page
