"""How a page finds the other end of a link: by which servers, whether it shows its address, how much it may send."""

from collections.abc import Callable
from dataclasses import dataclass

from memorata.services.stage_ports import EngineName

PICTURE_KBPS: dict[EngineName, int] = {"mesh": 300, "janus": 700, "fake": 300, "off": 0}
"""For a face at 640x360; in a mesh once for each page that watches: four of them fill a home line of 2 Mbit/s."""


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server, as RTCPeerConnection takes it."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Ice:
    """With `relay` no page shows its own address: all goes by the TURN server."""

    servers: tuple[IceServer, ...]
    relay: bool
    picture_kbps: int


IceFor = Callable[[str, str, EngineName], Ice]
"""What a page gets: of this ceremony, for this participant, with this engine."""


def plain(ceremony_id: str, participant_id: str, engine: EngineName) -> Ice:
    """Where no server is configured: pages find each other in one network, and show each other their addresses."""
    return Ice((), False, PICTURE_KBPS[engine])
