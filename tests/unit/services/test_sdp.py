"""Who sends, as a session description says it."""

import pytest

from memorata.domain.errors import Refused
from memorata.services.sdp import Section, check, sections

HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


def sdp(*media: str, session: str = "") -> str:
    return HEAD + session + "".join(media)


def medium(kind: str, direction: str = "", port: int = 9) -> str:
    return f"m={kind} {port} UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n" + (f"a={direction}\r\n" if direction else "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (sdp(medium("audio", "sendrecv"), medium("video", "recvonly")), (("audio", True), ("video", False))),
        (sdp(medium("audio"), medium("video", "inactive")), (("audio", True), ("video", False))),
        (sdp(medium("audio"), session="a=recvonly\r\n"), (("audio", False),)),
        (sdp(medium("audio", "sendonly", port=0)), (("audio", False),)),
        (sdp(medium("audio", "SendOnly")), (("audio", True),)),
        (sdp(medium("audio", "recvonly") + "a=sendonly\r\n"), (("audio", True),)),
        (sdp(medium("audio", "sendonly") + "a=recvonly\r\n"), (("audio", True),)),
        (sdp(medium("audio", "recvonly")).replace("\r\n", "\n"), (("audio", False),)),
        ("", ()),
        ("m=", (("?", True),)),
    ],
)
def test_sections(text: str, found: tuple[tuple[str, bool], ...]) -> None:
    assert sections(text) == tuple(Section(*one) for one in found)


def test_who_may_send_sends_one_sound_and_one_picture() -> None:
    check(sdp(medium("audio", "sendonly"), medium("video", "sendonly")), may_send=True)
    check(sdp(medium("audio", "recvonly"), medium("video", "inactive")), may_send=False)


@pytest.mark.parametrize("direction", ["sendrecv", "sendonly", ""])
def test_who_may_not_send_is_refused(direction: str) -> None:
    with pytest.raises(Refused, match=r"stage\.not_now"):
        check(sdp(medium("audio", direction)), may_send=False)


@pytest.mark.parametrize(
    "text", ["", HEAD, sdp(medium("application")), sdp(*[medium("audio", "recvonly")] * 3), "m=\r\na=recvonly"]
)
def test_what_is_no_person_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"message\.invalid"):
        check(text, may_send=True)
