"""T9, the one part that calls other sites: whatever a link, name or site says, it leads nowhere inside, and ends."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from memorata.adapters.link_probe import READ_MAX, HttpsProbe, is_public
from memorata.domain.broadcast import Source
from memorata.services.link_checks import Found
from tests.farsite import NAME, FarSite, answering, certificate, standing, trusting

pytestmark = [pytest.mark.hostile, pytest.mark.live]

FILM = Source("file", "", f"https://{NAME}/film.mp4")
STREAM = Source("hls", "", f"https://{NAME}/hall.m3u8")
INSIDE = Found(False, "This site is not on the public internet.")
FORBIDDEN = Found(False, "It leads to an address that may not be called.")
SILENT = Found(False, "The other side does not answer.")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("site"))


@pytest.fixture
def site(made: tuple[Path, Path]) -> Iterator[FarSite]:
    with standing(made) as found:
        yield found


class Names:
    """A resolver that notes what it is asked; the last answer of a name is repeated."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(given) for name, given in answers.items()}
        self.asked: list[str] = []

    def __call__(self, name: str) -> Sequence[str]:
        self.asked.append(name)
        given = self.answers[name]
        return given.pop(0) if len(given) > 1 else given[0]


def a_probe(site: FarSite, made: tuple[Path, Path], names: Names, whole_s: float = 5.0) -> HttpsProbe:
    """127.0.0.1 stands for the open internet, all else is inside."""
    return HttpsProbe(names, lambda address: address == "127.0.0.1", site.port, trusting(made), whole_s)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:10.0.0.1", "::127.0.0.1",
        "2002:7f00:1::1", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "2001::1", "100::1", "", "localhost", "0x7f000001", "2130706433", "127.1", "8.8.8.8 ",
    ],
)  # fmt: skip
def test_no_address_of_a_network_inside_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_a_name_of_this_network_is_not_called(site: FarSite, made: tuple[Path, Path], address: str) -> None:
    """By the measure that the server uses."""
    names = Names(media_example_org=[[address]])
    assert HttpsProbe(names, port=site.port, context=trusting(made)).look(FILM) == INSIDE
    assert site.lines == 0


def test_one_address_inside_among_public_ones_is_one_too_many(site: FarSite, made: tuple[Path, Path]) -> None:
    names = Names(media_example_org=[["127.0.0.1", "10.0.0.1"]])
    assert a_probe(site, made, names).look(FILM) == INSIDE
    assert site.lines == 0


def test_a_name_that_answers_otherwise_a_moment_later_gains_nothing(site: FarSite, made: tuple[Path, Path]) -> None:
    """The line goes to the address that was looked at: the name is asked once."""
    names = Names(media_example_org=[["127.0.0.1"], ["10.0.0.1"]])
    probe = a_probe(site, made, names)
    assert probe.look(FILM) == Found(True)
    assert (names.asked, site.lines) == ([NAME], 1)
    assert probe.look(FILM) == INSIDE
    assert (names.asked, site.lines) == ([NAME, NAME], 1)


def test_nor_does_it_between_two_redirections(site: FarSite, made: tuple[Path, Path]) -> None:
    names = Names(media_example_org=[["127.0.0.1"], ["10.0.0.1"]])
    site.talk = answering("302 Found", f"Location: https://{NAME}/latest/meta-data\r\n")
    assert a_probe(site, made, names).look(FILM) == INSIDE
    assert (names.asked, site.lines) == ([NAME, NAME], 1)


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1/", "https://127.0.0.1:{port}/", "https://localhost/", "https://[::1]/", "//10.0.0.1/",
        "https://2130706433/", "https://0x7f.1/", "https://media.example.org:{port}/", "http://media.example.org/",
        "https://a:b@media.example.org/", "https://media.example.org@10.0.0.1/", "file:///etc/passwd",
        "gopher://media.example.org/", "https://[::1/", "https://media.example.org:0x1bb/",
        "https://media\u0435.example.org/",
    ],
)  # fmt: skip
def test_no_redirection_leads_inside(site: FarSite, made: tuple[Path, Path], location: str) -> None:
    names = Names(media_example_org=[["127.0.0.1"]])
    site.talk = answering("302 Found", f"Location: {location.format(port=site.port)}\r\n")
    found = a_probe(site, made, names).look(FILM)
    assert not found.ok
    assert found.said in (FORBIDDEN.said, "It leads to no address.", "It leads nowhere.")
    assert (names.asked, site.lines) == ([NAME], 1)


