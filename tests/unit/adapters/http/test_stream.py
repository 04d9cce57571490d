"""Streams over HTTP: nothing but their own files, each as long as it is good; watchers are told where they are."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from memorata.domain.stage import Part
from memorata.services.stage_ports import Feed
from memorata.services.stage_told import Scene, Seen, streamed
from tests.builders import a_programme
from tests.unit.adapters.http.conftest import Office

ID = "remembrance-2027"
VERA = Seen(Part("floor-1", "speaker", "on_stage", "vera", name="Vera"), Feed("f", ID, "s", True, True, "vera"))
BY_TELEPHONE = Seen(Part("floor-0", "speaker", "on_stage", name="Genrikh", via="telephone"), None)


@pytest.fixture
def folder(office: Office) -> Path:
    office.plan(a_programme(ID))
    made = office.settings.data_dir / "streams" / ID
    made.mkdir(parents=True)
    (made / "live.m3u8").write_text("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:4\n#EXTINF:2.0,\nab12cd34-0002-000004.ts\n")
    (made / "ab12cd34-0002-000004.ts").write_bytes(b"G" * 188)
    (made / "ffmpeg.log").write_text("what ffmpeg says")
    return made


def test_the_list_is_as_new_as_players_need_it(browser: FlaskClient, folder: Path) -> None:
    answer = browser.get(f"/stream/{ID}/live.m3u8")
    assert (answer.status_code, answer.mimetype) == (200, "application/vnd.apple.mpegurl")
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:3\n" in answer.text
    assert answer.headers["Cache-Control"] == "max-age=1, public"


def test_a_piece_never_changes(browser: FlaskClient, folder: Path) -> None:
    answer = browser.get(f"/stream/{ID}/ab12cd34-0002-000004.ts")
    assert (answer.status_code, answer.mimetype, len(answer.data)) == (200, "video/mp2t", 188)
    assert {"immutable", "max-age=60", "public"} <= set(answer.headers["Cache-Control"].split(", "))


@pytest.mark.parametrize(
    "path",
    [
        f"{ID}/ffmpeg.log", f"{ID}/stage.sdp", f"{ID}/..%2f..%2fsecret.key", f"{ID}/ab12cd34-0002-000005.ts",
        f"{ID}/ab12cd34-0002-000004.ts.tmp", "unknown/live.m3u8", "%2e%2e/live.m3u8",
    ],
)  # fmt: skip
def test_nothing_else_is_handed_out(browser: FlaskClient, folder: Path, path: str) -> None:
    (folder.parent / "live.m3u8").write_text("#EXTM3U\n")
    assert browser.get(f"/stream/{path}").status_code == 404


def test_without_a_stream_there_is_none(office: Office, browser: FlaskClient) -> None:
    office.plan(a_programme(ID))
    assert browser.get(f"/stream/{ID}/live.m3u8").status_code == 404
    told = browser.get(f"/c/{ID}/timeline.json").json
    assert (told["stream"], told["streamed"]) == ("", None)  # type: ignore[index]


def test_watchers_see_the_first_who_sends(office: Office, browser: FlaskClient) -> None:
    assert streamed(Scene("janus", (BY_TELEPHONE, VERA))) == VERA
    assert streamed(Scene("janus", (BY_TELEPHONE,))) is None
    office.plan(a_programme(ID))
    office.streamed = f"/stream/{ID}/live.m3u8", VERA
    told = browser.get(f"/c/{ID}/timeline.json").json
    assert told is not None
    assert (told["stream"], told["streamed"]["name"]) == (f"/stream/{ID}/live.m3u8", "Vera")
