"""Files of the schedules' media folder, and which of them are handed out."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.unit.adapters.http.conftest import Office


@pytest.fixture
def browser(office: Office, tmp_path: Path) -> FlaskClient:
    media = tmp_path / "media"
    (media / "deep").mkdir(parents=True)
    for name in (
        "film.mp4",
        "deep/film.m3u8",
        "drawing.svg",
        "captions.vtt",
        "note.txt",
        "make.py",
        ".hidden.mp4",
        "key.pem",
    ):
        (media / name).write_bytes(bytes(range(100)))
    (tmp_path / "secret.mp4").write_bytes(b"not for strangers")
    return office.browser()


def test_a_part_can_be_asked_for(browser: FlaskClient) -> None:
    part = browser.get("/media/film.mp4", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, bytes(range(10, 20)))
    assert part.headers["Content-Range"] == "bytes 10-19/100"
    end = browser.get("/media/film.mp4", headers={"Range": "bytes=-5"})
    assert end.data == bytes(range(95, 100))
    beyond = browser.get("/media/film.mp4", headers={"Range": "bytes=200-300"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */100")


def test_what_is_known_is_not_sent_again(browser: FlaskClient) -> None:
    first = browser.get("/media/film.mp4")
    assert (first.mimetype, first.headers["Accept-Ranges"], len(first.data)) == ("video/mp4", "bytes", 100)
    assert first.cache_control.public
    assert first.cache_control.max_age == 3600
    same = browser.get("/media/film.mp4", headers={"If-None-Match": first.headers["ETag"]})
    since = browser.get("/media/film.mp4", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (same.status_code, since.status_code) == (304, 304)


def test_types_that_players_insist_on(browser: FlaskClient) -> None:
    assert browser.get("/media/deep/film.m3u8").mimetype == "application/vnd.apple.mpegurl"
    assert browser.get("/media/captions.vtt").mimetype == "text/vtt"


def test_a_drawing_opened_by_itself_runs_nothing(browser: FlaskClient) -> None:
    assert browser.get("/media/drawing.svg").headers["Content-Security-Policy"].endswith("sandbox")


@pytest.mark.parametrize(
    "name",
    ["note.txt", "make.py", "key.pem", ".hidden.mp4", "missing.mp4", "../secret.mp4", "%2e%2e/secret.mp4",
     "deep/../../secret.mp4", "..%2fsecret.mp4", "/etc/passwd", "deep", ""],
)  # fmt: skip
def test_nothing_else_is_handed_out(browser: FlaskClient, name: str) -> None:
    answer = browser.get(f"/media/{name}")
    assert answer.status_code in (404, 308)
    assert b"not for strangers" not in answer.data


def test_the_pages_own_files_are_named_by_their_content(browser: FlaskClient) -> None:
    page = browser.get("/").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0].replace("&amp;", "&")
    style = browser.get(address)
    assert (style.status_code, style.mimetype) == (200, "text/css")
    assert style.cache_control.max_age == 365 * 24 * 3600
    assert browser.get("/page/page.css").cache_control.max_age in (0, None)
    assert browser.get("/page/../cli.py").status_code == 404