def test_nor_does_one_to_a_name_that_is_inside(site: FarSite, made: tuple[Path, Path]) -> None:
    names = Names(media_example_org=[["127.0.0.1"]], intern_example_net=[["192.168.0.1"]])
    site.talk = answering("307 Moved", "Location: https://intern.example.net/\r\n")
    assert a_probe(site, made, names).look(FILM) == INSIDE
    assert (names.asked, site.lines) == ([NAME, "intern.example.net"], 1)


def test_a_redirection_cannot_write_into_the_request(site: FarSite, made: tuple[Path, Path]) -> None:
    def talk(line: object, asked: bytes) -> None:
        moved = answering("302 Found", "Location: /a\x0bb\x00 HTTP/1.1?x=\tHost: inside\x85\r\n")
        (moved if b"film.mp4" in asked else answering("200 OK", "Content-Type: video/mp4\r\n"))(line, asked)

    site.talk = talk
    a_probe(site, made, Names(media_example_org=[["127.0.0.1"]])).look(FILM)
    for asked in site.asked:
        head, _, rest = asked.partition(b"\r\n")
        assert head.count(b" ") == 2
        assert rest.startswith(b"Host: media.example.org\r\nUser-Agent: Memorata link check\r\n")


@pytest.mark.parametrize("source", [FILM, STREAM])
def test_a_body_without_end_is_not_read(site: FarSite, made: tuple[Path, Path], source: Source) -> None:
    kind = b"video/mp4" if source is FILM else b"text/plain"
    site.talk = lambda line, _: site.pour(line, b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n", b"x" * 8192)
    began = time.monotonic()
    found = a_probe(site, made, Names(media_example_org=[["127.0.0.1"]])).look(source)
    assert found == (Found(True) if source is FILM else Found(False, "What is there is no HLS stream."))
    assert time.monotonic() - began < 3


def test_headers_without_end_are_not_read(site: FarSite, made: tuple[Path, Path]) -> None:
    site.talk = lambda line, _: site.pour(line, b"HTTP/1.1 200 OK\r\n", b"X-Again: " + b"x" * 4000 + b"\r\n")
    found = a_probe(site, made, Names(media_example_org=[["127.0.0.1"]])).look(FILM)
    assert found == Found(False, "The other side speaks no HTTP.")


def test_portions_that_hold_nothing_end_as_well(site: FarSite, made: tuple[Path, Path]) -> None:
    """What is said of a chunk before its size is read to its bound, and no further."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    site.talk = lambda line, _: site.pour(line, head, b"0" * 4096)
    found = a_probe(site, made, Names(media_example_org=[["127.0.0.1"]])).look(STREAM)
    assert found == Found(False, "What is there is no HLS stream.")
    # What the two systems hold between the ends is not ours to bound.
    assert site.sent < READ_MAX + 8_000_000


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"])
def test_who_trickles_is_not_waited_for(site: FarSite, made: tuple[Path, Path], head: bytes) -> None:
    """Every byte comes in time, the whole does not."""
    site.talk = lambda line, _: site.pour(line, head, b" " if head.endswith(b"\r\n\r\n") else b"x", pause_s=0.2)
    began = time.monotonic()
    found = a_probe(site, made, Names(media_example_org=[["127.0.0.1"]]), whole_s=1.0).look(STREAM)
    took = time.monotonic() - began
    if head.endswith(b"\r\n\r\n"):
        # As many as a stream's first word has letters would come just too late.
        assert found in (SILENT, Found(False, "What is there is no HLS stream."))
    else:
        assert found == SILENT
    assert took < 3


def test_who_takes_the_line_and_says_nothing_is_not_waited_for(made: tuple[Path, Path], site: FarSite) -> None:
    site.talk = lambda _line, _asked: time.sleep(4)
    began = time.monotonic()
    assert a_probe(site, made, Names(media_example_org=[["127.0.0.1"]]), whole_s=1.0).look(FILM) == SILENT
    assert time.monotonic() - began < 3


def test_a_certificate_of_another_name_is_none(site: FarSite, made: tuple[Path, Path]) -> None:
    source = Source("file", "", "https://other.example.com/film.mp4")
    found = a_probe(site, made, Names(other_example_com=[["127.0.0.1"]])).look(source)
    assert found == Found(False, "Its certificate is not good for this name.")
    assert site.asked == []


def test_a_certificate_that_nobody_vouches_for_is_none(site: FarSite) -> None:
    probe = HttpsProbe(lambda _: ["127.0.0.1"], lambda _: True, site.port)
    assert probe.look(FILM) == Found(False, "Its certificate is not good for this name.")
    assert site.asked == []


@pytest.mark.parametrize(
    "words", [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"HTTP/9.9 200\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n", b""]
)
def test_who_speaks_otherwise_is_not_believed(site: FarSite, made: tuple[Path, Path], words: bytes) -> None:
    site.talk = lambda line, _: line.sendall(words)
    assert not a_probe(site, made, Names(media_example_org=[["127.0.0.1"]])).look(FILM).ok


def test_the_log_holds_the_host_and_a_reason(
    site: FarSite, made: tuple[Path, Path], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site.talk = answering("404 Not Found", "X-Secret: of-the-site\r\n", b"of-the-body")
    source = Source("file", "", f"https://{NAME}/private/film.mp4?signature=of-the-link")
    assert not a_probe(site, made, Names(media_example_org=[["127.0.0.1"]])).look(source).ok
    told = capsys.readouterr().out + caplog.text
    assert NAME in told
    assert "There is nothing at this address." in told
    for secret in ("private", "signature", "of-the-link", "of-the-site", "of-the-body", "127.0.0.1"):
        assert secret not in told, secret


GREEN = """
import warnings; warnings.simplefilter("ignore")
import eventlet; eventlet.monkey_patch()
import json, ssl, sys, time
from memorata import green
from memorata.adapters.link_probe import HttpsProbe
from memorata.domain.broadcast import Source
port, authority = int(sys.argv[1]), sys.argv[2]
assert green.is_green()
assert "127.0.0.1" in green.addresses("localhost")
def resolve(name):
    green.in_thread(eventlet.patcher.original("time").sleep, 0.3)
    return ["127.0.0.1"]
probe = HttpsProbe(resolve, lambda _: True, port, ssl.create_default_context(cafile=authority), 1.5)
pauses, last = [], time.monotonic()
def tick():
    global last
    while True:
        eventlet.sleep(0.02)
        now = time.monotonic(); pauses.append(now - last); last = now
eventlet.spawn(tick)
began = time.monotonic()
links = [Source("file", "", f"https://media.example.org/{name}.mp4") for name in ("quick", "silent", "slow")]
found = list(eventlet.GreenPool().imap(probe.look, links))
took = time.monotonic() - began
print(json.dumps([[each.ok for each in found], took, len(pauses), sorted(pauses)[-1]]))
"""


def test_in_the_server_it_holds_nobody_up(site: FarSite, made: tuple[Path, Path]) -> None:
    """Beside green threads, as the server runs: while it waits for a name, a line and an answer, the others go on."""

    def talk(line: object, asked: bytes) -> None:
        if b"/silent.mp4" in asked:
            time.sleep(4)
        elif b"/slow.mp4" in asked:
            site.pour(line, b"HTTP/1.1 200 OK\r\n", b"x", pause_s=0.1)
        else:
            answering("200 OK", "Content-Type: video/mp4\r\n")(line, asked)

    site.talk = talk
    done = subprocess.run(
        [sys.executable, "-c", GREEN, str(site.port), str(made[0])],
        capture_output=True,
        text=True,
        timeout=60,
        env=dict(os.environ),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # What the probe logs goes to the same place.
    ok, took, ticks, longest_s = json.loads(done.stdout.splitlines()[-1])
    assert ok == [True, False, False]
    assert 1.4 < took < 4
    assert ticks > 20
    assert longest_s < 0.75
