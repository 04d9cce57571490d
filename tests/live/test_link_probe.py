"""What the check of links says of a real site, over TLS: of films, streams and pictures, and of the great providers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memorata.adapters.link_probe import HttpsProbe, is_public
from memorata.domain.broadcast import Source, parse_link
from memorata.services.link_checks import Found
from tests.farsite import NAME, FarSite, answering, certificate, standing, trusting

pytestmark = pytest.mark.live

FILM = parse_link(f"https://{NAME}/2027/film.mp4?sig=a%20b")
STREAM = parse_link(f"https://{NAME}/hall/index.m3u8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("site"))


@pytest.fixture
def site(made: tuple[Path, Path]) -> Iterator[FarSite]:
    with standing(made) as found:
        yield found


@pytest.fixture
def probe(site: FarSite, made: tuple[Path, Path]) -> HttpsProbe:
    """Every name is this machine, and this machine counts as the open internet."""
    return HttpsProbe(lambda _: ["127.0.0.1"], lambda _: True, site.port, trusting(made), 5.0)


def test_a_film_that_is_there_is_asked_for_its_beginning_alone(probe: HttpsProbe, site: FarSite) -> None:
    site.talk = answering("206 Partial Content", "Content-Type: video/mp4\r\n")
    assert probe.look(FILM) == Found(True)
    (asked,) = site.asked
    assert asked.startswith(b"GET /2027/film.mp4?sig=a%20b HTTP/1.1\r\nHost: media.example.org\r\n")
    assert b"\r\nRange: bytes=0-1023\r\n" in asked
    assert not any(word in asked.lower() for word in (b"cookie", b"authorization", b"referer"))
    assert site.names == [NAME]


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        ("404 Not Found", "Content-Type: text/html\r\n", "There is nothing at this address."),
        ("403 Forbidden", "", "It is there, but not for everybody."),
        ("503 Busy", "", "The other side answers with 503."),
        ("200 OK", "Content-Type: text/html; charset=utf-8\r\n", "What is there is something else, a page perhaps."),
        ("200 OK", "", "What is there is something else, a page perhaps."),
        ("302 Found", "", "It leads nowhere."),
    ],
)
def test_what_is_not_there_is_said(probe: HttpsProbe, site: FarSite, status: str, headers: str, said: str) -> None:
    site.talk = answering(status, headers)
    assert probe.look(FILM) == Found(False, said)


@pytest.mark.parametrize(
    ("headers", "body", "found"),
    [
        ("Content-Type: application/vnd.apple.mpegurl\r\n", b"#EXTM3U\n#EXT-X-VERSION:3\n", Found(True)),
        ("Content-Type: application/x-mpegURL\r\n", b"\xef\xbb\xbf#EXTM3U\n", Found(True)),
        ("Content-Type: audio/mpegurl\r\nTransfer-Encoding: chunked\r\n", b"3\r\n#EX\r\n5;x=1\r\nTM3U\n\r\n0\r\n\r\n",
         Found(True)),
        ("Content-Type: text/plain\r\n", b"Welcome", Found(False, "What is there is no HLS stream.")),
        ("Content-Type: text/plain\r\n", b"", Found(False, "What is there is no HLS stream.")),
        ("Content-Type: text/html\r\n", b"#EXTM3U\n", Found(False, "What is there is something else, a page perhaps.")),
    ],
)  # fmt: skip
def test_a_stream_begins_as_streams_do(
    probe: HttpsProbe, site: FarSite, headers: str, body: bytes, found: Found
) -> None:
    site.talk = answering("200 OK", headers, body)
    assert probe.look(STREAM) == found


def test_pictures_and_captions_are_looked_at_too(probe: HttpsProbe, site: FarSite) -> None:
    site.talk = answering("200 OK", "Content-Type: image/webp\r\n")
    assert probe.look(Source("picture", "", f"https://{NAME}/a.webp")) == Found(True)
    assert not probe.look(Source("captions", "", f"https://{NAME}/a.vtt")).ok
    site.talk = answering("200 OK", "Content-Type: text/vtt\r\n")
    assert probe.look(Source("captions", "", f"https://{NAME}/a.vtt")) == Found(True)


def test_a_film_is_followed_to_where_it_has_moved(probe: HttpsProbe, site: FarSite) -> None:
    def talk(line: object, asked: bytes) -> None:
        there = b"Host: cdn.example.net" in asked
        moved = answering("302 Found", "Location: https://cdn.example.net/x?y=1\r\n")
        (answering("200 OK", "Content-Type: video/webm\r\n") if there else moved)(line, asked)

    site.talk = talk
    assert probe.look(FILM) == Found(True)
    assert site.names == [NAME, "cdn.example.net"]
    assert site.asked[1].startswith(b"GET /x?y=1 HTTP/1.1\r\n")


def test_three_redirections_are_enough(probe: HttpsProbe, site: FarSite) -> None:
    site.talk = answering("301 Moved", "Location: ../again.mp4\r\n")
    assert probe.look(FILM) == Found(False, "It leads from one place to the next without end.")
    assert len(site.asked) == 4


@pytest.mark.parametrize(
    ("link", "host", "target"),
    [
        ("https://youtu.be/dQw4w9WgXcQ", "www.youtube.com",
         "/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DdQw4w9WgXcQ"),
        ("https://vimeo.com/76979871/0123abcdef", "vimeo.com",
         "/api/oembed.json?url=https%3A%2F%2Fvimeo.com%2F76979871%2F0123abcdef"),
        ("https://tube.example.org/w/9kLmNpQrStUvWxYz12345", "tube.example.org",
         "/services/oembed?format=json&url=https%3A%2F%2Ftube.example.org%2Fvideos%2Fwatch%2F9kLmNpQrStUvWxYz12345"),
        ("https://rutube.ru/video/private/0123456789abcdef0123456789abcdef/?p=key_1-abc", "rutube.ru",
         "/api/video/0123456789abcdef0123456789abcdef/?format=json&p=key_1-abc"),
        ("https://vk.com/video-1_2", "vkvideo.ru", "/video_ext.php?oid=-1&id=2&hd=2&js_api=1"),
    ],
)  # fmt: skip
def test_a_provider_is_asked_for_the_video_by_its_id(
    probe: HttpsProbe, site: FarSite, link: str, host: str, target: str
) -> None:
    source = parse_link(link, frozenset({"tube.example.org"}))
    site.talk = answering("200 OK", "Content-Type: application/json\r\n", b"{}")
    assert probe.look(source) == Found(True)
    assert site.asked[0].startswith(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n".encode())
    site.talk = answering("404 Not Found")
    assert probe.look(source) == Found(False, "The provider knows no such video.")
    site.talk = answering("401 Unauthorized")
    assert probe.look(source) == Found(False, "The provider does not let others show this video.")
    site.talk = answering("302 Found", "Location: https://media.example.org/a\r\n")
    assert probe.look(source) == Found(False, "The provider leads to another site.")
    assert NAME not in site.names


def test_a_name_that_nobody_has_is_no_site(site: FarSite, made: tuple[Path, Path]) -> None:
    def nobody(_: str) -> list[str]:
        raise OSError("Name or service not known")

    found = HttpsProbe(nobody, is_public, site.port, trusting(made)).look(FILM)
    assert found == Found(False, "There is no such site.")


def test_the_next_address_is_tried_when_one_does_not_answer(site: FarSite, made: tuple[Path, Path]) -> None:
    probe = HttpsProbe(lambda _: ["127.0.0.9", "127.0.0.1"], lambda _: True, site.port, trusting(made))
    assert probe.look(FILM) == Found(True)
    assert site.lines == 1
