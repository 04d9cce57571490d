"""How a page finds the other end of a link: by which servers, whether it shows its address, how much it may send."""

from collections.abc import Callable
from dataclasses import dataclass

from memorata.config import Settings
from memorata.services import turn
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Clock
from memorata.services.stage_ports import EngineName

PICTURE_KBPS: dict[EngineName, int] = {"mesh": 300, "janus": 700, "fake": 300, "off": 0}
"""For a face at 640x360; in a mesh once for each page that watches: four of them fill a home line of 2 Mbit/s."""


@dataclass(frozen=True, slots=True)
class Ice:
    """With `relay` no page shows its own address: all goes by the TURN server."""

    servers: tuple[turn.IceServer, ...]
    relay: bool
    picture_kbps: int


IceFor = Callable[[str, str, EngineName], Ice]
"""What a page gets: of this ceremony, for this participant, with this engine."""


def ice_for(settings: Settings, ceremonies: LiveCeremonies, clock: Clock) -> IceFor:
    """As the settings have it."""

    def find(ceremony_id: str, participant_id: str, engine: EngineName) -> Ice:
        programme = ceremonies.state(ceremony_id).programme
        servers = turn.ice_servers(settings, programme, participant_id, clock.now_ms())
        return Ice(servers, turn.relay(settings, engine), PICTURE_KBPS[engine])

    return find
